// state.js: what a network remembers, as the caller holds it: plain arrays, one object a layer.
import { refuse } from './check.js';

/**
 * One layer's memory: the hidden state h (the short-term memory) and the cell state c (the long-term memory).
 * @typedef {{ h: Float32Array, c: Float32Array }} CellState
 */

/**
 * Which arrays the layers of a network have, and how long each is: rows = 1 for a step, the batch for a trainer.
 * @typedef {{ names: ('h' | 'c')[], hiddenSize: number }} StateShape
 */

/**
 * @param {boolean} hasCellState
 * @param {number} hiddenSize
 * @returns {StateShape}
 */
export function stateShape(hasCellState, hiddenSize) {
  return { names: hasCellState ? ['h', 'c'] : ['h'], hiddenSize };
}

/**
 * A state of zeros: nothing is remembered.
 * @param {readonly StateShape[]} shapes
 * @param {number} [rows]
 * @returns {CellState[]}
 */
export function zeroState(shapes, rows = 1) {
  return shapes.map(({ names, hiddenSize }) => {
    const arrays = names.map((name) => [name, new Float32Array(rows * hiddenSize)]);
    return Object.fromEntries(arrays);
  });
}

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
  shapes.forEach(({ names, hiddenSize }, l) => {
    const layer = state[l];
    for (const name of names) {
      const place = `${path}[${l}].${name}`;
      const values = layer?.[name];
      if (!(values instanceof Float32Array) || values.length !== rows * hiddenSize) {
        refuse(place, `a Float32Array of ${rows * hiddenSize}`, values);
      }
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) refuse(`${place}[${bad}]`, 'a finite number', values[bad]);
      use(values, l, name);
    }
  });
}
