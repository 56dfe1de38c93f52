// The modules' own malloc and free, src/heap/heap.c: blocks never overlap, and what is given back comes together again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const compiled = new WebAssembly.Module(readFileSync(new URL('../../../dist/predict-scalar.wasm', import.meta.url)));

/** A module of its own for each test. */
function open() {
  const exports = /** @type {any} */ (new WebAssembly.Instance(compiled).exports);
  exports._initialize();
  const allocate = (/** @type {number} */ bytes) => exports.lstm_allocate(bytes) >>> 0;
  const free = (/** @type {number} */ pointer) => exports.lstm_free(pointer);
  const bytes = (/** @type {number} */ from, /** @type {number} */ length) => new Uint8Array(exports.memory.buffer, from, length);
  return { allocate, free, bytes, size: () => exports.memory.buffer.byteLength };
}

/** As tests/c does: the same numbers in every run. @param {number} seed */
function generator(seed) {
  return (/** @type {number} */ below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

describe('the heap of a module', () => {
  test('blocks in use keep what is in them, are aligned, and come together when they are given back', () => {
    const { allocate, free, bytes, size } = open();
    const random = generator(1);
    const before = size();
    /** @type {{ pointer: number, length: number, mark: number }[]} */
    const used = [];
    const letGo = () => {
      const [{ pointer, length, mark }] = used.splice(random(used.length), 1);
      assert.ok(bytes(pointer, length).every((byte) => byte === mark), `the ${length} bytes at ${pointer} changed`);
      free(pointer);
    };
    for (let round = 0; round < 4000; round++) {
      if (used.length > 60 || (used.length > 0 && random(5) < 2)) {
        letGo();
        continue;
      }
      const length = random(3) === 0 ? random(200_000) : random(100);
      const pointer = allocate(length);
      assert.ok(pointer > 0 && pointer % 16 === 0, `${length} bytes at ${pointer}`);
      bytes(pointer, length).fill(round % 251);
      used.push({ pointer, length, mark: round % 251 });
    }
    while (used.length > 0) letGo();
    assert.equal(size(), before);
    // Nearly all that there is, in one piece.
    assert.ok(allocate(before - 2 ** 19) > 0);
    assert.equal(size(), before);
  });

  test('memory grows by what is missing, and free memory at its end is used', () => {
    const { allocate, free, size } = open();
    const before = size();
    const first = allocate(before);
    assert.ok(first > 0);
    assert.ok(size() > before && size() <= before + 2 ** 20, `${size() - before} bytes more`);
    free(first);
    const grown = size();
    const second = allocate(before + 2 ** 22);
    assert.equal(second, first);
    assert.ok(size() - grown <= 2 ** 22 + 2 ** 16, `${size() - grown} bytes more`);
  });

  test('what there is not is refused, and nothing is lost by asking', () => {
    const { allocate, size } = open();
    const before = size();
    for (const length of [2 ** 31, 2 ** 32 - 1, 2 ** 32 - 16, 2 ** 31 - 1 + 2 ** 30]) assert.equal(allocate(length), 0);
    assert.equal(size(), before);
    const pieces = Array.from({ length: 5 }, () => allocate(2 ** 30));
    assert.equal(pieces[4], 0, 'more than 4 GB');
    assert.ok(allocate(2 ** 20) > 0);
  });

  test('nothing can be given back', () => {
    const { allocate, free } = open();
    free(0);
    const empty = allocate(0);
    assert.ok(empty > 0);
    free(empty);
    assert.equal(allocate(0), empty);
  });
});
