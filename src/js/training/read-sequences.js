// read-sequences.js: what a network is trained on, in the forms that a trainer's step takes, of any number of sequences of any
// length.
import { integer, isArray, isObject, optional, readOptions, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { fillSteps, isNested, measure, StepArray } from '../network/StepArray.js';
import { inputKind, layoutOf, readLayout, readLengths } from '../network/window-inputs.js';
import { Sequences } from './Sequences.js';

/** @typedef {import('../network/StepArray.js').Steps} Steps */

/**
 * What a network is trained on. Arrays are as trainer.step takes them, but of as many sequences as there are, of any length.
 * @typedef {object} TrainingData
 * @property {Steps} inputs nested, one array a sequence; or flat
 * @property {Steps} targets for each step; or one for each sequence, which counts at its last step
 * @property {Steps} [mask] 0 or 1 for each step: which targets count; those that do not may be NaN; default: all
 * @property {Steps} [weights] numbers from 0: how much each target counts, for each step or for each sequence; default: alike
 * @property {ArrayLike<number>} [lengths] the steps of each sequence; default: what nested inputs have, else all
 * @property {number} [sequences] how many there are, where inputs are flat; default 1
 * @property {import('../network/StepArray.js').Layout} [layout] of flat arrays, as for trainer.step
 */

/** @type {import('../core/check.js').Reader<any>} */
const anything = (value) => value;
const MOST = 2 ** 31 - 1;

/**
 * @param {string} path of the data, for messages: 'train: data'
 * @param {unknown} data
 * @param {import('../network/Batch.js').NetworkHandle} network
 * @returns {Sequences}
 * @throws {ArgumentError} which names the place
 */
export function readSequences(path, data, network) {
  if (!isObject(data)) refuse(path, 'an object of inputs and targets', data);
  const { inputs, targets, mask, weights, lengths, sequences, layout: asked } = readOptions(path, data, {
    inputs: anything, targets: anything, mask: anything, weights: anything, lengths: anything,
    sequences: optional(integer(1, MOST)), layout: readLayout,
  });
  const input = inputKind(network.config.input);
  const kind = network.target;
  const shape = { ...sizesOf(path, inputs, input, sequences), layout: layoutOf(path, inputs, asked) };
  const { batchSize: count } = shape;
  const x = new StepArray(inputs, `${path}: inputs`, { ...shape, ...input });
  const ends = readLengths(path, lengths, x, shape) ?? new Int32Array(count).fill(shape.window);
  const steps = (/** @type {number} */ b) => /** @type {[number, number]} */ (
    lengths !== undefined ? [ends[b], shape.window] : [x.stepsOf(b), x.stepsOf(b)]);
  const y = new StepArray(targets, `${path}: targets`, { ...shape, ...kind, mayBeLast: true, steps });
  const isPerSequence = y.form === 'last' && shape.window > 1;
  const starts = new Float64Array(count);
  for (let b = 1; b < count; b++) starts[b] = starts[b - 1] + ends[b - 1];
  const total = starts[count - 1] + ends[count - 1];
  if (total > MOST) refuse(`${path}: inputs`, `of at most ${MOST} steps`, inputs);

  const counted = readWeights(path, { mask, weights }, { ...shape, steps }, { isPerSequence, starts, ends, total });
  const own = { starts, lengths: ends };
  return withTargets(new Sequences({
    ...own,
    inputs: copy(x, input, own, total),
    inputSize: input.size,
    targets: isPerSequence
      ? copy(y, kind, { starts: Float64Array.from(ends, (_, b) => b), lengths: new Int32Array(count).fill(1) }, count,
        counted && ((b) => counted[b] > 0))
      : copy(y, kind, own, total, counted && ((b, t) => counted[starts[b] + t] > 0)),
    targetSize: kind.size,
    isPerSequence,
    ...(counted && { weights: counted }),
  }), path, network);
}

/**
 * @param {string} path
 * @param {unknown} inputs
 * @param {ReturnType<typeof inputKind>} input
 * @param {number} [asked]
 */
function sizesOf(path, inputs, { size, isWhole }, asked) {
  if (isNested(inputs)) {
    const sizes = measure(inputs, isWhole);
    if (asked === undefined || asked === sizes.batchSize) return sizes;
    return refuse(`${path}: sequences`, `${sizes.batchSize}, as inputs are nested, or absent`, asked);
  }
  const count = asked ?? 1;
  if (!isArray(inputs) || inputs.length === 0 || inputs.length % (count * size) !== 0) {
    const flat = `T x ${count * size} (${count === 1 ? 'one sequence' : `${count} sequences`}${isWhole ? '' : ` x size ${size}`})`;
    refuse(`${path}: inputs`, `an array of sequences, or a flat one of ${flat}`, inputs);
  }
  return { batchSize: count, window: inputs.length / (count * size) };
}

/**
 * One sequence after the other.
 * @param {StepArray} steps
 * @param {import('../network/StepArray.js').StepKind} kind
 * @param {{ starts: Float64Array, lengths: Int32Array }} places
 * @param {number} total steps
 * @param {(b: number, t: number) => boolean} [counts]
 */
function copy(steps, kind, { starts, lengths }, total, counts = () => true) {
  const all = kind.isWhole ? new Int32Array(total * kind.size) : new Float32Array(total * kind.size);
  lengths.forEach((window, b) => {
    const part = all.subarray(starts[b] * kind.size, (starts[b] + window) * kind.size);
    fillSteps(part, steps, { batchSize: 1, window }, kind, counts, b);
  });
  return all;
}

/**
 * How much each target counts.
 * @param {string} path
 * @param {{ mask: unknown, weights: unknown }} given
 * @param {any} shape
 * @param {{ isPerSequence: boolean, starts: Float64Array, ends: Int32Array, total: number }} about
 */
function readWeights(path, { mask, weights }, shape, { isPerSequence, starts, ends, total }) {
  if (isPerSequence && mask !== undefined) {
    throw new ArgumentError(`${path}: mask must be absent where there is one target a sequence: only the last step counts`);
  }
  if (mask === undefined && weights === undefined) return undefined;
  const all = new Float32Array(isPerSequence ? ends.length : total).fill(1);
  const one = { size: 1, isWhole: true, most: 1 };
  if (mask !== undefined) all.set(copy(new StepArray(mask, `${path}: mask`, { ...shape, ...one }), one, { starts, lengths: ends }, total));
  if (weights === undefined) return all;
  const number = { size: 1, isWhole: false, least: 0 };
  if (isNested(weights)) {
    const nested = new StepArray(weights, `${path}: weights`, { ...shape, ...one });
    if (isPerSequence) refuse(`${path}: weights`, `an array of ${ends.length}, one a sequence`, weights);
    multiply(all, /** @type {Float32Array} */ (copy(nested, number, { starts, lengths: ends }, total)));
    return all;
  }
  const flat = new StepArray(weights, `${path}: weights`, { ...shape, ...number, mayBeLast: true });
  if (isPerSequence && flat.form !== 'last') refuse(`${path}: weights`, `an array of ${ends.length}, one a sequence`, weights);
  if (flat.form !== 'last') {
    multiply(all, /** @type {Float32Array} */ (copy(flat, number, { starts, lengths: ends }, total)));
    return all;
  }
  const each = new Float32Array(ends.length);
  fillSteps(each, flat, { batchSize: ends.length, window: 1 }, number, () => true);
  if (isPerSequence) multiply(all, each);
  else ends.forEach((length, b) => multiply(all.subarray(starts[b], starts[b] + length), new Float32Array(length).fill(each[b])));
  return all;
}

/**
 * @param {Float32Array} all
 * @param {Float32Array} factors
 */
function multiply(all, factors) {
  for (let i = 0; i < all.length; i++) all[i] *= factors[i];
}

/**
 * Those with a target that counts.
 * @param {Sequences} sequences
 * @param {string} path
 * @param {import('../network/Batch.js').NetworkHandle} network
 */
function withTargets(sequences, path, { config: { output } }) {
  if (output && 'labels' in output) {
    const bad = sequences.parts.targets.findIndex((/** @type {number} */ target) => target < 0 || target > 1);
    if (bad >= 0) refuse(`${path}: targets`, 'numbers from 0 to 1', sequences.parts.targets[bad]);
  }
  const kept = [...sequences.counts.keys()].filter((i) => sequences.counts[i] > 0);
  if (kept.length === 0) throw new ArgumentError(`${path}: must have a target that counts: all weights are 0`);
  return kept.length === sequences.count ? sequences : sequences.some(kept);
}
