// Models and trainings in a Worker, with a library whose models count steps, and with the real one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArgumentError, DisposedError } from '../../../src/js/core/errors.js';
import { load as loadLibrary } from '../../../src/js/models/load.js';
import { collectUntil, openBothEnds } from './both-ends.js';

/** A model that takes no time to train and reports every step. */
class CountingModel {
  alphabet = ['a', 'b'];
  config = { layers: 1 };
  unknown = 'error';
  steps = 0;
  disposed = false;

  /** Checks at once, as the library does. */
  trainInPieces(text, { reportEvery, ...options }) {
    const { steps, validateEvery, signal, ...unknown } = options;
    if (Object.keys(unknown).length) throw new ArgumentError(`train: unknown option ${Object.keys(unknown)[0]}`);
    if (reportEvery !== 1) throw new ArgumentError(`reportEvery must be a count, got ${reportEvery}`);
    return this.#train(options);
  }

  *#train({ steps = Infinity, validateEvery = Infinity, signal }) {
    for (let n = 1; ; n++) {
      signal.throwIfAborted();
      this.steps++;
      const done = n >= steps;
      yield { step: this.steps, loss: this.steps, charsPerSecond: 10, done, ...(this.steps % validateEvery === 0 ? { valLoss: 1 } : {}) };
      if (done || this.disposed) return;
    }
  }

  async begun() {
    while (this.steps === 0) await new Promise(setImmediate);
  }

  *predictInPieces(text) {
    if (text === '') throw new ArgumentError('text must not be empty');
    return [{ char: 'a', probability: this.steps }];
  }

  *generateInPieces() { throw new RangeError('no library error'); }

  save() { return new Uint8Array([1, 2, 3]); }

  dispose() { this.disposed = true; }
}

/** Both ends, with counting models. */
async function open(t) {
  const models = [];
  const createCharModel = () => models[models.push(new CountingModel()) - 1];
  const ends = await openBothEnds(t, async () => ({ variant: 'scalar', createCharModel }));
  // A Worker would be gone now; here what it trained would go on.
  t.after(() => models.forEach((model) => model.dispose()));
  return { ...ends, models };
}

test('a training runs to its end, and every report with a validation loss arrives', async (t) => {
  const { lstm } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const reports = [];
  for await (const report of model.train('ab', { steps: 5000, validateEvery: 700 })) reports.push(report);
  const measured = reports.filter(({ valLoss }) => valLoss !== undefined).map(({ step }) => step);
  assert.deepEqual(measured, [700, 1400, 2100, 2800, 3500, 4200, 4900]);
  const last = reports.at(-1);
  assert.ok(last.step === 5000 && last.done);
  assert.ok(reports.length < 100, `${reports.length} reports of 5000 steps were not held back`);
});

test('a model of any kind of cell crosses with its options, and comes back with its configuration', async (t) => {
  const { lstm } = await openBothEnds(t, loadLibrary);
  const gru = { kind: 'gru', resetAfter: true, layers: 2, hiddenSize: 5, bias: true, seed: 1 };
  assert.deepEqual((await lstm.createCharModel({ text: 'abc', ...gru })).config, gru);
  const layers = [
    { kind: 'tdnn', hiddenSize: 4, bias: true, delays: 3 },
    { kind: 'four-gate', hiddenSize: 3, bias: true, forgetBias: 0 },
  ];
  const mixed = await lstm.createCharModel({ text: 'abc', layers });
  assert.deepEqual(mixed.config, { layers, seed: 0 });
  assert.deepEqual((await lstm.openCharModel(await mixed.save())).config, mixed.config);
  const options = { batchSize: 2, window: 4, steps: 3 };
  for await (const { loss } of mixed.train('abc'.repeat(20), options)) assert.ok(loss > 0);
  await assert.rejects(lstm.createCharModel({ text: 'abc', kind: 'rnn', coupled: true }), {
    name: 'ArgumentError', message: /^createCharModel: coupled is an option of kind 'lstm' and not of 'rnn'/,
  });
});

test('a checkpoint crosses, also while it trains; so do several texts, and a description of a schedule', async (t) => {
  const { lstm } = await openBothEnds(t, loadLibrary, { variant: 'simd' });
  const library = await loadLibrary({ variant: 'simd' });
  const names = ['emma', 'olivia', 'anna', 'bella', 'carla'];
  const shape = { text: names.join(''), hiddenSize: 4, seed: 1 };
  const options = {
    batchSize: 2, window: 3, steps: 400, schedule: { type: 'cosine' }, optimizer: 'sgd', learningRate: 0.1,
    validation: { text: new Set(['anna', 'bella']) }, validateEvery: 50, keepBest: true,
  };
  const whole = library.createCharModel(shape);
  const reports = [...whole.train(names, { ...options, reportEvery: 1 })];

  const model = await lstm.createCharModel(shape);
  let bytes;
  let last;
  for await (last of model.train(new Set(names), options)) bytes ??= await model.checkpoint();
  assert.deepEqual(await model.save(), whole.save());
  for (const name of ['valLoss', 'best', 'smoothedLoss', 'learningRate', 'gradientNorm', 'progress']) {
    assert.equal(last[name], reports.at(-1)[name], name);
  }

  const opened = await lstm.openCharModel(bytes);
  for await (last of opened.train(names, { validation: { text: ['anna', 'bella'] } })) void last;
  assert.equal(last.step, 400);
  assert.deepEqual(await opened.save(), whole.save());
  await assert.rejects((await lstm.openCharModel(bytes)).train('emma olivia').next(), { name: 'ArgumentError' });

  const diverging = await lstm.createCharModel({ ...shape, hiddenSize: 8 });
  const events = [];
  const hot = { ...options, optimizer: 'adam', learningRate: 1000, recoveries: 30 };
  for await (const { event, recoveries } of diverging.train(names, hot)) if (event) events.push(recoveries);
  assert.ok(events.length > 2);
  assert.deepEqual(events, events.map((_, i) => i + 1), 'every event arrives');
  assert.throws(() => model.train(names, { schedule: () => 1 }), {
    name: 'ArgumentError',
    message: "train: schedule must be plain data in a Worker, such as { type: 'cosine' }, got a function",
  });
});

test('a report gives the mean of all steps since the one before', async (t) => {
  const { lstm } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  let before = 0;
  for await (const { step, loss, charsPerSecond } of model.train('ab', { steps: 5000, validateEvery: 700 })) {
    // The loss of each step is its number.
    assert.ok(Math.abs(loss - (before + 1 + step) / 2) < 1e-6 * step, `${loss} from ${before} to ${step}`);
    assert.ok(Math.abs(charsPerSecond - 10) < 1e-9);
    before = step;
  }
  assert.equal(before, 5000);
});

test('at most ten reports come in a second, however fast they are read', async (t) => {
  const { lstm } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const started = performance.now();
  let elapsed = 0;
  let reports = 0;
  for await (const { step } of model.train('ab')) {
    assert.ok(step > 0);
    reports++;
    elapsed = performance.now() - started;
    if (elapsed > 450) break;
  }
  assert.ok(reports <= elapsed / 100 + 1, `${reports} reports in ${elapsed} ms`);
});

test('reportEvery is the least number of steps of a report', async (t) => {
  const { lstm } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const reports = model.train('ab', { reportEvery: 1000 });
  const { value } = await reports.next();
  assert.ok(value.step >= 1000, `step ${value.step}`);
  await reports.return();
});

test('a slow reader gets the newest report, and no report waits in the line', async (t) => {
  const { lstm, models, sent } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const reports = model.train('ab');
  await reports.next();
  const before = sent.length;
  while (models[0].steps < 10000) await new Promise(setImmediate);
  assert.equal(sent.length, before);
  const { value } = await reports.next();
  assert.ok(value.step > 1000, `step ${value.step}`);
  await reports.return();
});

test('validation reports that nobody reads do not grow without bound', async (t) => {
  const { lstm, models } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const reports = model.train('ab', { validateEvery: 1, steps: 100_000_000 });
  assert.equal((await reports.next()).value.step, 1);
  let steps;
  do {
    steps = models[0].steps;
    for (let i = 0; i < 100; i++) await new Promise(setImmediate);
  } while (models[0].steps > steps);
  assert.ok(steps < 1000, `${steps} steps`);
  for (let step = 2; step < 100; step++) assert.equal((await reports.next()).value.step, step);
  await reports.return();
});

test('leaving the loop stops the training before return() resolves; train() continues', async (t) => {
  const { lstm, models } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  for await (const report of model.train('ab')) {
    assert.equal(report.done, false);
    break;
  }
  const { steps } = models[0];
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
  assert.equal(models[0].steps, steps);
  const { value } = await model.train('ab', { steps: 1 }).next();
  assert.equal(value.step, steps + 1);
});

test('return() does not wait for a pending next()', async (t) => {
  const { lstm, models } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const reports = model.train('ab', { reportEvery: 1e12 });
  const pending = reports.next();
  await models[0].begun();
  assert.deepEqual(await reports.return(), { done: true, value: undefined });
  assert.deepEqual(await pending, { done: true, value: undefined });
  assert.deepEqual(await reports.next(), { done: true, value: undefined });
});

test('an abort signal ends the training with its reason, after a report of all steps', async (t) => {
  const { lstm, models } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const controller = new AbortController();
  const steps = [];
  await assert.rejects(async () => {
    for await (const { step, done } of model.train('ab', { signal: controller.signal })) {
      assert.equal(done, false);
      steps.push(step);
      controller.abort('enough');
    }
  }, (reason) => reason === 'enough');
  assert.equal(steps.at(-1), models[0].steps);
  await assert.rejects(model.train('ab', { signal: controller.signal }).next(), (reason) => reason === 'enough');
  assert.equal(steps.at(-1), models[0].steps);
});

test('other calls are answered while a training runs', async (t) => {
  const { lstm } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const reports = model.train('ab');
  await reports.next();
  const [first] = await model.predict('a');
  const [second] = await model.predict('a');
  assert.ok(second.probability >= first.probability && first.probability > 0);
  assert.deepEqual(await model.save(), new Uint8Array([1, 2, 3]));
  await reports.return();
});

test('a new training of a model ends the old one, and not that of another model', async (t) => {
  const { lstm } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const first = model.train('ab');
  await first.next();
  const other = await lstm.createCharModel({ text: 'ab' });
  const second = other.train('ab');
  assert.ok((await second.next()).value.step > 0);
  const waiting = first.next();
  await assert.rejects(model.train('ab', { speed: 1 }).next(), { name: 'ArgumentError' });
  assert.ok((await waiting).value.step > 0, 'one that was refused ended the old one');
  const third = model.train('ab');
  const pending = first.next();
  assert.ok((await third.next()).value.step > 0);
  assert.deepEqual(await pending, { done: true, value: undefined });
  assert.deepEqual(await first.next(), { done: true, value: undefined });
  assert.ok((await third.next()).value.step > 0);
  assert.ok((await second.next()).value.step > 0);
  await Promise.all([first, second, third].map((training) => training.return()));
});

test('errors cross with class, code and message', async (t) => {
  const { lstm } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const error = await model.predict('').catch((e) => e);
  assert.ok(error instanceof ArgumentError);
  assert.deepEqual([error.name, error.code, error.message], ['ArgumentError', 'ERR_ARGUMENT', 'text must not be empty']);
  await assert.rejects(model.generate({}), (e) => e instanceof RangeError && e.message === 'no library error');
  await assert.rejects(model.train('ab', { speed: 1 }).next(), { name: 'ArgumentError', message: /speed/ });
  await assert.rejects(model.train('ab', { reportEvery: -2 }).next(), { name: 'ArgumentError', message: /reportEvery.*-2/ });
  await assert.rejects(model.predict(() => {}), { name: 'ArgumentError', message: /predict/ });
  assert.throws(() => model.train('ab', null), { name: 'ArgumentError', message: /options/ });
  assert.throws(() => model.train('ab', { signal: 3 }), { name: 'ArgumentError', message: /signal/ });
});

test('dispose ends a training, frees the model, and later calls reject', async (t) => {
  const { lstm, models } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const reports = model.train('ab', { reportEvery: 1e12 });
  const pending = assert.rejects(reports.next(), DisposedError);
  await models[0].begun();
  await model.dispose();
  await pending;
  assert.equal(models[0].disposed, true);
  await model.dispose();
  await assert.rejects(model.predict('a'), DisposedError);
  await assert.rejects(model.train('ab').next(), DisposedError);
});

test('a model that was forgotten frees its memory in the Worker', async (t) => {
  const { lstm, models } = await open(t);
  await lstm.createCharModel({ text: 'ab' });
  const kept = await lstm.createCharModel({ text: 'ab' });
  await collectUntil(() => models[0].disposed);
  assert.deepEqual(models.map(({ disposed }) => disposed), [true, false]);
  await kept.dispose();
});

test('terminate rejects pending and later calls', async (t) => {
  const { lstm } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const pending = assert.rejects(model.predict('a'), { name: 'LstmError', message: /terminated/ });
  lstm.terminate();
  await pending;
  await assert.rejects(model.predict('a'), { name: 'LstmError', message: /terminated/ });
});

test('a Worker that dies rejects every pending call with its reason', async (t) => {
  const { lstm, models, port } = await open(t);
  const model = await lstm.createCharModel({ text: 'ab' });
  const reports = model.train('ab', { reportEvery: 1e12 });
  const pending = assert.rejects(reports.next(), { name: 'LstmError', message: /the Worker failed: out of luck/ });
  await models[0].begun();
  port.dispatchEvent(Object.assign(new Event('error'), { message: 'out of luck' }));
  await pending;
  await assert.rejects(model.save(), { name: 'LstmError', message: /out of luck/ });
});

test('what is no request is not answered', async (t) => {
  const { connection, port, sent } = await open(t);
  const before = sent.length;
  for (const stray of [null, 7, 'predict', {}, { id: 1 }, { id: 99, method: 'constructor', target: 0, args: [] },
    { id: 99, method: 'predict', target: 0, args: 'a' }]) port.postMessage(stray);
  await assert.rejects(connection.call('predict', 12345, ['a']), DisposedError);
  assert.equal(sent.length, before + 1);
});
