// Trainers of sizes near their limits, whose states alone are more than a module has: an OutOfMemoryError for each, and nothing
// is written. Where a count of bytes wraps around, in 32 bits or in 64, a trainer is made that is too small for what it has.
// LSTM_WASM_SIZES tries as many, LSTM_WASM_FUZZ_SEED others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, OutOfMemoryError } from 'lstm-wasm';

const COUNT = Number(process.env.LSTM_WASM_SIZES ?? 3000);
const lstm = await load({ variant: 'simd' });
const FOUR_GB = 2n ** 32n;

let state = Number(process.env.LSTM_WASM_FUZZ_SEED ?? 1);
/** A whole number below the limit. @param {number} limit */
function random(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
/** @template T @param {readonly T[]} list */
const pick = (list) => list[random(list.length)];
/** Near a power of two, or anything. @param {number} most */
const size = (most) => Math.min(most, Math.max(1, pick([2 ** random(Math.log2(most) + 1) + random(3) - 1, 1 + random(most)])));

/** @param {any} network @param {any} options */
function assertRefused(network, options) {
  const before = lstm.memoryBytes;
  assert.throws(() => network.createTrainer(options), OutOfMemoryError, JSON.stringify([network.config, options]));
  assert.equal(lstm.memoryBytes, before);
}

test('the sizes that were found first', () => {
  const network = lstm.createNetwork({ input: { size: 65708 }, layers: [{ kind: 'tdnn', hiddenSize: 1, delays: 1024 }], output: { values: 1 } });
  assertRefused(network, { batchSize: 65276, window: 1047946 });
  network.dispose();
});

test('a search', () => {
  let refused = 0;
  const kinds = ['lstm', 'four-gate', 'gru', 'rnn', 'feedforward', 'tdnn'];
  const networks = Array.from({ length: 60 }, () => {
    const kind = pick(kinds);
    const layers = Array.from({ length: 1 + random(3) }, () => ({ kind, hiddenSize: 1 + random(9), ...(kind === 'tdnn' && { delays: Math.max(2, size(1024)) }) }));
    const input = pick([{ size: size(2 ** 14) }, { tokens: size(2 ** 14) }]);
    return lstm.createNetwork(/** @type {any} */ ({ input, layers, output: pick([{ classes: size(2 ** 14) }, { values: size(2 ** 10) }]) }));
  });
  for (let i = 0; i < COUNT; i++) {
    const network = pick(networks);
    const options = { batchSize: size(2 ** 16), window: size(2 ** 20), precision: pick(/** @type {const} */ (['float32', 'int16', 'int8'])) };
    const numbers = network.initialState().reduce((sum, { h, c }) => sum + BigInt(h.length + (c?.length ?? 0)), 0n);
    if (4n * numbers * BigInt(options.batchSize) * BigInt(options.window) < FOUR_GB) continue;
    assertRefused(network, options);
    refused += 1;
  }
  assert.ok(refused > COUNT / 2, `${refused} of ${COUNT}`);
  for (const network of networks) network.dispose();
});
