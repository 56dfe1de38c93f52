/**
 * A number, then `lag` random ones, at the last of which the first is asked for. It has to be kept for `lag` steps. A number
 * and not a symbol: by running against the ends of tanh a plain RNN can hold a symbol, and of a number only which of a few
 * levels it is near; all of it only by weights that are exactly right. After Hochreiter & Schmidhuber 1997, experiment 4.
 */

/** Root mean square error of the answer 0, whatever was shown: numbers are spread evenly over -1 to 1. */
export const GUESSING_ERROR = Math.sqrt(1 / 3);

/**
 * Numbers from 0 to below 1, the same for the same seeds: mulberry32.
 *
 * @param {...number} seeds whole numbers; different lists give different streams
 * @returns {() => number}
 */
export function randomNumbers(...seeds) {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ seed, 0x85ebca6b) ^ (mixed >>> 13), 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Sequences as a trainer takes them: at each step a number and a mark, which is 1 at the first step only.
 *
 * @param {number} lag the steps are one more
 * @param {number} batchSize
 * @param {() => number} random
 * @param {(b: number) => number} [first] the number that sequence b begins with
 */
export function drawBatch(lag, batchSize, random, first = () => 2 * random() - 1) {
  const inputs = new Float32Array((lag + 1) * batchSize * 2);
  const targets = new Float32Array((lag + 1) * batchSize);
  const mask = new Uint8Array((lag + 1) * batchSize);
  for (let at = 0; at < inputs.length; at += 2) inputs[at] = 2 * random() - 1;
  for (let b = 0; b < batchSize; b++) {
    const shown = first(b);
    inputs.set([shown, 1], 2 * b);
    targets[lag * batchSize + b] = shown;
    mask[lag * batchSize + b] = 1;
  }
  return { inputs, targets, mask };
}
