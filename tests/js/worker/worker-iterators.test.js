// Trainings and streams as async generators: ended, left, forgotten; and what stays of them in the Worker, which is nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArgumentError, DisposedError } from '../../../src/js/core/errors.js';
import { load as loadLibrary } from '../../../src/js/models/load.js';
import { collectUntil, openBothEnds } from './both-ends.js';

/** Trains and writes for ever, and counts what runs. */
class EndlessModel {
  alphabet = ['a'];
  config = {};
  unknown = 'error';
  steps = 0;
  begun = 0;
  ended = 0;
  isGone = false;

  trainInPieces(_text, { signal, fails = false }) {
    return this.#count(function* reports(model) {
      while (!model.isGone) {
        signal.throwIfAborted();
        yield { step: ++model.steps, loss: 1, charsPerSecond: 1, done: false };
        if (fails) throw new RangeError('a step went wrong');
      }
      yield { step: model.steps, loss: 1, charsPerSecond: 1, done: true };
    });
  }

  streamInPieces({ length = Infinity, fails = false } = {}) {
    return this.#count(function* characters() {
      for (let i = 0; i < length; i++) yield 'a';
      if (fails) throw new RangeError('a draw went wrong');
    });
  }

  *#count(generator) {
    this.begun++;
    try {
      yield* generator(this);
    } finally {
      this.ended++;
    }
  }

  *predictInPieces() { return []; }

  dispose() {}
}

/** @param {import('node:test').TestContext} t */
async function open(t) {
  const model = new EndlessModel();
  const ends = await openBothEnds(t, async () => ({ variant: 'scalar', createCharModel: () => model }));
  const remote = await ends.lstm.createCharModel({ text: 'a' });
  // What runs on would hold the test.
  t.after(() => { model.isGone = true; });
  return { ...ends, model, remote };
}

const turn = () => new Promise(setImmediate);

test('a training that is forgotten ends in the Worker, also with a signal that is kept; one that is awaited goes on', async (t) => {
  const { remote, model } = await open(t);
  const { signal } = new AbortController();
  let listeners = 0;
  const heard = {
    get aborted() { return signal.aborted; },
    addEventListener: (...args) => { listeners++; signal.addEventListener(...args); },
    removeEventListener: (...args) => { listeners--; signal.removeEventListener(...args); },
  };
  await remote.train('a', { signal: heard }).next();
  assert.equal(listeners, 1);
  assert.ok(await collectUntil(() => model.ended === 1), 'the forgotten training runs on');
  assert.equal(listeners, 0);
  const { steps } = model;
  for (let i = 0; i < 20; i++) await turn();
  assert.equal(model.steps, steps);

  // Nobody holds the iterator of this one but the promise.
  const report = remote.train('a', { reportEvery: 1e12 }).next();
  let collections = 0;
  await collectUntil(() => model.begun === 2 && ++collections === 20);
  assert.deepEqual([model.begun, model.ended], [2, 1]);
  await remote.dispose();
  await assert.rejects(report, DisposedError);
});

test('a new training ends one that was forgotten, before a collector has run', async (t) => {
  const { lstm } = await openBothEnds(t, loadLibrary, { variant: 'simd' });
  const text = 'the quick brown fox '.repeat(20);
  const model = await lstm.createCharModel({ text, hiddenSize: 4 });
  const options = { batchSize: 2, window: 4, keepBest: true, validation: 0.1, validateEvery: 1 };
  const old = model.train(text, options);
  const { value: { step } } = await old.next();
  const { value: report } = await model.train(text, { ...options, steps: 1 }).next();
  assert.ok(report.step > step && report.done);
  for await (const late of old) assert.ok(late.valLoss > 0 && !late.done, 'what waited to be read');
  assert.deepEqual(await old.return(), { done: true, value: undefined });
  const files = [await model.save(), await model.save()];
  assert.deepEqual(files[0], files[1]);
});

test('streams that are abandoned, ended, left or never asked leave nothing in the Worker', async (t) => {
  const { lstm, model, remote } = await open(t);
  /** @type {WeakRef<object>[]} */
  const generators = [];
  const stream = model.streamInPieces.bind(model);
  model.streamInPieces = (options) => {
    const made = stream(options);
    generators.push(new WeakRef(made));
    return made;
  };
  const use = async () => {
    for (let i = 0; i < 200; i++) {
      const abandoned = remote.stream(i % 2 ? { length: 1 } : { length: 1e9 });
      await abandoned.next();
      remote.stream();
    }
    for await (const char of remote.stream({ length: 3 })) assert.equal(char, 'a');
    for await (const char of remote.stream({ length: 1e9 })) if (char) break;
    await assert.rejects(remote.stream({ length: 0, fails: true }).next(), RangeError);
  };
  await use();
  assert.equal(generators.length, 203);
  const kept = () => generators.filter((ref) => ref.deref()).length;
  await collectUntil(() => model.ended === 203 && kept() === 0);
  assert.deepEqual([model.begun, model.ended, kept()], [203, 203, 0]);
  lstm.terminate();
});

test('leaving a loop, and disposing, after the Worker is gone does not throw', async (t) => {
  const { lstm, remote } = await open(t);
  const stream = remote.stream();
  await stream.next();
  for await (const report of remote.train('a')) {
    assert.equal(report.done, false);
    lstm.terminate();
    break;
  }
  assert.deepEqual(await stream.return(), { done: true, value: undefined });
  await remote.dispose();
  await remote.dispose();
  await assert.rejects(remote.train('a').next(), DisposedError);

  const { lstm: other, remote: dying, port } = await open(t);
  const training = dying.train('a');
  await training.next();
  const ending = [training.return(), dying.dispose()];
  port.dispatchEvent(Object.assign(new Event('error'), { message: 'out of luck' }));
  await Promise.all(ending);
  await assert.rejects(other.createCharModel({ text: 'a' }), { name: 'LstmError', message: /out of luck/ });
});

test('return keeps its value and throw its error, before the first report, while it runs, after the end', async (t) => {
  const { lstm, model, remote } = await open(t);
  for (const make of [() => remote.train('a'), () => remote.stream()]) {
    const fresh = make();
    assert.deepEqual(await fresh.return(5), { done: true, value: 5 });
    assert.deepEqual(await fresh.next(), { done: true, value: undefined });
    const { begun } = model;
    const running = make();
    await running.next();
    assert.equal(model.begun, begun + 1);
    assert.deepEqual(await running.return(Promise.resolve('kept')), { done: true, value: 'kept' });
    assert.equal(model.begun, model.ended);
    assert.deepEqual(await running.return('again'), { done: true, value: 'again' });
    assert.deepEqual(await running.next(), { done: true, value: undefined });
    const broken = make();
    await broken.next();
    await assert.rejects(broken.throw(new RangeError('mine')), { name: 'RangeError', message: 'mine' });
    assert.equal(model.begun, model.ended);
    await assert.rejects(make().return(Promise.reject(new TypeError('of the value'))), TypeError);
  }
  const last = remote.train('a');
  await last.next();
  lstm.terminate();
  await assert.rejects(last.throw(new RangeError('mine')), RangeError);
});

test('one that failed lets the next begin, and what was written before it failed comes first', async (t) => {
  const { model, remote } = await open(t);
  const failing = remote.train('a', { fails: true });
  await assert.rejects(async () => {
    for await (const { step } of failing) assert.equal(step, 1);
  }, { name: 'RangeError', message: 'a step went wrong' });
  assert.deepEqual(await failing.next(), { done: true, value: undefined });
  assert.deepEqual(await failing.return(), { done: true, value: undefined });
  const next = remote.train('a');
  assert.ok((await next.next()).value.step > 1);
  await next.return();
  assert.equal(model.begun, model.ended);

  let text = '';
  await assert.rejects(async () => {
    for await (const char of remote.stream({ length: 3, fails: true })) text += char;
  }, { name: 'RangeError', message: 'a draw went wrong' });
  assert.equal(text, 'aaa');
});

test('dispose ends the trainings and streams of the model, whose readers are told', async (t) => {
  const { model, remote } = await open(t);
  const stream = remote.stream();
  const reports = remote.train('a', { reportEvery: 1e12 });
  await stream.next();
  const waiting = assert.rejects(reports.next(), { name: 'DisposedError', message: 'the model of this training has been disposed' });
  while (model.steps === 0) await turn();
  await remote.dispose();
  await waiting;
  assert.deepEqual([model.begun, model.ended], [2, 2]);
  await assert.rejects(async () => {
    for await (const char of stream) assert.equal(char, 'a');
  }, { name: 'DisposedError', message: 'the model of this stream has been disposed' });
});

test('an AbortSignal of another realm is one; what is none is refused', async (t) => {
  const { remote } = await open(t);
  // Of no class that this realm knows, as an iframe's is.
  const { signal } = new AbortController();
  const listeners = new Set();
  const foreign = {
    __proto__: null,
    aborted: false,
    addEventListener: (_type, listener) => listeners.add(listener),
    removeEventListener: (_type, listener) => listeners.delete(listener),
  };
  const reports = [];
  await assert.rejects(async () => {
    for await (const report of remote.train('a', { signal: foreign })) {
      reports.push(report);
      foreign.aborted = true;
      foreign.reason = reports;
      listeners.forEach((listener) => listener());
    }
  }, (error) => error === reports);
  assert.ok(reports.length > 0);
  assert.equal(listeners.size, 0);
  await assert.rejects(remote.train('a', { signal: foreign }).next(), (error) => error === reports);
  for (const wrong of [null, 3, 'stop', {}, { aborted: false }, new AbortController(), [signal]]) {
    assert.throws(() => remote.train('a', { signal: wrong }), (error) => error instanceof ArgumentError
      && /^train: signal must be an AbortSignal, got /.test(error.message));
  }
});

test('a Worker ends when nothing in the page leads to it any more', async (t) => {
  const load = async () => ({ variant: 'scalar', createCharModel: () => new EndlessModel() });
  const { isOpen, closed, model } = await (async () => {
    const { lstm, isOpen } = await openBothEnds(t, load);
    return { isOpen, closed: lstm.closed, model: [await lstm.createCharModel({ text: 'a' })] };
  })();
  const collect = (times) => collectUntil(() => --times < 0);
  await collect(20);
  assert.ok(isOpen(), 'it ended, and a model is held');
  // Nobody holds the stream, nor the model, but the promise.
  const text = (async () => {
    let text = '';
    for await (const char of model.pop().stream({ length: 30 })) {
      text += char;
      await collect(1);
    }
    return text;
  })();
  assert.equal(await text, 'a'.repeat(30));
  assert.ok(await collectUntil(() => !isOpen()), 'the Worker stays');
  const reason = await closed;
  assert.deepEqual([reason.name, reason.message], ['LstmError', 'the Worker was forgotten by the page']);
});
