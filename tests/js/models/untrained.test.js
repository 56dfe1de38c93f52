// What models say before they were trained, of what nobody knows, and where there is nothing to compare with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const wave = Array.from({ length: 60 }, (_, t) => Math.sin(t / 3));
const labels = ['up', 'down'];

test('a classifier whose features are scaled says that it was not trained yet', () => {
  const model = lstm.createClassifier({ labels, features: 1, hiddenSize: 4 });
  /** @type {[string, () => unknown][]} */
  const calls = [
    ['predict', () => model.predict([1, 2])],
    ['learn', () => model.learn([1, 2], 'up')],
    ['read', () => model.read()],
    ['evaluate', () => model.evaluate([{ sequence: [1], label: 'up' }])],
  ];
  for (const [call, use] of calls) {
    assert.throws(use, { name: 'ArgumentError', message: `${call}: this Classifier was not trained yet: it knows no scale of the features` });
  }
  for (const options of [{ features: 1, scale: /** @type {const} */ ('none') }, { tokens: ['1', '2'] }]) {
    const known = lstm.createClassifier({ labels, hiddenSize: 4, ...options });
    const sequence = 'tokens' in options ? ['1', '2'] : [1, 2];
    assert.equal(known.predict(sequence).length, 2);
    assert.ok(known.learn(sequence, 'up').loss > 0);
  }
});

test('a sequence of which no step is known', () => {
  const data = [{ sequence: [1, 2], label: ['up', 'down'] }, { sequence: [2, 1, 3], label: null }];
  const model = lstm.createClassifier({ labels, features: 1, every: 'step', hiddenSize: 4 });
  const same = lstm.createClassifier({ labels, features: 1, every: 'step', hiddenSize: 4 });
  for (const report of model.train(data, { steps: 2 })) void report;
  for (const report of same.train([data[0], { sequence: [2, 1, 3], label: [null, null, null] }], { steps: 2 })) void report;
  assert.deepEqual(model.network.parameters(), same.network.parameters());
  assert.equal(model.evaluate(data).count, 2);
});

test('the seed of a training draws the order of windows', () => {
  const learnt = (/** @type {object} */ options) => {
    const model = lstm.createForecaster({ hiddenSize: 4, window: 8 });
    for (const report of model.train(wave, { steps: 4, batchSize: 2, dropout: 0, validation: 0, ...options })) void report;
    return Buffer.from(model.save()).toString('base64');
  };
  assert.equal(learnt({ seed: 1 }), learnt({ seed: 1 }));
  assert.notEqual(learnt({ seed: 1 }), learnt({ seed: 2 }));
  assert.equal(learnt({}), learnt({ seed: 0 }));
});

test('a forecast without anything to compare with is no evaluation', () => {
  const model = lstm.createForecaster({ hiddenSize: 4, window: 8 });
  for (const report of model.train(wave, { steps: 2, validation: 0 })) void report;
  assert.throws(() => model.evaluate([...wave, NaN, null, NaN], { horizon: 3 }),
    { name: 'ArgumentError', message: 'evaluate: data: expected a value to compare with in the last 3 rows, got none' });
  assert.ok(Number.isFinite(model.evaluate([...wave, NaN, 1, NaN], { horizon: 3 }).columns.value.mae));
});
