// state.js: what a network remembers, as the caller holds it: plain arrays, one object a layer.
import { copyNumbers, notFinite, refuse } from '../core/check.js';
import { allocate } from '../core/allocate.js';
import { isA } from '../core/realms.js';

/**
 * One layer's memory: the hidden state h (the short-term memory) and the cell state c (the long-term memory). Kinds
 * without a cell state (rnn, gru, feedforward) have no c. That of a tdnn is the inputs before, the newest first; tokens
 * are counted from 1 there, and 0 is none. With fullGateRecurrence, the gates of the step before stand behind it.
 * @typedef {{ h: Float32Array, c: Float32Array }} CellState
 */

/**
 * A state as it may be given: its arrays may be plain ones, or what JSON makes of typed arrays; a step makes them
 * Float32Arrays again. JSON keeps every number as it is, but for the sign of a zero, which no output depends on.
 * @typedef {object} CellStateLike
 * @property {ArrayLike<number> | Record<string, number>} h
 * @property {ArrayLike<number> | Record<string, number>} [c] of the kinds that have one
 */

/**
 * How long the arrays of one layer's memory are, for each row: rows = 1 for a step, the batch for a trainer.
 * @typedef {object} StateShape
 * @property {number} h
 * @property {number} c 0: there is none
 * @property {number} tokens where not 0: c holds whole numbers from 0 to this
 */

/**
 * The shapes of a network's state, one a layer, or one a direction of it.
 * @param {import('../core/Wasm.js').Wasm} wasm
 * @param {number} pointer of the network
 * @param {import('./network-options.js').NetworkConfig} config
 * @returns {StateShape[]}
 */
export function stateShapesOf({ exports }, pointer, { input, layers }) {
  const [first] = layers;
  // A tdnn remembers the tokens that it read.
  const tokens = first.kind === 'tdnn' && 'tokens' in input && !input.embedding ? input.tokens : 0;
  return Array.from({ length: exports.lstm_network_direction_count(pointer) }, (_, l) => ({
    h: exports.lstm_network_h_size(pointer, l),
    c: exports.lstm_network_c_size(pointer, l),
    tokens: l < (first.bidirectional ? 2 : 1) ? tokens : 0,
  }));
}

/**
 * @param {StateShape} shape
 * @returns {('h' | 'c')[]}
 */
export const namesOf = ({ c }) => (c > 0 ? ['h', 'c'] : ['h']);

/**
 * A state that `fill` writes.
 * @param {readonly StateShape[]} shapes
 * @param {number} rows
 * @param {(values: Float32Array, layer: number, name: 'h' | 'c') => void} fill
 * @returns {CellState[]}
 */
export function makeState(shapes, rows, fill) {
  return shapes.map((shape, l) => {
    const arrays = namesOf(shape).map((name) => {
      const values = allocate(Float32Array, rows * shape[name], 'state');
      fill(values, l, name);
      return [name, values];
    });
    return Object.fromEntries(arrays);
  });
}

/** @param {unknown} values @returns {values is Float32Array} */
export const isFloats = (values) => ArrayBuffer.isView(values) && isA(values, 'Float32Array');

/**
 * Checks the arrays of a state and hands each to `use` as finite numbers, without changing them.
 * @param {unknown} state
 * @param {readonly StateShape[]} shapes
 * @param {string} path
 * @param {(values: Float32Array, layer: number, name: 'h' | 'c') => void} use
 * @param {number} [rows]
 */
export function readState(state, shapes, path, use, rows = 1) {
  if (!Array.isArray(state) || state.length !== shapes.length) {
    refuse(path, `an array of ${shapes.length} layers' states`, state);
  }
  shapes.forEach((shape, l) => {
    const layer = state[l];
    for (const name of namesOf(shape)) {
      const place = `${path}[${l}].${name}`;
      const values = floatsOf(layer?.[name], rows * shape[name], place);
      if (name === 'c' && shape.tokens > 0) checkTokens(values, shape.tokens, place);
      use(values, l, name);
    }
  });
}

/**
 * @param {unknown} given
 * @param {number} length
 * @param {string} path
 */
function floatsOf(given, length, path) {
  if (!isFloats(given) || given.length !== length) {
    const values = new Float32Array(length);
    copyNumbers(values, given, path);
    return values;
  }
  const bad = notFinite(given);
  return bad < 0 ? given : refuse(`${path}[${bad}]`, 'a finite number', given[bad]);
}

/**
 * @param {Float32Array} values
 * @param {number} tokens
 * @param {string} path
 */
function checkTokens(values, tokens, path) {
  const bad = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value <= tokens));
  if (bad >= 0) refuse(`${path}[${bad}]`, `an integer from 0 to ${tokens}`, values[bad]);
}

/** @param {readonly CellState[]} state */
export const copyState = (state) => state.map((layer) => /** @type {CellState} */ (
  Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, values.slice()]))));
