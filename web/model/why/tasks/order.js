// Temporal order: Hochreiter & Schmidhuber 1997, experiment 6.

export const symbols = 'EBabcdXY';

/** Where the relevant symbols stand: [from, to] each, inclusive, E being at 0. */
export const places = {
  '6a': [[10, 20], [50, 60]],
  '6b': [[10, 20], [33, 43], [66, 76]],
};

/**
 * E, then a, b, c, d at random, with an X or Y in two or three places, then B. The class at the end is which of X and Y
 * came in which order: their binary number, X = 0.
 * @param {'6a' | '6b'} task
 * @param {import('../Random.js').Random} random
 * @param {number} [scale] of all lengths
 */
export function orderSequence(task, random, scale = 1) {
  const length = random.integer(Math.round(100 * scale), Math.round(110 * scale));
  const inputs = Int32Array.from({ length }, () => 2 + random.integer(0, 3));
  inputs[0] = 0;
  inputs[length - 1] = 1;
  let order = 0;
  for (const [from, to] of places[task]) {
    const which = random.integer(0, 1);
    inputs[random.integer(Math.round(from * scale), Math.round(to * scale))] = 6 + which;
    order = 2 * order + which;
  }
  const targets = new Int32Array(length);
  targets[length - 1] = order;
  return { length, inputs, targets, lastOnly: true };
}
