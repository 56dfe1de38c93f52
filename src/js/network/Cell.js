// Cell.js: one cell, to create, step and look inside.
import { object } from '../core/check.js';
import { Network } from './Network.js';
import { Owned } from '../core/Owned.js';

/** @typedef {import('./state.js').CellState} CellState */
/** @typedef {import('./state.js').CellStateLike} CellStateLike */

/**
 * @typedef {object} CellSizes
 * @property {number} inputSize D, 1 to 1048576
 * @property {number} hiddenSize H, 1 to 65536
 * @property {boolean} [bias] default true
 * @property {number} [seed] 0 to 4294967295; default 0
 */

/** Beside the sizes, a kind (default 'lstm') with its options. @typedef {CellSizes & AnyKindOptions} CellOptions */
/** @typedef {import('./cell-options.js').AnyKindOptions} AnyKindOptions */

// A cell is the only layer of a network without a head: its parameters' names end in this there.
const LAYER = '_l0';

/** One cell by itself: stepped by hand or run over sequences, with its gates to look at. */
export class Cell extends Owned {
  #network;

  /**
   * @internal use lstm.createCell
   * @param {Network} network one layer, vector input, no head; owned by the cell from now on
   */
  constructor(network) {
    super('Cell', () => network.dispose(), false);
    this.#network = network;
  }

  /** The shape of each parameter by its name. @returns {Record<string, number[]>} */
  get shapes() {
    return renamed(this.#network.shapes, (name) => name.slice(0, -LAYER.length));
  }

  /**
   * The state that a sequence starts from: zeros, or the parameters h0 and c0. It belongs to the caller.
   * @returns {CellState}
   */
  initialState() {
    this.assertUsable('initialState');
    return this.#network.initialState()[0];
  }

  /**
   * One step.
   * @param {ArrayLike<number>} x D numbers
   * @param {CellStateLike} state becomes the state after the step: h the short-term memory, c the long-term memory of the
   *   kinds that have one
   * @returns {CellState} `state`
   * @throws {import('../core/errors.js').ArgumentError}
   */
  step(x, state) {
    this.assertUsable('step');
    object(state, 'step: state', 'an object of { h, c }');
    this.#network.step(x, [state]);
    return /** @type {CellState} */ (state);
  }

  /**
   * The gates of the last step by name, H numbers each; copies. What courses call them stands in brackets.
   *
   * - lstm: input (i: the ignore factor), forget (f), candidate (g: N), output (o). c = f * c_prev + i * g is the
   *   remember gate of courses, with i * g their learn gate and f * c_prev their forget gate. A gate that options took
   *   away is 1; coupled, forget is 1 - input
   * - four-gate: input (i), forget (f), candidate (N), output (V), use (U). h = U * V is the use gate of courses
   * - gru: reset (r), update (z), candidate (n)
   * - rnn, feedforward, tdnn have none
   * @returns {Record<string, Float32Array>}
   */
  gates() {
    this.assertUsable('gates');
    return this.#network.gates(0);
  }

  /**
   * Copies of the parameters, with the names and layouts of torch.nn.LSTMCell, RNNCell and GRUCell where there are
   * such: for lstm weight_ih (4H, D), weight_hh (4H, H), bias_ih (4H), bias_hh (4H). `shapes` tells them for every kind.
   * @returns {Record<string, Float32Array>}
   */
  parameters() {
    this.assertUsable('parameters');
    return renamed(this.#network.parameters(), (name) => name.slice(0, -LAYER.length));
  }

  /**
   * Sets some or all parameters. Either all of them are set, or none and it throws.
   * @param {Record<string, ArrayLike<number>>} values
   * @throws {import('../core/errors.js').ArgumentError}
   */
  setParameters(values) {
    this.assertUsable('setParameters');
    const given = object(values, 'setParameters: values', 'an object of arrays by name');
    this.#network.setParameters(renamed(/** @type {typeof values} */ (given), (name) => name + LAYER));
  }
}

/**
 * @template T
 * @param {Record<string, T>} values
 * @param {(name: string) => string} rename
 * @returns {Record<string, T>}
 */
function renamed(values, rename) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [rename(name), value]));
}
