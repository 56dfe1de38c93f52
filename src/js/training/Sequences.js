// Sequences.js: a list of sequences of any length with their targets and weights, checked, in flat arrays.
import { Hash } from '../core/hash.js';

/** @typedef {Float32Array | Int32Array} Numbers */

/**
 * @typedef {object} SequenceParts
 * @property {Numbers} inputs n numbers of each step, or its token, of one sequence after the other
 * @property {number} inputSize n; 1 of tokens
 * @property {Float64Array} starts the step in `inputs` that each sequence begins with; sequences may overlap
 * @property {Int32Array} lengths steps of each
 * @property {Numbers} targets m numbers or a class, of each step as the inputs lie; or of each sequence, for its last step
 * @property {number} targetSize m; 1 of classes
 * @property {boolean} isPerSequence
 * @property {Float32Array} [weights] how much each target counts, from 0; absent: all alike
 */

export class Sequences {
  /** @type {string | undefined} */
  #hash;

  /** @param {SequenceParts} parts */
  constructor(parts) {
    this.parts = parts;
    const { lengths, isPerSequence } = parts;
    /** How many there are. */
    this.count = lengths.length;
    /** Targets of each that count. */
    this.counts = isPerSequence && !parts.weights ? new Int32Array(this.count).fill(1) : this.#countTargets();
    /** Steps of the longest. */
    this.longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    this.steps = lengths.reduce((sum, length) => sum + length, 0);
    /** Targets that count. */
    this.targetCount = this.counts.reduce((sum, count) => sum + count, 0);
  }

  get lengths() {
    return this.parts.lengths;
  }

  /** All weights are 0 or 1. */
  get isMasked() {
    return this.parts.weights?.every((weight) => weight === 0 || weight === 1) ?? true;
  }

  /** How much the target of step t of sequence i counts. @param {number} i @param {number} t */
  weightAt(i, t) {
    const { lengths, starts, isPerSequence, weights } = this.parts;
    if (isPerSequence) return t === lengths[i] - 1 ? weights?.[i] ?? 1 : 0;
    return weights?.[starts[i] + t] ?? 1;
  }

  /** By what they are known again. */
  get hash() {
    if (this.#hash !== undefined) return this.#hash;
    const { inputs, starts, lengths, targets, isPerSequence, weights } = this.parts;
    const hash = new Hash().add(Int32Array.of(isPerSequence ? 1 : 0, this.count)).add(lengths).add(Int32Array.from(starts));
    for (const numbers of [inputs, targets, weights]) if (numbers) hash.add(words(numbers));
    return (this.#hash = hash.digits);
  }

  /**
   * Some of them.
   * @param {ArrayLike<number>} indices
   */
  some(indices) {
    const { starts, lengths, targets, targetSize, isPerSequence, weights, ...others } = this.parts;
    const list = Array.from(indices);
    const own = isPerSequence && /** @type {Numbers} */ (new (/** @type {any} */ (targets.constructor))(list.length * targetSize));
    if (own) list.forEach((i, k) => own.set(targets.subarray(i * targetSize, (i + 1) * targetSize), k * targetSize));
    return new Sequences({
      ...others,
      starts: Float64Array.from(list, (i) => starts[i]),
      lengths: Int32Array.from(list, (i) => lengths[i]),
      targets: own || targets,
      targetSize,
      isPerSequence,
      ...(weights && { weights: isPerSequence ? Float32Array.from(list, (i) => weights[i]) : weights }),
    });
  }

  /**
   * One sequence in two: its beginning, and all of it with only the targets behind that.
   * @param {number} at steps of the beginning
   * @returns {[Sequences, Sequences]}
   */
  cut(at) {
    const { lengths, starts, weights, inputs, inputSize } = this.parts;
    const behind = weights?.slice() ?? new Float32Array(inputs.length / inputSize).fill(1);
    behind.fill(0, starts[0], starts[0] + at);
    return [
      new Sequences({ ...this.parts, lengths: Int32Array.of(Math.min(at, lengths[0])) }),
      new Sequences({ ...this.parts, weights: behind }),
    ];
  }

  #countTargets() {
    const { lengths, isPerSequence, weights } = this.parts;
    if (!weights) return lengths.slice();
    return Int32Array.from(lengths, (length, i) => {
      let count = 0;
      for (let t = isPerSequence ? length - 1 : 0; t < length; t++) if (this.weightAt(i, t) > 0) count++;
      return count;
    });
  }
}

/** @param {Numbers} numbers */
const words = ({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length);
