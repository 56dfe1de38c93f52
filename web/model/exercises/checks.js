/** What the checks of exercises and tour have in common: what a reading says, and how it is put in words. */

import { decimal, percent } from '../../format.js';

/** @typedef {import('../cell/Player.js').Player} Player */
/** @typedef {import('./types.js').Scene} Scene */
/** @typedef {import('./types.js').Verdict} Verdict */

/** What gates are called where courses name them. @type {Record<string, string>} */
export const gateNames = Object.freeze({
  forget: 'Forget', input: 'Learn (ignore)', candidate: 'New information', output: 'Use', use: 'Use (U)', reset: 'Look back', update: 'Remember',
});

/** @param {string} words @returns {Verdict} */
export const right = (words) => ({ isDone: true, words });
/** @param {string} words @returns {Verdict} */
export const notYet = (words) => ({ isDone: false, words });

/** @param {number} p */
export const chance = (p) => (p > 0.99 && p < 1 ? `${(100 * p).toFixed(2)} %` : percent(p));

/**
 * How probable a character is at the end of the text.
 *
 * @param {Player} player
 * @param {string} char
 */
export function chanceOf(player, char) {
  const { now, untouched } = player.probabilities(player.length - 1);
  const of = (/** @type {{ char: string, probability: number }[]} */ list) => list.find((one) => one.char === char)?.probability ?? 0;
  return { now: of(now), untouched: of(untouched) };
}

/**
 * What a gate of the unit is at the first character, and on average at those after it.
 *
 * @param {Player} player
 * @param {string} gate
 */
export function atFirstAndAfter({ run, unit }, gate) {
  const trace = run?.untouched.trace;
  const values = trace?.gates[gate];
  if (!trace || !values) return undefined;
  const all = Array.from({ length: values.length / trace.hiddenSize }, (_, t) => values[t * trace.hiddenSize + unit]);
  const [first, ...later] = all;
  return { first, after: later.reduce((sum, value) => sum + value, 0) / Math.max(1, later.length) };
}

/** The gate that shuts most after the first character. @param {Player} player @param {readonly string[]} gates */
export function opensAtFirst(player, gates) {
  const falls = gates.map((gate) => {
    const values = atFirstAndAfter(player, gate);
    return values ? values.first - values.after : -Infinity;
  });
  return gates[falls.indexOf(Math.max(...falls))];
}

/** What was tampered with, apart from holds. @param {Player} player */
export function otherChanges({ tampering: { edits, swaps, silenced } }) {
  return edits.length + swaps.length + silenced.length;
}

/** The name of the last thing of this type that was pressed. @param {Scene} scene @param {string} type */
export const lastAct = ({ acts }, type) => acts.findLast((act) => act.type === type)?.name;

export { decimal };
