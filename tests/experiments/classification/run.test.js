// The comparison runs with what is at hand, and what cannot be run is refused.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'lstm-wasm';
import { gestures, reviews } from './data.js';
import { jobOf } from './job.js';
import { ours } from './run.js';

const script = fileURLToPath(new URL('run.js', import.meta.url));

test('gestures are learnt through the public API', async () => {
  const task = { data: () => gestures({ train: 20, test: 40 }), model: { hiddenSize: 24 }, epochs: 40, batchSize: 8 };
  const { accuracy, macroF1, seconds } = ours(await load({ variant: 'simd' }), task.data(), task, 1);
  assert.ok(accuracy > 0.85 && macroF1 > 0.85, `${accuracy} ${macroF1}`);
  assert.ok(seconds > 0);
});

test('data are drawn the same everywhere, and no text is in both parts', () => {
  const { train, test: unseen } = reviews({ train: 200, test: 100 });
  assert.deepEqual(reviews({ train: 200, test: 100 }).train, train);
  const known = new Set(train.map(({ sequence }) => sequence));
  assert.ok(unseen.every(({ sequence }) => !known.has(sequence)));
});

test('others get vectors that are scaled, and tokens by their numbers, 0 for those that were not trained on', () => {
  const vectors = jobOf({ name: 'x', labels: ['a', 'b'], features: 1, train: [{ sequence: [[1], [3]], label: 'b' }], test: [] }, true);
  assert.deepEqual(vectors.train, [[[[-1], [1]], 1]]);
  const texts = { name: 'x', labels: ['a', 'b'], by: /** @type {const} */ ('word'), train: [{ sequence: 'so so la', label: 'a' }], test: [{ sequence: 'la ti', label: 'b' }] };
  assert.deepEqual(jobOf(texts, true), { tokens: 3, labels: 2, train: [[[1, 1, 2], 0]], test: [[[2, 0], 1]] });
  assert.deepEqual(jobOf(texts, false).test, [[['la', 'ti'], 1]]);
});

test('a task that is none is refused with the usage', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'weather'], { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /^expected tasks of gestures, reviews, names, vowels .*\n\nusage: node tests\/experiments\/classification\/run\.js/);
});
