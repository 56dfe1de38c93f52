// pairs.js: what a translator learns and is measured with: pairs of a source and its target.
import { refuse } from '../../core/check.js';
import { hashOf } from '../../core/hash.js';

/** A source and what it becomes. @typedef {[source: any, target: any] | readonly [any, any]} Pair */
/** @typedef {{ source: Int32Array, target: Int32Array }} EncodedPair */
/** @typedef {{ source: import('./SymbolSet.js').SymbolSet, target: import('./SymbolSet.js').SymbolSet }} Sides */

/**
 * @param {unknown} given
 * @param {string} path
 * @returns {Pair[]}
 */
export function readPairs(given, path) {
  const isList = typeof given === 'object' && given !== null && Symbol.iterator in given;
  if (!isList) refuse(path, 'a list of pairs [source, target]', given);
  const pairs = [.../** @type {Iterable<any>} */ (given)];
  if (pairs.length === 0) refuse(path, 'at least one pair [source, target]', given);
  const bad = pairs.findIndex((pair) => !Array.isArray(pair) || pair.length !== 2);
  if (bad >= 0) refuse(`${path}[${bad}]`, '[source, target]', pairs[bad]);
  return pairs;
}

/**
 * @param {unknown} given
 * @param {string} path
 * @param {Sides} sides
 * @returns {EncodedPair[]}
 */
export const encodePairs = (given, path, { source, target }) => readPairs(given, path).map((pair, i) => ({
  source: source.tokens(pair[0], `${path}[${i}][0]`),
  target: target.tokens(pair[1], `${path}[${i}][1]`, { mayBeEmpty: true }),
}));

/** By what they are known again. @param {EncodedPair[]} pairs */
export function hashOfPairs(pairs) {
  const numbers = pairs.flatMap(({ source, target }) => [source.length, ...source, target.length, ...target]);
  return hashOf(Int32Array.from(numbers));
}

/**
 * Pairs as a trainer takes them: `end` is what a target begins after and ends with.
 * @param {EncodedPair[]} pairs
 * @param {number} end
 */
export function windowOf(pairs, end) {
  return {
    inputs: { source: pairs.map(({ source }) => source), target: pairs.map(({ target }) => Int32Array.of(end, ...target)) },
    targets: pairs.map(({ target }) => Int32Array.of(...target, end)),
    count: pairs.reduce((sum, { target }) => sum + target.length + 1, 0),
  };
}
