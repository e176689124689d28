// What a lens is about: where it stands, and what is written above it.

import assert from 'node:assert/strict';
import test from 'node:test';

import { all, one } from '../../explainer/components/grid/layout.js';
import { follow, layOutAll, legend, lensHeadings, turned } from '../../explainer/components/grid/lens.js';
import { nearest } from '../../explainer/components/reel/chart.js';
import { matrix } from './matrix.js';

const measure = (text, size) => 0.6 * size * String(text).length;
const WIDE = { width: 1200, height: 400, rem: 16, measure, narrow: false };

function lensOn(more = {}) {
  const large = matrix(0, [60, 90], { place: [0, 0], ...more });
  return layOutAll([large], [], WIDE).lenses[0];
}

test('where a row and a column are lit, the lens shows the cell that they have in common', () => {
  const lens = lensOn();
  const [rows, cols] = [all(60), all(90)];
  follow(lens, [{ matrix: 0, kind: 'lit', rows: one(8), cols }, { matrix: 0, kind: 'lit', rows, cols: one(4) }], false);
  assert.deepEqual(lens.aimed, [8, 4]);
  follow(lens, [{ matrix: 0, kind: 'lit', rows: one(9), cols }], false);
  assert.deepEqual(lens.aimed, [9, 4]);
  follow(lens, [{ matrix: 0, kind: 'cell', rows: one(1), cols: one(2) }, { matrix: 0, kind: 'lit', rows: one(9), cols }], false);
  assert.deepEqual(lens.aimed, [1, 2]);
});

test('a lens turns to a map that is lit, and stays while its own is, unless that is not seen yet', () => {
  const table = [0, 1, 2].map((i) => matrix(i, [60, 90], { place: [i, 0] }));
  const page = { ...WIDE, height: 260 };
  const { lenses } = layOutAll(table, [], page);
  const light = (i) => ({ matrix: i, kind: 'soft', rows: all(60), cols: all(90) });
  const few = lenses.slice(0, 1);
  const [there] = turned(few, table, [light(2)], page);
  assert.deepEqual([there.index, there.of.index, there.box], [2, 2, few[0].box]);
  assert.equal(turned([there], table, [light(2), light(0)], page)[0], there);
  assert.equal(turned([there], table, [], page)[0], there);
  table[2].hidden = true;
  assert.equal(turned([there], table, [light(2), light(0)], page)[0].index, 0);
});

const labels = (count, text) => Array.from({ length: count }, () => text);

test('two letters above a lens are a pair that is counted, two digits are two numbers', () => {
  const place = (row, col) => lensHeadings(lensOn({ name: 'counts', role: 'counts', rows: labels(60, row), cols: labels(90, col) }))[0];
  assert.equal(place('A', 'N'), 'counts AN: 5,399');
  assert.equal(place('A', '6'), 'counts A, 6: 5,399');
  assert.equal(place('0', '8'), 'counts 0, 8: 5,399');
  assert.equal(place('A6', '149'), 'counts A6, 149: 5,399');
});

test('a cell of a variable is written as in the code, and a sign stands before its number', () => {
  const head = (name, row, col) => lensHeadings(lensOn({ name, rows: labels(60, row), cols: labels(90, col) }))[0];
  assert.equal(head('C', 'Q', '5'), 'C[Q, 5]: 5,399');
  assert.equal(head('W', 'A', 'N'), 'W[A, N]: 5,399');
  assert.equal(head('gradient of W2', '142', 'A'), 'gradient of W2, 142, A: 5,399');
});

test('all numbers of a lens are written alike', () => {
  const values = Object.assign(Float32Array.from({ length: 5400 }, (_, i) => [1, -1, 0.99999, 0.25][i % 4]), { shape: [60, 90] });
  const { write } = lensOn({ values, role: 'activations' });
  assert.deepEqual([1, -1, 0.99999, 0.25].map(write), ['1.000', '−1.000', '1.000', '0.250']);
});

test('a heading says of which matrix it is, however little room there is', () => {
  const heads = lensHeadings(lensOn({ name: 'W2', spot: 'neuron {row}, letter {col}', first: 0 }));
  assert.deepEqual(heads, ['W2 neuron 59, letter 89: 5,399', 'W2: 5,399', 'W2']);
  assert.deepEqual(lensHeadings(lensOn({ name: 'C', spot: '[{row}, {col}]', first: 0 })), ['C[59, 89]: 5,399', 'C: 5,399', 'C']);
});

test('a legend names its scale, and says where its last shade stands for more', () => {
  const shown = (more) => legend(lensOn({ shade: 'sequential', ...more }).of);
  assert.deepEqual(shown({ role: 'probabilities', scale_max: 5399 }), { from: 0, to: 5399, beyond: false, named: 'square-root scale', steps: 24 });
  assert.deepEqual(shown({ role: 'counts' }).named, 'logarithmic scale');
  assert.equal(shown({ scale_max: 100 }).beyond, true);
});

test('a click on the losses moves to the recorded step that is nearest on its axis', () => {
  const steps = [0, 10, 100, 1000];
  assert.deepEqual([0.5, 4, 30, 40, 999, 5000].map((step) => nearest(steps, step)), [0, 1, 1, 2, 3, 3]);
});
