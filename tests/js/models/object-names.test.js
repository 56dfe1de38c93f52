// Columns, labels and features may be called what every object has already: toString is no weight, and constructor no scale.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const wave = Array.from({ length: 40 }, (_, t) => 10 + 3 * Math.sin(t * 0.5) + Math.sin(t * t));
const last = (/** @type {Iterable<any>} */ reports) => [...reports].at(-1);

describe('names that every object has', () => {
  test('of columns, of which another has a scale', () => {
    const model = lstm.createForecaster({ columns: ['constructor', 'b'], scale: { b: 'robust' }, hiddenSize: 4 });
    assert.deepEqual(model.config.scale, { constructor: 'standard', b: 'robust' });
    last(model.train({ constructor: wave, b: wave }, { steps: 2 }));
    assert.ok(model.forecast(1, { paths: 5 }).mean.constructor[0] > 0);
    model.dispose();
  });

  test('of labels, of which another has a weight', () => {
    const examples = [{ sequence: [[1], [2]], label: 'toString' }, { sequence: [[3], [4]], label: 'b' }];
    const model = lstm.createClassifier({ labels: ['toString', 'b'], features: 1, classWeights: { b: 2 }, hiddenSize: 4 });
    assert.ok(Number.isFinite(last(model.train(examples, { steps: 2 })).loss));
    assert.ok(Number.isFinite(model.learn([[1], [2]], 'toString').loss));
    model.dispose();
  });

  test('of features, of which a step leaves one out', () => {
    const model = lstm.createClassifier({ labels: ['a', 'b'], features: ['x', 'valueOf'], hiddenSize: 4 });
    last(model.train([{ sequence: [[1, 2]], label: 'a' }, { sequence: [[3, 4]], label: 'b' }], { steps: 1 }));
    assert.throws(() => model.predict([{ x: 1 }]), /^ArgumentError: predict: sequence\[0\]\.valueOf must be a finite number, got undefined$/);
    model.dispose();
  });
});
