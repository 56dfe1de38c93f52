// Arrays, bytes, signals, patterns and modules of another realm (an iframe, jsdom, node:vm) are as good as one's own, and so
// is memory that is shared or can be resized; memory that was transferred is told.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import vm from 'node:vm';
import { load, LstmError } from 'lstm-wasm';

const lstm = await load();
const realm = vm.createContext();
/** Of another realm. @param {string} source */
const there = (source) => vm.runInContext(`(${source})`, realm);
const theirs = there('{ Array, Float32Array, Float64Array, Int32Array, Uint8Array, ArrayBuffer, WebAssembly, structured: (o) => Object.assign({}, o) }');
assert.ok(!(new theirs.Float32Array(1) instanceof Float32Array));

const text = 'the cat sat on the mat, and the rat ran at the hat.\n'.repeat(20);

/** A typed array of these values in memory that `make` gives. */
const filled = (Kind, values, make) => {
  const array = new Kind(make(values.length * Kind.BYTES_PER_ELEMENT));
  array.set(values);
  return array;
};

/** Other ways in which the same numbers may come; of one kind of array only, where the call takes no other. */
const ways = (Kind) => ({
  'a typed array of another realm': (values) => new theirs[Kind.name](values),
  'memory of another realm': (values) => filled(Kind, values, (size) => new theirs.ArrayBuffer(size)),
  'shared memory': (values) => filled(Kind, values, (size) => new SharedArrayBuffer(size)),
  'memory that can be resized': (values) =>
    filled(Kind, values, (size) => new ArrayBuffer(size, { maxByteLength: 2 * size })),
  'a view into a larger memory': (values) =>
    filled(Kind, values, (size) => new ArrayBuffer(size + 32)).subarray(0, values.length),
});

const lists = {
  'an array of another realm': (values) => there('(values) => Array.from(values)')(values),
  'another kind of array': (values) => new theirs.Float64Array(values),
};

function detached(values, Kind) {
  const array = Kind.from(values);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** With arrays as lists: what is written into the caller's arrays leaves them of the caller's kind. */
const plain = (value) => {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value, plain);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
};

const networkOf = (config) => lstm.createNetwork({ layers: [{ kind: 'lstm', hiddenSize: 3 }], seed: 4, ...config });
const vectors = { input: { size: 2 }, output: { values: 2 } };
const tokens = { input: { tokens: 5 }, output: { classes: 5 } };
const numbers = (count, scale = 0.1) => Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i) * scale));
const trainerOf = (config) => networkOf(config).createTrainer({ optimizer: 'sgd', learningRate: 0.1, batchSize: 2, window: 3 });

/** Each takes `give`, which gives numbers in some way, and returns what came of it. */
const floats = {
  'Cell.setParameters': (give) => {
    const cell = lstm.createCell({ inputSize: 2, hiddenSize: 2 });
    cell.setParameters({ weight_ih: give(numbers(16)) });
    return cell.parameters();
  },
  'Cell.step': (give) => lstm.createCell({ inputSize: 2, hiddenSize: 2 }).step(give(numbers(2, 1)),
    { h: new Float32Array(2), c: new Float32Array(2) }),
  'Network.setParameters': (give) => {
    const net = networkOf(vectors);
    net.setParameters({ weight_hh_l0: give(numbers(36)) });
    return net.parameters();
  },
  'Network.step': (give) => {
    const net = networkOf(vectors);
    return net.step(give(numbers(2, 1)), net.initialState());
  },
  'Network.run': (give) => networkOf(vectors).run(give(numbers(12, 1)), { batchSize: 2 }),
  'Network.forecast': (give) => networkOf(vectors).forecast(3, { inputs: give(numbers(8, 1)) }),
  'Trainer.step: inputs': (give) => trainerOf(vectors).step(give(numbers(12, 1)), numbers(12)),
  'Trainer.step: targets': (give) => trainerOf(vectors).step(numbers(12, 1), give(numbers(12))),
  'Trainer.evaluate': (give) => trainerOf(vectors).evaluate(give(numbers(12, 1)), give(numbers(12))),
  'Trainer.gradients': (give) => trainerOf(vectors).gradients(give(numbers(12, 1)), give(numbers(12))),
  'Trainer.predict': (give) => trainerOf(vectors).predict(give(numbers(12, 1))),
  'Trainer.restore': (give) => {
    const trainer = networkOf(vectors).createTrainer({ optimizer: 'adam', batchSize: 2, window: 3 });
    trainer.step(numbers(12, 1), numbers(12));
    const kept = trainer.checkpoint();
    kept.moments = there('(list, f) => list.map(f)')(kept.moments, (all) => theirs.structured(
      Object.fromEntries(Object.entries(all).map(([name, values]) => [name, give(values)]))));
    trainer.restore(theirs.structured(kept));
    trainer.step(numbers(12, 1), numbers(12));
    return trainer.checkpoint();
  },
};

const state = (give) => there('(h, c) => [{ h, c }]')(give(numbers(3)), give(numbers(3, 0.2)));
const states = {
  'Cell.step: state': (give) => lstm.createCell({ inputSize: 2, hiddenSize: 3 }).step([1, 2], state(give)[0]),
  'Network.step: state': (give) => networkOf(tokens).step(1, state(give)),
  'Network.run: state': (give) => networkOf(tokens).run([1, 2], { state: state(give) }),
  'Network.forecast: state': (give) => networkOf(vectors).forecast(2, { inputs: [1, 2], state: state(give) }),
  'Network.generate: state': (give) => networkOf(tokens).generate({ state: state(give), token: 1, length: 20, seed: 3 }),
  'Trainer.setState': (give) => {
    const trainer = networkOf(tokens).createTrainer({ batchSize: 1, window: 2 });
    trainer.setState(state(give));
    return trainer.state();
  },
};

const integers = {
  'Network.run: tokens': (give) => networkOf(tokens).run(give([1, 2, 3, 4]), { batchSize: 2, lengths: give([2, 1]) }),
  'Network.generate: allowed': (give) => {
    const net = networkOf(tokens);
    return net.generate({ state: net.initialState(), token: 1, length: 20, seed: 3, allowed: give([1, 3]) });
  },
  'Trainer.step: tokens': (give) => trainerOf(tokens).step(give([0, 1, 2, 3, 4, 0]), give([1, 2, 3, 4, 0, 1]),
    { lengths: give([3, 2]), mask: give([1, 1, 0, 1, 1, 0]) }),
};

for (const [kind, table, Kind, more] of [
  ['numbers', floats, Float32Array, lists], ['states', states, Float32Array, {}], ['integers', integers, Int32Array, lists],
]) {
  describe(`${kind} in any array`, () => {
    for (const [name, call] of Object.entries(table)) {
      test(name, () => {
        const expected = plain(call((values) => Kind.from(values)));
        for (const [way, give] of Object.entries({ ...ways(Kind), ...more })) {
          assert.deepEqual(plain(call(give)), expected, way);
        }
        assert.throws(() => call((values) => detached(values, Kind)), (error) => {
          assert.equal(error.name, 'ArgumentError', error.stack);
          assert.match(error.message, /got (Float32|Int32)Array whose memory was transferred$/);
          return true;
        });
      });
    }
  });
}

describe('bytes in any memory', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 4 });
  const files = {
    openNetwork: [model.network.save(), (bytes) => lstm.openNetwork(bytes).parameters()],
    openCharModel: [model.save(), (bytes) => lstm.openCharModel(bytes).network.parameters()],
    load: [
      readFileSync(new URL(import.meta.resolve('lstm-wasm/lstm-scalar.wasm'))),
      async (bytes) => (await load({ variant: 'scalar', wasm: bytes })).createCell({ inputSize: 1, hiddenSize: 1 }).parameters(),
    ],
  };
  for (const [name, [bytes, open]] of Object.entries(files)) {
    test(name, async () => {
      const expected = await open(bytes);
      for (const [way, give] of Object.entries(ways(Uint8Array))) {
        assert.deepEqual(await open(give(bytes)), expected, way);
        const array = give(bytes);
        if (array.buffer.byteLength === bytes.length) assert.deepEqual(await open(array.buffer), expected, `${way}: the buffer`);
      }
      for (const gone of [detached(bytes, Uint8Array), detached(bytes, Uint8Array).buffer]) {
        await assert.rejects(async () => open(gone), (error) => {
          assert.equal(error.name, 'ArgumentError', error.stack);
          assert.match(error.message, /got (Uint8Array|ArrayBuffer) whose memory was transferred$/);
          return true;
        });
      }
    });
  }

  test('a compiled module', async () => {
    const [bytes] = files.load;
    const wasm = new theirs.WebAssembly.Module(bytes);
    assert.ok(!(wasm instanceof WebAssembly.Module));
    assert.equal((await load({ variant: 'scalar', wasm })).variant, 'scalar');
  });
});

test('texts, lists of characters, options, patterns and signals', () => {
  const modelOf = (options) => lstm.createCharModel({ layers: [{ kind: 'lstm', hiddenSize: 4 }], seed: 1, ...options });
  const alphabet = [...new Set(text)].sort();
  const theirList = (list) => theirs.Array.from(list);
  assert.deepEqual(modelOf({ alphabet: theirList(alphabet) }).alphabet, alphabet);
  assert.equal(modelOf(theirs.structured({ text, layers: theirList([theirs.structured({ kind: 'gru', hiddenSize: 3 })]), seed: 2 })).config.kind, 'gru');

  const model = modelOf({ text });
  const options = { length: 30, seed: 5 };
  assert.equal(model.generate({ ...options, stop: theirList(['at', 'on']) }), model.generate({ ...options, stop: ['at', 'on'] }));
  assert.equal(model.generate({ ...options, allowed: theirList(['a', 't']) }), model.generate({ ...options, allowed: 'at' }));
  assert.equal(model.generate({ ...options, pattern: there('/[A-T ]+/i') }), model.generate({ ...options, pattern: /[A-T ]+/i }));
  assert.deepEqual(model.complete('the ', { pattern: there('/[a-t]{2}/') }), model.complete('the ', { pattern: /[a-t]{2}/ }));

  const losses = (texts, more) => Array.from(modelOf({ text }).train(texts, { steps: 3, reportEvery: 1, batchSize: 2, window: 8, ...more }),
    ({ loss, valLoss }) => [loss, valLoss]);
  const texts = [text, text.slice(10)];
  const expected = losses(texts, { validation: { text: texts } });
  assert.deepEqual(losses(new (there('Set'))(texts), { validation: theirs.structured({ text: theirList(texts) }) }), expected);
  assert.deepEqual(losses(there('(texts) => (function* () { yield* texts; })()')(texts), { validation: { text: texts } }), expected);

  // As of jsdom: no AbortSignal of this realm, and none of Node's.
  const signal = there('{ aborted: false, addEventListener() {}, removeEventListener() {} }');
  let steps = 0;
  assert.throws(() => {
    for (const report of modelOf({ text }).train(text, { signal, reportEvery: 1 })) {
      steps = report.step;
      if (steps === 4) signal.aborted = true;
    }
  }, { name: 'AbortError' });
  assert.equal(steps, 4);
  assert.throws(() => model.generate({ signal }), { name: 'AbortError' });
});

test('an error of another realm keeps its message', async () => {
  const wasm = new Uint8Array(9);
  const compile = WebAssembly.compile;
  WebAssembly.compile = () => Promise.reject(there('new Error("of there")'));
  try {
    await assert.rejects(load({ wasm }), (error) => error instanceof LstmError && /`wasm`: of there$/.test(error.message));
  } finally {
    WebAssembly.compile = compile;
  }
});
