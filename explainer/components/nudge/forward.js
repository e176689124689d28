// --- forward: what a perceptron guesses, as models/mlp.py computes it ---------------------------------------

import { floats } from '../coded.js';

// The matrices as they were sent, and the context that is read.
export function readModel({ C, W1, b1, W2, b2, context }) {
  const [table, first, bias, second, last] = [C, W1, b1, W2, b2].map(floats);
  return { C: table, W1: first, b1: bias, W2: second, b2: last, context };
}

// x @ W + b, for one example; W lies row by row.
function linear(x, W, b) {
  const out = Float64Array.from(b);
  x.forEach((value, row) => {
    for (let col = 0; col < out.length; col += 1) out[col] += value * W[row * out.length + col];
  });
  return out;
}

function softmax(logits) {
  const most = Math.max(...logits);
  const counts = logits.map((logit) => Math.exp(logit - most));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

// The probability of every next letter, with one letter at another place in the plane.
export function guess({ C, W1, b1, W2, b2, context }, moved, place) {
  const x = context.flatMap((i) => (i === moved ? place : [C[2 * i], C[2 * i + 1]]));
  return softmax(linear(linear(x, W1, b1).map(Math.tanh), W2, b2));
}

// The other letters, the nearest first, each with its distance.
export function nearest(places, one, count) {
  const far = ([x, y]) => Math.hypot(x - places[one][0], y - places[one][1]);
  const others = places.map((place, i) => ({ i, far: far(place) })).filter(({ i }) => i !== one);
  return others.sort((a, b) => a.far - b.far).slice(0, count);
}
