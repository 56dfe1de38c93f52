// whole-text.js: texts are of whole characters, Unicode code points. Half of one, a surrogate without the other, is none:
// two of them that come to stand side by side would be one.
import { ArgumentError } from '../core/errors.js';

// With the flag u, a surrogate beside the other half is a part of their character.
const HALF = /\p{Surrogate}/u;

/** Has a text half of a character? @param {string} text */
export const hasHalf = (text) => HALF.test(text);

/**
 * @param {string} path
 * @param {string} half
 * @param {number} at
 * @returns {never}
 */
export function refuseHalf(path, half, at) {
  throw new ArgumentError(
    `${path} must be of whole characters, got a lone surrogate (${codePointOf(half)}) as character ${at}`);
}

/**
 * Throws where a text has half of a character.
 * @param {string} text
 * @param {string} path the argument, for messages
 * @throws {ArgumentError}
 */
export function assertWhole(text, path) {
  const index = text.search(HALF);
  if (index < 0) return;
  let at = 0;
  for (let i = 0; i < index; at++) i += /** @type {number} */ (text.codePointAt(i)) > 0xffff ? 2 : 1;
  refuseHalf(path, text[index], at);
}

/** @param {string} character */
export function codePointOf(character) {
  const code = /** @type {number} */ (character.codePointAt(0));
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
