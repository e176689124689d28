// --- lens: what matters now of a matrix whose numbers would be too small, enlarged beside it ---------------

import { clamp, EDGE, layOut, one, plan, rightEnd, sum } from './layout.js';
import { entries, light, lit } from './links.js';
import { spoken } from './numbers.js';

const MOST_LENS_ROWS = 9;
export const FEW_COUNTS = 4; // so many counts have a shade each in the legend
const CLOSER = 0.4; // letters that are saved above and below each of many lenses
const FEW = 4; // columns and, below the matrices, rows for which a lens is given room

// Lays out the matrices and, where one became a map, lenses at the side that leaves the maps larger.
export function layOutAll(matrices, links, page) {
  const total = layOut(matrices, links, page);
  if (!matrices.some((m) => m.map)) return { total, lenses: [] };
  const ways = page.narrow ? [lensesBelow] : [lensesRight, lensesBelow];
  const sizes = ways.map((way) => { way(matrices, links, page); return matrices[0].cw * matrices[0].ch; });
  return ways[sizes.indexOf(Math.max(...sizes))](matrices, links, page);
}

function lensesRight(matrices, links, page) {
  const plans = matrices.filter((m) => m.map).map((m) => plan(m, page));
  const least = Math.max(...plans.map((p) => p.left + Math.min(FEW, p.m.width) * p.cw));
  const gap = 2 * page.rem;
  const total = layOut(matrices, links, { ...page, width: page.width - least - gap });
  const [from, to] = [Math.min(...matrices.map((m) => m.x - m.inset.left)), Math.max(...matrices.map(rightEnd))];
  const most = Math.max(...plans.map((p) => p.left + p.m.width * p.cw));
  const w = Math.min(most, page.width - (to - from) - gap - 2 * EDGE);
  const shift = (page.width - (to - from) - gap - w) / 2 - from;
  matrices.forEach((m) => { m.x = Math.round(m.x + shift); });
  return { total, lenses: piled(plans, { x: to + shift + gap, w, h: page.height }, page) };
}

// As many as fit below each other, closer together if that makes room for all; else the largest matrices first.
function piled(loose, { x, w, h }, page) {
  const needs = (list) => sum(list.map((p) => p.around + p.ch));
  const tight = Math.min(CLOSER * page.rem, (Math.max(0, needs(loose) - h) + 1) / (2 * loose.length));
  const closer = loose.map((p) => plan(p.m, page, tight));
  const plans = needs(loose) > h && needs(closer) <= h ? closer : loose;
  const fit = [...plans].sort((a, b) => b.m.values.length - a.m.values.length);
  while (fit.length > 1 && needs(fit) > h) fit.pop();
  const chosen = plans.filter((p) => fit.includes(p));
  let spare = h - sum(chosen.map((p) => p.around));
  let rows = chosen.map(() => 0);
  const wants = (p, i) => rows[i] < Math.min(MOST_LENS_ROWS, p.m.height) && spare >= p.ch;
  for (let i = 0; chosen.some(wants); i = (i + 1) % chosen.length) {
    if (wants(chosen[i], i)) { rows[i] += 1; spare -= chosen[i].ch; }
  }
  rows = rows.map((count) => Math.max(1, count));
  let y = Math.max(0, spare / 2);
  return chosen.map((p, i) => {
    const lens = lensOf(p, { x, y, w, rows: rows[i] }, page);
    y += p.around + rows[i] * p.ch;
    return lens;
  });
}

function lensesBelow(matrices, links, page) {
  const plans = matrices.filter((m) => m.map).map((m) => plan(m, page));
  const rows = page.narrow || plans.some((p) => p.m.height < 3) ? 1 : 3;
  const fit = page.narrow ? plans.map(() => page.width) : shares(plans, page);
  const h = (page.narrow ? sum : (list) => Math.max(...list))(plans.map((p) => p.around + Math.min(rows, p.m.height) * p.ch));
  const total = layOut(matrices, links, { ...page, height: page.height - h - page.rem });
  let [x, y] = [EDGE, total + 0.5 * page.rem];
  const lenses = plans.map((p, i) => {
    const lens = lensOf(p, { x, y, w: fit[i] - EDGE, rows: Math.min(rows, p.m.height) }, page);
    if (page.narrow) y += p.around + Math.min(rows, p.m.height) * p.ch;
    else x += fit[i];
    return lens;
  });
  return { total: page.narrow ? y + page.rem : page.height, lenses };
}

// Every lens has room for a column and its heading; of the rest it gets as much as its whole matrix would take.
function shares(plans, { width, rem }) {
  const least = plans.map((p) => Math.max(p.left + p.cw, p.left + 7 * rem));
  const wanted = plans.map((p, i) => Math.max(0, p.left + p.m.width * p.cw - least[i]));
  const spare = Math.max(0, width - 2 * EDGE - sum(least));
  return least.map((w, i) => w + (spare * wanted[i]) / Math.max(1, sum(wanted)));
}

// A view of the same matrix: its values, shades and texts, in larger cells of which a window is seen.
function lensOf(p, space, { rem }) {
  const lens = Object.create(p.m);
  const { x, y, w } = space;
  const rows = Math.min(space.rows, p.m.height);
  const cols = clamp(Math.floor((w - p.left) / p.cw), 1, p.m.width);
  Object.assign(lens, {
    map: false, of: p.m, space, write: p.write, rows: p.rows, cols: p.cols, cw: p.cw, ch: p.ch, font: rem, labelSize: 0.85 * rem,
    gap: p.m.shade === 'none' ? 0.1 * rem : 1, left: x + p.left, top: y + p.head, seen: [rows, cols], room: w - p.left,
    every: [1, 1], tight: p.tight, box: { x: x - 4, y, w: p.left + cols * p.cw + 8, h: p.head + rows * p.ch + 1.7 * rem - p.tight }, rem,
  });
  aim(lens, ...largest(p.m));
  return lens;
}

function largest(m) {
  if (m.instead.size) { const [first] = m.instead.keys(); return [Math.floor(first / m.width), first % m.width]; }
  let best = 0;
  for (let i = 1; i < m.values.length; i += 1) if (Math.abs(m.values[i]) > Math.abs(m.values[best]) || Number.isNaN(m.values[best])) best = i;
  return [Math.floor(best / m.width), best % m.width];
}

// Moves the window so that a cell stands in its middle; a cell that was pointed at within it stays where it is.
function aim(lens, row, col, still = false) {
  const [rows, cols] = lens.seen;
  lens.aimed = [row, col];
  if (still) return;
  const first = [clamp(row - (rows >> 1), 0, lens.height - rows), clamp(col - (cols >> 1), 0, lens.width - cols)];
  lens.first = first;
  lens.x = lens.left - first[1] * lens.cw;
  lens.y = lens.top - first[0] * lens.ch;
}

export const seenOf = ({ first: [row, col], seen: [rows, cols] }) => [[row, row + rows - 1], [col, col + cols - 1]];

// Where all lenses begin while nothing is lit: where Python says, or at the largest number of a product or of the first map.
export function beginAt(grid) {
  const product = grid.links.find((l) => l.kind === 'product');
  const m = grid.matrices[product ? product.out : (grid.lenses[0]?.index ?? 0)];
  const [row, col] = largest(m);
  const cell = grid.spec.lens_at ?? { matrix: m.index, row, col };
  const { lights } = lit(grid, cell);
  grid.lenses.forEach((lens) => follow(lens, [...lights, ...strongest(grid, cell)]));
}

// The factors of the largest product that makes a number: there the lenses of both matrices stand.
export function strongest(grid, cell) {
  const link = cell && grid.links.find((l) => l.kind === 'product' && l.out === cell.matrix);
  if (!link) return [];
  const list = entries(grid, { link, row: cell.row, col: cell.col });
  const k = list.reduce((best, e, i) => (Math.abs(e.product) > Math.abs(list[best].product) ? i : best), 0);
  const [left, right] = [grid.matrices[link.left], grid.matrices[link.right]];
  return [light(left, one(cell.row), one(k), 'term'), light(right, one(k), one(cell.col), 'term')];
}

// A lens turns from a map that is not lit, or not seen yet, to one that is: there may be room for fewer than there are maps.
export function turned(lenses, matrices, lights, page) {
  const told = (m) => !m.hidden && lights.some((l) => l.matrix === m.index && l.kind !== 'band');
  const found = [...lenses];
  lenses.forEach((lens, i) => {
    if (told(lens)) return;
    const next = matrices.find((m) => m.map && told(m) && found.every((other) => other.index !== m.index));
    if (next) found[i] = Object.assign(lensOf(plan(next, page, lens.tight), lens.space, page), { least: lens.least });
  });
  return found;
}

// Follows what is lit: the cell itself, otherwise the row or the column that is lit; where both are, their cell.
export function follow(lens, lights, still) {
  const own = lights.filter((l) => l.matrix === lens.index && l.kind !== 'band');
  const found = own.findLast((l) => l.kind === 'cell') ?? own.findLast((l) => l.kind === 'term');
  const part = (span, size) => span[0] === span[1] || span[1] - span[0] + 1 < size;
  const at = (side, size, old) => {
    const [from] = (found ? [found] : own).map((l) => l[side]).findLast((span) => part(span, size)) ?? [old];
    return from;
  };
  aim(lens, at('rows', lens.height, lens.aimed[0]), at('cols', lens.width, lens.aimed[1]), still);
}

export function clipped(lens, light) {
  const [rows, cols] = seenOf(lens);
  const cut = (a, b) => [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
  const seen = { ...light, rows: cut(light.rows, rows), cols: cut(light.cols, cols) };
  return seen.rows[0] <= seen.rows[1] && seen.cols[0] <= seen.cols[1] ? seen : null;
}

export function cellInLens(lenses, x, y) {
  for (const lens of lenses) {
    const [row, col] = [Math.floor((y - lens.top) / lens.ch), Math.floor((x - lens.left) / lens.cw)];
    const [rows, cols] = lens.seen;
    const inside = row >= 0 && row < rows && col >= 0 && col < cols;
    if (inside && !lens.hidden) return { matrix: lens.index, row: lens.first[0] + row, col: lens.first[1] + col };
  }
  return null;
}

const VARIABLE = /^[\p{L}\p{N}_]+$/u; // what is indexed: C, W1, hᵀ
const PAIRS = ['counts', 'probabilities'];

// Two letters are a pair; a digit beside another label would be read as a number or a product.
const letter = (text) => !/\d/.test(text);

// "counts AN: 820", "C[Q, 5]: 4.039": which cell the lens is about, and its number; shorter where that has no room.
export function lensHeadings(lens) {
  const [row, col] = lens.aimed;
  const labels = [lens.rows[row], lens.cols[col]].filter((text) => text !== undefined);
  const named = !lens.spot && (lens.rows.length || lens.cols.length);
  const indexed = named && VARIABLE.test(lens.name) && !PAIRS.includes(lens.role);
  const pair = !indexed && labels.every((text) => text.length === 1 && letter(text));
  const place = named ? labels.join(pair ? '' : ', ') : lens.where(row, col);
  const number = lens.covers(row, col) ? '' : lens.instead.get(row * lens.width + col) ?? spoken(lens.at(row, col), lens.decimals);
  const own = lens.spot.startsWith('[') || (lens.spot && place.startsWith(`${lens.name} `)); // the name stands in it
  const whole = own ? lens.cellName(row, col) : indexed ? `${lens.name}[${place}]` : [lens.name, place].filter(Boolean).join(lens.name.includes(' ') ? ', ' : ' ');
  const heads = [whole, lens.name].map((name) => [name, number].filter(Boolean).join(': '));
  return [...heads, lens.name || number];
}

// How shades stand for numbers: the ends that the numbers have, and the name of the scale between them.
export function legend(m) {
  const [low, high] = m.ends;
  if (m.texts || m.values.length === 1 || !(low < high)) return null;
  const from = m.tone === 'sequential' || low >= 0 ? 0 : -m.peak;
  const to = m.tone === 'diverging' && high <= 0 ? 0 : m.peak;
  const beyond = Math.max(-low, high) > m.peak * (1 + 1e-6);
  const named = m.tone === 'diverging' || FEW_COUNTS >= m.peak && m.whole ? '' : m.logarithmic ? 'logarithmic' : 'square-root';
  return { from, to, beyond, named: named && `${named} scale`, steps: m.whole && m.peak <= FEW_COUNTS ? to - from + 1 : 24 };
}
