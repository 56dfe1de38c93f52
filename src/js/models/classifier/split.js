// split.js: some of the examples, to measure with.
import { ArgumentError } from '../../core/errors.js';
import { shuffled } from '../../training/epoch-order.js';

/** @typedef {import('./examples.js').Example} Example */

/**
 * A fraction of each label's examples, drawn by a seed, so that what is measured is what is learnt: data are often sorted by
 * their labels. Where examples have more than one label each, a fraction of all.
 * @param {readonly Example[]} examples
 * @param {number} fraction
 * @param {number} seed
 * @param {{ several: boolean }} labels
 * @returns {{ learnt: Example[], measured: Example[] }} each in the order of the examples
 * @throws {ArgumentError} where nothing would be left on a side
 */
export function split(examples, fraction, seed, { several }) {
  if (fraction === 0) return { learnt: [...examples], measured: [] };
  /** @type {Map<number, number[]>} */
  const groups = new Map();
  examples.forEach(({ targets }, i) => {
    const group = several || targets.length > 1 ? -1 : targets[0];
    const indices = groups.get(group) ?? [];
    indices.push(i);
    groups.set(group, indices);
  });
  const drawn = new Set();
  for (const [group, indices] of groups) {
    const count = Math.round(indices.length * fraction);
    for (const i of shuffled(indices.length, seed, group).subarray(0, count)) drawn.add(indices[i]);
  }
  if (drawn.size === 0 || drawn.size === examples.length) {
    throw new ArgumentError(`train: validation must leave sequences to learn and to measure on, got ${drawn.size} of ${examples.length} to measure on`);
  }
  const [learnt, measured] = [false, true].map((isMeasured) => examples.filter((_, i) => drawn.has(i) === isMeasured));
  return { learnt, measured };
}
