// train with accumulate: every model; what a step is; runs that go on, diverge, or are refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DivergedError, load } from 'lstm-wasm';
import { stateOf } from './team/in-process.js';

const lstm = await load({ variant: 'simd' });
const text = 'the quick brown fox jumps over the lazy dog.\nand so on, and on\n'.repeat(30);
const series = Array.from({ length: 90 }, (_, t) => [Math.sin(t / 3), Math.cos(t / 5)]);
const sequences = Array.from({ length: 16 }, (_, b) => series.slice(b, b + 8));
/** @type {[string, string][]} */
const pairs = Array.from({ length: 16 }, (_, i) => [i.toString(2).padStart(4, '0'), i.toString(3).padStart(4, '0')]);
const sgd = /** @type {const} */ ({ optimizer: 'sgd', learningRate: 0.1, clipNorm: Infinity, schedule: { type: 'constant' } });

/** @param {any} model @param {any} data @param {any} options */
const train = (model, data, options) => [...model.train(data, { reportEvery: 1, ...options })];

/** @param {any} model @returns {number[]} */
const valuesOf = (model) => [...Object.values((model.held?.network ?? model.network ?? model).parameters())].flatMap((/** @type {any} */ list) => [...list]);

/** @type {Record<string, { create: () => any, data: any, options?: any }>} */
const models = {
  'characters, of one text': { create: () => lstm.createCharModel({ text, hiddenSize: 12, seed: 1 }), data: text, options: { window: 8 } },
  tokens: { create: () => lstm.createTokenModel({ text, by: 'word', hiddenSize: 12, seed: 1 }), data: text, options: { window: 8 } },
  'a network of sequences': {
    create: () => lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 8 }], output: { values: 1 }, seed: 4 }),
    data: { inputs: sequences, targets: sequences.map((sequence) => sequence.map(([x]) => [x * x])) },
  },
  'a classifier': {
    create: () => lstm.createClassifier({ labels: ['a', 'b'], features: 2, hiddenSize: 8, seed: 5 }),
    data: sequences.map((sequence, b) => ({ label: b % 3 ? 'a' : 'b', sequence })),
  },
  'a forecaster': {
    create: () => lstm.createForecaster({ columns: ['x', 'y'], predict: ['x'], hiddenSize: 8, seed: 5 }),
    data: series.map(([x, y]) => ({ x, y })), options: { window: 8 },
  },
  'a translator': { create: () => lstm.createTranslator({ pairs, hiddenSize: 8, seed: 5 }), data: pairs },
};

for (const [name, { create, data, options: own }] of Object.entries(models)) {
  describe(name, () => {
    const options = { batchSize: 4, ...own };

    test('a step is an update, of as many windows', () => {
      const [one, three] = [create(), create()];
      const [once, thrice] = [1, 3].map((accumulate, i) => train([one, three][i], data, { ...options, accumulate, steps: 5 }));
      assert.deepEqual(thrice.map(({ step }) => step), [1, 2, 3, 4, 5]);
      assert.equal(three.steps, 5);
      const ratio = thrice[4].read / once[4].read;
      assert.ok(ratio > 2.5 && ratio < 3.5, `${ratio} times as much is read`);
      assert.ok(thrice.every(({ loss, gradientNorm }) => Number.isFinite(loss) && Number.isFinite(gradientNorm)));
    });

    test('accumulate: 1 is none, and nothing of it is in a checkpoint', () => {
      const [without, one] = [create(), create()];
      train(without, data, { ...options, steps: 6 });
      train(one, data, { ...options, steps: 6, accumulate: 1 });
      assert.deepEqual(stateOf(one), stateOf(without));
    });

    test('fit gives the bits of train', async () => {
      const [one, other] = [create(), create()];
      train(one, data, { ...options, accumulate: 2, steps: 6 });
      await other.fit(data, { ...options, accumulate: 2, steps: 6 });
      assert.deepEqual(stateOf(other), stateOf(one));
    });

    test('a checkpoint goes on bit for bit, and knows how many windows an update has', async () => {
      const asked = { ...options, accumulate: 3, steps: 10, schedule: { type: 'cosine', warmup: 2 } };
      const whole = create();
      train(whole, data, asked);
      const half = create();
      for (const { step } of half.train(data, { ...asked, reportEvery: 1 })) if (step === 4) break;
      const opened = await lstm.open(half.checkpoint());
      const reports = train(opened, data, {});
      assert.equal(reports[0].resumed.at, 'same place');
      assert.equal(reports.at(-1).step, 10);
      assert.deepEqual(stateOf(opened).body, stateOf(whole).body);
    });
  });
}

test('two windows of all sequences are as one of twice as many', () => {
  const { create, data } = models['a network of sequences'];
  const [wide, narrow] = [create(), create()];
  const [whole] = train(wide, data, { ...sgd, batchSize: 16, steps: 1 });
  const [halves] = train(narrow, data, { ...sgd, batchSize: 4, accumulate: 4, steps: 1 });
  assert.ok(Math.abs(whole.loss - halves.loss) < 1e-6 * whole.loss);
  assert.ok(Math.abs(whole.gradientNorm - halves.gradientNorm) < 1e-5 * whole.gradientNorm);
  const [got, expected, before] = [narrow, wide, create()].map(valuesOf);
  assert.ok(got.some((value, i) => value !== before[i]));
  got.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-6, `parameter ${i}`));
  assert.equal(halves.epoch, 1);
});

test('pairs: four batches of all are as one of four times as many', () => {
  const { create, data } = models['a translator'];
  const [wide, narrow] = [create(), create()];
  const [whole] = train(wide, data, { ...sgd, batchSize: 16, steps: 1 });
  const [quarters] = train(narrow, data, { ...sgd, batchSize: 4, accumulate: 4, steps: 1 });
  assert.ok(Math.abs(whole.loss - quarters.loss) < 1e-6 * whole.loss);
  assert.ok(Math.abs(whole.gradientNorm - quarters.gradientNorm) < 1e-5 * whole.gradientNorm);
});

test('budgets, schedules and validations count updates', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 8, seed: 2 });
  const asked = { batchSize: 4, window: 8, epochs: 2, validation: 0.1 };
  const [plain, fewer] = [1, 4].map((accumulate) => {
    const other = lstm.createCharModel({ text, hiddenSize: 8, seed: 2 });
    return train(other, text, { ...asked, accumulate });
  });
  const [many, few] = [plain, fewer].map((reports) => reports.at(-1).step);
  assert.ok(Math.abs(many / few - 4) < 0.2, `${many} and ${few} updates`);
  // A cosine ends at its end, and validation is once through the text.
  assert.ok(fewer.at(-1).learningRate < 0.1 * Math.max(...fewer.map(({ learningRate }) => learningRate)));
  assert.equal(fewer.filter(({ valLoss }) => valLoss !== undefined).length, plain.filter(({ valLoss }) => valLoss !== undefined).length);
  model.dispose();
});

test('with another number of windows a training goes on at the same place, with its moments', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 8, seed: 2 });
  const asked = { batchSize: 4, window: 8, steps: 3 };
  train(model, text, { ...asked, accumulate: 2 });
  const [{ resumed }] = train(model, text, { ...asked, accumulate: 5 });
  assert.deepEqual(resumed, { at: 'same place', moments: true });
});

test('a run that diverges goes back to whole updates, and without recoveries nothing is updated', () => {
  const create = () => lstm.createCharModel({ text, hiddenSize: 8, seed: 2 });
  const asked = { batchSize: 4, window: 8, accumulate: 3, learningRate: 10, schedule: { type: 'constant' } };
  const reports = [];
  const model = create();
  try {
    for (const report of model.train(text, { ...asked, steps: 60, reportEvery: 1 })) reports.push(report);
  } catch (error) {
    assert.ok(error instanceof DivergedError);
  }
  assert.ok(reports.some(({ event }) => event === 'recovered'));
  // A window that is not the first of its update, whose outputs are infinite.
  const network = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'rnn', hiddenSize: 3 }], output: { values: 1 } });
  network.setParameters({ weight_ih_l0: [1, 1, 1], bias_ih_l0: [0, 0, 0], bias_hh_l0: [0, 0, 0], 'head.weight': [3e38, 3e38, 3e38] });
  const inputs = Array.from({ length: 8 }, (_, b) => [[b === 5 ? 9 : 0], [0]]);
  const before = valuesOf(network);
  for (let i = 0; i < 2; i++) {
    assert.throws(() => train(network, { inputs, targets: inputs }, { batchSize: 2, window: 2, accumulate: 4, steps: 3, recoveries: 0 }), DivergedError);
    assert.deepEqual(valuesOf(network), before);
  }
});

test('a pair trainer keeps batches, and says how many an update has', () => {
  const make = () => {
    const encoder = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'gru', hiddenSize: 4 }], output: null, seed: 1 });
    const decoder = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'gru', hiddenSize: 4 }], output: { classes: 3 }, memory: { summary: 4 }, seed: 2 });
    return { encoder, decoder };
  };
  const { encoder, decoder } = make();
  const trainer = decoder.createPairTrainer(encoder, { batchSize: 2, window: 2, sourceWindow: 3, accumulate: 2 });
  assert.equal(trainer.accumulate, 2);
  const step = () => trainer.step({ source: [[0, 1, 2], [2, 1]], target: [[0, 1], [1, 2]] }, [[1, 2], [2, 0]]);
  const before = [valuesOf(encoder), valuesOf(decoder)];
  step();
  assert.equal(trainer.steps, 0);
  assert.deepEqual([valuesOf(encoder), valuesOf(decoder)], before);
  assert.throws(() => trainer.checkpoint(), (error) => error instanceof ArgumentError && /1 of 2 windows/.test(error.message));
  step();
  assert.equal(trainer.steps, 1);
  assert.notDeepEqual(valuesOf(encoder), before[0]);
  assert.notDeepEqual(valuesOf(decoder), before[1]);
  const checkpoint = trainer.checkpoint();
  step();
  trainer.restore(checkpoint);
  trainer.checkpoint();
  assert.equal(trainer.steps, 1);
  assert.throws(() => decoder.createPairTrainer(encoder, /** @type {any} */ ({ accumulate: 0 })), /createPairTrainer: accumulate must be/);
});

test('what accumulate cannot be is refused by name, and where there is no such thing', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 8 });
  for (const accumulate of [0, 1.5, -2, 65537, NaN, '2', null]) {
    assert.throws(() => model.train(text, /** @type {any} */ ({ accumulate })), (error) => error instanceof ArgumentError
      && /^train: accumulate must be an integer from 1 to 65536, got/.test(error.message), String(accumulate));
  }
  assert.throws(() => model.learn('the', /** @type {any} */ ({ accumulate: 2 })), /learn: unknown option "accumulate"/);
  assert.equal(train(model, text, { steps: 1, accumulate: 2 }).length, 1);
});
