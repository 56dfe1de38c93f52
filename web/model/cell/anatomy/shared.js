import { digits } from '../digits.js';

/**
 * The picture of a gate.
 *
 * @param {string} symbol
 * @param {string} name
 * @param {string} gate its name in the trace
 * @param {boolean} [isGate]
 * @returns {import('./types.js').PartMap}
 */
export const map = (symbol, name, gate, isGate = false) => ({ symbol, name, values: ({ gates }) => gates[gate], isGate });

/** Single precision, in which the cell computes, differs from double by less. */
const CLOSE = 1e-4;

/**
 * Is this a number that the cell has computed, or was it set?
 *
 * @param {number | undefined} value
 * @param {number} computed
 */
export const isSet = (value, computed) => value !== undefined && !(Math.abs(value - computed) <= CLOSE * (1 + Math.abs(computed)));

/** What is said of a memory that is not what its equation gives. @param {number} value @param {number} computed */
export const setTo = (value, computed) => (isSet(value, computed) ? `, then set to ${digits(value)}` : '');
