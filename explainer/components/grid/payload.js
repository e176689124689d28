// --- payload: the bytes that Python sent ---------------------------------------------------------------

const ARRAY_TYPES = {
  u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array,
  f4: Float32Array, f8: Float64Array,
};

const padded = (size) => Math.ceil(size / 8) * 8;

// Returns the header with every {array: n} replaced by its typed array, which also carries its shape.
export function unpack(bytes) {
  const buffer = bytes.slice().buffer; // a copy, because typed arrays need an aligned start
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const body = padded(4 + length);
  const arrays = header.arrays.map(({ dtype, shape, offset }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return Object.assign(new ARRAY_TYPES[dtype](buffer, body + offset, size), { shape });
  });
  const resolve = (part, names) => names.forEach((name) => { part[name] = part[name] && arrays[part[name].array]; });
  header.matrices.forEach((m) => resolve(m, ['values', 'marks']));
  header.links.forEach((l) => resolve(l, ['terms', 'partial', 'origin', 'totals']));
  header.frames.forEach((f) => resolve(f, ['cells', 'starts', 'weights', 'order', 'values']));
  return header;
}
