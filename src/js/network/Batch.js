// Batch.js: a batch of sequences in the memory of the module, where windows of them are put and their states lie.
import { allocate } from '../core/allocate.js';
import { OutOfMemoryError } from '../core/errors.js';
import { assertAlive } from './alive.js';
import { areFinite, refuseNotFinite } from './finite.js';
import { refuseMemory } from './memory-options.js';
import { PRECISIONS } from './precision.js';
import { makeState, readState } from './state.js';
import { WindowLoader } from './WindowLoader.js';

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
 * @property {import('./StepArray.js').StepKind} target what a step of a target has
 * @property {import('./Memory.js').Memory} memory
 * @property {import('../core/Owned.js').OwnedLife} life of the network
 * @property {number} changes how often its parameters were set, or trained by one trainer alone
 */

/** @typedef {import('./StepArray.js').Layout} Layout */

/**
 * Where sequences begin and end, and which steps count.
 * @typedef {object} WindowOptions
 * @property {ArrayLike<number>} [lengths] the steps of each sequence, (batchSize) integers from 1 to window: what is
 *   behind has no part in loss, gradients or state, and is not looked at: it may be NaN; default: what nested inputs
 *   have, else the window. Steps behind the longest sequence are not computed
 * @property {import('./StepArray.js').Steps} [mask] 0 or 1 for each step: which outputs have a part in the loss, which
 *   is the mean over them; targets that have none are not looked at: they may be NaN; default: all
 * @property {import('./StepArray.js').Steps} [weights] a number from 0 for each step, or one for each sequence (batchSize):
 *   how much its output counts in the loss, sum(weight x loss) / sum(weight); targets of weight 0 are not looked at: they
 *   may be NaN; times the mask, where there is one; default: all count alike
 * @property {Layout} [layout] of flat arrays: 'time' is (window, batchSize, n), as PyTorch's default, 'batch' is
 *   (batchSize, window, n), as its batch_first; default 'time'. Nested arrays say it themselves
 */

/**
 * A run of leaves of a batch: see lstm_trainer_leaf_count.
 * @typedef {object} Part
 * @property {number} first leaf
 * @property {number} count of leaves
 * @property {number} start its first sequence
 * @property {number} sequences how many it has
 */

export class Batch {
  #wasm;
  #stateShapes;
  #outputSize;
  #life;

  /**
   * @param {NetworkHandle} network
   * @param {{ batchSize: number, window: number, memorySteps?: number, canTrain: boolean, precision?: import('./precision.js').Precision,
   *   part?: Part }} options memorySteps: of the longest memory that is read, where the network is given one by another; part: it
   *   has that alone
   * @param {string} call for messages
   * @throws {OutOfMemoryError}
   */
  constructor(network, { batchSize, window, memorySteps, canTrain, precision = 'float32', part }, call) {
    const { wasm, pointer, stateShapes, outputSize, config, life } = network;
    this.#life = life;
    if (memorySteps === undefined) refuseMemory(config, call);
    assertAlive(life, call);
    const steps = config.memory?.attention ? /** @type {number} */ (memorySteps) : 0;
    /** Its address. */
    const { lstm_trainer_create, lstm_trainer_create_part } = wasm.exports;
    this.pointer = part
      ? lstm_trainer_create_part(pointer, batchSize, window, steps, part.first, part.count, PRECISIONS.indexOf(precision))
      : lstm_trainer_create(pointer, batchSize, window, steps, canTrain ? 1 : 0, PRECISIONS.indexOf(precision));
    if (this.pointer === 0) {
      throw new OutOfMemoryError(`${call}: not enough memory for batchSize ${batchSize} and window ${window}`);
    }
    this.batchSize = part ? part.sequences : batchSize;
    this.window = window;
    /** Whether others have the rest of the batch. */
    this.isPart = part !== undefined;
    this.#wasm = wasm;
    this.#stateShapes = stateShapes;
    this.#outputSize = outputSize;
    /** Puts windows in their place. */
    this.loader = new WindowLoader(network, this);
  }

  /** It was freed, or its network was. */
  get hasEnded() {
    return this.pointer === 0 || this.#life.hasEnded;
  }

  /**
   * Computes the outputs of the window that was loaded.
   * @param {Layout} layout
   * @param {string} call for messages
   * @throws {OutOfMemoryError | import('../core/errors.js').DivergedError}
   */
  predict(layout, call) {
    const { lstm_trainer_predict, lstm_trainer_predict_from, lstm_trainer_block } = this.#wasm.exports;
    const { pointer } = this;
    const block = lstm_trainer_block(pointer);
    const [outputs, rows] = [this.#allocate(this.#outputSize, call), this.#rows];
    for (let first = 0; first < rows; first += block) {
      const from = first === 0 ? lstm_trainer_predict(pointer) : lstm_trainer_predict_from(pointer, first);
      this.#copyRows(outputs, from, this.#outputSize, layout, [first, Math.min(first + block, rows)]);
    }
    if (!this.#isFinite(outputs, layout)) refuseNotFinite(call, 'output is');
    return outputs;
  }

  /**
   * A copy of what the module has for each step: (window, batchSize, size) there. Zeros behind the longest sequence.
   * @param {number} pointer
   * @param {number} size
   * @param {Layout} layout of the copy
   * @param {string} call for messages
   * @throws {OutOfMemoryError}
   */
  read(pointer, size, layout, call) {
    const copy = this.#allocate(size, call);
    this.#copyRows(copy, pointer, size, layout, [0, this.#rows]);
    return copy;
  }

  /** Reads the window that was loaded: the state behind it becomes the state before the next. No outputs are computed. */
  carry() {
    this.#wasm.exports.lstm_trainer_run(this.pointer);
    this.setState(this.endState(), 'carry: state');
  }

  /**
   * (window, batchSize, size) of zeros.
   * @param {number} size
   * @param {string} call
   */
  #allocate(size, call) {
    const { batchSize, window } = this;
    const what = `${window} steps of ${batchSize} x ${size} numbers`;
    return allocate(Float32Array, window * batchSize * size, call, what);
  }

  /**
   * Are all outputs before the ends of their sequences?
   * @param {Float32Array} outputs
   * @param {Layout} layout
   */
  #isFinite(outputs, layout) {
    const { ends } = this.loader;
    if (areFinite(outputs)) return true;
    const { batchSize, window } = this;
    const size = this.#outputSize;
    for (let row = 0; ends && row < batchSize * window; row++) {
      const [t, b] = layout === 'time' ? [Math.floor(row / batchSize), row % batchSize] : [row % window, Math.floor(row / window)];
      if (t < ends[b] && !areFinite(outputs.subarray(row * size, (row + 1) * size))) return false;
    }
    return ends !== undefined;
  }

  /** The rows of steps and sequences that are computed. */
  get #rows() {
    return this.#wasm.exports.lstm_trainer_steps(this.pointer) * this.batchSize;
  }

  /**
   * @param {Float32Array} to (window, batchSize, size), or as the layout says
   * @param {number} pointer of the first row
   * @param {number} size
   * @param {Layout} layout
   * @param {[first: number, end: number]} rows
   */
  #copyRows(to, pointer, size, layout, [first, end]) {
    const { batchSize, window } = this;
    const values = this.#wasm.floats(pointer, (end - first) * size);
    if (layout === 'time') {
      to.set(values, first * size);
      return;
    }
    for (let row = first, from = 0; row < end; row++, from += size) {
      const at = (row % batchSize) * window + Math.floor(row / batchSize);
      to.set(values.subarray(from, from + size), at * size);
    }
  }

  /**
   * Checks a state, and copies it.
   * @param {unknown} state
   * @param {string} path
   * @returns {CellState[]}
   * @throws {import('../core/errors.js').ArgumentError}
   */
  readState(state, path) {
    /** @type {any[]} */
    const copy = this.#stateShapes.map(() => ({}));
    readState(state, this.#stateShapes, path, (values, l, name) => void (copy[l][name] = values.slice()), this.batchSize);
    return copy;
  }

  /**
   * Checks a state, and only then puts it before the window.
   * @param {unknown} state
   * @param {string} path
   */
  setState(state, path) {
    const read = this.readState(state, path);
    assertAlive(this, path);
    this.putState(read);
  }

  /** Puts a state before the window. @param {readonly CellState[]} state that readState gave */
  putState(state) {
    const { lstm_trainer_h, lstm_trainer_c, lstm_trainer_state_given } = this.#wasm.exports;
    state.forEach(({ h, c }, l) => {
      this.#wasm.floats(lstm_trainer_h(this.pointer, l), h.length).set(h);
      if (c) this.#wasm.floats(lstm_trainer_c(this.pointer, l), c.length).set(c);
    });
    lstm_trainer_state_given(this.pointer);
  }

  /** Every sequence starts anew, from the network's initial state. */
  resetState() {
    this.#wasm.exports.lstm_trainer_reset(this.pointer);
  }

  /** Sequence b starts anew; the others go on. @param {number} b */
  begin(b) {
    this.#wasm.exports.lstm_trainer_begin(this.pointer, b);
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
    return this.#copyState(this.#wasm.exports.lstm_trainer_h, this.#wasm.exports.lstm_trainer_c, this.#wasm.exports.lstm_trainer_steps(this.pointer));
  }

  /** The gradients of the state before the window. */
  stateGradients() {
    return this.#copyState(this.#wasm.exports.lstm_trainer_dh, this.#wasm.exports.lstm_trainer_dc, 0);
  }

  free() {
    const { pointer } = this;
    this.pointer = 0;
    if (pointer !== 0) this.#wasm.exports.lstm_trainer_free(pointer);
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
