// WindowLoader.js: checks a window of sequences and puts it into the memory of the module.
//
// What is behind the end of a sequence has no part in anything, and a target that is masked or of weight 0 has none in the
// loss: these are not looked at, and 0 takes their place.
import { copyIntegers, copyNumbers, readOptions, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { fillSteps, isNested, StepArray } from './StepArray.js';
import { readWeights } from './window-weights.js';
import { inputKind, layoutOf, readLayout, readLengths } from './window-inputs.js';

/** @typedef {import('./StepArray.js').Layout} Layout */
/** @typedef {import('./StepArray.js').Steps} Steps */

/** @typedef {import('./StepArray.js').StepKind} StepKind */
/** @typedef {import('./window-weights.js').Counts} Counts */

/** @type {import('../core/check.js').Reader<any>} */
const anything = (value) => value;
const readers = { lengths: anything, mask: anything, weights: anything, layout: readLayout };

export class WindowLoader {
  #wasm;
  #batch;
  #input;
  #output;

  /**
   * @param {import('./Batch.js').NetworkHandle} network
   * @param {{ pointer: number, batchSize: number, window: number, isPart?: boolean }} batch
   */
  constructor({ wasm, config: { input }, target }, batch) {
    this.#wasm = wasm;
    this.#batch = batch;
    this.#input = inputKind(input);
    this.#output = target;
  }

  /**
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} options lengths and layout
   * @returns {Layout} of what is computed
   */
  loadInputs(call, inputs, options) {
    const { mask, weights, ...read } = readers;
    return this.#load(call, inputs, undefined, readOptions(call, options, read), false);
  }

  /**
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {unknown} options lengths, mask, weights and layout
   * @returns {Layout} of what is computed
   */
  load(call, inputs, targets, options) {
    return this.#load(call, inputs, targets, readOptions(call, options, readers), true);
  }

  /**
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {{ lengths: unknown, mask?: unknown, weights?: unknown, layout: Layout | undefined }} options
   * @param {boolean} hasTargets
   */
  #load(call, inputs, targets, { lengths, mask, weights, layout: asked }, hasTargets) {
    const { exports } = this.#wasm;
    const { pointer, batchSize, window, isPart } = this.#batch;
    const others = { ...(mask !== undefined && { mask }), ...(weights !== undefined && { weights }) };
    const given = { inputs, ...(hasTargets && { targets }), ...others };
    const layout = this.#layoutOf(call, given, asked);
    const shape = { batchSize, window, layout };
    const x = new StepArray(inputs, `${call}: inputs`, { ...shape, ...this.#input });
    const ends = readLengths(call, lengths, x, shape);
    if (ends) this.#wasm.ints(exports.lstm_trainer_lengths(pointer), batchSize).set(ends);
    const isInside = ends && ((/** @type {number} */ b, /** @type {number} */ t) => t < ends[b]);

    // A target has the steps of its inputs; where lengths say how many of them count, it may have more.
    const steps = (/** @type {number} */ b) => /** @type {[number, number]} */ (
      lengths !== undefined && ends ? [ends[b], window] : [x.stepsOf(b), x.stepsOf(b)]);
    const y = hasTargets
      ? new StepArray(targets, `${call}: targets`, { ...shape, ...this.#output, mayBeLast: true, steps })
      : undefined;
    // What is behind the longest sequence is not computed.
    const rows = { batchSize, window: ends ? ends.reduce((most, length) => Math.max(most, length), 1) : window };
    const counted = y && readWeights(call, { mask, weights }, { y, ends, isInside, shape: { ...shape, steps }, rows, isPart });
    if (counted) this.#wasm.floats(exports.lstm_trainer_weights(pointer), counted.length).set(counted);
    const counts = counted ? (/** @type {number} */ b, /** @type {number} */ t) => counted[t * batchSize + b] > 0 : isInside;

    this.#copy(exports.lstm_trainer_inputs(pointer), x, inputs, { kind: this.#input, layout, path: `${call}: inputs`, rows }, isInside);
    if (y) {
      this.#copy(exports.lstm_trainer_targets(pointer), y, targets, { kind: this.#output, layout, path: `${call}: targets`, rows }, counts);
    }
    exports.lstm_trainer_use(pointer, ends ? 1 : 0, counted ? 1 : 0);
    return layout;
  }

  /**
   * The layout of all that is flat. Nested arrays say themselves what is what, and go with 'batch'.
   * @param {string} call
   * @param {Record<string, unknown>} given
   * @param {Layout | undefined} asked
   * @returns {Layout}
   */
  #layoutOf(call, given, asked) {
    const { batchSize, window } = this.#batch;
    const nested = Object.keys(given).filter((name) => this.#isBySequence(name, given[name]));
    const own = layoutOf(call, given.inputs, asked);
    if (asked || nested.length === 0) return own;
    // Of one sequence, or one step, both layouts are the same.
    const flat = Object.keys(given).find((name) => /** @type {any} */ (given[name])?.length === this.#flatLength(name)
      && !nested.includes(name));
    if (flat && batchSize > 1 && window > 1) {
      refuse(`${call}: layout`, `'time' or 'batch' where ${nested[0]} are nested and ${flat} flat`, undefined);
    }
    return own;
  }

  /**
   * Does it say step by step what belongs to which sequence? A vector for each sequence does not.
   * @param {string} name of an argument
   * @param {unknown} value
   */
  #isBySequence(name, value) {
    const { isWhole } = name === 'inputs' ? this.#input : name === 'targets' ? this.#output : { isWhole: true };
    return isNested(value) && (isWhole || isNested(value[0]));
  }

  /** @param {string} name of an argument */
  #flatLength(name) {
    const { size } = name === 'inputs' ? this.#input : name === 'targets' ? this.#output : { size: 1 };
    return this.#batch.window * this.#batch.batchSize * size;
  }

  /**
   * @param {number} at the place in memory
   * @param {StepArray} steps
   * @param {unknown} given what `steps` is of
   * @param {{ kind: StepKind, layout: Layout, path: string, rows: { batchSize: number, window: number } }} about
   * @param {Counts} [counts]
   */
  #copy(at, steps, given, { kind, layout, path, rows }, counts) {
    const { batchSize, window } = this.#batch;
    const length = batchSize * window * kind.size; // that of a flat one, which was looked at
    const isPlain = steps.form === 'flat' && layout === 'time' && !counts;
    if (kind.isWhole) {
      const target = this.#wasm.ints(at, length);
      if (isPlain) copyIntegers(target, given, [0, Number(kind.most)], path);
      else fillSteps(target, steps, rows, kind, counts);
      return;
    }
    const target = this.#wasm.floats(at, length);
    if (isPlain && kind.least === undefined) copyNumbers(target, given, path);
    else fillSteps(target, steps, rows, kind, counts);
  }
}
