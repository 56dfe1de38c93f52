// Whole sequences side by side, time-major and padded, as a trainer takes them.

/**
 * @typedef {object} Sequence
 * @property {number} length steps
 * @property {ArrayLike<number>} inputs (length) tokens, or (length, size) numbers
 * @property {ArrayLike<number>} targets (length) classes, or (length, values) numbers
 * @property {boolean} lastOnly only the last step has an error signal; otherwise every step, or
 * @property {ArrayLike<number>} [counts] (length) those with a 1
 */

/**
 * @typedef {object} Shape
 * @property {{ tokens: number } | { size: number }} input
 * @property {{ classes: number } | { values: number }} output
 */

/** @param {{ tokens: number } | { size: number }} input numbers of one input */
const inputWidth = (input) => ('size' in input ? input.size : 1);
/** @param {{ classes: number } | { values: number }} output numbers of one target */
const targetWidth = (output) => ('values' in output ? output.values : 1);
/** @param {{ classes: number } | { values: number }} output numbers of one output */
export const outputWidth = (output) => ('values' in output ? output.values : output.classes);

/**
 * @param {Shape} shape
 * @param {readonly Sequence[]} sequences B of them
 * @param {number} window T, at least as long as each
 */
export function pack({ input, output }, sequences, window) {
  const B = sequences.length;
  const D = inputWidth(input);
  const V = targetWidth(output);
  const inputs = new ('size' in input ? Float32Array : Int32Array)(window * B * D);
  const targets = new ('values' in output ? Float32Array : Int32Array)(window * B * V);
  const mask = new Uint8Array(window * B);
  sequences.forEach((sequence, b) => {
    for (let t = 0; t < sequence.length; t++) {
      for (let d = 0; d < D; d++) inputs[(t * B + b) * D + d] = sequence.inputs[t * D + d];
      for (let v = 0; v < V; v++) targets[(t * B + b) * V + v] = sequence.targets[t * V + v];
      mask[t * B + b] = sequence.lastOnly ? Number(t === sequence.length - 1) : (sequence.counts?.[t] ?? 1);
    }
  });
  return { inputs, targets, options: { lengths: sequences.map(({ length }) => length), mask } };
}

/**
 * Where to read sequence b's outputs.
 * @param {Float32Array} outputs (T, B, V)
 * @param {number} B
 * @param {number} V
 * @param {number} b
 * @returns {(t: number) => Float32Array} the V outputs of step t, a view
 */
export function reader(outputs, B, V, b) {
  return (t) => outputs.subarray((t * B + b) * V, (t * B + b + 1) * V);
}
