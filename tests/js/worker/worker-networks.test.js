// Networks, cells, trainers and models of all kinds in a Worker answer the same bits as on the page's own thread.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DisposedError } from '../../../src/js/core/errors.js';
import { load } from '../../../src/js/models/load.js';
import { collectUntil, openBothEnds } from './both-ends.js';

const library = await load({ variant: 'simd' });
const layers = [{ kind: /** @type {const} */ ('gru'), hiddenSize: 5 }, { kind: /** @type {const} */ ('lstm'), hiddenSize: 4 }];
const series = { input: { size: 2 }, layers, output: { values: 2 }, seed: 3 };
const tokens = { input: { tokens: 6 }, layers, output: { classes: 6 }, seed: 4 };
const inputs = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => Math.sin(i));
const targets = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => Math.cos(i));

/** @param {import('node:test').TestContext} t */
const open = (t) => openBothEnds(t, load, { variant: 'simd' });

/** The same question to one here and one in the Worker. @param {any} here @param {any} there @param {(one: any) => any} ask */
async function same(here, there, ask) {
  const expected = await ask(here);
  assert.deepEqual(await ask(there), expected);
}

describe('in a Worker as on this thread', () => {
  test('a cell steps, and the state that was given is the one after the step', async (t) => {
    const { lstm } = await open(t);
    const options = { kind: /** @type {const} */ ('lstm'), inputSize: 3, hiddenSize: 4, seed: 1 };
    const here = library.createCell(options);
    const there = await lstm.createCell(options);
    assert.deepEqual(there.shapes, here.shapes);
    const [mine, theirs] = [here.initialState(), await there.initialState()];
    const { h } = theirs;
    for (let i = 0; i < 3; i++) {
      here.step([i, -1, 0.5], mine);
      assert.equal(await there.step([i, -1, 0.5], theirs), theirs);
    }
    assert.deepEqual(theirs, mine);
    assert.equal(theirs.h, h, 'the array is another one');
    await same(here, there, (cell) => cell.gates());
    await same(here, there, (cell) => cell.parameters());
    await there.setParameters({ bias_ih: new Array(16).fill(1) });
    here.setParameters({ bias_ih: new Array(16).fill(1) });
    await same(here, there, (cell) => cell.parameters());
    await assert.rejects(there.step([1], theirs), { name: 'ArgumentError', message: /^step: input must be an array of 3/ });
    assert.deepEqual(theirs, mine);
    await assert.rejects(/** @type {any} */ (there).step([1, 2, 3]), ArgumentError);
  });

  test('steps with one state that are not waited for come after each other, each with what it was given', async (t) => {
    const { lstm } = await open(t);
    const here = library.createNetwork(series);
    const there = await lstm.createNetwork(series);
    for (const name of /** @type {const} */ (['config', 'shapes', 'parameterCount', 'isQuantized'])) assert.deepEqual(there[name], here[name]);
    const [mine, theirs] = [here.initialState(), await there.initialState()];
    const input = [0, 1];
    const answers = [];
    for (let i = 0; i < 5; i++) {
      input[0] = i;
      answers.push(there.step(input, theirs));
    }
    const failed = there.step([1], theirs);
    const last = there.step([9, 9], theirs);
    const expected = Array.from({ length: 5 }, (_, i) => here.step([i, 1], mine));
    assert.deepEqual(await Promise.all(answers), expected);
    await assert.rejects(failed, ArgumentError);
    assert.deepEqual(await last, here.step([9, 9], mine));
    assert.deepEqual(theirs, mine);
    const plain = JSON.parse(JSON.stringify(mine));
    await there.step([1, 1], plain);
    here.step([1, 1], mine);
    assert.deepEqual(plain, mine);
  });

  test('a network runs, forecasts and generates, is saved, quantized and opened', async (t) => {
    const { lstm } = await open(t);
    for (const options of [series, tokens]) {
      const here = library.createNetwork(options);
      const there = await lstm.createNetwork(options);
      const read = options === series ? inputs : [1, 2, 3, 4, 5, 0];
      await same(here, there, (network) => network.run(read, { batchSize: 2 }));
      await same(here, there, (network) => network.parameters());
      if (options === series) await same(here, there, (network) => network.forecast(500, { inputs }));
      else {
        for (const seed of [7, undefined]) {
          const states = [here.initialState(), await there.initialState()];
          const how = (/** @type {any} */ state) => ({ state, token: 2, length: 9000, temperature: 0.8, seed });
          assert.deepEqual(await there.generate(how(states[1])), here.generate(how(states[0])));
          assert.deepEqual(states[1], states[0]);
        }
      }
      await same(here, there, (network) => network.save());
      const small = await there.quantize();
      assert.deepEqual(await small.save(), here.quantize().save());
      assert.equal(small.isQuantized, true);
      const bytes = await there.save();
      for (const opened of [await lstm.open(bytes), await lstm.openNetwork(bytes)]) {
        assert.equal(opened.constructor, there.constructor);
        assert.deepEqual(await opened.save(), bytes);
      }
      assert.ok(bytes.length > 0, 'its bytes were taken');
    }
  });

  test('a network trains by itself, and goes on from its checkpoint', async (t) => {
    const { lstm } = await open(t);
    const here = library.createNetwork(series);
    const there = await lstm.createNetwork(series);
    const data = { inputs: [[[0, 1], [1, 0], [1, 1]], [[1, 1], [0, 0]]], targets: [[[1, 0], [0, 1], [1, 1]], [[1, 1], [0, 0]]] };
    const run = { steps: 12, batchSize: 2, window: 3, seed: 1 };
    await same(here, there, async (network) => (await network.fit(data, run)).smoothedLoss);
    await same(here, there, (network) => network.save());
    const bytes = await there.checkpoint();
    await same(await library.open(bytes), await lstm.open(bytes), async (network) => {
      await network.fit(data, { steps: 5 });
      return network.save();
    });
    await assert.rejects(there.fit(data, /** @type {any} */ ({ step: 1 })), ArgumentError);
    const reports = [];
    for await (const report of there.train(data, { ...run, steps: 40, reportEvery: 10 })) reports.push(report);
    assert.equal(reports.at(-1)?.done, true);
    assert.deepEqual([data.inputs.length, data.targets[1].length], [2, 2]);
  });

  test('a trainer trains, looks back, keeps its state, and is set', async (t) => {
    const { lstm } = await open(t);
    const here = library.createNetwork(series);
    const there = await lstm.createNetwork(series);
    const options = /** @type {const} */ ({
      batchSize: 3, window: 4, carryState: true, dropout: 0.1, seed: 5, learningRate: 0.01, precision: 'int16',
    });
    const mine = here.createTrainer(options);
    const theirs = await there.createTrainer(options);
    const properties = /** @type {const} */ (['batchSize', 'window', 'accumulate', 'carryState', 'dropout', 'recurrentDropout', 'weightDrop',
      'precision', 'steps', 'optimizer', 'learningRate', 'clipNorm', 'clipValue']);
    for (const name of properties) assert.equal(theirs[name], mine[name], name);
    const asked = [];
    for (let i = 0; i < 4; i++) {
      theirs.learningRate = 0.01 / (i + 1);
      asked.push(theirs.step(inputs, targets));
    }
    const answers = await Promise.all(asked);
    for (let i = 0; i < 4; i++) {
      mine.learningRate = 0.01 / (i + 1);
      assert.deepEqual(answers[i], mine.step(inputs, targets));
    }
    assert.equal(theirs.steps, 4);
    assert.equal(theirs.learningRate, 0.0025);
    assert.throws(() => { theirs.learningRate = -1; }, { name: 'ArgumentError', message: /^Trainer\.learningRate must be/ });
    assert.throws(() => { /** @type {any} */ (theirs).clipNorm = 'no'; }, { name: 'ArgumentError', message: /^Trainer\.clipNorm must be/ });
    assert.equal(theirs.learningRate, 0.0025);
    await same(mine, theirs, (trainer) => trainer.evaluate(inputs, targets));
    await same(mine, theirs, (trainer) => trainer.gradients(inputs, targets));
    await same(mine, theirs, (trainer) => trainer.gradientFlow());
    await same(mine, theirs, (trainer) => trainer.predict(inputs));
    await same(mine, theirs, (trainer) => trainer.state());
    await same(mine, theirs, (trainer) => trainer.checkpoint());
    const kept = await theirs.checkpoint();
    await theirs.resetState();
    mine.resetState();
    await same(mine, theirs, (trainer) => trainer.step(inputs, targets));
    await theirs.restore(kept);
    assert.equal(theirs.steps, 4);
    assert.equal(kept.moments.length > 0 && kept.state[0].h.length > 0, true, 'what the caller keeps was taken');
    assert.equal(inputs.length, 24);
    await assert.rejects(theirs.restore(/** @type {any} */ ({})), ArgumentError);
    await assert.rejects(theirs.step([1], [2]), ArgumentError);
    await there.setParameters({ 'head.weight': new Float32Array(8).fill(3e38), 'head.bias': [3e38, 3e38] });
    await assert.rejects(theirs.step(inputs, targets), { name: 'DivergedError', code: 'ERR_DIVERGED' });
    await there.dispose();
    await assert.rejects(theirs.step(inputs, targets), DisposedError);
  });

  test('a classifier predicts, reads step by step, and opens from its file', async (t) => {
    const { lstm } = await open(t);
    const options = { labels: ['up', 'down'], features: 2, scale: /** @type {const} */ ('none'), hiddenSize: 4, seed: 2 };
    const here = library.createClassifier(options);
    const there = await lstm.createClassifier(options);
    assert.deepEqual([there.labels, there.config], [here.labels, here.config]);
    const sequence = [[0, 1], [1, 2], [2, 1]];
    await same(here, there, (model) => model.predict(sequence));
    await same(here, there, (model) => model.evaluate([{ sequence, label: 'up' }, { sequence: sequence.slice(1), label: 'down' }]));
    const [mine, theirs] = [here.read(), await there.read()];
    assert.equal(await theirs.push([0, 1]), theirs);
    const [, predicted] = await Promise.all([theirs.push([1, 2]), theirs.predict()]);
    mine.push([0, 1]).push([1, 2]);
    assert.deepEqual(predicted, mine.predict());
    assert.equal(theirs.steps, 2);
    const opened = /** @type {any} */ (await lstm.open(await there.save()));
    assert.equal(opened.constructor, there.constructor);
    assert.deepEqual(await opened.predict(sequence), here.predict(sequence));
    await assert.rejects(there.predict([[1]]), ArgumentError);
    const labelled = { sequence, label: 'up' };
    await same(here, there, (model) => model.learn(sequence, 'up', { learningRate: 0.1 }));
    await same(here, there, (model) => model.learn(sequence, 'down'));
    await same(here, there, (model) => model.unlearn());
    await same(here, there, (model) => model.save());
    assert.deepEqual(labelled.sequence, sequence);
  });

  test('a model of tokens learns, writes lists and texts, streams, reads, grows, and opens', async (t) => {
    const { lstm } = await open(t);
    const tunes = [['C4', 'D4', 'E4'], ['C4', 'E4']];
    for (const [options, data, prime] of /** @type {[any, any, any][]} */ ([
      [{ sequences: tunes, hiddenSize: 6, seed: 2 }, tunes, ['C4']], [{ text: 'the cat and the dog', hiddenSize: 6, seed: 2 }, 'the cat and the dog', 'the'],
    ])) {
      const here = library.createTokenModel(options);
      const there = await lstm.createTokenModel(options);
      await same(here, there, async (model) => (await model.fit(data, { steps: 6 })).smoothedLoss);
      for (const ask of /** @type {((model: any) => unknown)[]} */ ([
        (model) => model.generate({ length: 5, seed: 1 }), (model) => model.predict(prime), (model) => model.score(prime),
        (model) => model.complete(prime, { length: 3 }), (model) => model.evaluate(data === tunes ? tunes[0] : data), (model) => model.save(),
        async (model) => (await model.read(prime)).save(), (model) => model.learn(prime), async (model) => (await model.unlearn()) ?? null,
      ])) await same(here, there, ask);
      const streamed = [];
      for await (const part of there.stream({ prime, length: 5, seed: 3 })) streamed.push(part);
      assert.deepEqual(streamed, [...here.stream({ prime, length: 5, seed: 3 })]);
      const more = data === tunes ? [...tunes, ['X1']] : `${data} zebra`;
      await there.fit(more, { steps: 1 });
      await here.fit(more, { steps: 1 });
      assert.deepEqual([...there.tokens], here.tokens);
      const opened = /** @type {any} */ (await lstm.open(await there.save()));
      assert.equal(opened.constructor, there.constructor);
      const reports = there.train(more, { steps: 1e9 });
      await reports.next();
      const waiting = assert.rejects(async () => {
        for await (const { step } of reports) assert.ok(step > 0);
      }, { name: 'DisposedError', message: /^(\w+: the model|the model of this training) has been disposed$/ });
      await there.dispose();
      await waiting;
    }
  });

  test('a forecaster learns, forecasts, reads row by row and opens', async (t) => {
    const { lstm } = await open(t);
    const rows = Array.from({ length: 60 }, (_, i) => ({ at: new Date(Date.UTC(2020, i, 1)), sold: 20 + i + 5 * Math.sin(i / 2) }));
    const options = { columns: ['sold'], time: 'at', window: 8, hiddenSize: 4, seed: 2 };
    const here = library.createForecaster(options);
    const there = await lstm.createForecaster(options);
    await same(here, there, async (model) => (await model.fit(rows, { steps: 6 })).smoothedLoss);
    for (const name of /** @type {const} */ (['config', 'parameterCount', 'isQuantized'])) assert.deepEqual(there[name], here[name]);
    await same(here, there, (model) => model.forecast(4, { history: rows, paths: 20, seed: 1 }));
    await same(here, there, (model) => model.evaluate(rows));
    const [mine, theirs] = [here.read(rows), await there.read(rows)];
    const next = { at: new Date(Date.UTC(2025, 0, 1)), sold: 80 };
    const [, predicted] = await Promise.all([theirs.push(next), theirs.predict()]);
    mine.push(next);
    assert.deepEqual(predicted, mine.predict());
    assert.equal(theirs.rows, mine.rows);
    await same(mine, theirs, (reading) => reading.forecast(3, { paths: 10, seed: 2 }));
    await same(here, there, (model) => model.learn(rows));
    await same(here, there, (model) => model.unlearn());
    const opened = /** @type {any} */ (await lstm.open(await there.save()));
    assert.equal(opened.constructor, there.constructor);
    await same(here, opened, (model) => model.forecast(4, { history: rows, paths: 20, seed: 1 }));
    await assert.rejects(theirs.push(/** @type {any} */ ({ at: 'no', sold: 1 })), ArgumentError);
  });

  test('a translator learns, translates with its attention, and opens', async (t) => {
    const { lstm } = await open(t);
    const pairs = /** @type {[string, string][]} */ ([['abc', 'cba'], ['ab', 'ba'], ['ca', 'ac']]);
    const options = { pairs, by: 'character', hiddenSize: 6, seed: 2 };
    const here = library.createTranslator(/** @type {any} */ (options));
    const there = await lstm.createTranslator(/** @type {any} */ (options));
    await same(here, there, async (model) => (await model.fit(pairs, { steps: 6, batchSize: 3 })).smoothedLoss);
    await same(here, there, (model) => model.translate('abc', { beam: 2 }));
    await same(here, there, (model) => model.evaluate(pairs));
    await same(here, there, (model) => model.save());
    const opened = /** @type {any} */ (await lstm.open(await there.save()));
    assert.equal(opened.constructor, there.constructor);
    assert.deepEqual(await opened.translate('ca'), here.translate('ca'));
    await assert.rejects(there.translate('xyz'), ArgumentError);
  });

  test('a model trains there as here: reports, its best, checkpoint, an abort, and dispose amid', async (t) => {
    const { lstm } = await open(t);
    const options = { labels: ['up', 'down'], features: 1, hiddenSize: 4, seed: 2 };
    const data = Array.from({ length: 40 }, (_, i) => ({
      sequence: Array.from({ length: 5 + (i % 3) }, (_, k) => [Math.sin(i) + (i % 2 ? k : -k)]), label: i % 2 ? 'up' : 'down',
    }));
    const here = library.createClassifier(options);
    const there = await lstm.createClassifier(options);
    const run = { steps: 30, batchSize: 8, seed: 1 };
    const last = await there.fit(data, run);
    const expected = [...here.train(data, run)].at(-1);
    assert.equal(last?.step, expected?.step);
    assert.equal(last?.smoothedLoss, expected?.smoothedLoss);
    assert.equal(last?.done, true);
    await same(here, there, (model) => model.save());
    const bytes = await there.checkpoint();
    assert.deepEqual(library.openNetwork(bytes).parameters(), library.openNetwork(here.save()).parameters());
    const opened = /** @type {import('../../../src/js/worker/WorkerClassifier.js').WorkerClassifier} */ (await lstm.open(bytes));
    const again = /** @type {import('../../../src/js/models/classifier/Classifier.js').Classifier} */ (await library.open(bytes));
    const [resumed] = [...again.train(data, { steps: 10 })];
    const first = (await opened.train(data, { steps: 10 }).next()).value;
    assert.deepEqual(first?.resumed, resumed.resumed);
    await same(await library.open(bytes), await lstm.open(bytes), async (model) => {
      await model.fit(data, { steps: 10 });
      return model.save();
    });
    const controller = new AbortController();
    const reports = [];
    const aborted = (async () => {
      for await (const report of there.train(data, { steps: Infinity, signal: controller.signal })) {
        reports.push(report);
        controller.abort('enough');
      }
    })();
    await assert.rejects(aborted, (reason) => reason === 'enough');
    assert.ok(reports.length > 0);
    await there.predict(data[0].sequence);
    const going = there.train(data, { steps: Infinity });
    await going.next();
    const next = going.next();
    await there.dispose();
    await assert.rejects(async () => { await next; await going.next(); await going.next(); }, DisposedError);
    await assert.rejects(opened.fit([{ sequence: [[1]], label: 'left' }], run), ArgumentError);
    assert.throws(() => opened.train(data, /** @type {any} */ ({ schedule: () => 1 })), { name: 'ArgumentError', message: /schedule must be plain data/ });
  });
});

describe('in a Worker', () => {
  test('long calls of a network are cut: others are answered in between, a signal and dispose end them', async (t) => {
    const { lstm } = await open(t);
    const wide = { input: { size: 2 }, layers: [{ kind: /** @type {const} */ ('lstm'), hiddenSize: 200 }], output: { values: 2 } };
    const network = await lstm.createNetwork(wide);
    const order = [];
    const forecast = network.forecast(4000, { inputs }).then((value) => { order.push('forecast'); return value; });
    const state = await network.initialState();
    await network.step([1, 2], state);
    order.push('step');
    assert.deepEqual(await forecast, library.createNetwork(wide).forecast(4000, { inputs }));
    assert.deepEqual(order, ['step', 'forecast']);
    const controller = new AbortController();
    const aborted = network.forecast(2 ** 20, { inputs, signal: controller.signal });
    await network.step([1, 2], state);
    controller.abort('enough');
    await assert.rejects(aborted, (reason) => reason === 'enough');
    const disposed = network.forecast(2 ** 20, { inputs });
    await network.step([1, 2], state);
    await network.dispose();
    await assert.rejects(disposed, DisposedError);
    await assert.rejects(network.step([1, 2], state), DisposedError);
  });

  test('on this thread too a signal ends them, and leaves state and generator as they were', () => {
    const network = library.createNetwork(tokens);
    const [state, before] = [network.initialState(), network.random];
    let asked = 0;
    const signal = /** @type {any} */ ({ get aborted() { return (asked += 1) > 2; }, reason: 'enough', addEventListener() {} });
    assert.throws(() => network.generate({ state, token: 1, length: 20000, signal }), (reason) => reason === 'enough');
    assert.deepEqual([state, network.random], [network.initialState(), before]);
    asked = 2;
    assert.throws(() => library.createNetwork(series).forecast(3, { inputs, signal }), (reason) => reason === 'enough');
  });

  test('what is forgotten in the page is freed, but not what another is made of', async (t) => {
    const { lstm, sent } = await open(t);
    let network = /** @type {any} */ (await lstm.createNetwork(series));
    const trainer = await network.createTrainer({ batchSize: 3, window: 4 });
    const held = new WeakRef(network);
    network = undefined;
    // As many collections as find what is forgotten.
    let other = /** @type {any} */ (await lstm.createNetwork(series));
    const gone = new WeakRef(other);
    other = undefined;
    assert.ok(await collectUntil(() => gone.deref() === undefined));
    assert.ok(held.deref(), 'the network of a trainer that is used is gone');
    assert.ok((await trainer.step(inputs, targets)).loss > 0);
    const before = sent.length;
    (await lstm.createNetwork(series)).config;
    assert.ok(await collectUntil(() => sent.length > before + 1), 'nothing was disposed');
  });

  test('what is disposed gives its memory back', async (t) => {
    /** @type {any} */
    let inside;
    const { lstm } = await openBothEnds(t, async (options) => (inside = await load(options)), { variant: 'simd' });
    const large = { input: { size: 2 }, layers: [{ kind: /** @type {const} */ ('lstm'), hiddenSize: 300 }], output: { values: 2 } };
    const use = async () => {
      const network = await lstm.createNetwork(large);
      const trainer = await network.createTrainer({ batchSize: 3, window: 4 });
      await trainer.step(inputs.subarray(0, 24), targets);
      await (await network.quantize()).dispose();
      await network.dispose();
    };
    await use();
    const { memoryBytes } = inside;
    for (let i = 0; i < 5; i++) await use();
    assert.equal(inside.memoryBytes, memoryBytes);
  });

  test('strange requests for what is set and what is given are refused', async (t) => {
    const { lstm, connection } = await open(t);
    const network = await lstm.createNetwork(series);
    const trainer = /** @type {any} */ (await network.createTrainer({ batchSize: 3, window: 4 }));
    const ask = (/** @type {unknown[]} */ args, to = trainer) => connection.call('set', to.target, args);
    for (const args of [['steps', 5], ['dispose', 1], ['__proto__', {}], [], [{}]]) {
      await assert.rejects(ask(args), { name: 'LstmError', message: /^set: a trainer has no property/ });
    }
    await assert.rejects(ask(['learningRate', 'fast']), ArgumentError);
    await assert.rejects(ask(['learningRate', 1], network), { message: 'set: a network has no such call' });
    await assert.rejects(connection.call('step', /** @type {any} */ (network).target, []), ArgumentError);
    assert.ok((await trainer.step(inputs, targets)).loss > 0);
  });
});
