// window-weights.js: how much the outputs of a window count in its loss: by a mask, by weights, by the ends of sequences.
import { ArgumentError } from '../core/errors.js';
import { fillSteps, StepArray } from './StepArray.js';

/**
 * Does step t of sequence b count?
 * @typedef {(b: number, t: number) => boolean} Counts
 */

/**
 * @typedef {object} WeighedWindow
 * @property {StepArray} y the targets
 * @property {Int32Array} [ends] of the sequences
 * @property {Counts} [isInside] before them
 * @property {any} shape of the mask and the weights, as StepArray takes it
 * @property {{ batchSize: number, window: number }} rows that are computed
 * @property {boolean} [isPart] others have the rest of the batch: here, none may count
 */

const bit = { size: 1, isWhole: true, most: 1 };
const weight = { size: 1, isWhole: false, least: 0 };

/**
 * The weights of what counts: that of the mask, where there is one target a sequence that of the last steps; times the
 * weights.
 * @param {string} call
 * @param {{ mask: unknown, weights: unknown }} given
 * @param {WeighedWindow} window
 * @returns {Float32Array | undefined} (rows); undefined: all that is inside counts alike
 */
export function readWeights(call, { mask, weights }, { y, ends, isInside, shape, rows, isPart }) {
  const isLast = y.form === 'last' && shape.window > 1;
  if (isLast && mask !== undefined) {
    throw new ArgumentError(`${call}: mask must be absent where there is one target a sequence: only the last step counts`);
  }
  if (!isLast && mask === undefined && weights === undefined) return undefined;
  const { batchSize, window } = rows;
  const inside = ends ? ' at a step before the end of its sequence' : '';
  const all = new Float32Array(batchSize * window);
  if (isLast) {
    for (let b = 0; b < batchSize; b++) all[((ends?.[b] ?? window) - 1) * batchSize + b] = 1;
  } else if (mask !== undefined) {
    const path = `${call}: mask`;
    fillSteps(all, new StepArray(mask, path, { ...shape, ...bit }), rows, bit, isInside);
    if (!isPart && !all.includes(1)) throw new ArgumentError(`${path} must have a 1${inside}: the loss is the mean over those`);
  } else {
    all.fill(1);
  }
  if (weights === undefined) return all;

  const path = `${call}: weights`;
  const given = new StepArray(weights, path, { ...shape, ...weight, isWhole: true, mayBeLast: true });
  if (isLast && given.form !== 'last') {
    throw new ArgumentError(`${path} must be ${batchSize}, one a sequence, where there is one target a sequence`);
  }
  const own = new Float32Array(all.length);
  fillSteps(own, given, rows, weight, (b, t) => all[t * batchSize + b] > 0 && (!isInside || isInside(b, t)));
  for (let i = 0; i < all.length; i++) all[i] *= own[i];
  if (!isPart && !all.some((value) => value > 0)) {
    throw new ArgumentError(`${path} must have a number above 0${inside || ' at a step that counts'}: the loss is a mean by them`);
  }
  return all;
}
