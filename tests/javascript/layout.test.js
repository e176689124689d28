// Where matrices stand, how large their cells are, and the ticks of an axis.

import assert from 'node:assert/strict';
import test from 'node:test';

import { keeper } from '../../explainer/components/grid/kept.js';
import { areaBox, cellAt, cellBox, freeCorner, layOut } from '../../explainer/components/grid/layout.js';
import { layOutAll } from '../../explainer/components/grid/lens.js';
import { Lattice } from '../../explainer/components/landscape/lattice.js';
import { ticks } from '../../explainer/components/landscape/ticks.js';
import { matrix } from './matrix.js';

const measure = (text, size) => 0.6 * size * String(text).length;
const WIDE = { width: 1800, height: 700, rem: 24, measure, narrow: false };
const PHONE = { width: 358, height: 500, rem: 16, measure, narrow: true };

// Falk's scheme: B above, A to the left, the product where they cross.
const product = () => [matrix(0, [3, 4], { place: [1, 0] }), matrix(1, [4, 5], { place: [0, 1] }), matrix(2, [3, 5], { place: [1, 1] })];
const LINKS = [{ kind: 'product', left: 0, right: 1, out: 2 }];

for (const [where, page] of [['a projector', WIDE], ['a phone', PHONE]]) {
  test(`on ${where} a product stands below its right factor and beside its left one, inside the page`, () => {
    const [a, b, c] = product();
    layOut([a, b, c], LINKS, page);
    assert.equal(c.x, b.x);
    assert.equal(c.y, a.y);
    assert.ok(a.x + a.width * a.cw <= c.x && b.y + b.height * b.ch <= c.y);
    for (const m of [a, b, c]) assert.ok(m.x >= 0 && m.x + m.width * m.cw <= page.width, `${m.name} ends at ${m.x + m.width * m.cw}`);
  });
}

test('all cells of a picture are of one size, and its numbers fit them', () => {
  const all = product();
  layOut(all, LINKS, WIDE);
  assert.equal(new Set(all.map((m) => `${m.cw} ${m.ch}`)).size, 1);
  for (const m of all) assert.ok(!m.map && m.font >= 20 && measure(m.write(11), m.font) < m.cw);
});

test('a cell is found where it is drawn, and none where there is none', () => {
  const all = product();
  layOut(all, LINKS, WIDE);
  for (const m of all) {
    for (const [row, col] of [[0, 0], [m.height - 1, m.width - 1]]) {
      const { x, y, w, h } = cellBox(m, row, col);
      assert.deepEqual(cellAt(all, x + w / 2, y + h / 2), { matrix: m.index, row, col });
    }
  }
  assert.equal(cellAt(all, 1, 1), null);
});

test('a key takes a corner that is free of matrices, or none', () => {
  const all = product();
  layOut(all, LINKS, WIDE);
  assert.equal(freeCorner(all, [WIDE.width, WIDE.height], [300, 40]), 'bottom left');
  const [a, b] = all;
  assert.equal(freeCorner(all, [WIDE.width, WIDE.height], [300, WIDE.height - a.y]), 'bottom left');
  const low = [{ ...a, inset: a.inset, y: WIDE.height - 50, x: 20 }, b];
  assert.equal(freeCorner(low, [WIDE.width, WIDE.height], [300, 40]), 'top left');
  assert.equal(freeCorner([{ ...a, x: 0, y: 0, cw: 9000, ch: 9000 }], [WIDE.width, WIDE.height], [300, 40]), null);
});

test('an area reaches from its first cell to its last', () => {
  const [a] = product();
  layOut([a], [], WIDE);
  const [whole, first, last] = [areaBox(a, [0, 2], [0, 3]), cellBox(a, 0, 0), cellBox(a, 2, 3)];
  assert.ok(Math.abs(whole.x - first.x) < 1e-9 && Math.abs(whole.x + whole.w - last.x - last.w) < 1e-9);
  assert.ok(Math.abs(whole.y - first.y) < 1e-9 && Math.abs(whole.y + whole.h - last.y - last.h) < 1e-9);
});

test('a matrix whose numbers would be too small becomes a map, and has a lens of larger cells beside it', () => {
  const large = matrix(0, [60, 200], { place: [0, 0] });
  const { lenses: [lens, ...others] } = layOutAll([large], [], WIDE);
  assert.ok(large.map && lens && !others.length);
  assert.ok(lens.cw > large.cw && lens.font >= 20);
  assert.ok(lens.box.x + lens.box.w <= WIDE.width && lens.box.y + lens.box.h <= WIDE.height + 1);
});

test('ticks are round and lie within their range', () => {
  assert.deepEqual(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks(-3, 3, 6), [-3, -2, -1, 0, 1, 2, 3]);
  assert.deepEqual(ticks(0.101, 0.129, 3), [0.11, 0.12]);
  for (const [low, high, about] of [[2.31, 2.94, 4], [-1e-4, 3e-4, 5], [1e6, 7e6, 6]]) {
    const all = ticks(low, high, about);
    assert.ok(all.length >= about / 2 && all.length <= 2 * about + 1);
    assert.ok(all.every((tick) => tick >= low - 1e-12 && tick <= high + 1e-12));
  }
});

test('a level line of a slope runs straight across it', () => {
  const slope = new Lattice(Float64Array.from({ length: 12 }, (_, k) => k % 4), 4, 3);
  assert.equal(slope.between(1.25, 0.7), 1.25);
  const pieces = slope.lines([1.5]).flat();
  assert.equal(pieces.length, 2);
  assert.ok(pieces.every(({ from, to }) => from[0] === 1.5 && to[0] === 1.5));
});

test('what was made is made once, until so much came after it', () => {
  const kept = keeper(2);
  let made = 0;
  const make = () => { made += 1; return made; };
  assert.deepEqual(['a', 'a', 'b', 'c', 'a'].map((key) => kept(key, make)), [1, 1, 2, 3, 4]);
});

test('a map that may be wide has cells wider than high, and fills more of its stage', () => {
  const table = () => [matrix(0, [34, 34], { place: [0, 0] })];
  const [narrower, broad] = [table(), table()];
  layOut(narrower, [], WIDE);
  layOut(broad, [], { ...WIDE, wide: true });
  assert.ok(broad[0].map && broad[0].cw > 1.5 * narrower[0].cw && broad[0].ch === narrower[0].ch);
  assert.ok(34 * broad[0].cw <= WIDE.width);
});
