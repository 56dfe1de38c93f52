// A classifier learns labels of sequences and of steps, one or several, from vectors, tokens or both; says how well; and is
// as it was where anything is wrong.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { readSafetensors, writeSafetensors } from '../../../src/js/files/safetensors.js';
import { gestures, randomOf, reviews } from '../../experiments/classification/data.js';

const lstm = await load({ variant: 'simd' });

/** @param {Generator<any>} reports @returns {any} the last report */
function runs(reports) {
  let last;
  for (const report of reports) last = report;
  return last;
}
/** @param {any} model */
const parametersOf = (model) => Object.values(model.network.parameters()).map((values) => [...values]);
/** What a step and a window compute may differ in the last bits. @param {any[]} got @param {any[]} expected */
function near(got, expected) {
  assert.deepEqual(got.map(({ label }) => label), expected.map(({ label }) => label));
  got.forEach(({ probability }, i) => assert.ok(Math.abs(probability - expected[i].probability) < 1e-6, `${probability} for ${expected[i].probability}`));
}
const random = randomOf(5);
const signed = () => 2 * random() - 1;

describe('what is learnt', () => {
  test('gestures, ten of each: one label a sequence of vectors of any length', () => {
    const { labels, train, test: unseen } = gestures({ train: 10, test: 50 });
    const model = lstm.createClassifier({ labels, features: 2, hiddenSize: 24, seed: 1 });
    const last = runs(model.train(train, { epochs: 60 }));
    assert.equal(last.done, true);
    assert.ok(last.epoch >= 60 && last.epoch < 61);
    assert.equal(last.read, last.epoch * 30);
    const { accuracy, macroF1, confusion, count } = model.evaluate(unseen);
    assert.ok(accuracy > 0.85 && macroF1 > 0.85, `${accuracy}`);
    assert.equal(count, 150);
    assert.deepEqual(confusion.map((row) => row.reduce((sum, n) => sum + n)), [50, 50, 50]);
    const answer = model.predict(unseen[0].sequence);
    assert.deepEqual(answer.map(({ label }) => label).sort(), [...labels].sort());
    assert.ok(Math.abs(answer.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-5);
    assert.ok(answer[0].probability >= answer[1].probability && answer[1].probability >= answer[2].probability);
    assert.equal(model.predict(unseen[0].sequence, { top: 1 }).length, 1);
  });

  test('praise and blame, where the words alone do not tell: texts by word, both ways', () => {
    const { labels, train, test: unseen } = reviews({ train: 1500, test: 200 });
    const model = lstm.createClassifier({ labels, text: train.map(({ sequence }) => sequence), bidirectional: true, hiddenSize: 24, seed: 1 });
    runs(model.train({ sequences: train.map(({ sequence }) => sequence), labels: train.map(({ label }) => label) }, { epochs: 6 }));
    const { accuracy } = model.evaluate(unseen);
    assert.ok(accuracy > 0.9, `${accuracy}`);
    assert.throws(() => model.read(), /read: needs a model that is not bidirectional/);
  });

  test('a label a step, where some are not known', () => {
    // Is the sum so far above 0? Every fourth answer is not told.
    const draw = () => {
      let sum = 0;
      const sequence = Array.from({ length: 5 + Math.floor(10 * random()) }, signed);
      const truth = sequence.map((x) => ((sum += x) > 0 ? 'above' : 'below'));
      return { sequence, label: truth.map((label, t) => (t % 4 === 3 ? null : label)), truth };
    };
    const data = Array.from({ length: 200 }, draw);
    const model = lstm.createClassifier({ labels: ['above', 'below'], features: 1, every: 'step', hiddenSize: 16, seed: 2 });
    runs(model.train(data.map(({ sequence, label }) => ({ sequence, label })), { epochs: 30 }));
    const unseen = Array.from({ length: 50 }, draw);
    const { accuracy, count } = model.evaluate(unseen.map(({ sequence, truth }) => ({ sequence, label: truth })));
    assert.ok(accuracy > 0.9, `${accuracy}`);
    assert.equal(count, unseen.reduce((sum, { sequence }) => sum + sequence.length, 0));
    assert.equal(model.predict(unseen[0].sequence, { top: 1 }).length, unseen[0].sequence.length);
    const reading = model.read();
    const last = unseen[0].sequence.map((x) => reading.push(x).predict({ top: 1 })[0]);
    near(last, model.predict(unseen[0].sequence, { top: 1 }).map(([first]) => first));
  });

  test('tokens beside vectors', () => {
    // The number counts where the sign before it says so.
    const draw = () => {
      const sequence = Array.from({ length: 3 + Math.floor(4 * random()) }, () => ({ token: random() < 0.5 ? 'add' : 'drop', features: [1e6 + 1e5 * signed()] }));
      const sum = sequence.reduce((all, { token, features: [x] }) => all + (token === 'add' ? x - 1e6 : 0), 0);
      return { sequence, label: sum > 0 ? 'more' : 'less' };
    };
    const model = lstm.createClassifier({ labels: ['more', 'less'], tokens: ['add', 'drop'], features: 1, hiddenSize: 16, seed: 3 });
    runs(model.train(Array.from({ length: 400 }, draw), { epochs: 25 }));
    const { accuracy } = model.evaluate(Array.from({ length: 200 }, draw));
    assert.ok(accuracy > 0.85, `${accuracy}`);
  });
});

describe('a model', () => {
  const { labels, train, test: unseen } = gestures({ train: 12, test: 20 }, 3);
  /** @param {any} [options] */
  const create = (options) => lstm.createClassifier({ labels, features: ['dx', 'dy'], hiddenSize: 8, seed: 4, ...options });
  /** @type {ReturnType<typeof create>} */
  let model;
  before(() => {
    model = create();
    runs(model.train(train, { steps: 20 }));
  });

  test('read, push and predict answer as predict of the whole sequence does', () => {
    for (const { sequence } of unseen.slice(0, 5)) {
      const whole = model.predict(sequence);
      const reading = model.read(sequence.slice(0, 4));
      assert.equal(reading.steps, 4);
      near(reading.predict(), model.predict(sequence.slice(0, 4)));
      for (const [dx, dy] of sequence.slice(4)) reading.push({ dx, dy });
      near(reading.predict(), whole);
    }
    assert.throws(() => model.read().predict(), /predict: expected a reading of at least one step/);
    const reading = model.read(unseen[0].sequence);
    const before = reading.predict();
    assert.throws(() => reading.push([1, 2, 3]), /push: step must be an array of 2 numbers/);
    assert.deepEqual(reading.predict(), before);
  });

  test('evaluate answers as predict does, of many sequences at once', () => {
    const { accuracy, loss } = model.evaluate(unseen);
    let [right, sum] = [0, 0];
    for (const { sequence, label } of unseen) {
      const answer = model.predict(sequence);
      right += answer[0].label === label ? 1 : 0;
      sum -= Math.log(/** @type {any} */ (answer.find((one) => one.label === label)).probability);
    }
    assert.ok(Math.abs(accuracy - right / unseen.length) < 1e-12);
    assert.ok(Math.abs(loss - sum / unseen.length) < 1e-6, `${loss} for ${sum / unseen.length}`);
  });

  test('a long sequence is read in pieces as in one', () => {
    const sequence = Array.from({ length: 9000 }, () => [signed(), signed()]);
    const reading = model.read(sequence);
    const whole = model.predict(sequence);
    near(reading.predict(), whole);
  });

  for (const [what, options] of Object.entries({
    'of vectors': {}, 'both ways': { bidirectional: true }, 'scaled in two ways': { scale: { dx: 'robust', dy: 'min-max' } },
    'with weights': { classWeights: 'balanced' },
  })) {
    test(`${what}: its file answers the same, also where it only predicts`, async () => {
      const own = create(options);
      runs(own.train(train, { steps: 10 }));
      const predictor = await loadPredictor({ variant: 'simd' });
      for (const library of [lstm, predictor]) {
        const opened = /** @type {any} */ (await library.open(own.save()));
        assert.deepEqual(opened.config, own.config);
        for (const { sequence } of unseen.slice(0, 3)) assert.deepEqual(opened.predict(sequence), own.predict(sequence));
        assert.deepEqual(opened.evaluate(unseen), own.evaluate(unseen));
      }
      assert.deepEqual(create(own.config).config, own.config);
      const small = own.quantize();
      assert.equal(small.network.isQuantized, true);
      assert.ok(Math.abs(small.evaluate(unseen).loss - own.evaluate(unseen).loss) < 0.05);
      assert.throws(() => small.train(train), /train: needs a model with float weights/);
    });
  }

  test('from a checkpoint it goes on bit for bit, its scale and weights too', async () => {
    for (const options of [{}, { classWeights: 'balanced' }]) {
      const whole = create();
      runs(whole.train(train, { steps: 30, validation: 0.2, keepBest: true, ...options }));
      const first = create();
      const reports = first.train(train, { steps: 30, validation: 0.2, keepBest: true, reportEvery: 1, ...options });
      for (const { step } of reports) if (step === 13) break;
      const opened = /** @type {any} */ (await lstm.open(first.checkpoint()));
      runs(opened.train(train, {}));
      assert.deepEqual(parametersOf(opened), parametersOf(whole));
      assert.deepEqual(opened.config, whole.config);
    }
  });

  test('of several labels that are balanced too', async () => {
    const tokens = ['a', 'b', 'c', 'd', 'e', 'f'];
    const data = Array.from({ length: 60 }, () => {
      const sequence = Array.from({ length: 3 + Math.floor(4 * random()) }, () => tokens[Math.floor(6 * random())]);
      return { sequence, label: ['a', 'b'].filter((token) => sequence.includes(token)) };
    });
    const make = () => lstm.createClassifier({ labels: ['a', 'b'], tokens, several: true, classWeights: 'balanced', hiddenSize: 6, bidirectional: true });
    const whole = make();
    runs(whole.train(data, { steps: 20 }));
    const first = make();
    for (const { step } of first.train(data, { steps: 20, reportEvery: 1 })) if (step === 7) break;
    const opened = /** @type {any} */ (await lstm.open(first.checkpoint()));
    runs(opened.train(data, {}));
    assert.deepEqual(parametersOf(opened), parametersOf(whole));
    assert.deepEqual(opened.evaluate(data), whole.evaluate(data));
  });

  test('validation is drawn from each label, reports its loss, stops and keeps the best', () => {
    const own = create();
    const losses = [];
    for (const { valLoss, best, event } of own.train(train, { epochs: 50, validation: 0.25, keepBest: true, patience: 3, validateEvery: 2, learningRate: 0.1 })) {
      if (valLoss !== undefined) losses.push(valLoss);
      if (valLoss !== undefined) assert.equal(best, Math.min(...losses));
      if (event === 'stopped') break;
    }
    assert.ok(losses.length > 3);
    const measured = create();
    const [first] = [...measured.train(train, { steps: 1, learningRate: 1e-12, validation: { data: unseen } })].filter(({ valLoss }) => valLoss !== undefined);
    assert.ok(Math.abs(first.valLoss - measured.evaluate(unseen).loss) < 1e-9);
  });

  test('learn takes one step on what just happened, unlearn takes it back', () => {
    const own = create();
    runs(own.train(train, { steps: 5 }));
    const before = parametersOf(own);
    const { sequence, label } = unseen[0];
    const expected = own.evaluate([{ sequence, label }]).loss;
    const { loss } = own.learn(sequence, label);
    assert.ok(Math.abs(loss - expected) < 1e-5, `${loss} for ${expected}`);
    assert.notDeepEqual(parametersOf(own), before);
    own.unlearn();
    assert.deepEqual(parametersOf(own), before);
    for (let i = 0; i < 20; i++) own.learn(sequence, label);
    assert.equal(own.predict(sequence)[0].label, label);
    assert.throws(() => own.learn(sequence, 'wave'), /learn: label must be one of the labels 'circle', 'swipe', 'zigzag', got "wave"/);
    // Sooner or later numbers are too large.
    for (let i = 0; ; i++) {
      assert.ok(i < 20);
      const good = parametersOf(own);
      try {
        own.learn(sequence, labels[i % 3], { learningRate: 1e38 });
      } catch (error) {
        assert.equal(/** @type {any} */ (error).code, 'ERR_DIVERGED');
        assert.deepEqual(parametersOf(own), good);
        break;
      }
    }
  });

  test('after dispose each call says so', () => {
    const own = create();
    runs(own.train(train, { steps: 1 }));
    const place = own.read();
    own.dispose();
    for (const call of /** @type {const} */ (['push', 'predict'])) {
      assert.throws(() => /** @type {any} */ (place)[call](), new RegExp(`DisposedError: ClassifierReading\\.${call}: the Classifier of this reading was disposed`));
    }
    for (const call of /** @type {const} */ (['predict', 'evaluate', 'read', 'train', 'save', 'quantize', 'learn', 'checkpoint'])) {
      assert.throws(() => /** @type {any} */ (own)[call](train[0].sequence, train[0].label), new RegExp(`DisposedError: Classifier\\.${call}: this Classifier was disposed`));
    }
  });
});

describe('a file that is not whole', () => {
  const model = lstm.createClassifier({ labels: ['a', 'b'], features: 2, tokens: ['x'], hiddenSize: 3 });
  runs(model.train([{ sequence: [{ token: 'x', features: [1, 2] }], label: 'a' }, { sequence: [{ token: 'x', features: [3, 1] }], label: 'b' }], { steps: 1 }));
  const { metadata, tensors } = readSafetensors(model.save(), 'test');
  const known = JSON.parse(/** @type {string} */ (metadata.get('model')));
  for (const [change, message] of /** @type {[any, RegExp][]} */ ([
    [{ labels: ['a'] }, /labels must be an array of 2/],
    [{ labels: ['a', 'b', 'c'] }, /needs .*"classes":3.*, got .*"classes":2/],
    [{ several: true }, /needs .*"labels":2.*, got .*"classes":2/],
    [{ features: 3 }, /scaler|scale must be an array of 3/],
    [{ features: ['x'] }, /must be/],
    [{ scaler: [{ method: 'standard', shift: 0, scale: 0 }, { method: 'standard', shift: 0, scale: 1 }] }, /scaler\[0\]: scale must be a number above 0/],
    [{ tokens: { names: ['x', 'x'], by: 'word' } }, /names\[1\]: "x" is there twice/],
    [{ every: 'hour' }, /every must be one of/],
    [{ classWeights: { c: 1 } }, /classWeights must be one of the labels/],
    [{ more: 1 }, /unknown option "more"/],
  ])) {
    test(`${JSON.stringify(change)} is refused by its name`, async () => {
      const edited = new Map(metadata).set('model', JSON.stringify({ ...known, ...change }));
      edited.delete('checksum');
      await assert.rejects(lstm.open(writeSafetensors({ metadata: edited, tensors })), (/** @type {any} */ error) =>
        error.code === 'ERR_FILE_FORMAT' && message.test(error.message) || assert.fail(error.stack));
    });
  }
});

describe('what cannot be trained on', () => {
  const { labels, train } = gestures({ train: 3, test: 1 });
  for (const [what, data, options, message] of /** @type {[string, any, any, RegExp][]} */ ([
    ['a label never named', [...train, { sequence: [[1, 2]], label: 'wave' }], {}, /train: data\[9\]\.label must be one of the labels/],
    ['rows of other widths', [...train, { sequence: [[1, 2], [1]], label: 'circle' }], {}, /train: data\[9\]\.sequence\[1\] must be an array of 2 numbers/],
    ['an empty sequence', [...train, { sequence: [], label: 'circle' }], {}, /train: data\[9\]\.sequence must have at least one step/],
    ['an infinite number', [...train, { sequence: [[1, -Infinity]], label: 'circle' }], {}, /train: data\[9\]\.sequence\[0\]\[1\] must be a finite number, got -Infinity/],
    ['numbers that cannot be scaled', [...train, { sequence: [[1e308, 0], [-1e308, 0]], label: 'circle' }], {}, /train: data: column '0' must have finite values that can be scaled/],
    ['all of one label', train.slice(0, 3), {}, /train: data must have at least two labels, got only "circle"/],
    ['no label at all', train.map(({ sequence }) => ({ sequence, label: null })), {}, /train: data must have a label that is not null and has a weight, got none/],
    ['only weights of 0', train.map((one) => ({ ...one, weight: 0 })), {}, /train: data must have/],
    ['a validation that takes all', train, { validation: 0.99 }, /train: validation must leave sequences to learn and to measure on, got 9 of 9/],
    ['a validation that takes nothing', train, { validation: 0.01 }, /train: validation must leave sequences to learn and to measure on, got 0 of 9/],
    ['a validation of other labels', train, { validation: { data: [{ sequence: [[1, 2]], label: 'wave' }] } }, /train: validation\.data\[0\]\.label must be one of/],
    ['weights of other labels', train, { classWeights: { wave: 2 } }, /train: classWeights must be one of the labels/],
    ['an option that is none', train, { epoch: 3 }, /train: unknown option "epoch"/],
  ])) {
    test(`${what}: refused at once, and nothing has changed`, () => {
      const model = lstm.createClassifier({ labels, features: 2, hiddenSize: 4, seed: 1 });
      const before = model.save();
      assert.throws(() => model.train(data, options), (/** @type {any} */ error) => error.code === 'ERR_ARGUMENT' && message.test(error.message) || assert.fail(error.stack));
      assert.deepEqual(model.save(), before);
      assert.equal(model.steps, 0);
    });
  }

  test('what diverges leaves the model as it was at the last good point', () => {
    const model = lstm.createClassifier({ labels, features: 2, hiddenSize: 4, seed: 1 });
    assert.throws(() => runs(model.train(train, { steps: 50, learningRate: 1e30, optimizer: 'sgd', clipNorm: Infinity, recoveries: 1 })), /DivergedError/);
    assert.ok(parametersOf(model).flat().every(Number.isFinite));
    runs(model.train(train, { steps: 20, learningRate: 0.01, optimizer: 'adam' }));
    assert.ok(Number.isFinite(model.evaluate(train).loss));
  });
});
