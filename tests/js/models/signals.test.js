// An AbortSignal in the long calls of the page: heard before any work, and between two pieces of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ArgumentError } from '../../../src/js/core/errors.js';
import { load } from '../../../src/js/models/load.js';

const lstm = await load({ variant: 'simd' });
const alphabet = 'abcdefgh \n';
// Large enough that a text of some thousand characters has many pieces.
const model = lstm.createCharModel({ alphabet, hiddenSize: 200, layers: 2, seed: 5 });
const long = 'a bad face had a bad head '.repeat(100);
const reading = model.read('bad');

/** Each call, with the options that it is given. @type {[string, (options: any) => unknown][]} */
const calls = [
  ['read', (options) => model.read(long, options)],
  ['predict', (options) => model.predict(long, { top: 1, ...options })],
  ['score', (options) => model.score(long, options)],
  ['evaluate', (options) => model.evaluate(long, options)],
  ['trace', (options) => model.trace(long.slice(0, 100), options)],
  ['generate', (options) => model.generate({ length: 2000, seed: 1, ...options })],
  ['generate', (options) => model.generate({ length: 200, seed: 1, stop: 'hgfedcba', ...options })],
  ['generate', (options) => model.generate({ length: 2, seed: 1, prime: long, ...options })],
  ['stream', (options) => [...model.stream({ length: 200, seed: 1, ...options })].join('')],
  ['complete', (options) => model.complete('bad', { beams: 8, length: 20, ...options })],
  ['push', (options) => reading.push(long, options)],
  ['score', (options) => reading.score(long, options)],
  ['trace', (options) => reading.trace(long.slice(0, 100), options)],
  ['generate', (options) => reading.generate({ length: 2000, seed: 1, ...options })],
  ['stream', (options) => [...reading.stream({ length: 200, seed: 1, ...options })].join('')],
  ['complete', (options) => reading.complete({ beams: 8, length: 20, ...options })],
];

/** What a call throws, which may be undefined. @param {() => unknown} call */
function thrownBy(call) {
  try {
    call();
  } catch (error) {
    return { error };
  }
  return assert.fail('nothing was thrown');
}

/**
 * As a signal that is aborted while the call works.
 * @param {number} times it is asked until then
 */
const abortedAfter = (times) => ({
  asked: 0, get aborted() { return ++this.asked > times; }, reason: 'late', addEventListener() {}, removeEventListener() {},
});

describe('in every long call', () => {
  test('one that is aborted already is thrown before any work, with any reason', () => {
    const state = JSON.stringify(reading.save());
    const random = model.network.random;
    for (const reason of [new RangeError('mine'), 'enough', 0, null, false, { not: 'an error' }]) {
      const signal = AbortSignal.abort(reason);
      // What is wrong beside it would be found by the work.
      for (const [name, call] of calls) assert.deepEqual(thrownBy(() => call({ signal })), { error: reason }, name);
      assert.deepEqual(thrownBy(() => model.train('', { signal })), { error: reason });
    }
    for (const [name, call] of calls) assert.equal(thrownBy(() => call({ signal: AbortSignal.abort() })).error.name, 'AbortError', name);
    assert.equal(JSON.stringify(reading.save()), state);
    assert.deepEqual(model.network.random, random);
  });

  test('one that is aborted meanwhile is heard before the next piece, and the reading is where it was', () => {
    const before = reading.predict();
    for (const [name, call] of calls) {
      const signal = abortedAfter(5);
      assert.deepEqual(thrownBy(() => call({ signal })), { error: 'late' }, name);
      assert.equal(signal.asked, 6, name);
      assert.deepEqual(reading.predict(), before, name);
    }
  });

  test('one that is never aborted changes nothing, and no piece is large', () => {
    const work = model.network.parameterCount;
    for (const [name, call] of calls.filter(([name]) => name !== 'push')) {
      const signal = abortedAfter(Infinity);
      assert.deepEqual(JSON.stringify(call({ signal })), JSON.stringify(call({})), name);
      assert.ok(signal.asked > 10, `${name}: ${signal.asked} pieces`);
    }
    const pieces = model.generateInPieces({ length: 2000 });
    let count = 0;
    while (!pieces.next().done) count++;
    assert.ok((2000 * work) / count < 2 ** 25, `${count} pieces`);
  });

  test('what is no signal is refused by name', () => {
    for (const [name, call] of calls) {
      for (const signal of [null, 3, 'stop', {}, { aborted: false }]) {
        const { error } = thrownBy(() => call({ signal }));
        assert.ok(error instanceof ArgumentError, name);
        assert.match(error.message, new RegExp(`^${name}: signal must be an AbortSignal, got `));
      }
    }
    assert.throws(() => model.evaluate('ab', { top: 1 }), { name: 'ArgumentError', message: /^evaluate: unknown option "top", expected only windows, signal$/ });
    assert.throws(() => model.read('ab', null), { name: 'ArgumentError', message: /^read: options must be an object, got null$/ });
    assert.throws(() => reading.push('ab', 3), { name: 'ArgumentError', message: /^push: options must be an object, got 3$/ });
  });

  test('one of another realm, without a reason as older engines have it', () => {
    const signal = runInNewContext('({ __proto__: null, aborted: true, addEventListener() {}, removeEventListener() {} })');
    for (const [name, call] of calls) {
      const { error } = thrownBy(() => call({ signal }));
      assert.ok(error instanceof DOMException && error.name === 'AbortError', name);
    }
  });

  test('a stream whose reader aborts ends before the next character', () => {
    for (const stream of [model.stream.bind(model), reading.stream.bind(reading)]) {
      const controller = new AbortController();
      let text = '';
      assert.throws(() => {
        for (const char of stream({ length: 100, seed: 1, stop: 'hgfedcba', signal: controller.signal })) {
          text += char;
          if (text.length === 7) controller.abort(new RangeError('enough'));
        }
      }, { name: 'RangeError', message: 'enough' });
      assert.equal(text.length, 7);
    }
  });
});

test('a stream is a ReadableStream\'s source, and cancelling it ends the stream', async () => {
  const options = { length: 300, seed: 2 };
  const body = ReadableStream.from(model.stream(options)).pipeThrough(new TextEncoderStream());
  assert.equal(await new Response(body).text(), model.generate(options));
  const stream = model.stream({ length: 2 ** 30 });
  const reader = ReadableStream.from(stream).getReader();
  assert.equal((await reader.read()).value.length, 1);
  await reader.cancel();
  assert.deepEqual(stream.next(), { done: true, value: undefined });
});
