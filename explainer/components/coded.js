// --- coded: numbers as they travel in text, little-endian bytes in base64 -------------------------------------

export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export const floats = (text) => new Float32Array(bytesOf(text).buffer);
