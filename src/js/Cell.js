// Cell.js: one cell, to create, step and look inside.
import { refuse } from './check.js';
import { Network } from './Network.js';
import { Owned } from './Owned.js';

/** @typedef {import('./state.js').CellState} CellState */

/**
 * @typedef {object} CellOptions
 * @property {import('./network-options.js').CellKindName} [kind] default 'lstm'
 * @property {number} inputSize D, 1 to 1048576
 * @property {number} hiddenSize H, 1 to 65536
 * @property {boolean} [bias] default true
 * @property {number} [seed] 0 to 4294967295; default 0
 */

// A cell is the only layer of a network without a head: its parameters' names end in this there.
const LAYER = '_l0';

export class Cell extends Owned {
  #network;

  /**
   * @internal use lstm.createCell
   * @param {Network} network one layer, vector input, no head; owned by the cell from now on
   */
  constructor(network) {
    super('Cell', () => network.dispose());
    this.#network = network;
  }

  /** The shape of each parameter by its name. @returns {Record<string, number[]>} */
  get shapes() {
    return renamed(this.#network.shapes, (name) => name.slice(0, -LAYER.length));
  }

  /** A state of zeros; it belongs to the caller. @returns {CellState} */
  initialState() {
    this.assertUsable('initialState');
    return this.#network.initialState()[0];
  }

  /**
   * One step.
   * @param {ArrayLike<number>} x D numbers
   * @param {CellState} state becomes the state after the step: h the short-term memory, c the long-term memory
   * @returns {CellState} `state`
   * @throws {import('./errors.js').ArgumentError}
   */
  step(x, state) {
    this.assertUsable('step');
    if (typeof state !== 'object' || state === null) refuse('step: state', 'an object of { h, c }', state);
    this.#network.step(x, [state]);
    return state;
  }

  /**
   * The gates of the last step by name: for 'lstm' input (i), forget (f), candidate (g), output (o); H numbers each.
   * Copies.
   * @returns {Record<string, Float32Array>}
   */
  gates() {
    this.assertUsable('gates');
    return this.#network.gates(0);
  }

  /**
   * Copies of the parameters, with the names and layouts of torch.nn.LSTMCell: weight_ih (4H, D), weight_hh (4H, H),
   * bias_ih (4H), bias_hh (4H).
   * @returns {Record<string, Float32Array>}
   */
  parameters() {
    this.assertUsable('parameters');
    return renamed(this.#network.parameters(), (name) => name.slice(0, -LAYER.length));
  }

  /**
   * Sets some or all parameters. Either all of them are set, or none and it throws.
   * @param {Record<string, ArrayLike<number>>} values
   * @throws {import('./errors.js').ArgumentError}
   */
  setParameters(values) {
    this.assertUsable('setParameters');
    if (typeof values !== 'object' || values === null) refuse('setParameters: values', 'an object of arrays', values);
    this.#network.setParameters(renamed(values, (name) => name + LAYER));
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
