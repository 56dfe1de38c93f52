import { gateNames } from '../../model/cell/drawing/names.js';

/** @typedef {import('../../model/cell/types.js').Names} Names */

/**
 * @param {string} gate
 * @param {import('../../model/cell/Player.js').Player} player   whose cell has it
 */
export function gateName(gate, { anatomy, names }) {
  const { title, letter } = gateNames(gate, anatomy.config);
  return names === 'pytorch' ? letter.pytorch.replace('_t', 'ₜ') : title[names];
}

/** @type {Record<string, Record<Names, string>>} */
const MEMORIES = {
  c: { course: 'LTM', symbols: 'c', pytorch: 'c' },
  h: { course: 'STM', symbols: 'h', pytorch: 'h' },
  fc: { course: 'f · LTM', symbols: 'f · c′', pytorch: 'f ⊙ c' },
};

/** @param {'c' | 'h' | 'fc'} memory @param {Names} names */
export function memoryName(memory, names) {
  return MEMORIES[memory][names];
}

/** A number as an index. @param {number} n */
export const index = (n) => String(n).replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]);
