// --- file: what the browser made, handed out as one ---------------------------------------------------------

const SOON = 1000; // ms after which the browser has taken it

export function handOut(name, blob) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SOON);
}
