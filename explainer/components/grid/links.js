// --- links: what a cell lights, and how that is said ---------------------------------------------------

import { all, one } from './layout.js';
import { bracketed, enough, equals, grouped, read, spoken } from './numbers.js';

// A matrix without labels is spoken of by those of the matrices that it is linked with.
export function lend(matrices, links) {
  const both = (a, side, b, from) => {
    if (!a[side].length) a.lent[side] = b[from];
    if (!b[from].length) b.lent[from] = a[side];
  };
  for (const link of links) {
    const [first, ...others] = (link.matrices ?? []).map((i) => matrices[i]);
    for (const m of others) both(first, 'rows', m, 'rows');
    if (link.kind === 'same') for (const m of others) both(first, 'cols', m, 'cols');
    if (link.kind !== 'product') continue;
    const [left, right, out] = [link.left, link.right, link.out].map((i) => matrices[i]);
    both(left, 'cols', right, 'rows');
    both(left, 'rows', out, 'rows');
    both(right, 'cols', out, 'cols');
  }
}

// Returns { lights, words, ledger } of a cell; a light is {matrix, rows, cols, role, kind}.
export function lit(grid, cell) {
  const m = grid.matrices[cell.matrix];
  const lights = [];
  for (const link of grid.links) lights.push(...(LIGHTS[link.kind]?.(grid, link, cell) ?? []));
  if (!lights.some((l) => l.kind === 'cell' && l.matrix === cell.matrix)) lights.push(light(m, one(cell.row), one(cell.col), 'cell'));
  const product = grid.links.find((l) => l.kind === 'product' && l.out === cell.matrix);
  const ledger = product ? { link: product, row: cell.row, col: cell.col } : null;
  return { lights, words: ledger ? productWords(grid, ledger) : cellWords(grid, cell), ledger };
}

export const light = (m, rows, cols, kind, role = m.role) => ({ matrix: m.index, rows, cols, kind, role });

export const LIGHTS = {
  cross(grid, link, { matrix, row, col }) {
    if (matrix !== link.matrix) return [];
    const m = grid.matrices[matrix];
    return [
      light(m, one(row), all(m.width), 'row', 'input'),
      light(m, all(m.height), one(col), 'column', 'weights'),
      light(m, one(row), one(col), 'cell'),
    ];
  },
  same(grid, link, { matrix, row, col }) {
    if (!link.matrices.includes(matrix)) return [];
    return link.matrices.map((i) => light(grid.matrices[i], one(row), one(col), 'cell'));
  },
  share(grid, link, { matrix, row, col }) {
    if (matrix !== link.counts && matrix !== link.shares) return [];
    return [link.counts, link.shares].map((i) => grid.matrices[i]).flatMap((m) => [
      light(m, one(row), all(m.width), 'row', 'input'),
      light(m, one(row), one(col), 'cell'),
    ]);
  },
  same_row(grid, link, { matrix, row, col }) {
    if (!link.matrices.includes(matrix)) return [];
    const rows = link.matrices.map((i) => grid.matrices[i]).map((m) => light(m, one(row), all(m.width), 'soft'));
    return [...rows, light(grid.matrices[matrix], one(row), one(col), 'cell')];
  },
  copies(grid, link, { matrix, row, col }) {
    const [source, copy] = [link.source, link.copy].map((i) => grid.matrices[i]);
    const cell = (m, at) => light(m, one(Math.floor(at / m.width)), one(at % m.width), 'cell');
    if (matrix === link.copy) {
      const at = link.origin[row * copy.width + col];
      return at < 0 ? [] : [cell(source, at), light(copy, one(row), one(col), 'cell')];
    }
    if (matrix !== link.source) return [];
    const at = row * source.width + col;
    const places = [...link.origin.keys()].filter((i) => link.origin[i] === at);
    return [...places.map((i) => cell(copy, i)), light(source, one(row), one(col), 'cell')];
  },
  product(grid, link, { matrix, row, col }) {
    const [left, right, out] = [link.left, link.right, link.out].map((i) => grid.matrices[i]);
    const row_ = light(left, one(row), all(left.width), 'soft');
    const col_ = light(right, all(right.height), one(col), 'soft');
    if (matrix === link.out) {
      return [
        row_, col_, { ...row_, kind: 'band', to: [out, row, col] }, { ...col_, kind: 'band', to: [out, row, col] },
        light(out, one(row), one(col), 'cell'),
      ];
    }
    if (grid.links.some((l) => l.kind === 'product' && l.out === matrix)) return [];
    if (matrix === link.left) return [row_, light(out, one(row), all(out.width), 'soft'), light(left, one(row), one(col), 'cell')];
    if (matrix === link.right) return [col_, light(out, all(out.height), one(col), 'soft'), light(right, one(row), one(col), 'cell')];
    return [];
  },
};

function cellWords(grid, { matrix, row, col }) {
  const m = grid.matrices[matrix];
  const same = grid.links.find((l) => l.kind === 'same' && l.matrices.includes(matrix));
  const where = m.where(row, col);
  const share = grid.links.find((l) => l.kind === 'share' && (l.counts === matrix || l.shares === matrix));
  if (share) return shareWords(grid, share, row, col);
  if (same) return `${where}: ${same.matrices.map((i) => grid.matrices[i]).map((o) => `${o.name} ${o.say(row, col)}`.trim()).join(' · ')}`;
  return `${m.cellName(row, col, grid.matrices.length === 1)}: ${m.say(row, col)}`;
}

// "row N, column A: (820 + 0.3) ÷ 2,651.2 ≈ 0.309".
function shareWords(grid, { counts, shares, totals, smoothing }, row, col) {
  const [count, share] = [grid.matrices[counts], grid.matrices[shares]];
  const [told, whole, result] = [count.say(row, col), grouped(Math.round(totals[row] * 100) / 100), share.say(row, col)];
  const added = smoothing ? `(${told} + ${spoken(smoothing)})` : told;
  const mark = share.marked(row, col) ? `, ${share.marked_as}` : '';
  if (!totals[row]) return `${share.where(row, col)}${mark}: nothing was counted in this row, so all share it: ${result}`;
  const sign = equals((read(told) + read(spoken(smoothing))) / read(whole), result);
  return `${share.where(row, col)}${mark}: ${added} ÷ ${whole} ${sign} ${result}`;
}

export const rowName = (m, row) => (m.height === 1 ? m.name : `row ${m.rowLabel(row)} of ${m.name}`);
export const colName = (m, col) => (m.width === 1 ? m.name : `column ${m.colLabel(col)} of ${m.name}`);
export const counted = (count, word) => `${grouped(count)} ${word}${count === 1 ? '' : 's'}`;

// The products that make one number: factors, products and running sums, as Python computed them.
export function entries(grid, { link, row, col }) {
  const [left, right, out] = [link.left, link.right, link.out].map((i) => grid.matrices[i]);
  let total = 0;
  return Array.from({ length: left.width }, (_, k) => {
    const at = (row * out.width + col) * left.width + k;
    const [a, b] = [left.at(row, k), right.at(k, col)];
    const product = link.terms ? link.terms[at] : a * b;
    total += product;
    return { a, b, product, sum: link.partial ? link.partial[at] : total, left, right, out };
  });
}

const MOST_WORDS = 6;

// "1·(−2) + 0·1 + 3·(−1) = −5"; `done` products so far, and the sum only once all are done.
export function productWords(grid, ledger, done = Infinity) {
  const list = entries(grid, ledger);
  const { left, right, out } = list[0];
  const empty = list.filter((e) => Number.isNaN(e.product)).length;
  if (empty) {
    const what = empty === list.length ? `${counted(list.length, 'product')}, added up` : 'a number is missing';
    return `${rowName(left, ledger.row)} · ${colName(right, ledger.col)}: ${what}`;
  }
  const told = spoken(list.at(-1).sum, out.decimals);
  const gives = (places) => list.reduce((total, e) => total + read(spoken(e.a, null, places)) * read(spoken(e.b, null, places)), 0);
  const places = enough(gives, told, (made) => spoken(made, out.decimals));
  const factor = (e) => `${bracketed(spoken(e.a, null, places))}·${bracketed(spoken(e.b, null, places))}`;
  const upTo = Math.min(done, list.length);
  const covered = done === Infinity && out.covers(ledger.row, ledger.col);
  const shown = list.slice(0, Math.min(upTo, list.length > MOST_WORDS ? 3 : MOST_WORDS)).map(factor);
  const more = shown.length < upTo ? ['…', factor(list[upTo - 1])].slice(0, upTo - shown.length) : [];
  const open = upTo < list.length ? ['…'] : [];
  const formula = [...shown, ...more, ...open].join(' + ');
  if (open.length || covered) return formula;
  return `${formula} ${equals(gives(places), told)} ${told}`;
}
