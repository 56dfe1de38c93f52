// WindowLoader.js: checks a window of sequences and puts it into the memory of the module.
//
// What is behind the end of a sequence has no part in anything, and a target that is masked or of weight 0 has none in the
// loss: these are not looked at, and 0 takes their place.
import { copyIntegers, copyNumbers, readOptions, refuse } from '../core/check.js';
import { allocate } from '../core/allocate.js';
import { assertAlive } from './alive.js';
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
  /** How many steps of each sequence of the window that was loaded count; undefined: all. @type {Int32Array | undefined} */
  ends;

  /**
   * @param {import('./Batch.js').NetworkHandle} network
   * @param {{ pointer: number, batchSize: number, window: number, isPart?: boolean, readonly hasEnded: boolean }} batch
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
    const { batchSize, window, isPart } = this.#batch;
    const others = { ...(mask !== undefined && { mask }), ...(weights !== undefined && { weights }) };
    const given = { inputs, ...(hasTargets && { targets }), ...others };
    const layout = this.#layoutOf(call, given, asked);
    const shape = { batchSize, window, layout };
    const x = new StepArray(inputs, `${call}: inputs`, { ...shape, ...this.#input });
    const ends = readLengths(call, lengths, x, shape);
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
    const counts = counted ? (/** @type {number} */ b, /** @type {number} */ t) => counted[t * batchSize + b] > 0 : isInside;

    const from = this.#read(x, inputs, { kind: this.#input, layout, path: `${call}: inputs`, rows }, isInside);
    const to = y && this.#read(y, targets, { kind: this.#output, layout, path: `${call}: targets`, rows }, counts);
    // What reading them ran may have done anything.
    assertAlive(this.#batch, call);
    const { pointer } = this.#batch;
    const { exports } = this.#wasm;
    if (ends) this.#wasm.ints(exports.lstm_trainer_lengths(pointer), batchSize).set(ends);
    if (counted) this.#wasm.floats(exports.lstm_trainer_weights(pointer), counted.length).set(counted);
    this.#put(exports.lstm_trainer_inputs(pointer), from);
    if (to) this.#put(exports.lstm_trainer_targets(pointer), to);
    exports.lstm_trainer_use(pointer, ends ? 1 : 0, counted ? 1 : 0);
    this.ends = ends;
    return layout;
  }

  /**
   * @param {number} at the place in memory
   * @param {Int32Array | Float32Array} values
   */
  #put(at, values) {
    if (values instanceof Int32Array) this.#wasm.ints(at, values.length).set(values);
    else this.#wasm.floats(at, values.length).set(values);
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
   * @param {StepArray} steps
   * @param {unknown} given what `steps` is of
   * @param {{ kind: StepKind, layout: Layout, path: string, rows: { batchSize: number, window: number } }} about
   * @param {Counts} [counts]
   * @returns {Int32Array | Float32Array} a copy of what counts, checked
   */
  #read(steps, given, { kind, layout, path, rows }, counts) {
    const { batchSize, window } = this.#batch;
    const length = batchSize * window * kind.size; // that of a flat one, which was looked at
    const isPlain = steps.form === 'flat' && layout === 'time' && !counts;
    if (kind.isWhole) {
      const target = allocate(Int32Array, length, path);
      if (isPlain) copyIntegers(target, given, [0, Number(kind.most)], path);
      else fillSteps(target, steps, rows, kind, counts);
      return target;
    }
    const target = allocate(Float32Array, length, path);
    if (isPlain && kind.least === undefined) copyNumbers(target, given, path);
    else fillSteps(target, steps, rows, kind, counts);
    return target;
  }
}
