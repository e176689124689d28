// --- layout: where everything stands on the canvas, in css pixels --------------------------------------

import { exact, MIN_NUMBER, notations } from './numbers.js';

export const EDGE = 8; // room for the dotted bands
const FEW_CELLS = 60;
const BROAD = 3.4; // width of a map's cells in their heights, where it is to fill a wide stage
export const leastNumber = ({ rem, narrow }) => (narrow ? 11 : 2 + 0.75 * rem); // 20 px where rem is 24, 14 where it is 16
const leastLabel = ({ rem, narrow }) => (narrow ? 11 : 10 + 0.25 * rem); // 16 px and 14

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
export const sum = (list) => list.reduce((a, b) => a + b, 0);
export const all = (size) => [0, size - 1];
export const one = (index) => [index, index];
const unique = (list) => [...new Set(list)].sort((a, b) => a - b);

// Sets x, y, cw, ch, gap, font and the place of the title on every matrix; returns the height that it took.
export function layOut(matrices, links, page) {
  const stack = page.narrow && !links.some((l) => l.kind === 'product');
  const places = stack ? stacked(matrices) : matrices.map((m) => m.place);
  const crowned = crownedBy(links, matrices, places);
  matrices.forEach((m) => { m.own = null; });
  let total = settle(matrices, places, crowned, page);
  const small = matrices.filter((m) => alone(m, matrices, places, links) && enlarged(m, page));
  if (small.length && small.length < matrices.filter((m) => m.map).length) {
    small.forEach((m) => { m.own = enlarged(m, page); });
    total = settle(matrices, places, crowned, page);
  }
  return total;
}

// A few numbers that stand in line with no others have cells of their own size, so that they can be read.
function enlarged(m, page) {
  if (!m.map || m.values.length > FEW_CELLS) return null;
  const { cw, left } = plan(m, page);
  const ch = 2.35 * page.rem; // below this a number of the least size has no room above and below
  const fits = cw * m.width + left <= page.width * (page.narrow ? 0.9 : 0.45) && ch * m.height <= page.height * (page.narrow ? 9 : 0.6);
  return fits ? { cw, ch } : null;
}

function alone(m, matrices, places, links) {
  const at = (o) => places[matrices.indexOf(o)];
  const inLine = (o) => o !== m && ((at(o)[0] === at(m)[0] && o.height === m.height) || (at(o)[1] === at(m)[1] && o.width === m.width));
  return !matrices.some(inLine) && !links.some((l) => l.kind === 'product' && [l.left, l.right, l.out].includes(m.index));
}

// Gives every matrix its place and its numbers, at the sizes that are its own or those of all.
function settle(matrices, places, crowned, page) {
  let found = { cw: 0, ch: Infinity };
  // The size of the labels depends on that of the cells, and the other way round.
  for (let pass = 0; pass < 3; pass += 1) {
    const label = Math.max(leastLabel(page), Math.min(page.rem, found.ch * 0.86));
    matrices.forEach((m, i) => setTitle(m, titlePlace(m, i, { matrices, places, crowned, cw: found.cw, ...page }), page));
    matrices.forEach((m) => setInset(m, label, page));
    found = arrange(matrices, places, page);
  }
  matrices.forEach((m) => chooseNumbers(m, page));
  return found.total;
}

function stacked(matrices) {
  const order = [...matrices].sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1]);
  return matrices.map((m) => [order.indexOf(m), 0]);
}

function setTitle(m, titleAt, { width, rem, measure, narrow }) {
  const size = rem * (narrow ? 1.05 : 1.3) * (m.shade === 'none' ? 1 : 0.85);
  m.titleAt = titleAt;
  m.titleSize = Math.min(size, (width - 2 * EDGE) / measure(m.label, 1, 700));
  m.titleWidth = measure(m.label, m.titleSize, 700);
}

// What stands around the cells: labels and title.
function setInset(m, label, { rem, measure }) {
  m.labelSize = label;
  const widest = Math.max(0, ...m.rows.map((text) => measure(text, label, 700)));
  m.inset = {
    left: m.rows.length ? widest + label * 0.55 : 0,
    right: m.titleAt === 'right' ? m.titleWidth + rem : 0,
    top: (m.cols.length ? label * 1.45 : 0) + (m.titleAt === 'above' ? m.titleSize * 1.5 : 0),
    bottom: m.titleAt === 'below' ? m.titleSize * 1.5 : 0,
  };
}

// Gives every column of the layout its width, every row its height, and all matrices the same size of cells.
function arrange(matrices, places, { width, height, rem, narrow, wide }) {
  const across = axis(matrices, places.map((p) => p[1]), ['left', 'right', 'width'], rem * (narrow ? 0.9 : 2));
  const down = axis(matrices, places.map((p) => p[0]), ['top', 'bottom', 'height'], rem * (narrow ? 0.9 : 1.4));
  const titles = across.groups.map((group) => Math.max(0, ...group.filter(titleSpans).map((m) => m.titleWidth), ...group.map((m) => (m.own?.cw ?? 0) * m.width)));
  const own = down.groups.map((group) => Math.max(0, ...group.map((m) => (m.own?.ch ?? 0) * m.height)));
  const room = [shared(width - 2 * EDGE - across.around, across.counts, titles), shared(height - 2 * EDGE - down.around, down.counts, own)];
  const [cw, ch] = cellSize(...room, { rem, narrow, broad: wide, outlined: matrices.some((m) => m.shade === 'none') });
  across.sizes = across.counts.map((count, i) => Math.max(cw * count, titles[i]));
  down.sizes = down.counts.map((count, i) => Math.max(ch * count, own[i]));
  const total = narrow ? down.around + sum(down.sizes) + 2 * EDGE : height;
  const x = Math.max(EDGE, (width - across.around - sum(across.sizes)) / 2);
  const y = Math.max(EDGE, (total - down.around - sum(down.sizes)) / 2);
  matrices.forEach((m, i) => {
    const line = down.order.indexOf(places[i][0]);
    Object.assign(m, m.own ?? { cw, ch });
    m.x = Math.round(x + startOf(across, across.order.indexOf(places[i][1])));
    m.y = Math.round(y + startOf(down, line) + (down.sizes[line] - m.height * m.ch) / 2);
    m.gap = m.shade === 'none' ? Math.max(1, m.cw * 0.07) : m.cw >= 8 && m.ch >= 8 ? 1 : 0;
  });
  return { cw, ch, total };
}

export const rightEnd = (m) => m.x + Math.max(m.width * m.cw + m.inset.right, titleSpans(m) ? m.titleWidth : 0);

export const titleSpans = (m) => m.titleAt === 'above' || m.titleAt === 'below';

// One direction of the layout: the matrices at each place, the cells of the largest, and the room around them.
function axis(matrices, where, [before, after, size], gap) {
  const order = unique(where);
  const groups = order.map((place) => matrices.filter((_, i) => where[i] === place));
  const most = (side) => groups.map((group) => Math.max(...group.map((m) => m.inset[side])));
  const room = { before: most(before), after: most(after) };
  const counts = groups.map((group) => Math.max(0, ...group.map((m) => (m.own ? 0 : m[size]))));
  return { order, groups, gap, counts, sizes: counts, around: sum(room.before) + sum(room.after) + gap * (order.length - 1), ...room };
}

const startOf = ({ before, after, sizes, gap }, k) =>
  sum(before.slice(0, k + 1)) + sum(after.slice(0, k)) + sum(sizes.slice(0, k)) + gap * k;

// Beside the matrix where there is room, so that nothing comes between two matrices that belong together.
function titlePlace(m, i, { matrices, places, crowned, cw, narrow }) {
  if (!m.label) return 'none';
  const [r, c] = places[i];
  const columns = unique(places.map((p) => p[1]));
  const before = columns[columns.indexOf(c) - 1];
  const beside = matrices.filter((_, k) => places[k][1] === before);
  const free = beside.length && !places.some((p) => p[0] === r && p[1] === before);
  const room = Math.max(0, ...beside.map((o) => o.width * cw));
  if (free && !narrow && m.shade === 'none' && room >= (m.titleWidth ?? 0)) return 'left';
  if (!crowned.has(m)) return 'above';
  return narrow || c !== columns.at(-1) ? 'below' : 'right';
}

// Products that stand right below their right factor; a title between the two would cut their columns.
function crownedBy(links, matrices, places) {
  const products = links.filter((l) => l.kind === 'product');
  const below = products.filter((l) => places[l.out][1] === places[l.right][1] && places[l.out][0] === places[l.right][0] + 1);
  return new Set(below.map((l) => matrices[l.out]));
}

// The width of a cell, where titles that are wider than their matrix take their share.
function shared(free, columns, titles) {
  const cw = free / sum(columns);
  const wide = columns.map((count, i) => cw * count < titles[i]);
  if (wide.every(Boolean) || !wide.some(Boolean)) return cw;
  const taken = sum(titles.filter((_, i) => wide[i]));
  return Math.max(1, Math.min(cw, (free - taken) / sum(columns.filter((_, i) => !wide[i]))));
}

// Outlined cells are square; shaded ones may be wider, so that numbers fit, and those of long vectors higher.
function cellSize(wide, high, { rem, narrow, broad, outlined }) {
  const most = rem * 4.8;
  const tall = narrow ? wide : Math.min(high, most);
  const stretch = outlined ? 1.08 : broad ? BROAD : tall < MIN_NUMBER * 1.3 ? 1.1 : 1.8;
  const cw = Math.min(wide, most, tall * stretch);
  const ch = Math.min(tall, most, Math.max(cw, Math.min(cw * 3, rem * 1.1)));
  return [crisp(cw), crisp(ch)];
}

const crisp = (size) => (size >= 4 ? Math.floor(size * 4) / 4 : Math.max(0.5, size));

// The first notation whose numbers fit, and the size they are written in; none if all would be too small.
function chooseNumbers(m, page) {
  const { rem, measure } = page;
  const smallest = leastNumber(page);
  const roomy = Math.min(1, Math.max(0, (m.ch - rem) / rem));
  const best = m.ch * (0.76 - 0.38 * roomy);
  m.write = null;
  m.font = 0;
  m.least = smallest;
  m.map = true;
  if (best < smallest || m.cw < 0.5 * smallest) return;
  for (const { write } of m.texts ? [{ write: (text) => text }] : notations(m)) {
    const widest = Math.max(0.3, ...(m.texts ?? m.samples).map((value) => measure(write(value), 1, 600)));
    const font = Math.min(best, (m.cw - m.gap - Math.max(2, m.cw * 0.1)) / widest);
    if (font >= smallest && font > m.font * 1.1) Object.assign(m, { write, font, map: false });
    if (m.font >= best * 0.8) return;
  }
}

// The size that cells need to be read, and what stands around them; `tight` is taken from above and from below.
export function plan(m, { rem, measure }, tight = 0) {
  const write = m.texts ? (text) => text : lensNotation(m);
  const texts = (m.texts ?? m.samples).map((value) => write(value));
  const cw = clamp(Math.max(0, ...texts.map((text) => measure(text, rem, 600))) + 0.5 * rem, 1.9 * rem, 8 * rem);
  const rows = m.rows.length || m.height === 1 ? m.rows : Array.from({ length: m.height }, (_, i) => m.rowLabel(i));
  const cols = m.cols.length || m.width === 1 ? m.cols : Array.from({ length: m.width }, (_, i) => m.colLabel(i));
  const left = rows.length ? Math.max(...rows.map((text) => measure(text, 0.85 * rem, 700))) + 0.6 * rem : 0;
  return { m, write, cw, ch: 1.55 * rem, rows, cols, left, tight, head: (cols.length ? 3 : 1.8) * rem - tight, around: (cols.length ? 4.7 : 3.5) * rem - 2 * tight };
}

// Three decimals for all, or as many as make a number as long; the heading has the exact one.
function lensNotation(m) {
  const places = 3 - Math.max(0, Math.floor(Math.log10(m.peak)));
  const short = m.decimals === null && !m.whole && m.peak >= 0.01 && places > 0;
  return short ? (value) => exact(value, places) : notations(m)[0].write;
}

// A corner of the page in which no matrix stands, nor what is written around one; null if there is none.
export function freeCorner(matrices, [width, height], [w, h]) {
  const corners = { 'bottom left': [0, height - h], 'top left': [0, 0], 'bottom right': [width - w, height - h], 'top right': [width - w, 0] };
  const meets = (m, [x, y]) => m.x - m.inset.left < x + w && x < rightEnd(m) && m.y - m.inset.top < y + h && y < m.y + m.height * m.ch + m.inset.bottom;
  return Object.keys(corners).find((name) => !matrices.some((m) => meets(m, corners[name]))) ?? null;
}

// What is seen of some cells: without the gap, which outlined cells have on all sides and shaded ones to the right.
/** @param {any} m @param {number[]} rows @param {number[]} cols */
export function areaBox(m, [row0, row1], [col0, col1]) {
  const inset = m.shade === 'none' ? m.gap / 2 : 0;
  return {
    x: m.x + col0 * m.cw + inset, y: m.y + row0 * m.ch + inset,
    w: (col1 - col0 + 1) * m.cw - m.gap, h: (row1 - row0 + 1) * m.ch - m.gap,
  };
}

export const cellBox = (m, row, col) => areaBox(m, one(row), one(col));

export function cellAt(matrices, x, y) {
  for (const m of matrices) {
    const col = Math.floor((x - m.x) / m.cw);
    const row = Math.floor((y - m.y) / m.ch);
    if (!m.hidden && row >= 0 && row < m.height && col >= 0 && col < m.width) return { matrix: m.index, row, col };
  }
  return null;
}
