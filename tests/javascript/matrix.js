// A matrix of the grid as Python sends it, numbered through.

import { Matrix } from '../../explainer/components/grid/model.js';

const SAID = { rows: [], cols: [], called: [[], []], notes: [], instead: [], spot: '', unit: '' };

export function matrix(index, [rows, cols], rest = {}) {
  const values = Object.assign(Float64Array.from({ length: rows * cols }, (_, i) => i), { shape: [rows, cols] });
  const look = { name: 'ABC'[index], role: 'weights', shade: 'diverging', decimals: null };
  return new Matrix({ ...SAID, ...look, values, ...rest }, index);
}
