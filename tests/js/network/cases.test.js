// What people ask for, each in a few lines: nested data, rare classes, several labels at once, gaps in a series.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load();
let seed = 5;
const random = () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff);

test('sequences as [sample][step][feature], one label a sample (keras-team/keras#1047)', () => {
  const samples = Array.from({ length: 32 }, () => Array.from({ length: 12 }, () => [2 * random() - 1, 2 * random() - 1]));
  const labels = samples.map((sample) => (sample.reduce((sum, [a]) => sum + a, 0) > 0 ? 1 : 0));
  const network = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 16 }], output: { classes: 2 } });
  const trainer = network.createTrainer({ batchSize: 32, window: 12, learningRate: 0.01 });
  for (let i = 0; i < 200; i++) trainer.step(samples, labels);
  assert.ok(trainer.evaluate(samples, labels).loss < 0.1);
  assert.deepEqual(network.run(samples[0]).shape, [1, 12, 2]);
  // Flat and batch-first, said so: the same.
  assert.equal(trainer.evaluate(samples.flat(2), labels, { layout: 'batch' }).loss, trainer.evaluate(samples, labels).loss);
});

test('one sequence in fifty is of the class that matters (keras-team/keras#3440)', () => {
  const samples = Array.from({ length: 200 }, (_, i) => Array.from({ length: 5 }, () => [random() + (i % 50 === 0 ? 0.5 : 0)]));
  const labels = samples.map((_, i) => (i % 50 === 0 ? 1 : 0));
  const found = [undefined, [1, 50]].map((classWeights) => {
    const network = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 8 }], output: { classes: 2 } });
    const trainer = network.createTrainer({ batchSize: 200, window: 5, learningRate: 0.01, classWeights });
    for (let i = 0; i < 60; i++) trainer.step(samples, labels);
    return samples.filter((sample, i) => labels[i] === 1 && network.run(sample).outputs[9] > 0.5).length;
  });
  assert.deepEqual(found.map((count) => count > 2), [false, true], `${found} of 4`);
});

test('several labels hold at once (keras-team/keras#1902)', () => {
  const network = lstm.createNetwork({ input: { tokens: 8 }, layers: [{ kind: 'gru', hiddenSize: 24 }], output: { labels: 3 } });
  const trainer = network.createTrainer({ batchSize: 32, window: 6, learningRate: 0.02 });
  const draw = () => Array.from({ length: 32 }, () => Array.from({ length: 6 }, () => Math.floor(8 * random())));
  const tagsOf = (/** @type {number[]} */ sequence) => [0, 1, 2].map((tag) => (sequence.includes(tag) ? 1 : 0));
  for (let i = 0; i < 300; i++) {
    const sequences = draw();
    trainer.step(sequences, sequences.map(tagsOf));
  }
  const right = draw().flatMap((one) => tagsOf(one).map((tag, k) => tag === Math.round(network.run(one).outputs[15 + k])));
  assert.ok(right.filter(Boolean).length / right.length > 0.95);
});

test('gaps in a series (WenjieDu/PyPOTS#708)', () => {
  const series = Float32Array.from({ length: 201 }, (_, t) => (t % 17 === 3 ? NaN : Math.sin(t / 4)));
  const network = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 16 }], output: { values: 1 } });
  const trainer = network.createTrainer({ batchSize: 1, window: 200, learningRate: 0.01 });
  const inputs = Array.from(series.subarray(0, 200), (value) => (Number.isNaN(value) ? [0, 1] : [value, 0]));
  const weights = Array.from(series.subarray(1), (value) => (Number.isNaN(value) ? 0 : 1));
  for (let i = 0; i < 100; i++) trainer.step(inputs, series.subarray(1), { weights });
  assert.ok(trainer.evaluate(inputs, series.subarray(1), { weights }).loss < 0.05);
  assert.equal(network.run([1, 0, 2, 0, NaN, 0, 3, 0, 4, 0, NaN, 0], { batchSize: 2, lengths: [2, 2], layout: 'batch' }).shape[1], 3);
  assert.throws(() => trainer.step(series.subarray(0, 200).map((v) => [v, 0]), series.subarray(1)), /NaN|must be/);
});
