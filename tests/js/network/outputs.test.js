// Labels, mixtures, weights: what PyTorch's values (reference.test.js) do not show. Steps, whole sequences, eight bits, files,
// the entry that predicts, and what is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, load } from 'lstm-wasm';
import { load as loadPredict } from 'lstm-wasm/predict';

const lstm = await load();
const layers = [{ kind: 'lstm', hiddenSize: 6 }];
/** @param {any} output @param {any} [more] */
const make = (output, more) => lstm.createNetwork({ input: { size: 2 }, layers, output, seed: 3, ...more });
const inputs = Float32Array.from({ length: 2 * 5 }, (_, i) => Math.sin(i));
const outputs = [
  { output: { labels: 4 }, size: 4, targets: 4 },
  { output: { values: 2, mixture: 3 }, size: 15, targets: 2 },
];

for (const { output, size, targets } of outputs) {
  describe(JSON.stringify(output), () => {
    test('steps, runs, files, eight bits and the entry that predicts give the same', async () => {
      const network = make(output);
      const { outputs: all, shape } = network.run(inputs);
      assert.deepEqual(shape, [5, 1, size]);
      const state = network.initialState();
      const last = Array.from({ length: 5 }, (_, t) => network.step(inputs.subarray(2 * t, 2 * t + 2), state))[4];
      last.forEach((value, i) => assert.ok(Math.abs(value - all[4 * size + i]) < 1e-5 * Math.max(1, value), `output ${i}`));
      const bytes = network.save();
      assert.deepEqual(/** @type {any} */ (inspect(bytes)).config.output, output);
      assert.deepEqual(lstm.openNetwork(bytes).run(inputs).outputs, all);
      const predicted = /** @type {any} */ (await (await loadPredict()).open(bytes));
      assert.deepEqual(predicted.run(inputs).outputs, all);
      const small = network.quantize();
      assert.deepEqual(small.config.output, output);
      const rounded = small.step(inputs.subarray(0, 2), small.initialState());
      rounded.forEach((value, i) => assert.ok(Math.abs(value - all[i]) < 0.05 * Math.max(1, value), `8 bits: output ${i}`));
    });

    test('what comes out is what it says', () => {
      const all = make(output).run(inputs).outputs;
      if ('labels' in output) return assert.ok(all.every((p) => p > 0 && p < 1));
      const sum = all.subarray(0, 3).reduce((a, b) => a + b);
      assert.ok(Math.abs(sum - 1) < 1e-6 && all.subarray(9, 15).every((s) => s > 4.5e-5 && s < 22027));
    });

    test('it learns', () => {
      const trainer = make(output).createTrainer({ batchSize: 1, window: 5, learningRate: 0.02 });
      const y = Float32Array.from({ length: 5 * targets }, (_, i) => i % 2);
      const first = trainer.evaluate(inputs, y).loss;
      for (let i = 0; i < 200; i++) trainer.step(inputs, y);
      assert.ok(trainer.evaluate(inputs, y).loss < first - 0.5);
    });
  });
}

/** @type {[any, RegExp][]} */
const badOutputs = [
  [{ labels: 0 }, /output\.labels must be an integer from 1 to 1048576, got 0/],
  [{ labels: 2, classes: 2 }, /output must be { classes: n }, { values: n } or { labels: n }, got "{ labels, classes }"/],
  [{ labels: 2, tied: true }, /output\.tied must be absent without classes, got true/],
  [{ classes: 2, mixture: 2 }, /output\.mixture must be absent without values, got 2/],
  [{ values: 2, mixture: 0 }, /output\.mixture must be an integer from 1 to 1024, got 0/],
  [{ values: 1000, mixture: 1024 }, /output\.mixture must be at most 524 of 1000 values, got 1024/],
];
for (const [output, message] of badOutputs) {
  test(`createNetwork refuses ${JSON.stringify(output)}`, () => {
    assert.throws(() => make(output), { name: 'ArgumentError', message });
  });
}

test('weights and weights of classes that cannot be used are refused by name', () => {
  const [x, y] = [new Float32Array(2 * 3 * 2), new Int32Array(6)];
  const network = make({ classes: 2 });
  const trainer = network.createTrainer({ batchSize: 2, window: 3 });
  /** @type {[any, RegExp][]} */
  const bad = [
    [[1, -1, 1, 1, 1, 1], /^step: weights\[1\] must be a number from 0, got -1$/],
    [[1, NaN, 1, 1, 1, 1], /^step: weights\[1\] must be a number from 0, got NaN$/],
    [[1, Infinity], /^step: weights\[1\] must be a number from 0, got Infinity$/],
    [[1, 2, 3], /^step: weights must be an array of 6 \(window 3 x batchSize 2\), or of 2, one a sequence, got an array of 3$/],
    [[0, 0], /^step: weights must have a number above 0 at a step that counts/],
    ['heavy', /^step: weights must be an array of 6/],
  ];
  for (const [weights, message] of bad) {
    assert.throws(() => trainer.step(x, y, { weights }), { name: 'ArgumentError', message });
  }
  assert.throws(() => trainer.step(x, [0, 1], { weights: [1, 1, 1, 1, 1, 1] }), /weights must be 2, one a sequence/);
  assert.throws(() => trainer.step(x, y, { mask: [0, 0, 0, 0, 0, 1], weights: [1, 0] }), /must have a number above 0/);
  const classWeights = (/** @type {any} */ value, of = network) => () => of.createTrainer({ classWeights: value });
  assert.throws(classWeights([1]), /^ArgumentError: createTrainer: classWeights must be an array of 2 numbers, got an array of 1$/);
  assert.throws(classWeights([1, -2]), /classWeights\[1\] must be a number from 0, got -2/);
  assert.throws(classWeights([0, 0]), /classWeights must be weights of which one is above 0/);
  assert.throws(classWeights([1, 2], make({ values: 2 })), /classWeights must be absent for an output without classes or labels/);
  const labels = make({ labels: 2 }).createTrainer({ batchSize: 1, window: 1 });
  assert.throws(() => labels.step([0, 0], [0, 1.5]), /^ArgumentError: step: targets\[1\] must be a number from 0 to 1, got 1.5$/);
});

test('weights of 1 are no weights; those of a sequence are those of its steps; and with a mask they multiply', () => {
  const gradients = (/** @type {any} */ options) => {
    const trainer = make({ classes: 2 }).createTrainer({ batchSize: 2, window: 3 });
    return trainer.gradients(Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)), [0, 1, 1, 0, 1, 0], options);
  };
  assert.deepEqual(gradients({ weights: new Float32Array(6).fill(1) }).parameters, gradients({}).parameters);
  assert.deepEqual(gradients({ weights: [2, 5] }), gradients({ weights: [2, 5, 2, 5, 2, 5] }));
  const mask = [1, 0, 1, 1, 0, 1];
  assert.deepEqual(gradients({ mask, weights: [2, 5] }), gradients({ weights: [2, 0, 2, 5, 0, 5] }));
});

test('a window of classes that do not count has the loss 0, and changes nothing', () => {
  const network = make({ classes: 2 });
  const before = network.parameters();
  const trainer = network.createTrainer({ batchSize: 1, window: 2, classWeights: [0, 1], optimizer: 'sgd' });
  assert.deepEqual(trainer.step([1, 2, 3, 4], [0, 0]), { loss: 0, gradientNorm: 0 });
  assert.deepEqual(network.parameters(), before);
});

test('a network of 20 000 classes trains in memory that does not grow with its window, as one of few rows does', () => {
  const network = lstm.createNetwork({ input: { tokens: 9 }, layers, output: { classes: 20_000 }, seed: 1 });
  const rows = (/** @type {number} */ count) => Int32Array.from({ length: count }, (_, i) => (i * 7) % 9);
  const long = network.createTrainer({ batchSize: 8, window: 40 });
  const [x, y] = [rows(320), rows(320).map((v) => v * 2000)];
  const { loss, parameters } = long.gradients(x, y);
  // The same from its parts: the gradients of windows of one step each would have other states; of the loss they are means.
  const whole = network.run(x, { batchSize: 8 }).outputs;
  const mean = y.reduce((sum, target, i) => sum - Math.log(whole[i * 20_000 + target]), 0) / 320;
  assert.ok(Math.abs(loss - mean) < 1e-5, `${loss} and ${mean}`);
  const bias = new Float64Array(20_000);
  y.forEach((target, row) => {
    for (let v = 0; v < 20_000; v++) bias[v] += (whole[row * 20_000 + v] - (v === target ? 1 : 0)) / 320;
  });
  bias.forEach((value, v) => assert.ok(Math.abs(value - parameters['head.bias'][v]) < 1e-6, `gradient of head.bias[${v}]`));
});
