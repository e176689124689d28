import assert from 'node:assert/strict';
import { test } from 'node:test';

test('a window whose scene stood before its keys tells where it is', async () => {
  const posted = [];
  globalThis.BroadcastChannel = class { postMessage(message) { posted.push(message); } };
  const here = { path: 'bigram', scene: 'fill-in', stage: 0, stages: 1 };
  const player = { root: { isConnected: true }, playing: false, position: 1234, film: { counter: (at) => `name ${at}` } };
  globalThis.window = { __deck: { here }, __players: new Set([player]) };
  globalThis.document = { hidden: false };
  const { following } = await import('../../explainer/components/deck_keys/follow.js');
  following({});
  await new Promise((resolve) => { setTimeout(resolve, 400); });
  assert.deepEqual(posted, [{ here: { ...here, playing: false, seen: ['name 1234'] } }]);
});
