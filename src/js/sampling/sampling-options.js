// sampling-options.js: how characters and tokens are drawn, checked.
import { integer, number, optional, readOptions, refuse, string } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { signalField } from '../core/pieces.js';
import { readSeed } from '../network/network-options.js';
import { TextPattern } from './text-pattern.js';

/**
 * @typedef {object} SamplingOptions
 * @property {number} [temperature] probabilities are softmax(logits / temperature); 0: the most probable; default 1
 * @property {number} [topK] only so many, the most probable, are drawn; of equals the first in order; default all
 * @property {number} [topP] of those, only the fewest most probable whose probabilities sum to this, above 0 to 1;
 *   default 1
 * @property {number} [seed] draws from a generator of this seed: the same seed gives the same, on every machine with
 *   scalar and simd; without it the network's own generator goes on
 */

/**
 * What a text is kept to.
 * @typedef {object} TextLimits
 * @property {number} [length] how many characters, as [...text] counts (an emoji is one, of length 2); fewer only where a
 *   stop string or the pattern ends the text, or, of a model that has learnt a list of texts of one line each, a line's
 *   end; 1 to 2^30; default 200
 * @property {string | readonly string[]} [stop] the text ends before the first of these strings
 * @property {string | readonly string[]} [allowed] the characters that it may have; default the whole alphabet
 * @property {RegExp | string} [pattern] what the whole text matches, read with the flag u: characters, classes, groups,
 *   alternatives and quantifiers. The text ends where it matches and the model goes on with what would not match, and
 *   in any case after `length` characters. Only a stop string may end it where it does not match yet
 */

/** @typedef {import('./Alphabet.js').Alphabet} Alphabet */

const ALL = 2 ** 30;

export const readLength = integer(1, 2 ** 30, 200);

export const samplingFields = {
  temperature: number(0, Infinity, 1, { below: true }),
  topK: integer(1, ALL, ALL),
  topP: number(0, 1, 1, { above: true }),
  seed: optional(readSeed),
};

/**
 * A mask of what is in a list.
 * @param {ArrayLike<number>} tokens
 * @param {number} size
 */
export function maskOf(tokens, size) {
  const mask = new Uint8Array(size);
  for (let i = 0; i < tokens.length; i++) mask[tokens[i]] = 1;
  return mask;
}

/** @param {unknown} value @param {string} path @returns {readonly string[]} */
function strings(value, path) {
  if (!Array.isArray(value)) return [string()(value, path)];
  if (value.length === 0) refuse(path, 'a string, or an array of at least one', value);
  return value.map((one, i) => string()(one, `${path}[${i}]`));
}

/**
 * Reads what a text is kept to, and beside it other options.
 * @template {Record<string, import('../core/check.js').Reader<any>>} Fields
 * @param {string} where
 * @param {unknown} options
 * @param {Alphabet} alphabet
 * @param {Fields} fields
 * @param {boolean} [isOfLines] the model has learnt texts that end with a line's end
 */
export function readTextLimits(where, options, alphabet, fields, isOfLines = false) {
  const known = (/** @type {unknown} */ value, /** @type {string} */ path) => {
    const list = strings(value, path);
    for (const one of list) alphabet.encode(one, path, 'error');
    return list;
  };
  const read = readOptions(where, options, {
    ...fields,
    length: readLength,
    stop: optional(known),
    allowed: optional(known),
    pattern: (value) => value,
    ...signalField,
  });
  const { stop = [], allowed: list, pattern: given, signal, ...others } = read;
  const allowed = list && maskOf(alphabet.encode(list.join(''), `${where}: allowed`, 'error'), alphabet.size);
  const path = `${where}: pattern`;
  const pattern = given === undefined ? undefined : new TextPattern(given, path, alphabet.characters, allowed);
  if (pattern && pattern.least > read.length) {
    throw new ArgumentError(`${path} must match a text of at most length = ${read.length} characters, `
      + `got one that needs ${pattern.least}`);
  }
  // What matches a pattern ends where the pattern does.
  const stops = isOfLines && !pattern && !stop.includes('\n') ? [...stop, '\n'] : stop;
  return { .../** @type {any} */ (others), stops, allowed, pattern };
}

/**
 * Reads how a sequence is written, and what it is kept to.
 * @param {string} where
 * @param {unknown} options
 * @param {{ readLimits: (where: string, options: unknown, fields: any, isOfLines?: boolean) => any }} vocabulary
 * @param {Record<string, import('../core/check.js').Reader<any>>} [fields] other options
 * @param {boolean} [isOfLines] the model has learnt sequences that end
 */
export const readWriteOptions = (where, options, vocabulary, fields, isOfLines) =>
  vocabulary.readLimits(where, options, { ...samplingFields, ...fields }, isOfLines);
