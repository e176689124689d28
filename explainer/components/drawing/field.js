// --- field: a probability over the plane, in colours, and the border where it is one half ------------------

import { bytesOf } from '../coded.js';
import { Lattice } from '../landscape/lattice.js';
import { node, path, set } from './svg.js';

const FINE = 2; // pixels of the picture from one point of the finer grid to the next
const CERTAIN = 65535; // how a probability of one is sent
const EVEN = 0; // the log-odds of one half

const grids = new WeakMap(); // of what was sent, so that a frame is read once

const probability = (odds) => 1 / (1 + Math.exp(-odds));

// The values of a line, and between two of them one on a curve through four.
function doubled(values) {
  const last = values.length - 1;
  const at = (i) => values[i] ?? (i < 0 ? 2 * values[0] - values[1] : 2 * values[last] - values[last - 1]);
  const between = (i) => (9 * (values[i] + values[i + 1]) - at(i - 1) - at(i + 2)) / 16;
  return Array.from({ length: 2 * last + 1 }, (_, k) => (k % 2 ? between((k - 1) / 2) : values[k / 2]));
}

const turned = (rows) => rows[0].map((_, i) => rows.map((row) => row[i]));

// Log-odds run straight where probabilities bend: what lies between the points of a grid is nearer to the truth.
function readField(values) {
  if (values instanceof Lattice) return values; // computed here
  if (grids.has(values)) return grids.get(values);
  const [width, coded] = values;
  const bytes = bytesOf(coded);
  const odds = Array.from(new Uint16Array(bytes.buffer), (sent) => Math.log((sent + 0.5) / (CERTAIN - sent + 0.5)));
  grids.set(values, finer(Array.from({ length: odds.length / width }, (_, j) => odds.slice(j * width, (j + 1) * width))));
  return grids.get(values);
}

// A grid twice as fine of log-odds, row by row.
export function finer(rows) {
  const fine = turned(turned(rows.map(doubled)).map(doubled));
  return new Lattice(fine.flat(), fine[0].length, fine.length);
}

function paintField(canvas, grid, shades) {
  const [across, up] = [grid.width - 1, grid.height - 1];
  const image = new ImageData(FINE * across, FINE * up);
  Object.assign(canvas, { width: image.width, height: image.height });
  for (let row = 0, k = 0; row < image.height; row += 1) {
    for (let column = 0; column < image.width; column += 1, k += 4) {
      const part = probability(grid.between((column + 0.5) / FINE, up - (row + 0.5) / FINE));
      image.data.set(shades[Math.round(part * (shades.length - 1))], k);
      image.data[k + 3] = 255;
    }
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}

function borderOf(grid, { left, top, width, height }) {
  const spot = ([u, v]) => [left + (u / (grid.width - 1)) * width, top + (1 - v / (grid.height - 1)) * height];
  return grid.lines([EVEN]).flat().map(({ from, to }) => path([spot(from), spot(to)])).join('');
}

// Its picture lies below the drawing, for a canvas in an SVG is not shown in its place by every browser.
function beginField(element, below) {
  element.append(node('rect', { fill: 'transparent' }), node('path', { fill: 'none', 'stroke-linecap': 'round' }));
  element.__canvas = below.appendChild(document.createElement('canvas'));
}

function placeOf({ x0, x1, y0, y1 }, { at }) {
  const [[left, bottom], [right, top]] = [at(x0, y0), at(x1, y1)];
  return { left, top, width: right - left, height: bottom - top };
}

export function drawField(element, now, view) {
  const { paint, px, scales, below } = view;
  if (!element.firstChild) beginField(element, below);
  const [grid, place] = [readField(now.values), placeOf(now, view)];
  const [face, border] = element.children;
  set(face, { x: place.left, y: place.top, width: place.width, height: place.height });
  set(border, { d: borderOf(grid, place), stroke: paint(now.color), 'stroke-width': now.width * px });
  for (const [side, length] of Object.entries(place)) element.__canvas.style[side] = `${length}px`;
  const painted = [grid, scales[now.scale].rgb];
  if (painted.some((part, i) => part !== element.__painted?.[i])) paintField(element.__canvas, ...painted);
  element.__painted = painted;
}

// How far across and up a field the pointer is, each from 0 to 1 within it, and what stands for that on its sides.
function under(element, { sides: [x0, x1, y0, y1] }, { clientX, clientY }) {
  const { left, top, width, height } = element.firstChild.getBoundingClientRect();
  const [across, up] = [(clientX - left) / width, 1 - (clientY - top) / height];
  return { across, up, x: x0 + across * (x1 - x0), y: y0 + up * (y1 - y0) };
}

// The place of a pointer by the sides of a field, also beside it.
export function placeBy(element, now, event) {
  const { x, y } = under(element, now, event);
  return { x, y };
}

// The place in a field that was clicked, or null beside it.
export function placeIn(element, now, event) {
  const { across, up, x, y } = under(element, now, event);
  return Math.min(across, up) >= 0 && Math.max(across, up) <= 1 ? { x, y } : null;
}

// A probability that is neither certain nor impossible does not read so.
const told = (part) => ({ '0.000': '< 0.001', '1.000': '> 0.999' })[part.toFixed(3)] ?? `= ${part.toFixed(3)}`;

// What is said of the place under the pointer.
export function tellField(element, now, event) {
  const grid = readField(now.values);
  const { across, up, x, y } = under(element, now, event);
  const part = probability(grid.between(across * (grid.width - 1), up * (grid.height - 1)));
  return `(${x.toFixed(2)}, ${y.toFixed(2)}) ${now.name} ${told(part)}`.replaceAll('-', '−');
}
