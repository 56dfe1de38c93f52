// The adding problem: Hochreiter & Schmidhuber 1997, experiment 4.

/**
 * Pairs (value, marker). Values are from [-1, 1); two markers are 1: one of the first ten pairs, and another of the
 * first T / 2 - 1. The first and the last marker are -1; a marked first pair keeps its 1, and its value is 0. The
 * target at the end is 0.5 + (X1 + X2) / 4.
 * @param {number} T the shortest; up to T + T / 10
 * @param {import('../Random.js').Random} random
 */
export function addingSequence(T, random) {
  const length = random.integer(T, T + Math.floor(T / 10));
  const inputs = new Float32Array(2 * length);
  for (let t = 0; t < length; t++) inputs[2 * t] = random.uniform(-1, 1);
  const first = random.integer(0, 9);
  let second = first;
  while (second === first) second = random.integer(0, Math.floor(T / 2) - 2);
  inputs[1] = -1;
  inputs[2 * length - 1] = -1;
  for (const t of [first, second]) {
    if (t === 0) inputs[0] = 0;
    inputs[2 * t + 1] = 1;
  }
  const targets = new Float32Array(length);
  targets[length - 1] = 0.5 + (inputs[2 * first] + inputs[2 * second]) / 4;
  return { length, inputs, targets, lastOnly: true };
}
