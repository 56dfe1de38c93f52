// Long calls in a Worker: cut into slices, so that others are answered in between; ended by a signal; in an order.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { DisposedError } from '../../../src/js/core/errors.js';
import { load } from '../../../src/js/models/load.js';
import { openBothEnds } from './both-ends.js';

const alphabet = 'abcdefgh \n';
const options = { alphabet, hiddenSize: 200, layers: 2, seed: 5 };
const library = await load({ variant: 'simd' });
const local = library.createCharModel(options);
const long = 'a bad face had a bad head '.repeat(200);

/** @param {import('node:test').TestContext} t */
async function open(t) {
  const ends = await openBothEnds(t, load, { variant: 'simd' });
  return { ...ends, model: await ends.lstm.createCharModel(options) };
}

/** The long calls. @type {[string, (model: any, reading: any, options?: any) => Promise<unknown>][]} */
const calls = [
  ['generate', (model, _, more) => model.generate({ length: 5000, seed: 1, ...more })],
  ['generate', (model, _, more) => model.generate({ length: 3000, seed: 1, stop: 'hgfedcba', ...more })],
  ['complete', (model, _, more) => model.complete('bad', { beams: 50, length: 50, ...more })],
  ['score', (model, _, more) => model.score(long, more)],
  ['evaluate', (model, _, more) => model.evaluate(long, more)],
  ['trace', (model, _, more) => model.trace(long.slice(0, 3000), more)],
  ['read', (model, _, more) => model.read(long, more)],
  ['predict', (model, _, more) => model.predict(long, more)],
  ['push', (_, reading, more) => reading.push(long, more)],
  ['generate', (_, reading, more) => reading.generate({ length: 5000, seed: 1, ...more })],
  ['complete', (_, reading, more) => reading.complete({ beams: 50, length: 50, ...more })],
  ['score', (_, reading, more) => reading.score(long, more)],
];

/** A signal that counts who listens. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set();
  return {
    listeners,
    abort: (reason) => controller.abort(reason),
    signal: {
      get aborted() { return signal.aborted; },
      get reason() { return signal.reason; },
      addEventListener: (type, listener, how) => { listeners.add(listener); signal.addEventListener(type, listener, how); },
      removeEventListener: (type, listener) => { listeners.delete(listener); signal.removeEventListener(type, listener); },
    },
  };
}

/** A model of calls of many pieces, each of which takes 3 ms of a clock that stands still otherwise. */
class PiecedModel {
  alphabet = ['a'];
  config = {};
  unknown = 'error';
  now = 0;
  pieces = 0;
  readings = [];
  onRead = () => {};

  *generateInPieces({ length = 100 }) {
    for (let i = 0; i < length; i++) {
      this.now += 3;
      this.pieces++;
      yield;
    }
    return 'a';
  }

  *predictInPieces() { return this.pieces; }

  *readInPieces() {
    const reading = { isDisposed: false, dispose() { this.isDisposed = true; } };
    this.readings.push(reading);
    this.onRead();
    return reading;
  }

  dispose() {}
}

/** @param {import('node:test').TestContext} t */
async function openPieced(t) {
  const model = new PiecedModel();
  const ends = await openBothEnds(t, async () => ({ variant: 'scalar', createCharModel: () => model }));
  const remote = await ends.lstm.createCharModel({ text: 'a' });
  t.mock.method(performance, 'now', () => model.now);
  return { ...ends, model, remote };
}

describe('slices', () => {
  test('predict is answered before each long call that was asked before it, and those answer what the page does', async (t) => {
    const { model } = await open(t);
    const predicted = local.predict('bad', { top: 2 });
    for (const [name, call] of calls) {
      const reading = await model.read('bad');
      const order = [];
      const answer = call(model, reading).then((value) => { order.push(name); return value; });
      assert.deepEqual(await model.predict('bad', { top: 2 }), predicted, name);
      order.push('predict');
      const expected = call(local, local.read('bad'));
      const given = await answer;
      assert.deepEqual(order, ['predict', name]);
      if (name === 'read' || name === 'push') assert.deepEqual(await given.predict(), expected.predict());
      else assert.deepEqual(given, expected);
    }
  });

  test('predict is answered within a validation, which then tells the same', async (t) => {
    const { model } = await open(t);
    const run = { steps: 1, batchSize: 2, window: 4, validation: { text: long.repeat(3) } };
    const order = [];
    const fitting = model.fit('abcdefgh \n'.repeat(3), run).then((report) => { order.push('fit'); return report; });
    for (let i = 0; i < 5; i++) await model.predict('bad');
    order.push('predict');
    const { valLoss } = await fitting;
    assert.deepEqual(order, ['predict', 'fit']);
    assert.equal(valLoss, [...library.createCharModel(options).train('abcdefgh \n'.repeat(3), run)].at(-1).valLoss);
  });

  test('a slice ends after 8 ms of work', async (t) => {
    const { model, remote } = await openPieced(t);
    const generated = remote.generate({});
    let before = 0;
    let answers = 0;
    for (let pieces = 0; pieces < 100; answers++) {
      pieces = await remote.predict('a');
      assert.ok(pieces - before <= 6, `${pieces - before} pieces`);
      before = pieces;
    }
    assert.ok(answers > 10);
    assert.equal(await generated, 'a');
    assert.equal(model.pieces, 100);
  });
});

describe('order', () => {
  test('what is asked of a reading after a push sees it, and texts without a seed come as in the page', async (t) => {
    const { model } = await open(t);
    const reading = await model.read('bad');
    const pushed = reading.push(long);
    const [predicted, branch, text] = await Promise.all([
      reading.predict(), reading.branch(), reading.generate({ length: 500 }), pushed, reading.push('face'),
    ]);
    const same = local.read('bad').push(long);
    const fresh = library.createCharModel(options);
    assert.deepEqual(predicted, same.predict());
    assert.deepEqual(await branch.predict(), same.predict());
    assert.equal(text, fresh.read('bad').push(long).generate({ length: 500 }));
    assert.deepEqual(await reading.predict(), same.push('face').predict());
    const texts = await Promise.all([model.generate({ length: 2000 }), model.generate({ length: 2 }), model.generate({ length: 2000 })]);
    assert.deepEqual(texts, [2000, 2, 2000].map((length) => fresh.generate({ length })));
  });

  test('a call that fails or is aborted does not hold those after it', async (t) => {
    const { model } = await open(t);
    const reading = await model.read('bad');
    const controller = new AbortController();
    const asked = [
      reading.push(long, { signal: controller.signal }), reading.push('猫'), reading.push(' '), reading.generate({ length: 0 }), reading.predict(),
    ];
    controller.abort('enough');
    const answers = await Promise.allSettled(asked);
    assert.deepEqual(answers.map(({ status }) => status), ['rejected', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    assert.deepEqual(answers[4].value, local.read('bad ').predict());
  });
});

describe('a signal', () => {
  test('rejects any call with its reason, which may be anything; the model goes on, and a reading is where it was', async (t) => {
    const { model } = await open(t);
    const reading = await model.read('bad');
    const reasons = [new RangeError('mine'), 'enough', 0, null, false, { f() {} }, undefined];
    for (const [i, [name, call]] of calls.entries()) {
      const { signal, abort, listeners } = countedSignal();
      const asked = call(model, reading, { signal });
      await model.predict('a');
      assert.equal(listeners.size, 1, name);
      abort(reasons[i % reasons.length]);
      await assert.rejects(asked, (reason) => reason === signal.reason, name);
      assert.equal(listeners.size, 0);
      await assert.rejects(call(model, reading, { signal }), (reason) => reason === signal.reason, name);
      assert.equal(listeners.size, 0);
      assert.deepEqual(await reading.predict(), local.predict('bad'));
      assert.deepEqual(await model.generate({ length: 9, seed: 1 }), local.generate({ length: 9, seed: 1 }));
    }
  });

  test('ends the work, and nothing is left of what was being made', async (t) => {
    const { model, remote } = await openPieced(t);
    const controller = new AbortController();
    const { signal } = controller;
    const generated = [remote.generate({ length: 1e9, signal }), remote.generate({ length: 1e9, signal })];
    assert.ok(await remote.predict('a') > 0);
    controller.abort('enough');
    for (const each of generated) await assert.rejects(each, (reason) => reason === 'enough');
    await remote.predict('a');
    const { pieces } = model;
    assert.equal(await remote.predict('a'), pieces);
    assert.equal(await remote.generate({ length: 2 }), 'a');
    assert.equal(model.pieces, pieces + 2);

    // Made, and the page does not know it yet.
    const other = new AbortController();
    model.onRead = () => other.abort('late');
    await assert.rejects(remote.read('a', { signal: other.signal }), (reason) => reason === 'late');
    await remote.predict('a');
    assert.deepEqual(model.readings.map(({ isDisposed }) => isDisposed), [true]);
  });

  test('that stays has no listener after any call: answered, refused, not sent, disposed, or the Worker gone', async (t) => {
    const { lstm, model } = await open(t);
    const { signal, listeners, abort } = countedSignal();
    const reading = await model.read('bad', { signal });
    await model.predict('a', { signal });
    await reading.push(' ', { signal });
    await assert.rejects(model.score('猫', { signal }), { name: 'ArgumentError' });
    await assert.rejects(model.generate({ pattern: () => {}, signal }), { name: 'ArgumentError', message: /plain values/ });
    await model.fit('abcdefgh \n'.repeat(3), { steps: 2, batchSize: 2, window: 4, signal });
    for await (const char of model.stream({ length: 5, signal })) assert.ok(char);
    for await (const char of model.stream({ length: 5, signal })) if (char) break;
    assert.equal(listeners.size, 0);
    const doomed = assert.rejects(reading.generate({ length: 1e6, signal }), { name: 'DisposedError', message: 'generate: the reading has been disposed' });
    await model.predict('a');
    await reading.dispose();
    await doomed;
    assert.equal(listeners.size, 0);
    const lost = assert.rejects(model.generate({ length: 1e6, signal }), { name: 'LstmError', message: /terminated/ });
    await model.predict('a');
    lstm.terminate();
    abort('late');
    await lost;
    assert.equal(listeners.size, 0);
  });

  test('ends a stream at once, also what was written and not read', async (t) => {
    const { model } = await open(t);
    for (const stop of [undefined, 'hgfedcba']) {
      const { signal, abort, listeners } = countedSignal();
      const stream = model.stream({ length: 1e6, signal, ...(stop && { stop }) });
      let text = '';
      await assert.rejects(async () => {
        for await (const char of stream) {
          text += char;
          if (text.length === 3) abort(0);
        }
      }, (reason) => reason === 0);
      assert.equal(text.length, 3);
      assert.deepEqual([await stream.next(), listeners.size], [{ done: true, value: undefined }, 0]);
      await assert.rejects(model.stream({ signal }).next(), (reason) => reason === 0);
    }
    const { signal, abort } = countedSignal();
    const waiting = model.stream({ prime: long, length: 1e6, signal }).next();
    await model.predict('a');
    abort('enough');
    await assert.rejects(waiting, (reason) => reason === 'enough');
    assert.deepEqual(await model.predict('bad'), local.predict('bad'));
  });

  test('ends a training with its reason after a report of all steps, and fit too; what was learnt is kept', async (t) => {
    const { model } = await open(t);
    const run = { batchSize: 2, window: 4, steps: Infinity };
    const text = 'a bad face had a bad head';
    const { signal, abort, listeners } = countedSignal();
    let last;
    await assert.rejects(async () => {
      for await (last of model.train(text, { ...run, signal })) abort('enough');
    }, (reason) => reason === 'enough');
    assert.equal(listeners.size, 0);
    const { value } = await model.train(text, { ...run, steps: 1 }).next();
    assert.equal(value.step, last.step + 1, 'the last report told of all steps');
    const controller = new AbortController();
    const reports = [];
    await assert.rejects(model.fit(text, {
      ...run, signal: controller.signal, onReport: async (report) => { reports.push(report); controller.abort(null); },
    }), (reason) => reason === null);
    assert.ok(reports.length > 0 && !reports.at(-1).done);
    await assert.rejects(model.fit(text, { ...run, onReport: () => { throw new RangeError('mine'); } }), { name: 'RangeError', message: 'mine' });
    await assert.rejects(model.fit(text, { onReport: 3 }), { name: 'ArgumentError', message: /^fit: onReport must be a function, got 3$/ });
    const { step } = await model.fit(text, { ...run, steps: 1 });
    assert.equal(step, (await model.fit(text, { ...run, steps: 1 })).step - 1);
  });
});

describe('what is disposed', () => {
  test('ends its long calls, which say so', async (t) => {
    const { model } = await open(t);
    const reading = await model.read('bad');
    const asked = [model.generate({ length: 1e6 }), model.generate({ length: 5 }), reading.score(long.repeat(20))];
    const ended = Promise.allSettled(asked);
    await model.predict('a');
    await model.dispose();
    for (const { status, reason } of await ended) assert.ok(status === 'rejected' && reason instanceof DisposedError, reason);
  });

  test('by await using: a Worker, a model, a reading, a training and a stream', async (t) => {
    const { lstm, model } = await open(t);
    const reading = await model.read('bad');
    const stream = reading.stream({ length: 1e6 });
    const training = model.train('a bad face', { batchSize: 1, window: 4, steps: Infinity });
    for (const iterator of [stream, training]) {
      await iterator.next();
      await iterator[Symbol.asyncDispose]();
      assert.deepEqual(await iterator.next(), { done: true, value: undefined });
    }
    for (const object of [reading, model]) {
      await object[Symbol.asyncDispose]();
      await assert.rejects(object.predict('a'), DisposedError);
    }
    await lstm[Symbol.asyncDispose]();
    await assert.rejects(lstm.createCharModel(options), { name: 'LstmError', message: /terminated/ });
  });
});

test('where an engine has no symbols for using, what compilers look for instead is there', () => {
  const script = `
    import assert from 'node:assert/strict';
    const { dispose, asyncDispose, ...kept } = Object.getOwnPropertyDescriptors(Symbol);
    globalThis.Symbol = Object.defineProperties((name) => kept.prototype.value.constructor(name), kept);
    const [{ load }, { openWorker }] = await Promise.all([import('lstm-wasm'), import('lstm-wasm/worker')]);
    assert.equal(Symbol.dispose, undefined);
    const network = (await load()).createCharModel({ text: 'ab', hiddenSize: 2 }).network;
    network[Symbol.for('Symbol.dispose')]();
    assert.equal(network.disposed, true);
    const lstm = await openWorker();
    const model = await lstm.createCharModel({ text: 'ab', hiddenSize: 2 });
    const stream = model.stream({ length: 1e6 });
    await stream.next();
    await stream[Symbol.for('Symbol.asyncDispose')]();
    assert.equal((await stream.next()).done, true);
    await model[Symbol.for('Symbol.asyncDispose')]();
    await assert.rejects(model.predict('a'), { name: 'DisposedError' });
    await lstm[Symbol.for('Symbol.asyncDispose')]();
    await assert.rejects(lstm.createCharModel({ text: 'ab' }), /terminated/);
    for (const object of [network, stream, model, lstm]) assert.equal('undefined' in object, false);
  `;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});

test('a stream is a ReadableStream\'s source, and cancelling it ends the stream in the Worker', async (t) => {
  const { model, sent } = await open(t);
  const body = ReadableStream.from(model.stream({ length: 300, seed: 2 })).pipeThrough(new TextEncoderStream());
  assert.equal(await new Response(body).text(), local.generate({ length: 300, seed: 2 }));
  const stream = model.stream({ length: 2 ** 30 });
  const reader = ReadableStream.from(stream).getReader();
  assert.equal((await reader.read()).value.length, 1);
  await reader.cancel();
  assert.deepEqual(await stream.next(), { done: true, value: undefined });
  await model.predict('a');
  const before = sent.length;
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  assert.equal(sent.length, before);
});
