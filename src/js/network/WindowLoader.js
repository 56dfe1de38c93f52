// WindowLoader.js: checks a window of sequences and puts it into the memory of the module.
//
// What is behind the end of a sequence has no part in anything, and a target that is masked has none in the loss: these
// are not looked at, and 0 takes their place.
import { copyIntegers, copyNumbers, readOptions, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { fillSteps, isNested, StepArray } from './StepArray.js';
import { inputKind, layoutOf, readLayout, readLengths } from './window-inputs.js';

/** @typedef {import('./StepArray.js').Layout} Layout */
/** @typedef {import('./StepArray.js').Steps} Steps */

/**
 * Does step t of sequence b count?
 * @typedef {(b: number, t: number) => boolean} Counts
 */

/** @type {import('../core/check.js').Reader<any>} */
const anything = (value) => value;
const readers = { lengths: anything, mask: anything, layout: readLayout };

export class WindowLoader {
  #wasm;
  #batch;
  #input;
  #output;

  /**
   * @param {import('./Batch.js').NetworkHandle} network
   * @param {{ pointer: number, batchSize: number, window: number }} batch
   */
  constructor({ wasm, config: { input, output }, outputSize }, batch) {
    this.#wasm = wasm;
    this.#batch = batch;
    this.#input = inputKind(input);
    this.#output = output && 'classes' in output
      ? { size: 1, isWhole: true, most: output.classes - 1 }
      : { size: outputSize, isWhole: false, most: 0 };
  }

  /**
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} options lengths and layout
   * @returns {Layout} of what is computed
   */
  loadInputs(call, inputs, options) {
    const { mask, ...read } = readers;
    const given = readOptions(call, options, read);
    return this.#load(call, inputs, undefined, { ...given, mask: undefined }, false);
  }

  /**
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {unknown} options lengths, mask and layout
   * @returns {Layout} of what is computed
   */
  load(call, inputs, targets, options) {
    return this.#load(call, inputs, targets, readOptions(call, options, readers), true);
  }

  /**
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {{ lengths: unknown, mask: unknown, layout: Layout | undefined }} options
   * @param {boolean} hasTargets
   */
  #load(call, inputs, targets, { lengths, mask, layout: asked }, hasTargets) {
    const { exports } = this.#wasm;
    const { pointer, batchSize, window } = this.#batch;
    const given = { inputs, ...(hasTargets && { targets }), ...(mask !== undefined && { mask }) };
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
    const isCounted = y && this.#readMask(call, mask, { y, ends, isInside, shape: { ...shape, steps } });

    this.#copy(exports.lstm_trainer_inputs(pointer), x, inputs, { ...this.#input, layout, path: `${call}: inputs` }, isInside);
    if (y) {
      this.#copy(exports.lstm_trainer_targets(pointer), y, targets, { ...this.#output, layout, path: `${call}: targets` }, isCounted);
    }
    exports.lstm_trainer_use(pointer, ends ? 1 : 0, isCounted && isCounted !== isInside ? 1 : 0);
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
   * Which outputs count: those of the mask; where there is one target a sequence, those of the last steps.
   * @param {string} call
   * @param {unknown} mask
   * @param {{ y: StepArray, ends?: Int32Array, isInside?: Counts, shape: any }} about
   * @returns {Counts | undefined} undefined: all
   */
  #readMask(call, mask, { y, ends, isInside, shape }) {
    const { pointer, batchSize, window } = this.#batch;
    const isLast = y.form === 'last' && window > 1;
    if (isLast && mask !== undefined) {
      throw new ArgumentError(`${call}: mask must be absent where there is one target a sequence: only the last step counts`);
    }
    if (!isLast && mask === undefined) return isInside;
    const one = { size: 1, isWhole: true, most: 1 };
    const path = `${call}: mask`;
    const counts = new Uint8Array(batchSize * window);
    if (isLast) {
      for (let b = 0; b < batchSize; b++) counts[((ends?.[b] ?? window) - 1) * batchSize + b] = 1;
    } else {
      const given = new StepArray(mask, path, { ...shape, ...one });
      fillSteps(counts, given, this.#batch, one, isInside);
      if (!counts.includes(1)) {
        const where = ends ? ' at a step before the end of its sequence' : '';
        throw new ArgumentError(`${path} must have a 1${where}: the loss is the mean over those`);
      }
    }
    this.#wasm.floats(this.#wasm.exports.lstm_trainer_weights(pointer), counts.length).set(counts);
    return (b, t) => counts[t * batchSize + b] === 1;
  }

  /**
   * @param {number} at the place in memory
   * @param {StepArray} steps
   * @param {unknown} given what `steps` is of
   * @param {{ size: number, isWhole: boolean, most: number, layout: Layout, path: string }} about
   * @param {Counts} [counts]
   */
  #copy(at, steps, given, { layout, path, ...kind }, counts) {
    const { batchSize, window } = this.#batch;
    const length = batchSize * window * kind.size; // that of a flat one, which was looked at
    const isPlain = steps.form === 'flat' && layout === 'time' && !counts;
    if (kind.isWhole) {
      const target = this.#wasm.ints(at, length);
      if (isPlain) copyIntegers(target, given, [0, kind.most], path);
      else fillSteps(target, steps, this.#batch, kind, counts);
      return;
    }
    const target = this.#wasm.floats(at, length);
    if (isPlain) copyNumbers(target, given, path);
    else fillSteps(target, steps, this.#batch, kind, counts);
  }
}
