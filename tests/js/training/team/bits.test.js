// Several Workers give the bits of one: cells, options, models, checkpoints.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { layers } from '../../layer-list.js';
import { crewOf, hashOf, lstm, stateOf, train } from './in-process.js';

const text = 'the quick brown fox jumps over the lazy dog.\nand so on, and on\n'.repeat(60);
const { crew, end } = await crewOf(7);
after(end);

/**
 * The model that each number of Workers makes is that of one.
 * @param {() => any} create
 * @param {any} data
 * @param {any} options
 * @param {readonly number[]} [counts]
 */
async function assertSame(create, data, options, counts = [2, 3, 4, 8]) {
  const alone = create();
  const last = await train(alone, data, options);
  const expected = stateOf(alone);
  for (const threads of counts) {
    const model = create();
    const report = await train(model, data, { ...options, threads }, crew);
    assert.equal(report?.threads, threads);
    assert.deepEqual([report?.loss, report?.gradientNorm, report?.valLoss], [last?.loss, last?.gradientNorm, last?.valLoss]);
    assert.deepEqual(stateOf(model), expected, `${threads} Workers`);
    model.dispose();
  }
  alone.dispose();
}

describe('300 steps of a text', () => {
  const cells = {
    lstm: { kind: 'lstm', hiddenSize: 24 },
    'two layers of gru': { kind: 'gru', hiddenSize: 20, layers: 2 },
    'rnn, from a start of its own': { kind: 'rnn', hiddenSize: 20, trainableState: true },
    'lstm, all at once': { ...layers['lstm, much at once'], hiddenSize: 20 },
  };
  for (const [name, config] of Object.entries(cells)) {
    test(name, () => assertSame(() => lstm.createCharModel({ text, seed: 1, ...config }), text, {
      steps: 300, batchSize: 16, window: 8, dropout: 0.2, recurrentDropout: 0.1, ...(name === 'lstm' && { weightDrop: 0.1 }),
      validation: 0.1, validateEvery: 100, keepBest: true,
    }, name === 'lstm' ? [2, 3, 4, 8] : [3, 8]));
  }
});

describe('few steps of every layer', () => {
  for (const [name, layer] of Object.entries(layers)) {
    test(name, () => assertSame(() => lstm.createCharModel({ text, seed: 2, hiddenSize: 9, ...layer }), text, {
      steps: 6, batchSize: 13, window: 7, recoveries: 0,
    }, [3]));
  }
});

describe('models', () => {
  test('several texts, which end in the middle of windows', () => assertSame(
    () => lstm.createCharModel({ text, hiddenSize: 12, seed: 3 }), text.split('\n').slice(0, 40).map((line, i) => line.slice(0, 3 + i)),
    { steps: 60, batchSize: 8, window: 6 }));
  test('words, with an embedding', () => assertSame(
    () => lstm.createTokenModel({ text, by: 'word', hiddenSize: 12, embedding: 6, seed: 3 }), text, { steps: 60, batchSize: 8, window: 6 }));
  const series = Array.from({ length: 90 }, (_, t) => [Math.sin(t / 3), Math.cos(t / 5)]);
  const inputs = Array.from({ length: 20 }, (_, b) => series.slice(b, b + 5 + (b % 7)));
  test('a network of vectors, with sequences of many lengths', () => assertSame(
    () => lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 8 }], output: { values: 1 }, seed: 4 }),
    { inputs, targets: inputs.map((sequence) => sequence.map(([x]) => [x * x])) }, { steps: 60, batchSize: 10, window: 4 }));
  test('in both directions, with weights', () => assertSame(
    () => lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 6, bidirectional: true }], output: { classes: 3 }, seed: 4 }),
    { inputs, targets: inputs.map((sequence) => sequence.map((_, t) => t % 3)), weights: inputs.map((sequence) => sequence.map((_, t) => t % 2)) },
    { steps: 40, batchSize: 10 }));
  test('a classifier', () => assertSame(
    () => lstm.createClassifier({ labels: ['a', 'b'], features: 2, hiddenSize: 8, seed: 5 }),
    inputs.map((sequence, b) => ({ label: b % 2 ? 'a' : 'b', sequence })), { steps: 40, batchSize: 8 }));
  test('a forecaster', () => assertSame(
    () => lstm.createForecaster({ columns: ['x', 'y'], predict: ['x'], hiddenSize: 8, seed: 5 }), series.map(([x, y]) => ({ x, y })),
    { steps: 40, batchSize: 8 }));
});

describe('an encoder and its decoder', () => {
  /** @type {[string, string][]} */
  const pairs = Array.from({ length: 40 }, (_, i) => [(7 * i).toString(2), (11 * i).toString(3)]);
  const create = (/** @type {any} */ more = {}) => lstm.createTranslator({ pairs, hiddenSize: 12, seed: 3, ...more });
  const options = { steps: 60, batchSize: 16, dropout: 0.2, recurrentDropout: 0.1, weightDrop: 0.1, validation: 0.1, validateEvery: 20, keepBest: true };
  test('attention by products, read from both ends, dropout, lengths', () => assertSame(create, pairs, options));
  test('additive attention, two layers of gru', () => assertSame(
    () => create({ attention: 'additive', kind: 'gru', layers: 2 }), pairs, { ...options, accumulate: 2 }, [3, 8]));
  test('no attention, one way, batches that eight do not divide', () => assertSame(
    () => create({ attention: false, bidirectional: false }), pairs, { ...options, batchSize: 13 }, [2, 4]));
  test('int8', () => assertSame(create, pairs, { ...options, precision: 'int8' }, [3]));

  for (const [first, second] of [[2, 1], [1, 3]]) {
    test(`a checkpoint of ${first} on ${second}`, async () => {
      const asked = { ...options, steps: 20, schedule: { type: 'constant' }, keepBest: false };
      const whole = create();
      for (let i = 0; i < 2; i++) await train(whole, pairs, asked);
      const begun = create();
      await train(begun, pairs, { ...asked, threads: first }, crew);
      const opened = await lstm.open(begun.checkpoint());
      await train(opened, pairs, { steps: 20, threads: second }, crew);
      assert.equal(stateOf(opened).body, stateOf(whole).body);
    });
  }

  test('a model translates with what it has learnt meanwhile', async () => {
    const model = create();
    /** @type {Set<number>} */
    const losses = new Set();
    await train(model, pairs, { ...options, reportEvery: 20, threads: 3 }, crew, () => { losses.add(model.evaluate(pairs).loss); });
    assert.equal(losses.size, 3);
  });
});

describe('updates of several windows', () => {
  const create = () => lstm.createCharModel({ text, hiddenSize: 16, seed: 6 });
  const options = { batchSize: 16, window: 8, dropout: 0.2, accumulate: 3 };
  test('of a text', () => assertSame(create, text, { ...options, steps: 60, validation: 0.1, validateEvery: 20 }));
  // Some windows are only read.
  test('of sequences with few targets', () => {
    const inputs = Array.from({ length: 20 }, (_, b) => Array.from({ length: 9 + (b % 7) }, (_, t) => [Math.sin(t + b)]));
    return assertSame(
      () => lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 8 }], output: { values: 1 }, seed: 4 }),
      { inputs, targets: inputs, mask: inputs.map((sequence) => sequence.map((_, t) => Number(t + 1 === sequence.length))) },
      { steps: 40, batchSize: 4, window: 3, accumulate: 2 }, [2, 4]);
  });

  test('runs that diverge go back as one does', async () => {
    const bad = { ...options, learningRate: 10, steps: 60, reportEvery: 1, schedule: { type: 'constant' } };
    /** @type {any[][]} */
    const events = [[], []];
    const models = [create(), create()];
    const keep = (/** @type {any[]} */ list) => (/** @type {any} */ { event, step, reason, loss }) => { list.push([event, step, reason, loss]); };
    await train(models[0], text, bad, undefined, keep(events[0])).catch(({ message }) => events[0].push(message));
    await train(models[1], text, { ...bad, threads: 3 }, crew, keep(events[1])).catch(({ message }) => events[1].push(message));
    assert.ok(events[0].some(([event]) => event === 'recovered'));
    assert.deepEqual(events[1], events[0]);
  });

  // After each thing that is waited for: in the middle of an update, too.
  test('a checkpoint is of whole updates, whenever it is made', async () => {
    const asked = { ...options, steps: 4, schedule: { type: 'constant' }, learningRate: 0.01 };
    const [alone, team] = [create(), create()];
    /** @type {any[]} */
    const expected = [];
    await train(alone, text, { ...asked, reportEvery: 1 }, undefined, () => { expected.push(stateOf(alone).body); });
    const pieces = team.trainInPieces(text, { ...asked, threads: 3 }, crew);
    let waits = 0;
    for (;;) {
      const { value, done } = pieces.next();
      if (done) break;
      if (team.steps > 0) assert.equal(stateOf(team).body, expected[team.steps - 1]);
      if (value instanceof Promise) waits += 1;
      await value;
    }
    assert.ok(waits >= 12);
    assert.equal(stateOf(team).body, expected[3]);
  });

  test('an update that is abandoned leaves all as it was before', async () => {
    const asked = { ...options, schedule: { type: 'constant' }, learningRate: 0.01 };
    for (const left of [5, 6, 7, 8]) {
      const [alone, team] = [create(), create()];
      await train(alone, text, { ...asked, steps: 6 });
      const pieces = team.trainInPieces(text, { ...asked, steps: 6, threads: 3 }, crew);
      for (let waits = 0; ;) {
        const { value } = pieces.next();
        if (value instanceof Promise && ++waits === left) break;
        await value;
      }
      pieces.return();
      const { steps } = team;
      assert.ok(steps > 0 && steps < 6);
      await train(team, text, { ...asked, steps: 6 - steps, threads: 3 }, crew);
      assert.equal(stateOf(team).body, stateOf(alone).body);
    }
  });

  test('what is done to the model in the middle of an update begins it again', async () => {
    const asked = { ...options, steps: 4, dropout: 0, schedule: { type: 'constant' }, learningRate: 0.01 };
    const models = [create(), create()];
    const change = (/** @type {any} */ model) => model.held.network.setParameters({ 'head.bias': new Float32Array(model.alphabet.length) });
    await train(models[0], text, { ...asked, reportEvery: 1 }, undefined, ({ step }) => { if (step === 1) change(models[0]); });
    const pieces = models[1].trainInPieces(text, { ...asked, threads: 3 }, crew);
    for (let waits = 0; ;) {
      const { value, done } = pieces.next();
      if (done) break;
      // The second window of the second update.
      if (value instanceof Promise && ++waits === 5) change(models[1]);
      await value;
    }
    assert.equal(stateOf(models[1]).body, stateOf(models[0]).body);
  });
});

test('who is lost in the middle of an update costs that update', async () => {
  /** @type {[string, string][]} */
  const pairs = Array.from({ length: 24 }, (_, i) => [(7 * i).toString(2), (11 * i).toString(3)]);
  const asked = { steps: 6, batchSize: 16, dropout: 0.2, accumulate: 3 };
  const cases = [
    { create: () => lstm.createCharModel({ text, hiddenSize: 16, seed: 6 }), data: text, more: { window: 8 } },
    { create: () => lstm.createTranslator({ pairs, hiddenSize: 10, seed: 6 }), data: pairs, more: {} },
    { create: () => lstm.createTranslator({ pairs, hiddenSize: 10, seed: 6 }), data: pairs, more: { accumulate: 1 } },
  ];
  for (const { create, data, more } of cases) {
    const alone = create();
    await train(alone, data, { ...asked, ...more });
    for (const at of [1, 4, 5, 6]) {
      const own = await crewOf(3);
      const model = create();
      const pieces = model.trainInPieces(data, { ...asked, ...more, threads: 4 }, own.crew);
      let waits = 0;
      for (;;) {
        const { value, done } = pieces.next();
        if (done) break;
        if (value instanceof Promise && ++waits === at) own.crew.lose(2);
        await value;
      }
      assert.ok(waits > at);
      assert.deepEqual(stateOf(model), stateOf(alone), `lost at wait ${at}`);
      own.end();
    }
  }
});

describe('a training that goes on', () => {
  const create = () => lstm.createCharModel({ text, hiddenSize: 16, seed: 6 });
  const options = { batchSize: 16, window: 8, dropout: 0.2, schedule: { type: 'constant' }, learningRate: 0.01 };

  for (const [first, second] of [[2, 1], [1, 2], [3, 8], [2, 2]]) {
    test(`a checkpoint of ${first} on ${second}`, async () => {
      const whole = create();
      for (let i = 0; i < 2; i++) await train(whole, text, { ...options, steps: 40 });
      const begun = create();
      await train(begun, text, { ...options, steps: 40, threads: first }, crew);
      const opened = lstm.openCharModel(begun.checkpoint());
      assert.deepEqual(stateOf(opened), stateOf(begun));
      await train(opened, text, { steps: 40, threads: second }, crew);
      assert.deepEqual(stateOf(opened).body, stateOf(whole).body);
      await train(begun, text, { ...options, steps: 40, threads: second }, crew);
      assert.deepEqual(stateOf(begun), stateOf(whole), 'without a file');
    });
  }

  test('runs that diverge go back as one does', async () => {
    const bad = { ...options, learningRate: 10, steps: 60 };
    /** @type {any[][]} */
    const events = [[], []];
    const [alone, team] = [create(), create()];
    const keep = (/** @type {any[]} */ list) => (/** @type {any} */ { event, step, reason, loss }) => { list.push([event, step, reason, loss]); };
    await train(alone, text, { ...bad, reportEvery: 1 }, undefined, keep(events[0])).catch(({ message }) => events[0].push(message));
    await train(team, text, { ...bad, reportEvery: 1, threads: 3 }, crew, keep(events[1])).catch(({ message }) => events[1].push(message));
    assert.ok(events[0].some(([event]) => event === 'recovered'));
    assert.deepEqual(events[1], events[0]);
    assert.equal(hashOf(team.held.network.parameters()), hashOf(alone.held.network.parameters()));
  });

  test('what is done to the model meanwhile reaches all', async () => {
    const [alone, team] = [create(), create()];
    for (const [model, more] of /** @type {[any, any][]} */ ([[alone, {}], [team, { threads: 4 }]])) {
      await train(model, text, { ...options, steps: 30, reportEvery: 5, ...more }, more.threads && crew, ({ step }) => {
        if (step === 10) model.learn('a lazy fox');
        if (step === 20) model.held.network.setParameters({ 'head.bias': new Float32Array(model.alphabet.length) });
      });
    }
    assert.deepEqual(stateOf(team), stateOf(alone));
  });

  test('a step that is abandoned leaves all as it was before', async () => {
    const [alone, team] = [create(), create()];
    await train(alone, text, { ...options, steps: 20 });
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const pieces = team.trainInPieces(text, { ...options, steps: 20, threads: 3 }, crew);
    let waits = 0;
    for (;;) {
      const { value } = pieces.next();
      if (value instanceof Promise && ++waits === 7) break;
      await value;
    }
    pieces.return();
    assert.deepEqual(process.getActiveResourcesInfo().filter((name) => name === 'Timeout'), before, 'it is not waited for any more');
    const { steps } = team;
    assert.ok(steps > 0 && steps < 20);
    await train(team, text, { ...options, steps: 20 - steps, threads: 3 }, crew);
    assert.equal(stateOf(team).body, stateOf(alone).body);
  });
});

test('threads are refused where nobody can start any, and where they are no count', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 8 });
  assert.throws(() => model.train(text, { threads: 2 }), /train: threads must be 1 or absent here, got 2: a model of openWorker/);
  for (const threads of [0, 1.5, 65, '2']) assert.throws(() => model.train(text, { threads: /** @type {any} */ (threads) }), /train: threads must be/);
  assert.equal([...model.train(text, { threads: 1, steps: 1 })].length, 1);
});
