import { clip, quote, readWord } from '../address.js';
import { readCurve, readyNames, writeCurve } from './curve.js';
import { usualLabels } from './Gestures.js';
import { samples } from './pairs.js';
import { translators } from './recipes.js';

/** @typedef {import('../address.js').Entries} Entries */
/** @typedef {import('./recipes.js').TaskName} TaskName */

/** What a label may be called, UTF-16 units; and what is translated. */
export const LONGEST_LABEL = 20;
export const LONGEST_TEXT = 30;

/** @param {URLSearchParams} query */
export function readContinuation(query) {
  const given = query.get('curve') ?? '';
  const name = readyNames.find((one) => one === given);
  const curve = name ? undefined : readCurve(given);
  const notes = name || curve ? [] : [`curve=${quote(given)} is none of ${readyNames.join(', ')}, nor one that was drawn; it is left out.`];
  return { name, curve, notes };
}

/** @param {Pick<import('./Continuation.js').Continuation, 'choice' | 'curve'>} shown @returns {Entries} */
export function writeContinuation({ choice, curve }) {
  if (choice === readyNames[0]) return [];
  if (choice !== 'drawn') return [['curve', choice]];
  return curve.some((value) => !Number.isNaN(value)) ? [['curve', writeCurve(curve)]] : [];
}

/** @param {URLSearchParams} query */
export function readLabels(query) {
  const given = query.getAll('gesture').slice(0, 3).map((name) => clip(name, LONGEST_LABEL));
  const isRight = given.length === 3 && given.every((name, k) => name.trim() && given.indexOf(name) === k);
  return { labels: isRight ? given : undefined, notes: isRight ? [] : ['Three gestures need three names; the usual ones are taken.'] };
}

/** @param {readonly string[]} labels @returns {Entries} */
export function writeLabels(labels) {
  const usual = usualLabels();
  return labels.every((label, k) => label === usual[k]) ? [] : labels.map((label) => ['gesture', label]);
}

/** @param {URLSearchParams} query */
export function readTranslation(query) {
  /** @type {string[]} */
  const notes = [];
  const task = readWord(query, 'pairs', /** @type {TaskName[]} */ (Object.keys(translators)), notes) ?? 'digits';
  return { task, text: clip(query.get('translate') ?? samples[task], LONGEST_TEXT), notes };
}

/** @param {{ task: TaskName, text: string }} shown @returns {Entries} */
export function writeTranslation({ task, text }) {
  return [
    ...(task === 'digits' ? [] : /** @type {Entries} */ ([['pairs', task]])),
    ...(text === samples[task] ? [] : /** @type {Entries} */ ([['translate', text]])),
  ];
}
