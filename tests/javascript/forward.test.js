// --- forward: a guess worked out by hand -------------------------------------------------------------------

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guess, nearest, readModel } from '../../explainer/components/nudge/forward.js';

const coded = (...values) => Buffer.from(new Float32Array(values).buffer).toString('base64');

// Two letters, one of which is read; a neuron that sees the first number, a second output that gets it.
const model = readModel({
  C: coded(0, 0, 1, 0), W1: coded(1, 0), b1: coded(0), W2: coded(0, 2), b2: coded(0, 0), context: [1],
});

test('a letter that is read decides, at its place or where it was moved to', () => {
  const odds = (x) => Math.exp(2 * Math.tanh(x));
  assert.ok(Math.abs(guess(model)[1] - odds(1) / (1 + odds(1))) < 1e-9);
  assert.ok(Math.abs(guess(model, 1, [-0.5, 3])[1] - odds(-0.5) / (1 + odds(-0.5))) < 1e-9);
});

test('a letter that is not read changes nothing', () => {
  assert.deepEqual(guess(model, 0, [5, 5]), guess(model));
});

test('the nearest come first, without the one that is asked for', () => {
  const found = nearest([[0, 0], [3, 4], [1, 0], [0, 2]], 0, 2);
  assert.deepEqual(found, [{ i: 2, far: 1 }, { i: 3, far: 2 }]);
});
