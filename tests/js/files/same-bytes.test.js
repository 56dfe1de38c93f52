// A model that was opened is the one that was saved, byte for byte: files can be compared, and kept by their hash.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect, load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const wave = Array.from({ length: 60 }, (_, t) => 10 + 3 * Math.sin(t * 0.5) + Math.sin(t * t));
const months = wave.map((a, i) => ({ month: new Date(Date.UTC(2000, i)), a, b: -a }));
const vectors = [{ sequence: [[1, 2], [2, 3]], label: 'a' }, { sequence: [[4, 3], [2, 7]], label: 'b' }];
const words = [{ sequence: ['x', 'x'], label: ['a'] }, { sequence: ['y'], label: ['b'] }];
const pairs = /** @type {[string, string][]} */ ([['a b', 'c d'], ['b', 'd e']]);

/** What is made, and what it is trained on. @type {Record<string, () => [any, any]>} */
const kinds = {
  'a network': () => [
    lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 3 }], output: { values: 1 } }),
    { inputs: [[[1, 2], [2, 3]]], targets: [[[1], [2]]] },
  ],
  'a character model': () => [lstm.createCharModel({ text: 'hello world', hiddenSize: 4 }), 'hello world hello world'],
  'a token model': () => [lstm.createTokenModel({ text: 'a b c a b', by: ' ', hiddenSize: 4 }), 'a b c a b a b c a b'],
  'a classifier of features': () => [
    lstm.createClassifier({ labels: ['a', 'b'], features: ['x', 'y'], hiddenSize: 4, classWeights: 'balanced', scale: { x: 'robust' } }), vectors],
  'a classifier of tokens': () => [
    lstm.createClassifier({ labels: ['a', 'b'], tokens: ['x', 'y'], by: ' ', several: true, hiddenSize: 4, embedding: 3, unknown: 'skip' }), words],
  'a translator': () => [lstm.createTranslator({ pairs, by: ' ', hiddenSize: 4, unknown: 'skip' }), pairs],
  'a translator without attention': () => [
    lstm.createTranslator({ pairs, hiddenSize: 4, attention: false, bidirectional: false, kind: 'gru' }), pairs],
  'a forecaster': () => [
    lstm.createForecaster({ columns: ['a', 'b'], log: ['a'], time: 'month', season: 12, hiddenSize: 4, subtract: 'season', scale: { a: 'robust' } }), months],
  'a forecaster of one column': () => [lstm.createForecaster({ hiddenSize: 4, mixture: 2, layers: 2 }), wave],
};

for (const [name, make] of Object.entries(kinds)) {
  test(`${name}: what is opened is saved as it was`, async () => {
    const [model, data] = make();
    const untrained = model.save();
    assert.deepEqual((await lstm.open(untrained)).save(), untrained, 'before it is trained');
    for (const report of model.train(data, { steps: 2 })) void report;
    for (const [what, one] of [['trained', model], ['of 8 bits', model.quantize()]]) {
      const saved = one.save();
      assert.deepEqual((await lstm.open(saved)).save(), saved, what);
    }
    const checkpoint = model.checkpoint();
    const opened = /** @type {any} */ (await lstm.open(checkpoint));
    assert.deepEqual(opened.checkpoint(), checkpoint);
    assert.equal(inspect(checkpoint).checkpoint?.step, 2);
    opened.dispose();
    model.dispose();
  });
}
