// --- sizes: colours of roles and pixels of the design become those of this window --------------------------

const SIZES = new Set(['size', 'width', 'l', 'r', 't', 'b', 'standoff', 'xshift', 'yshift', 'arrowwidth', 'ticklabelstandoff']);

function sized(key, value, px) {
  if (SIZES.has(key) && typeof value === 'number') return value * px;
  return key === 'dash' ? value.replace(/[\d.]+/g, (length) => length * px) : value;
}

// What clears the ground around a text that lies over curves.
const halo = (color, px) => Array(6).fill(`0 0 ${3 * px}px ${color}`).join(', ');

// The figure as Plotly draws it here. Numbers in lists stay: they are data.
export function readFigure(text, paint, px) {
  const clearing = halo(paint('#000038'), px);
  const colored = text.replace(/"#0000\d\d"/g, (color) => JSON.stringify(paint(JSON.parse(color))));
  return JSON.parse(colored, (key, value) => (key === 'shadow' ? clearing : sized(key, value, px)));
}
