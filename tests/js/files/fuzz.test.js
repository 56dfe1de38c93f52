// Files that were changed at random open or are refused, and what opens can be used: never another error than the library's,
// never much memory. LSTM_WASM_FUZZ=1000000 tries as many; LSTM_WASM_FUZZ_SEED tries others.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FileFormatError, load, LstmError } from 'lstm-wasm';
import { dataOf, fileOf, headerOf } from './edit.js';

const COUNT = Number(process.env.LSTM_WASM_FUZZ ?? 10_000);
const SEED = Number(process.env.LSTM_WASM_FUZZ_SEED ?? 1);
const MOST_MEMORY = 2 ** 26;

const folder = new URL('../../files/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors')).map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(name, folder))),
  expected: JSON.parse(readFileSync(new URL(name.replace('.safetensors', '.json'), folder), 'utf8')),
}));

let state = SEED;
/** A whole number below the limit. @param {number} limit */
function random(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  // The low bits of such a generator hardly change.
  return Math.floor((state / 2 ** 32) * limit);
}
/** @template T @param {readonly T[]} list */
const pick = (list) => list[random(list.length)];

const sizes = [0, 1, 2, 3, 7, 8, 127, 255, 4096, 65535, 65536, 65537, 2 ** 20, 2 ** 20 + 1, 2 ** 31, 2 ** 32, 2 ** 53, 1e300];
const values = [...sizes, -1, 0.5, -1e300, 5e-324, null, true, false, '', 'x', 'Infinity', 'NaN', 'int8', 'I8', 'F32', 'a function',
  'a text of its own', '__proto__', '\ud800', '\u001b[2J', [], {}, [[]], [0], [1, 1], { a: 1 }, 'adam', 'sgd', 'rmsprop', 'lstm', 'tdnn', 'relu'];

/** The objects and arrays in a value, and their names. @param {any} value @returns {[any, string][]} */
const placesIn = (value) => (typeof value === 'object' && value !== null
  ? Object.entries(value).flatMap(([name, inside]) => [/** @type {[any, string]} */ ([value, name]), ...placesIn(inside)]) : []);

/** Changes one place of a value. @param {any} value */
function changeIn(value) {
  const places = placesIn(value);
  if (places.length === 0) return;
  const [at, name] = pick(places);
  const [other, otherName] = pick(places);
  const ways = [
    () => (at[name] = pick(values)),
    () => (at[name] = typeof at[name] === 'number' ? at[name] + pick([-1, 1, 0.5, 2 ** 16, 1e-9]) : pick(values)),
    () => (typeof at[name] === 'number' ? (at[name] *= pick([-1, 0, 2, 1e6, 1e-6])) : delete at[name]),
    () => delete at[name],
    () => (at[name] = structuredClone(other[otherName])),
    () => ([at[name], other[otherName]] = structuredClone([other[otherName], at[name]])),
    () => (at[pick(['more', '__proto__', Array.isArray(at) ? '0' : 'length', otherName === 'length' ? 'more' : otherName])] = structuredClone(at[name])),
    () => (Array.isArray(at) ? at.splice(random(at.length), 1) : (at[name] = pick(sizes))),
    () => (Array.isArray(at) ? at.push(...structuredClone(at)) : (at[name] = [at[name], at[name]])),
  ];
  pick(ways)();
}

/** @param {Uint8Array} bytes */
function changeHeader(bytes) {
  const header = headerOf(bytes);
  for (let n = 0; n <= random(3); n++) {
    const part = pick(['config', 'config', 'model', 'quantization', 'alphabet', 'checkpoint', 'checkpoint', 'checkpoint', 'header', 'metadata']);
    const metadata = header.__metadata__ ?? {};
    if (part === 'header') {
      changeIn(header);
    } else if (part === 'metadata') {
      changeIn(metadata);
    } else if (typeof metadata[part] === 'string') {
      try {
        const value = JSON.parse(metadata[part]);
        changeIn(value);
        metadata[part] = JSON.stringify(value);
      } catch {
        metadata[part] = '{';
      }
    }
  }
  return fileOf(JSON.stringify(header), dataOf(bytes));
}

/** @param {Uint8Array} bytes */
function changeNumbers(bytes) {
  const changed = bytes.slice();
  const data = dataOf(changed);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let n = 0; n <= random(4); n++) {
    const number = pick([NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e30, 1e-45, -0, 0, -1, 1e10]);
    view.setFloat32(4 * random(Math.floor(data.length / 4)), number, true);
  }
  return changed;
}

/** @param {Uint8Array} bytes */
function changeBytes(bytes) {
  const changed = bytes.slice();
  const limit = random(3) === 0 ? bytes.length : bytes.length - dataOf(bytes).length;
  for (let n = 0; n <= random(3); n++) changed[random(limit)] = pick([random(256), 0, 0x22, 0x2c, 0x30 + random(10), 0x5b, 0x7b]);
  return changed;
}

/** @param {Uint8Array} bytes */
function cut(bytes) {
  const at = random(bytes.length);
  const to = pick([at, at + random(40), bytes.length]);
  return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(to), ...(random(2) ? bytes.subarray(at, at + random(30)) : [])]);
}

/** @param {import('lstm-wasm').Network} net */
function useNetwork(net) {
  const { input, layers } = net.config;
  const size = 'tokens' in input ? 1 : input.size;
  const { outputs } = net.run(new Array(2 * size).fill(0));
  assert.ok(outputs.length > 0);
  if (!layers.some(({ bidirectional }) => bidirectional)) {
    net.step('tokens' in input ? 0 : new Array(size).fill(0), net.initialState());
  }
  net.save();
}

/** @param {import('lstm-wasm').CharModel} model @param {any} expected */
function useModel(model, { resumed }) {
  const [first] = model.alphabet;
  assert.equal(model.predict(first).length, model.alphabet.length);
  assert.equal([...model.generate({ length: 3, seed: 1 })].length, 3);
  assert.equal(model.score(first + first).length, 2);
  assert.ok(Array.isArray(model.complete(first, { length: 2, beams: 2 })));
  assert.deepEqual(model.trace(first).characters, [first]);
  model.save();
  if (!resumed) return;
  const texts = resumed.texts.repeat ? resumed.texts.repeat.repeat(resumed.texts.times) : resumed.texts;
  const given = { ...resumed.options };
  if (given.schedule === 'a function of progress') given.schedule = () => 1;
  for (const report of model.train(texts, given)) if (report.step > 0 || report.event) break;
  model.checkpoint();
}

test(`${COUNT} files changed at random`, async () => {
  let lstm = await load({ variant: 'simd' });
  const counts = { refused: 0, used: 0, later: 0 };
  for (let i = 0; i < COUNT; i++) {
    const { name, bytes, expected } = pick(files);
    const seed = state;
    const file = pick([changeHeader, changeHeader, changeHeader, changeNumbers, changeBytes, changeBytes, cut])(bytes);
    const about = () => `${name}, LSTM_WASM_FUZZ_SEED=${seed}`;
    const before = lstm.memoryBytes;
    const open = expected.call !== 'openCharModel' && random(8) > 0 ? expected.call : 'openCharModel';
    let opened;
    try {
      opened = /** @type {any} */ (await lstm[/** @type {'openCharModel'} */ (open)](file));
    } catch (error) {
      assert.ok(error instanceof FileFormatError, `${about()}: ${error.stack}`);
      counts.refused += 1;
    }
    assert.ok(lstm.memoryBytes - before <= MOST_MEMORY, `${about()}: ${lstm.memoryBytes - before} bytes`);
    if (!opened) continue;
    try {
      if (open === 'openNetwork') useNetwork(/** @type {any} */ (opened));
      else useModel(opened, expected);
      counts.used += 1;
    } catch (error) {
      assert.ok(error instanceof LstmError, `${about()}: ${error.stack}`);
      counts.later += 1;
    }
    opened.dispose();
    assert.ok(lstm.memoryBytes - before <= MOST_MEMORY, `${about()}: ${lstm.memoryBytes - before} bytes to use it`);
    // What has grown once would hide what grows again.
    if (lstm.memoryBytes > 2 ** 26) lstm = await load({ variant: 'simd' });
  }
  assert.ok(counts.refused > COUNT / 2 && counts.used > COUNT / 50, JSON.stringify(counts));
  if (process.env.LSTM_WASM_FUZZ) console.error(JSON.stringify(counts));
});
