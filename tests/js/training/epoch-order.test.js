// In which order sequences are read, by sequences and by pairs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PairReader } from '../../../src/js/models/translator/PairReader.js';
import { epochOrder } from '../../../src/js/training/epoch-order.js';

test('every epoch has all, in batches of about one length, whatever is left of the epoch before', () => {
  const [count, batchSize, epochs] = [70, 8, 6];
  const lengths = Array.from({ length: count }, (_, i) => 1 + ((i * 37) % count));
  const all = Array.from({ length: epochs }, (_, epoch) => [...epochOrder(lengths, { batchSize, seed: 3, epoch })]);
  for (const order of all) assert.deepEqual([...order].sort((a, b) => a - b), [...lengths.keys()]);
  const flat = all.flatMap((order, epoch) => order.map((i) => ({ epoch, length: lengths[i] })));
  for (let at = 0; at + batchSize <= flat.length; at += batchSize) {
    const batch = flat.slice(at, at + batchSize);
    if (new Set(batch.map(({ epoch }) => epoch)).size > 1) continue;
    const own = batch.map(({ length }) => length);
    assert.ok(Math.max(...own) - Math.min(...own) <= 2 * batchSize, `lengths ${own}`);
  }
});

test('pairs are batched like that, and those of one length by chance', () => {
  const [count, batchSize] = [70, 8];
  const pairs = Array.from({ length: count }, (_, i) => (
    { source: new Int32Array(i < 35 ? 4 : 90), target: new Int32Array(5) }));
  const reader = new PairReader(/** @type {any} */ (pairs), { hash: 'h', batchSize, window: 90, seed: 1, end: 3 });
  const halves = [];
  let mixed = 0;
  for (let n = 0; n < (4 * count) / batchSize; n++) {
    const { sequences } = reader.position;
    const short = sequences.filter((/** @type {number} */ i) => i < 35);
    if (short.length > 0 && short.length < batchSize) mixed++;
    if (short.length === batchSize) halves.push(Math.max(...short) - Math.min(...short));
    reader.advance();
  }
  // Where the lengths meet, and where an epoch ends.
  assert.ok(mixed <= 8, `${mixed} batches of both lengths`);
  assert.ok(halves.every((spread) => spread > batchSize), `${halves}: neighbours are read together`);
});
