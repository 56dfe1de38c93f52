// What crosses the line between page and Worker: strange messages, answers that cannot be sent, memory that is handed over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArgumentError, DisposedError, LstmError } from '../../../src/js/core/errors.js';
import { load as loadLibrary } from '../../../src/js/models/load.js';
import { calls, callOf, told } from '../../../src/js/worker/calls.js';
import { remotes } from '../../../src/js/worker/remotes.js';
import { Remote } from '../../../src/js/worker/Remote.js';
import { withCalls } from '../../../src/js/worker/with-calls.js';
import { WorkerCharModel } from '../../../src/js/worker/WorkerCharModel.js';
import { buffersOf } from '../../../src/js/worker/worker-protocol.js';
import { WorkerLstm } from '../../../src/js/worker/WorkerLstm.js';
import { WorkerReading } from '../../../src/js/worker/WorkerReading.js';
import { connect, openBothEnds } from './both-ends.js';

/** A model that answers what a test wants. */
class AnsweringModel {
  alphabet = ['a'];
  config = {};
  unknown = 'error';
  answer = [];
  disposed = false;

  *predictInPieces() { return this.answer; }

  *scoreInPieces() { return this.answer; }

  quantize() { return this.answer; }

  dispose() { this.disposed = true; }
}

/** @param {import('node:test').TestContext} t */
async function open(t) {
  const model = new AnsweringModel();
  const ends = await openBothEnds(t, async () => ({ variant: 'scalar', createCharModel: () => model }));
  return { ...ends, model, remote: await ends.lstm.createCharModel({ text: 'a' }) };
}

test('every call of the table is a method in the page and in the library', async (t) => {
  const { lstm } = await openBothEnds(t, loadLibrary, { variant: 'simd' });
  const library = await loadLibrary({ variant: 'simd' });
  const model = library.createCharModel({ text: 'ab', hiddenSize: 2 });
  const network = library.createNetwork({ input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 2 }] });
  const classifier = library.createClassifier({ labels: ['a', 'b'], features: 1, scale: 'none', hiddenSize: 2 });
  const tokenModel = library.createTokenModel({ tokens: ['a', 'b'], hiddenSize: 2 });
  const translator = library.createTranslator({ pairs: [['ab', 'b'], ['ba', 'a']], by: 'character', hiddenSize: 2 });
  const forecaster = library.createForecaster({ columns: ['a'], hiddenSize: 2, window: 4, season: 1 });
  const ensemble = await library.createEnsemble([model, model]);
  for (const _ of forecaster.train([1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3, 2], { steps: 1 }));
  /** One of each kind. @type {Record<keyof typeof remotes, any>} */
  const objects = {
    cell: library.createCell({ inputSize: 1, hiddenSize: 2 }), network, pairTrainer: translator.decoder.createPairTrainer(translator.encoder), trainer: network.createTrainer(), model,
    reading: model.read('a'), classifier, labelReading: classifier.read(), translator,
    forecaster, seriesReading: forecaster.read([1, 2, 3, 4]),
    tokenModel, tokenReading: tokenModel.read(), ensemble, ensembleReading: ensemble.read('a'),
  };
  assert.deepEqual(Object.keys(objects).sort(), Object.keys(remotes).sort());
  const ends = /** @type {const} */ ([
    ...Object.entries(objects).map(([kind, object]) => [kind, remotes[kind], object]), ['library', WorkerLstm, library],
  ]);
  for (const [kind, Class, object] of ends) {
    for (const [name, { sliced }] of Object.entries(calls[kind])) {
      assert.equal(typeof Class.prototype[name], 'function', `${kind}: ${name}`);
      assert.equal(Class.prototype[name].name, name);
      assert.ok(name === 'dispose' || name === 'set' || typeof object[name] === 'function', `${kind}: ${name}`);
      assert.equal(typeof object[`${name}InPieces`], sliced ? 'function' : 'undefined', `${kind}: ${name}`);
    }
    for (const name of told[kind]) assert.ok(name in object, `${kind}: ${name}`);
  }
  assert.equal(callOf('model', 'constructor'), undefined);
  assert.ok(lstm instanceof WorkerLstm);
});

test('strange requests are refused or not heard, and harm nothing', async (t) => {
  const { connection, port, sent, remote, model } = await open(t);
  const before = sent.length;
  const request = { id: 99, method: 'predict', target: 1, args: [] };
  for (const stray of [null, 7, 'predict', [], {}, { ...request, id: '99' }, { ...request, method: 'constructor' },
    { ...request, method: '__proto__' }, { ...request, method: 3 }, { ...request, target: 0.5 }, { ...request, target: -1 },
    { ...request, args: 'a' }, { ...request, makes: 'x' }, { ...request, makes: -1 }]) port.postMessage(stray);
  const refused = [
    ['push', 1, ['a'], {}, { name: 'LstmError', message: 'push: a model has no such call' }],
    ['load', 0, [{}], {}, { name: 'LstmError', message: 'load: a library has no such call' }],
    ['dispose', 0, [], {}, { name: 'LstmError', message: 'dispose: a library has no such call' }],
    ['next', 1, [], {}, { name: 'LstmError', message: 'next: a model has no such call' }],
    ['quantize', 1, [], { makes: 1 }, { name: 'LstmError', message: /number 1 already/ }],
    ['quantize', 1, [], {}, { name: 'LstmError', message: /number 1 already/ }],
    ['createCharModel', 0, [{}], { makes: 0 }, { name: 'LstmError', message: /number 0 already/ }],
    ['train', 1, [], { makes: 50 }, TypeError],
    ['predict', 12345, ['a'], {}, DisposedError],
  ];
  for (const [method, target, args, how, error] of refused) {
    await assert.rejects(connection.call(method, target, args, how), error, method);
  }
  assert.equal(await connection.call('dispose', 12345, []), undefined);
  assert.equal(sent.length, before + refused.length + 1);
  assert.deepEqual(await remote.predict('a'), []);
  assert.equal(model.disposed, false);
});

test('an answer that cannot be sent rejects its call and no other', async (t) => {
  const { remote, model, connection } = await open(t);
  model.answer = [() => {}];
  await assert.rejects(remote.predict('a'), (error) => error instanceof LstmError
    && /^predict: the answer cannot be sent to the page: .*could not be cloned/.test(error.message)
    && error.cause instanceof DOMException && error.cause.name === 'DataCloneError');
  const half = new AnsweringModel();
  half.config = { f() {} };
  model.answer = half;
  await assert.rejects(remote.quantize(), { name: 'LstmError', message: /^quantize: the answer cannot be sent/ });
  assert.equal(half.disposed, true, 'what was made and never answered stays');
  Object.defineProperty(half, 'config', { get() { throw new RangeError('no config'); } });
  await assert.rejects(remote.quantize(), { name: 'RangeError', message: 'no config' });
  model.answer = { then: (_, reject) => reject(new RangeError('later')) };
  await assert.rejects(remote.predict('a'), { name: 'RangeError', message: 'later' });
  model.answer = Promise.resolve('later');
  assert.equal(await remote.predict('a'), 'later');
  await assert.rejects(remote.predict(Symbol('a')), (error) => error instanceof ArgumentError
    && error.cause instanceof DOMException && /^predict: the arguments must be plain values/.test(error.message));
  assert.equal(await connection.call('predict', 1, ['a']), 'later');
});

test('strange answers, and answers to what nobody asks, are not heard', async (t) => {
  const { workerPort, remote } = await open(t);
  for (const stray of [null, 3, 'id', [], {}, { id: '1' }, { id: 1, value: 'late' }, { id: 99, value: 1 }, { id: -1, error: 3 },
    { id: 99, error: [{ type: '__proto__' }] }, { id: NaN }]) workerPort.postMessage(stray);
  assert.deepEqual(await remote.predict('a'), []);
  // What says that it is an error is one, however it looks: the call ends.
  let id = 4;
  for (const error of [undefined, null, 3, 'x', [], [null], [3], [{ type: 'Nothing', cause: 'length' }], { length: 1 },
    [{ type: '__proto__', name: 3, message: {}, cause: 99, errors: 'x' }], [{ type: 'AggregateError', errors: [9, 'x'] }]]) {
    const asked = remote.predict('a');
    workerPort.postMessage({ id, error });
    // The true answer comes later and is not heard.
    await assert.rejects(asked, Error);
    id++;
  }
  assert.deepEqual(await remote.predict('a'), []);
});

test('a request that the Worker cannot read is answered, and what could not be sent has no number', async (t) => {
  const { workerPort, remote, connection } = await open(t);
  await assert.rejects(remote.predict(() => {}), ArgumentError);
  // As an engine tells of a message that it cannot make anew.
  const lost = connection.call('predict', 1, ['a']);
  workerPort.dispatchEvent(new Event('messageerror'));
  await assert.rejects(lost, { name: 'LstmError', message: 'the request could not be read in the Worker' });
  assert.deepEqual(await remote.predict('a'), []);
});

test('a Worker that dies while it loads, or whose answer cannot be read, says why to all who ask', async (t) => {
  const { connection, port } = connect(t, () => new Promise(() => {}));
  const loading = assert.rejects(connection.call('load', 0, [{}]), { name: 'LstmError', message: 'the Worker failed: out of luck' });
  const error = new TypeError('out of luck');
  port.dispatchEvent(Object.assign(new Event('error'), { message: error.message, error }));
  await loading;
  const late = await connection.call('predict', 1, []).catch((e) => e);
  assert.ok(late instanceof LstmError && late.message === 'the Worker failed: out of luck' && late.cause === error);
  assert.equal((await connection.closed).message, 'the Worker failed: out of luck');
  connection.close('another reason');
  await assert.rejects(connection.call('predict', 1, []), { message: 'the Worker failed: out of luck' });

  const { remote, port: other } = await open(t);
  const pending = assert.rejects(remote.predict('a'), { name: 'LstmError', message: /could not be read/ });
  other.dispatchEvent(new Event('messageerror'));
  await pending;
});

test('memory is handed over where the table says so, and no part of a larger or shared one', async (t) => {
  const { model, remote, handedOver, connection } = await open(t);
  const whole = new Float64Array(4);
  const part = new Float64Array(4).subarray(1, 3);
  const shared = new Float32Array(new SharedArrayBuffer(8));
  const memory = new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer, 8, 16);
  const twice = [whole, new Uint8Array(whole.buffer)];
  const circle = { part, shared, memory, twice };
  circle.self = circle;
  assert.deepEqual(buffersOf(circle), [whole.buffer]);
  model.answer = circle;
  assert.equal((await remote.score('a')).twice[1].length, 32);
  assert.deepEqual(handedOver.map((buffer) => buffer.byteLength), [0]);
  assert.deepEqual([whole.length, part.length, shared.length, memory.length], [0, 2, 2, 16]);

  model.answer = new Float64Array(4);
  await remote.predict('a');
  assert.equal(model.answer.length, 4, 'predict hands nothing over');

  // To the Worker, of calls that say so.
  const Asking = withCalls(Remote, { predict: { moves: 'arguments' }, score: {} });
  const asking = new Asking(connection, 1);
  const [given, kept] = [new Float32Array(3), new Float32Array(3)];
  await asking.predict(given);
  await asking.score(kept);
  assert.deepEqual([given.length, kept.length], [0, 3]);
});

test('what was made when nobody waits for it any more is not kept', async (t) => {
  /** @type {any[]} */
  const made = [];
  class SlowModel extends AnsweringModel {
    *readInPieces() {
      const until = performance.now() + 20;
      while (performance.now() < until);
      yield;
      const reading = { predict: () => 1, dispose() { this.isFreed = true; }, isFreed: false };
      made.push(reading);
      return reading;
    }
  }
  const load = async () => ({ variant: 'scalar', createCharModel: () => new SlowModel() });
  const { lstm, connection } = await openBothEnds(t, load);
  const model = await lstm.createCharModel({ text: 'a' });
  const abortion = new AbortController();
  const reading = model.read('a', { signal: abortion.signal });
  abortion.abort('enough');
  await assert.rejects(reading, (error) => error === 'enough');
  while (made.length === 0) await new Promise((resolve) => { setTimeout(resolve, 1); });
  await connection.call('predict', 2, []).then(() => assert.fail('it was kept'), (error) => assert.ok(error instanceof DisposedError));
  assert.deepEqual(made.map(({ isFreed }) => isFreed), [true]);
});
