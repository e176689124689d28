// --- payload: the bytes that Python sent ---------------------------------------------------------------

const ARRAYS = { u1: Uint8Array, u2: Uint16Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };
const padded = (size) => Math.ceil(size / 8) * 8;

// Every half-precision number, by its bits.
export const HALVES = Float32Array.from({ length: 65536 }, (_, bits) => {
  const [sign, power, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (power === 0) return sign * fraction * 2 ** -24;
  return power === 31 ? NaN : sign * (1 + fraction / 1024) * 2 ** (power - 15);
});

// Returns the header with its arrays in it, and the rows of attention as they lie one after the other.
export function unpacked(bytes) {
  const buffer = bytes.slice().buffer; // a copy, because typed arrays need an aligned start
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = padded(4 + length);
  for (const [name, type, size] of header.arrays) {
    header[name] = new ARRAYS[type](buffer, at, size);
    at += padded(header[name].byteLength);
  }
  return header;
}
