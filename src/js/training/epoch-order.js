// epoch-order.js: in which order the sequences of an epoch are read: by chance, those of about a length side by side, since a
// window takes the time of its longest. Within a pool of POOL batches they are sorted by length, and the batches come in
// any order.
import { drawerOf } from '../core/chance.js';

/** Batches that are sorted by length together. */
const POOL = 16;

/**
 * @param {ArrayLike<number>} lengths of the sequences
 * @param {{ batchSize: number, seed: number, epoch: number }} manner
 * @returns {Int32Array} their indices
 */
export function epochOrder(lengths, { batchSize: B, seed, epoch }) {
  const count = lengths.length;
  const order = shuffled(count, seed, epoch);
  if (order.every((i) => lengths[i] === lengths[0])) return order;
  // What of this epoch fills the last batch of the one before.
  const [first, size] = [(B - ((epoch * count) % B)) % B, B * POOL];
  for (let from = first; from < count; from += size) {
    // Those of one length stay in the order of chance: data are often sorted by what they are.
    const pool = order.slice(from, from + size).sort((i, j) => lengths[i] - lengths[j]);
    const batches = shuffled(Math.floor(pool.length / B), seed + 1, epoch + from);
    batches.forEach((batch, k) => order.set(pool.subarray(batch * B, (batch + 1) * B), from + k * B));
    order.set(pool.subarray(batches.length * B), from + batches.length * B);
  }
  return order;
}

/**
 * 0 to count - 1 in an order of chance: Fisher-Yates.
 * @param {number} count
 * @param {number} seed
 * @param {number} stream
 */
export function shuffled(count, seed, stream) {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const draw = drawerOf(seed, stream);
  for (let i = count - 1; i > 0; i--) {
    const j = draw(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
