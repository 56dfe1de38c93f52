// Sequence.js: the one sequence that a network steps through, in the memory of the module: input, state and output.
import { copyNumbers, integer, refuse } from '../core/check.js';
import { assertAlive } from './alive.js';
import { isFloats, makeState, namesOf, readState } from './state.js';

/** @typedef {import('./state.js').CellState} CellState */

export class Sequence {
  #wasm;
  #pointer;
  #input;
  #stateShapes;
  #size;
  /** @type {Float32Array | undefined} */
  #spare;
  #outputSize;
  #memory;
  #life;

  /** @param {import('./Batch.js').NetworkHandle} network */
  constructor({ wasm, pointer, config, stateShapes, outputSize, memory, life }) {
    this.#life = life;
    this.#wasm = wasm;
    this.#pointer = pointer;
    this.#input = config.input;
    this.#stateShapes = stateShapes;
    this.#size = stateShapes.reduce((sum, { h, c }) => sum + h + c, 0);
    this.#outputSize = outputSize;
    this.#memory = memory;
  }

  /**
   * @param {unknown} input
   * @param {string} path
   * @returns {number | Float32Array} checked: a token, or a vector
   */
  readInput(input, path) {
    if ('tokens' in this.#input) return integer(0, this.#input.tokens - 1)(input, path);
    const vector = new Float32Array(this.#input.size);
    copyNumbers(vector, input, path);
    return vector;
  }

  /**
   * Puts a vector in its place.
   * @param {number | Float32Array} input what readInput gave
   * @returns {number} the token
   */
  setInput(input) {
    if (typeof input === 'number') return input;
    this.#wasm.floats(this.#wasm.exports.lstm_network_input(this.#pointer), input.length).set(input);
    return 0;
  }

  /** A copy of what the last step gave. */
  output() {
    return this.#wasm.floats(this.#wasm.exports.lstm_network_output(this.#pointer), this.#outputSize).slice();
  }

  /** The state that sequences start from; it is the one before the next step too. */
  initialState() {
    assertAlive(this.#life, 'initialState');
    this.#wasm.exports.lstm_network_initial_state(this.#pointer);
    const flat = this.#flatState();
    let at = 0;
    return makeState(this.#stateShapes, 1, (values) => values.set(flat.subarray(at, (at += values.length))));
  }

  /**
   * Checks a state, and makes it the one before the next step.
   * @param {unknown} state
   * @param {string} path
   */
  setState(state, path) {
    const flat = this.#take();
    let at = 0;
    readState(state, this.#stateShapes, path, (values) => {
      flat.set(values, at);
      at += values.length;
    });
    assertAlive(this.#life, path);
    this.goOn(flat, path);
    this.#spare = flat;
  }

  /**
   * Writes the state after the last step into the caller's arrays; what are no Float32Arrays become some.
   * @param {CellState[]} state that setState took
   */
  readState(state) {
    // What writes to the caller's may run code of the caller's.
    const flat = this.#take();
    flat.set(this.#flatState());
    let at = 0;
    this.#stateShapes.forEach((shape, l) => {
      for (const name of namesOf(shape)) {
        const values = flat.subarray(at, (at += shape[name]));
        const own = state[l][name];
        if (isFloats(own)) own.set(values);
        else if (!Reflect.set(state[l], name, values.slice())) refuse(`state[${l}]`, 'an object that is not frozen', state[l]);
      }
    });
    this.#spare = flat;
  }

  /** Room for a state, of one call alone: what a call reads may make another. */
  #take() {
    const flat = this.#spare ?? new Float32Array(this.#size);
    this.#spare = undefined;
    return flat;
  }

  /** Whether all numbers of the state after the last step are finite. */
  get isFinite() {
    return this.#wasm.exports.lstm_network_has_finite_state(this.#pointer) === 1;
  }

  /** A copy of the state after the last step, unchecked, for a call that goes on with it later. */
  keep() {
    return this.#flatState().slice();
  }

  /**
   * Goes on from what keep() gave.
   * @param {Float32Array} kept
   * @param {string} call
   */
  goOn(kept, call) {
    this.#memory.prepare(call);
    this.#flatState().set(kept);
  }

  #flatState() {
    return this.#wasm.floats(this.#wasm.exports.lstm_network_state(this.#pointer), this.#size);
  }
}
