// What plays on the grid: counts that grow, and a product that is walked through, forwards and back.

import assert from 'node:assert/strict';
import test from 'node:test';

import { framesOf, Increments, Walk } from '../../explainer/components/grid/frames.js';
import { matrix } from './matrix.js';

// Three names of one, two and one pairs; the second pair of the second name is one that was there before.
const PAIRS = { matrix: 0, cells: Object.assign([0, 0, 0, 1, 0, 0, 1, 1], { shape: [4, 2] }), starts: [0, 1, 3, 4], weights: null, within: false, unit: 'name', titles: ['', '', ''] };

test('a count matrix at any frame holds the pairs of the frames before it', () => {
  const grid = { matrices: [matrix(0, [2, 2])] };
  const counting = new Increments(grid, [PAIRS]);
  assert.equal(counting.last, 3);
  const seen = (position) => { counting.show(position); return [...grid.matrices[0].values]; };
  assert.deepEqual([0, 1, 2, 3, 1, 0].map(seen), [[0, 0, 0, 0], [1, 0, 0, 0], [2, 1, 0, 0], [2, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0]]);
});

test('within the names every pair is a frame, and counts as often as its name is borne', () => {
  const grid = { matrices: [matrix(0, [2, 2])] };
  const counting = new Increments(grid, [{ ...PAIRS, within: true, weights: [10, 1, 1] }]);
  assert.equal(counting.last, 4);
  counting.show(2);
  assert.deepEqual([...grid.matrices[0].values], [10, 1, 0, 0]);
});

test('a product grows term by term, each cell after the other, and back again', () => {
  const grid = { matrices: [matrix(0, [2, 3]), matrix(1, [3, 2]), matrix(2, [2, 2])], links: [{ left: 0, right: 1, out: 2 }] };
  const walk = new Walk(grid, [{ link: 0, speed: 4, order: null }]);
  assert.equal(walk.last, 12);
  assert.deepEqual([0, 1, 2, 3].map((s) => walk.step(s)), [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 1, 0]]);
  const covers = (position) => { walk.show(position); return [0, 1].map((col) => grid.matrices[2].cover(0, col)); };
  assert.deepEqual(covers(2), ['?', '']); // its products are still being added
  assert.deepEqual(covers(3), [null, '']);
  assert.deepEqual(covers(12), [null, null]);
  assert.deepEqual(covers(0), ['', '']);
});

test('what plays is chosen by its kind, and has a line for every frame', () => {
  const grid = { matrices: [matrix(0, [2, 2])], links: [] };
  assert.equal(framesOf(grid, [], []), null);
  const counting = framesOf(grid, [{ ...PAIRS, kind: 'increments' }], [[0, 'none yet'], [2, 'two names']]);
  assert.ok(counting instanceof Increments);
  assert.deepEqual(counting.captions, ['none yet', 'none yet', 'two names', 'two names']);
});
