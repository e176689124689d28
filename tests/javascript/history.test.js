import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byKeys } from '../../explainer/components/deck_keys/history.js';

const KEYS = { neuron_data: { 'one line': 'line', circle: 'ring' }, many: { A: 'a', B: 'b' } };

test('an address holds options by their keys', () => {
  const told = '?scene=it-learns&neuron_data=one+line&many=B&many=A&many=other';
  assert.equal(byKeys(told, KEYS), '?scene=it-learns&neuron_data=line&many=b&many=a&many=other');
});

test('what shows no option stays letter by letter, keys among it', () => {
  for (const told of ['', '?neuron_data=line&text=a%20b~', '?text=one+line', '?constructor=name&many=toString']) {
    assert.equal(byKeys(told, KEYS), told);
  }
});
