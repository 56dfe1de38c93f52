// Errors on their way from the Worker: what was thrown there rejects the promise here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ArgumentError, FileFormatError, LstmError } from '../../../src/js/core/errors.js';
import { load as loadLibrary } from '../../../src/js/models/load.js';
import { connect, openBothEnds } from './both-ends.js';

/**
 * A model of whom each prediction throws what comes next of these.
 * @param {import('node:test').TestContext} t
 */
async function open(t) {
  /** @type {() => unknown} */
  let next = () => [];
  const model = { alphabet: [], config: {}, unknown: 'error', dispose() {}, *predictInPieces() { return next(); } };
  const { lstm } = await openBothEnds(t, async () => ({ variant: 'scalar', createCharModel: () => model }));
  const remote = await lstm.createCharModel({ text: 'ab' });
  return /** @param {unknown} thrown */ async (thrown) => {
    next = () => { throw thrown; };
    try {
      await remote.predict('a');
    } catch (error) {
      return /** @type {any} */ (error);
    }
    return assert.fail('nothing was thrown');
  };
}

/** A trap: () => unreachable. */
function trap() {
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports;
  try {
    /** @type {Function} */ (f)();
  } catch (error) {
    return error;
  }
  return assert.fail('it did not trap');
}

test('errors of the engine arrive as what they are: a trap, a TypeError, an AbortError', async (t) => {
  const thrownBy = await open(t);
  class OwnError extends RangeError {
    name = 'OwnError';
    code = 7;
  }
  const system = Object.assign(new Error('no such file'), { code: 'ENOENT' });
  /** @type {[any, any][]} */
  const cases = [
    [trap(), WebAssembly.RuntimeError],
    [new WebAssembly.CompileError('no magic'), WebAssembly.CompileError],
    [new TypeError('x is not a function'), TypeError],
    [new RangeError('Invalid array length'), RangeError],
    [new ArgumentError('text must not be empty'), ArgumentError],
    [new FileFormatError('too short'), FileFormatError],
    [new LstmError('not here'), LstmError],
    [new DOMException('The operation was aborted', 'AbortError'), DOMException],
    [new DOMException('too large', 'QuotaExceededError'), DOMException],
    [system, Error],
    [new OwnError('of a class that the page does not know'), RangeError],
    [runInNewContext('new TypeError("of another realm")'), TypeError],
  ];
  for (const [thrown, Class] of cases) {
    const error = await thrownBy(thrown);
    assert.equal(Object.getPrototypeOf(error), Class.prototype, thrown.message);
    assert.notEqual(error, thrown);
    for (const key of ['name', 'message', 'code', 'stack']) assert.equal(error[key], thrown[key], `${thrown.name}: ${key}`);
    assert.ok(!('cause' in error), 'a cause from nowhere');
  }
});

test('causes cross: a chain, a circle, values that are no errors, the errors of an AggregateError', async (t) => {
  const thrownBy = await open(t);
  const cause = new TypeError('Failed to fetch', { cause: { status: 404, tries: [1, 2] } });
  const chain = await thrownBy(new LstmError('load: cannot load', { cause }));
  assert.ok(chain instanceof LstmError && chain.cause instanceof TypeError);
  assert.equal(chain.cause.message, 'Failed to fetch');
  assert.deepEqual(chain.cause.cause, { status: 404, tries: [1, 2] });
  assert.deepEqual(Object.keys(chain.cause), []);

  const first = new RangeError('first');
  first.cause = new SyntaxError('second', { cause: first });
  const circle = await thrownBy(first);
  assert.ok(circle instanceof RangeError && circle.cause instanceof SyntaxError);
  assert.equal(circle.cause.cause, circle);

  const inner = new DOMException('stopped', 'AbortError');
  const all = await thrownBy(new AggregateError([new TypeError('a'), inner, 'b'], 'all failed', { cause: inner }));
  assert.ok(all instanceof AggregateError && all.errors[0] instanceof TypeError && all.errors[2] === 'b');
  assert.ok(all.errors[1] instanceof DOMException && all.errors[1].name === 'AbortError' && all.cause === all.errors[1]);

  assert.equal((await thrownBy(new Error('a', { cause: undefined }))).cause, undefined);
  let long = new Error('0');
  for (let i = 1; i < 1000; i++) long = new Error(String(i), { cause: long });
  let length = 0;
  for (let error = await thrownBy(long); error; error = error.cause) assert.equal(error.message, String(999 - length++));
  assert.ok(length > 10, `${length} of a long chain`);
});

test('what is thrown and is no error arrives as it is, or is described; nothing that is thrown harms the line', async (t) => {
  const thrownBy = await open(t);
  for (const thrown of [3, 'text', null, undefined, false, { a: [1] }]) assert.deepEqual(await thrownBy(thrown), thrown);
  for (const thrown of [() => {}, Symbol('s'), { f() {} }]) {
    const error = await thrownBy(thrown);
    assert.ok(error instanceof LstmError, String(thrown));
    assert.match(error.message, /^the Worker threw (a function|Symbol\(s\)|an object)$/);
  }
  const hostile = Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('twice'); } });
  const odd = Object.assign(new Error('odd'), { name: Symbol('odd'), code: () => {}, cause: () => {}, errors: 3 });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const thrown of [hostile, odd, proxy, Object.create(null, { toString: { value: 3 } })]) {
    assert.ok(await thrownBy(thrown) !== undefined);
  }
  const plain = await thrownBy(new TypeError('after all of it'));
  assert.ok(plain instanceof TypeError && plain.message === 'after all of it');
});

test('a load that fails tells the page the cause, and may be tried again', async (t) => {
  const { connection } = connect(t, loadLibrary);
  const error = await connection.call('load', 0, [{ variant: 'simd', wasm: new Uint8Array(8) }]).catch((e) => e);
  assert.ok(error instanceof LstmError && /^load: cannot load the 'simd' module/.test(error.message));
  assert.ok(error.cause instanceof WebAssembly.CompileError);
  await assert.rejects(connection.call('createCharModel', 0, [{ text: 'ab' }], { makes: connection.newTarget() }), {
    name: 'LstmError', message: 'createCharModel: the library is not loaded in the Worker',
  });
  assert.deepEqual(await connection.call('load', 0, [{ variant: 'simd' }]), { variant: 'simd' });
});
