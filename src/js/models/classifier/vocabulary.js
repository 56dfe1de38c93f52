// vocabulary.js: tokens by name, and texts cut into them.
//
//   'character'   one a code point, as [...text] counts
//   'word'        runs of letters, digits and apostrophes, in small letters; each other sign but space for itself
//   any other     what stands between two such separators
import { describe, isArray, isObject, readOptions, refuse, string } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { MAX_INPUT } from '../../network/network-options.js';

/** How a text is cut: into characters, words, or at a separator. @typedef {'character' | 'word' | (string & {})} By */

/** What becomes of an unknown token: an error, left out, or this one for it. @typedef {'error' | 'skip' | (string & {})} Unknown */

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;

/** @param {string} text @param {By} by @returns {string[]} */
function cut(text, by) {
  if (by === 'character') return [...text];
  if (by === 'word') return text.toLowerCase().match(WORD) ?? [];
  return text.split(by).filter((token) => token !== '');
}

export class Vocabulary {
  #numbers;

  /** @param {readonly string[]} names checked @param {{ by: By, unknown: Unknown }} rules */
  constructor(names, { by, unknown }) {
    /** In the order of their numbers. */
    this.names = Object.freeze([...names]);
    this.by = by;
    this.unknown = unknown;
    this.#numbers = new Map(names.map((name, i) => [name, i]));
  }

  get size() {
    return this.names.length;
  }

  /**
   * @param {unknown} sequence a text, or an array of tokens
   * @param {string} path
   * @returns {Int32Array}
   * @throws {ArgumentError} where a token is not known, and that is an error
   */
  encode(sequence, path) {
    const isText = typeof sequence === 'string';
    if (!isText && !isArray(sequence)) refuse(path, 'a text, or an array of tokens', sequence);
    const tokens = isText ? cut(sequence, this.by) : sequence;
    const numbers = Int32Array.from({ length: tokens.length }, (_, t) =>
      this.numberOf(tokens[t], isText ? path : `${path}[${t}]`, isText ? ` as token ${t}` : ''));
    return this.unknown === 'skip' ? numbers.filter((number) => number >= 0) : numbers;
  }

  /**
   * @param {unknown} token
   * @param {string} path
   * @param {string} [where] it stands in that
   * @returns {number} -1: it is skipped
   * @throws {ArgumentError}
   */
  numberOf(token, path, where = '') {
    if (typeof token !== 'string') refuse(path, 'a token, a string', token);
    const number = this.#numbers.get(token) ?? (this.unknown === 'skip' ? -1 : this.#numbers.get(this.unknown));
    if (number !== undefined) return number;
    throw new ArgumentError(`${path} must only have tokens that the model knows (${this.size}), got ${describe(token)}${where}; ` +
      "a model made with unknown: 'skip', or a token, takes any");
  }

  /** As it is in a file: plain data. */
  get description() {
    const { names, by, unknown } = this;
    return { names, by, unknown };
  }
}

const readName = string();

/** @param {unknown} value @param {string} path @returns {string[]} */
export function readTokens(value, path) {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_INPUT) {
    refuse(path, `an array of 1 to ${MAX_INPUT} tokens, strings`, value);
  }
  const seen = new Set();
  value.forEach((name, i) => {
    readName(name, `${path}[${i}]`);
    if (seen.has(name)) throw new ArgumentError(`${path}[${i}]: ${describe(name)} is there twice`);
    seen.add(name);
  });
  return [...value];
}

/** @param {readonly string[]} names @returns {import('../../core/check.js').Reader<Unknown>} */
export const readUnknownToken = (names) => (value, path) => {
  if (value === undefined || value === 'error' || value === 'skip') return value ?? 'error';
  if (typeof value === 'string' && names.includes(value)) return value;
  return refuse(path, "'error', 'skip' or one of the tokens", value);
};

/** @type {import('../../core/check.js').Reader<By>} */
export const readBy = (value = 'word', path) => string()(value, path);

/**
 * The tokens that there are in texts, the most frequent first.
 * @param {unknown} text one, or an array of them, or of arrays of tokens
 * @param {By} by
 * @param {string} path
 */
export function tokensOf(text, by, path) {
  const texts = typeof text === 'string' ? [text] : text;
  if (!isArray(texts)) refuse(path, 'a text, or an array of texts', text);
  /** @type {Map<string, number>} */
  const counts = new Map();
  Array.from(texts, (one, i) => {
    const tokens = typeof one === 'string' ? cut(one, by) : isArray(one) ? Array.from(one) : refuse(`${path}[${i}]`, 'a text, or an array of tokens', one);
    tokens.forEach((token, t) => {
      const name = readName(token, `${path}[${i}][${t}]`);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    });
  });
  return readTokens([...counts].sort(([, a], [, b]) => b - a).map(([name]) => name), path);
}

/** Of a file. @param {unknown} value @param {string} path */
export function readVocabulary(value, path) {
  if (!isObject(value)) refuse(path, 'an object', value);
  const names = readTokens(value.names, `${path}.names`);
  const { by, unknown } = readOptions(path, value, { names: () => names, by: readBy, unknown: readUnknownToken(names) });
  return new Vocabulary(names, { by, unknown });
}
