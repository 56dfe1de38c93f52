// A first training that comes to nothing leaves nothing behind: neither the scale of its data, nor a run to go on with.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const wave = Array.from({ length: 80 }, (_, t) => 10 + 3 * Math.sin(t * 0.5) + Math.sin(t * t));
const large = wave.map((value) => value * 1e6 + 5e7);
const train = (/** @type {any} */ model, /** @type {any} */ data, /** @type {any} */ options) => {
  for (const report of model.train(data, options)) void report;
};
const diverging = { steps: 20, learningRate: 1e30, optimizer: 'sgd', clipNorm: Infinity, recoveries: 1 };

describe('a first training that diverges', () => {
  test('of a forecaster leaves no scale', () => {
    const make = () => lstm.createForecaster({ hiddenSize: 4, seed: 1 });
    const [model, fresh] = [make(), make()];
    const untrained = model.checkpoint();
    assert.throws(() => train(model, wave, diverging), { name: 'DivergedError' });
    assert.equal(model.steps, 0);
    assert.throws(() => model.forecast(1), /this Forecaster was not trained yet/);
    assert.deepEqual(model.checkpoint(), untrained);
    for (const one of [model, fresh]) train(one, large, { steps: 5 });
    assert.deepEqual(model.save(), fresh.save());
    model.dispose();
    fresh.dispose();
  });

  test('of a classifier leaves neither a scale nor weights of classes', () => {
    const examples = (/** @type {number} */ size) => [[1, 2], [5, 9], [3, 1], [8, 4]].map((steps, i) => (
      { sequence: steps.map((value) => [value * size]), label: i % 2 ? 'b' : 'a' }));
    const make = () => lstm.createClassifier({ labels: ['a', 'b'], features: 1, hiddenSize: 4, seed: 1 });
    const [model, fresh] = [make(), make()];
    const untrained = model.checkpoint();
    assert.throws(() => train(model, examples(1), { ...diverging, classWeights: { a: 2 } }), { name: 'DivergedError' });
    assert.deepEqual(model.checkpoint(), untrained);
    for (const one of [model, fresh]) train(one, examples(1e6), { steps: 5 });
    assert.deepEqual(model.save(), fresh.save());
    model.dispose();
    fresh.dispose();
  });

  test('of what was trained before, takes its own scale for what it was', () => {
    const model = lstm.createForecaster({ hiddenSize: 4, seed: 1 });
    train(model, wave, { steps: 5 });
    const before = model.save();
    assert.throws(() => train(model, large, diverging), { name: 'DivergedError' });
    assert.deepEqual(model.save(), before, 'with the end of the series that it goes on from');
    model.dispose();
  });
});
