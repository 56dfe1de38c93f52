// names.js: the tokens of a foreign model by name, as other programs write them: a list, a text, { token: number } as in
// char-rnn's char_to_idx and ml5's vocab.json, or { number: token }.
import { ArgumentError } from '../../core/errors.js';
import { isObject } from '../../core/check.js';
import { END } from '../../sampling/TokenVocabulary.js';

/**
 * @param {unknown} given
 * @returns {string[] | undefined} undefined where it is none of these
 */
export function readNames(given) {
  if (typeof given === 'string') return unique([...given]);
  if (Array.isArray(given)) return given.every((name) => typeof name === 'string') ? unique([...given]) : undefined;
  if (!isObject(given)) return undefined;
  const entries = Object.entries(given);
  const isNumber = (/** @type {unknown} */ value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
  const pairs = entries.every(([, value]) => isNumber(value)) ? entries
    : entries.every(([number, name]) => typeof name === 'string' && /^\d{1,9}$/.test(number))
      ? entries.map(([number, name]) => [name, Number(number)]) : undefined;
  if (!pairs || pairs.length === 0) return undefined;
  // Lua counts from 1.
  const first = pairs.reduce((least, [, number]) => Math.min(least, Number(number)), Infinity);
  if (first > 1) return undefined;
  /** @type {string[]} */
  const names = Array.from({ length: pairs.length });
  for (const [name, number] of pairs) {
    const at = Number(number) - first;
    if (at >= names.length || names[at] !== undefined) return undefined;
    names[at] = String(name);
  }
  return unique(names);
}

/** @param {string[]} names */
const unique = (names) => (names.length > 0 && new Set(names).size === names.length ? names : undefined);

/**
 * The names as the metadata of a file has them: of characters, or of tokens of any length, which have an end among them.
 * @param {string[]} names
 * @param {readonly import('./assemble.js').Step[]} steps
 * @param {{ tokens: boolean, output?: string }} about
 * @returns {{ metadata: [string, string][], added: boolean }}
 */
export function describeNames(names, steps, about) {
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const read = first.type === 'embedding' ? first.weight.rows : first.type === 'cell' ? first.directions[0].weight_ih.columns : 0;
  const written = last.type === 'dense' ? last.weight.rows : 0;
  if (read !== names.length || written !== names.length || (about.output ?? 'classes') !== 'classes') {
    throw new ArgumentError(`alphabet must be of as many as the model reads and answers, ${read} and ${written}, got ${names.length}`);
  }
  if (names.every((name) => [...name].length === 1)) return { metadata: [['alphabet', JSON.stringify(names)]], added: false };
  const added = !names.includes(END);
  return { metadata: [['model', JSON.stringify({ kind: 'tokens', tokens: added ? [...names, END] : names })]], added };
}
