// Batch.js: a batch of sequences in the memory of the module, where windows of them are put and their states lie.
import { copyIntegers, copyNumbers, optional, readOptions } from '../core/check.js';
import { ArgumentError, OutOfMemoryError } from '../core/errors.js';
import { makeState, readState } from './state.js';

/** @typedef {import('./state.js').CellState} CellState */

/**
 * What a network lends to those that work on it.
 * @typedef {object} NetworkHandle
 * @property {import('../core/Wasm.js').Wasm} wasm
 * @property {number} pointer
 * @property {import('./network-options.js').NetworkConfig} config
 * @property {import('./ParameterTable.js').ParameterTable} table
 * @property {readonly import('./state.js').StateShape[]} stateShapes one a layer, or one a direction of it
 * @property {number} outputSize V
 */

/**
 * @typedef {object} WindowOptions
 * @property {ArrayLike<number>} [lengths] the steps of each sequence, (batchSize) integers from 1 to window: what is
 *   behind has no part in loss, gradients or state, though its numbers have to be valid; default: all have the window
 * @property {ArrayLike<number>} [mask] (window, batchSize) of 0 and 1: which outputs have a part in the loss, which is
 *   the mean over them; targets have to be valid everywhere; default: all
 */

/** @type {import('../core/check.js').Reader<unknown>} */
const anything = (value) => value;

export class Batch {
  #wasm;
  #config;
  #stateShapes;
  #outputSize;

  /**
   * @param {NetworkHandle} network
   * @param {{ batchSize: number, window: number, canTrain: boolean }} options
   * @param {string} call for messages
   * @throws {OutOfMemoryError}
   */
  constructor({ wasm, pointer, config, stateShapes, outputSize }, { batchSize, window, canTrain }, call) {
    /** Its address. */
    this.pointer = wasm.exports.lstm_trainer_create(pointer, batchSize, window, canTrain ? 1 : 0);
    if (this.pointer === 0) {
      throw new OutOfMemoryError(`${call}: not enough memory for batchSize ${batchSize} and window ${window}`);
    }
    this.batchSize = batchSize;
    this.window = window;
    this.#wasm = wasm;
    this.#config = config;
    this.#stateShapes = stateShapes;
    this.#outputSize = outputSize;
  }

  /**
   * Checks a window's inputs and puts them in their place.
   * @param {unknown} inputs
   * @param {string} call
   */
  setInputs(inputs, call) {
    const { input } = this.#config;
    const at = this.#wasm.exports.lstm_trainer_inputs(this.pointer);
    if ('tokens' in input) this.#copyTokens(at, inputs, input.tokens, `${call}: inputs`);
    else this.#copyVectors(at, inputs, input.size, `${call}: inputs`, `size ${input.size}`);
  }

  /**
   * @param {unknown} targets
   * @param {string} call
   */
  setTargets(targets, call) {
    const { output } = this.#config;
    const at = this.#wasm.exports.lstm_trainer_targets(this.pointer);
    if (output && 'classes' in output) this.#copyTokens(at, targets, output.classes, `${call}: targets`);
    else this.#copyVectors(at, targets, this.#outputSize, `${call}: targets`, `${this.#outputSize}`);
  }

  /**
   * Says how long the sequences of the window are, and which outputs count.
   * @param {WindowOptions} options
   * @param {string} call
   */
  setExtent(options, call) {
    const { batchSize, window } = this;
    const { lengths, mask } = readOptions(call, options, { lengths: optional(anything), mask: optional(anything) });
    const { exports } = this.#wasm;
    if (lengths !== undefined) {
      const target = this.#wasm.ints(exports.lstm_trainer_lengths(this.pointer), batchSize);
      copyIntegers(target, lengths, [1, window], `${call}: lengths`, `${batchSize} (batchSize)`);
    }
    if (mask !== undefined) {
      const target = this.#wasm.bytes(exports.lstm_trainer_mask(this.pointer), batchSize * window);
      copyIntegers(target, mask, [0, 1], `${call}: mask`, this.#shape());
      const ends = /** @type {ArrayLike<number> | undefined} */ (lengths);
      const isCounted = (/** @type {number} */ counts, /** @type {number} */ i) =>
        counts === 1 && (!ends || Math.floor(i / batchSize) < ends[i % batchSize]);
      if (!target.some(isCounted)) {
        const where = ends ? ' at a step before the end of its sequence' : '';
        throw new ArgumentError(`${call}: mask must have a 1${where}: the loss is the mean over those`);
      }
    }
    exports.lstm_trainer_use(this.pointer, lengths === undefined ? 0 : 1, mask === undefined ? 0 : 1);
  }

  /** Computes the outputs of the window: (window, batchSize, V), a copy. */
  predict() {
    const { exports } = this.#wasm;
    exports.lstm_trainer_predict(this.pointer);
    const length = this.window * this.batchSize * this.#outputSize;
    return this.#wasm.floats(exports.lstm_trainer_outputs(this.pointer), length).slice();
  }

  /**
   * @param {unknown} state
   * @param {string} path
   * @throws {ArgumentError}
   */
  checkState(state, path) {
    readState(state, this.#stateShapes, path, () => {}, this.batchSize);
  }

  /**
   * Checks a state, and only then puts it before the window.
   * @param {unknown} state
   * @param {string} path
   */
  setState(state, path) {
    this.checkState(state, path);
    const { lstm_trainer_h, lstm_trainer_c, lstm_trainer_state_given } = this.#wasm.exports;
    const set = (/** @type {Float32Array} */ values, /** @type {number} */ l, /** @type {'h' | 'c'} */ name) => {
      const pointer = (name === 'h' ? lstm_trainer_h : lstm_trainer_c)(this.pointer, l);
      this.#wasm.floats(pointer, values.length).set(values);
    };
    readState(state, this.#stateShapes, path, set, this.batchSize);
    lstm_trainer_state_given(this.pointer);
  }

  /** Every sequence starts anew, from the network's initial state. */
  resetState() {
    this.#wasm.exports.lstm_trainer_reset(this.pointer);
  }

  /** Whether the state is the one that sequences start from. */
  get isFresh() {
    return this.#wasm.exports.lstm_trainer_is_fresh(this.pointer) === 1;
  }

  /** The state before the window. */
  state() {
    return this.#copyState(this.#wasm.exports.lstm_trainer_h, this.#wasm.exports.lstm_trainer_c, 0);
  }

  /** The state behind the window that was just computed: each state is followed by those after each step. */
  endState() {
    return this.#copyState(this.#wasm.exports.lstm_trainer_h, this.#wasm.exports.lstm_trainer_c, this.window);
  }

  /** The gradients of the state before the window. */
  stateGradients() {
    return this.#copyState(this.#wasm.exports.lstm_trainer_dh, this.#wasm.exports.lstm_trainer_dc, 0);
  }

  free() {
    this.#wasm.exports.lstm_trainer_free(this.pointer);
  }

  #shape() {
    return `${this.window * this.batchSize} (window ${this.window} x batchSize ${this.batchSize})`;
  }

  /**
   * @param {number} at
   * @param {unknown} tokens
   * @param {number} size
   * @param {string} path
   */
  #copyTokens(at, tokens, size, path) {
    copyIntegers(this.#wasm.ints(at, this.window * this.batchSize), tokens, [0, size - 1], path, this.#shape());
  }

  /**
   * @param {number} at
   * @param {unknown} vectors
   * @param {number} size
   * @param {string} path
   * @param {string} what the size is, for messages
   */
  #copyVectors(at, vectors, size, path, what) {
    const view = this.#wasm.floats(at, this.window * this.batchSize * size);
    copyNumbers(view, vectors, path, `${view.length} (${this.#shape()} x ${what})`);
  }

  /**
   * @param {(batch: number, layer: number) => number} h
   * @param {(batch: number, layer: number) => number} c
   * @param {number} step
   * @returns {CellState[]}
   */
  #copyState(h, c, step) {
    return makeState(this.#stateShapes, this.batchSize, (values, l, name) => {
      const start = (name === 'h' ? h : c)(this.pointer, l);
      values.set(this.#wasm.floats(start + step * values.byteLength, values.length));
    });
  }
}
