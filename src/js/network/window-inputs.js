// window-inputs.js: what a window's inputs say: their layout, and how long each sequence is.
import { copyIntegers, oneOf, optional, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { isNested } from './StepArray.js';

/** @typedef {import('./StepArray.js').Layout} Layout */

export const readLayout = optional(oneOf(/** @type {const} */ (['time', 'batch'])));

/** What a step has. @param {import('./network-options.js').NetworkConfig['input']} input */
export const inputKind = (input) => 'tokens' in input
  ? { size: 1, isWhole: true, most: input.tokens - 1 }
  : { size: input.size, isWhole: false, unit: `size ${input.size}` };

/**
 * The layout of what belongs to inputs. Nested arrays say themselves what is what, and go with 'batch'.
 * @param {string} call
 * @param {unknown} inputs
 * @param {Layout | undefined} asked
 * @returns {Layout}
 */
export function layoutOf(call, inputs, asked) {
  if (!isNested(inputs)) return asked ?? 'time';
  if (asked === 'time') throw new ArgumentError(`${call}: layout 'time' is of flat arrays, and inputs are nested`);
  return 'batch';
}

/**
 * @param {string} call
 * @param {unknown} given
 * @param {import('./StepArray.js').StepArray} x the inputs
 * @param {{ batchSize: number, window: number }} batch
 * @returns {Int32Array | undefined} how many steps of each sequence count; undefined: all of the window
 */
export function readLengths(call, given, x, { batchSize, window }) {
  if (given === undefined && x.form === 'flat') return undefined;
  const own = Int32Array.from({ length: batchSize }, (_, b) => x.stepsOf(b));
  if (given === undefined) return own.every((length) => length === window) ? undefined : own;
  const ends = new Int32Array(batchSize);
  copyIntegers(ends, given, [1, window], `${call}: lengths`, `${batchSize} (batchSize)`);
  const long = ends.findIndex((length, b) => length > own[b]);
  if (long >= 0) refuse(`${call}: lengths[${long}]`, `at most ${own[long]}, the steps of inputs[${long}]`, ends[long]);
  return ends;
}
