// StepArray.js: what an argument says of each step of each sequence: numbers of a vector, a token, a class, a mask.
//
//   flat, layout 'time'    (T, B, n): number k of step t of sequence b is at (t * B + b) * n + k
//   flat, layout 'batch'   (B, T, n): at (b * T + t) * n + k
//   nested                 [b][t][k], and [b][t] where a step is one whole number; each sequence is as long as it is
//   single                 [t][k], where the batch is one sequence of vectors
//   last                   for the last step of each sequence only: (B, n) flat, or [b][k]
import { isArray, refuse } from '../core/check.js';

/** How flat arrays lie: (T, batchSize, n), as PyTorch's default; or (batchSize, T, n), as its batch_first. @typedef {'time' | 'batch'} Layout */

/** @typedef {ArrayLike<number>} Numbers */
/** Flat in a layout, or nested: [b][t][k], or [b][t] of tokens, classes and masks. @typedef {Numbers | ArrayLike<Numbers> | ArrayLike<ArrayLike<Numbers>>} Steps */

/**
 * What a step has: n numbers, or one whole number from 0 to `most`. Of other numbers, `least` and `most` are those that are
 * taken, where not all finite ones are.
 * @typedef {{ size: number, isWhole: boolean, least?: number, most?: number, unit?: string }} StepKind
 */

/**
 * @typedef {object} StepShape
 * @property {number} batchSize B
 * @property {number} window T
 * @property {number} size n
 * @property {boolean} isWhole a step is one whole number, and is not nested in an array of its own
 * @property {string} [unit] what n is, for messages: 'size 2'
 * @property {Layout} [layout] of a flat one
 * @property {boolean} [mayBeLast] it may be for the last steps only
 * @property {(b: number) => [least: number, most: number]} [steps] that sequence b may have; default: 1 to T
 */

/** @param {unknown} value @returns {value is ArrayLike<ArrayLike<unknown>>} */
export const isNested = (value) => isArray(value) && isArray(value[0]);

/**
 * The batch and the steps of inputs that say them themselves.
 * @param {ArrayLike<ArrayLike<unknown>>} nested
 * @param {boolean} isWhole
 */
export function measure(nested, isWhole) {
  if (!isWhole && !isNested(nested[0])) return { batchSize: 1, window: nested.length };
  const lengths = Array.from(nested, (sequence) => (isArray(sequence) ? sequence.length : 0));
  return { batchSize: nested.length, window: lengths.reduce((most, length) => Math.max(most, length), 1) };
}

export class StepArray {
  #path;
  /** @type {any} */
  #value;
  #shape;

  /**
   * @param {unknown} value
   * @param {string} path for messages
   * @param {StepShape} shape
   * @throws {import('../core/errors.js').ArgumentError} where it has another shape; what is in it is not looked at
   */
  constructor(value, path, shape) {
    this.#path = path;
    this.#value = value;
    this.#shape = shape;
    /** @type {'flat' | 'nested' | 'single' | 'last'} */
    this.form = isNested(value) ? this.#nestedForm(value) : this.#flatForm(value);
  }

  /** What a flat one has to be, for messages. */
  get expected() {
    const { batchSize, window, size, isWhole, unit = size } = this.#shape;
    const steps = `${window * batchSize} (window ${window} x batchSize ${batchSize})`;
    return isWhole ? steps : `${window * batchSize * size} (${steps} x ${unit})`;
  }

  /** How many steps sequence b has. @param {number} b */
  stepsOf(b) {
    if (this.form === 'nested') return this.#value[b].length;
    return this.form === 'single' ? this.#value.length : this.#shape.window;
  }

  /**
   * @param {number} b
   * @param {number} t
   * @param {number} k
   * @returns {unknown}
   */
  at(b, t, k) {
    if (this.form === 'flat') return this.#value[this.#index(b, t, k)];
    if (this.form === 'nested') return this.#shape.isWhole ? this.#value[b][t] : this.#value[b][t][k];
    if (this.form === 'single') return this.#value[t][k];
    return isNested(this.#value) ? this.#value[b][k] : this.#value[b * this.#shape.size + k];
  }

  /**
   * How the caller would write it.
   * @param {number} b
   * @param {number} t
   * @param {number} k
   */
  placeOf(b, t, k) {
    const places = {
      flat: () => [this.#index(b, t, k)],
      nested: () => (this.#shape.isWhole ? [b, t] : [b, t, k]),
      single: () => [t, k],
      last: () => (isNested(this.#value) ? [b, k] : [b * this.#shape.size + k]),
    };
    return this.#path + places[this.form]().map((index) => `[${index}]`).join('');
  }

  /** @param {number} b @param {number} t @param {number} k */
  #index(b, t, k) {
    const { batchSize, window, size, layout } = this.#shape;
    return (layout === 'batch' ? b * window + t : t * batchSize + b) * size + k;
  }

  /** @param {unknown} value */
  #flatForm(value) {
    const { batchSize, window, size, isWhole, mayBeLast } = this.#shape;
    const length = isArray(value) ? value.length : -1;
    if (length === window * batchSize * size) return 'flat';
    if (mayBeLast && length === batchSize * size) return 'last';
    const last = mayBeLast ? `, or of ${batchSize * size}, one ${isWhole ? '' : `of ${size} `}a sequence` : '';
    return refuse(this.#path, `an array of ${this.expected}${last}`, value);
  }

  /** @param {ArrayLike<unknown>} value */
  #nestedForm(value) {
    const { batchSize, isWhole, mayBeLast } = this.#shape;
    if (!isWhole && !isNested(value[0])) {
      const [least, most] = this.#stepsOf(0);
      const isSingle = batchSize === 1 && value.length >= least && value.length <= most;
      if (isSingle || (mayBeLast && value.length === batchSize)) {
        for (let row = 0; row < value.length; row++) this.#checkVector(value[row], `[${row}]`);
        return isSingle ? 'single' : 'last';
      }
      if (batchSize === 1) refuse(this.#path, `an array of ${range(least, most)} steps`, value);
      // What is no array there is refused by name below.
    }
    if (value.length !== batchSize) refuse(this.#path, `an array of ${batchSize} sequences (batchSize)`, value);
    for (let b = 0; b < batchSize; b++) this.#checkSequence(value[b], b);
    return 'nested';
  }

  /** @param {unknown} sequence @param {number} b */
  #checkSequence(sequence, b) {
    const [least, most] = this.#stepsOf(b);
    if (!isArray(sequence) || sequence.length < least || sequence.length > most) {
      refuse(`${this.#path}[${b}]`, `an array of ${range(least, most)} steps`, sequence);
    }
    if (this.#shape.isWhole) return;
    for (let t = 0; t < sequence.length; t++) this.#checkVector(sequence[t], `[${b}][${t}]`);
  }

  /** @param {unknown} vector @param {string} place */
  #checkVector(vector, place) {
    const { size, unit = size } = this.#shape;
    if (isArray(vector) && vector.length === size) return;
    refuse(this.#path + place, `an array of ${size} numbers${unit === size ? '' : ` (${unit})`}`, vector);
  }

  /** @param {number} b @returns {[least: number, most: number]} */
  #stepsOf(b) {
    return this.#shape.steps?.(b) ?? [1, this.#shape.window];
  }
}

/** @param {number} least @param {number} most */
const range = (least, most) => (least === most ? `${least}` : `${least} to ${most}`);

/**
 * Checks what stands in the steps, and copies it.
 * @param {Float32Array | Int32Array | Uint8Array} target (T, B, n)
 * @param {StepArray} steps
 * @param {{ batchSize: number, window: number }} batch
 * @param {StepKind} kind
 * @param {(b: number, t: number) => boolean} [counts] undefined: all do
 * @param {number} [first] the sequence that the batch begins with
 */
export function fillSteps(target, steps, { batchSize, window }, kind, counts, first = 0) {
  const { size, isWhole, least = isWhole ? 0 : -Infinity, most = Infinity } = kind;
  let i = 0;
  for (let t = 0; t < window; t++) {
    for (let b = first; b < first + batchSize; b++) {
      const isLooked = counts ? counts(b, t) : t < steps.stepsOf(b);
      for (let k = 0; k < size; k++, i++) {
        if (!isLooked) {
          target[i] = 0;
          continue;
        }
        const value = steps.at(b, t, k);
        const isRight = typeof value === 'number' && value >= least && value <= most
          && (isWhole ? Number.isInteger(value) : Number.isFinite(Math.fround(value)));
        if (!isRight) refuseStep(value, steps.placeOf(b, t, k), kind);
        target[i] = /** @type {number} */ (value);
      }
    }
  }
}

/**
 * @param {unknown} value
 * @param {string} place
 * @param {StepKind} kind
 */
function refuseStep(value, place, { isWhole, least, most }) {
  if (isWhole) refuse(place, `an integer from 0 to ${most}`, value);
  const range = least === undefined ? 'a finite number' : `a number from ${least}${most === undefined ? '' : ` to ${most}`}`;
  // Finite as a double may be infinite as a float.
  refuse(place, Number.isFinite(value) && !Number.isFinite(Math.fround(Number(value))) ? 'a number that fits a 32-bit float' : range, value);
}
