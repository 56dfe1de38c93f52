// vocabulary.js: tokens by name, and texts cut into them.
//
//   'character'   one a code point, as [...text] counts
//   'word'        runs of letters, digits and apostrophes, in small letters; each other sign but space for itself
//   any other     what stands between two such separators
import { describe, isArray, readOptions, refuse, string } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { MAX_INPUT } from '../../network/network-options.js';
import { readUnknown, Vocabulary } from '../../sampling/Vocabulary.js';

/** How a text is cut: into characters, words, or at a separator. @typedef {'character' | 'word' | (string & {})} By */

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;

/** @param {string} text @param {By} by @returns {string[]} */
function cut(text, by) {
  if (by === 'character') return [...text];
  if (by === 'word') return text.toLowerCase().match(WORD) ?? [];
  return text.split(by).filter((token) => token !== '');
}

const words = { one: 'token', many: 'tokens', all: 'vocabulary', sequence: 'sequence' };

/** The tokens of a classifier. A text loses its spaces, as nothing is written from it. @extends {Vocabulary<any>} */
export class StepVocabulary extends Vocabulary {
  /** @param {readonly string[]} names checked @param {By} by */
  constructor(names, by) {
    super(names, words);
    this.by = by;
  }

  /** @param {any} sequence a text, or an array of names @returns {Iterable<string>} */
  cut(sequence) {
    return typeof sequence === 'string' ? cut(sequence, this.by) : Array.from(sequence);
  }

  /** @param {unknown} sequence @param {string} path */
  read(sequence, path) {
    if (typeof sequence === 'string') return sequence;
    if (!isArray(sequence)) refuse(path, 'a text, or an array of tokens', sequence);
    for (let t = 0; t < sequence.length; t++) {
      if (typeof sequence[t] !== 'string') refuse(`${path}[${t}]`, 'a token, a string', sequence[t]);
    }
    return sequence;
  }

  /**
   * The token of one step.
   * @param {unknown} name
   * @param {string} path
   * @returns {number} -1: it is skipped
   * @throws {ArgumentError} where it is not known, and that is an error
   */
  numberOf(name, path) {
    if (typeof name !== 'string') refuse(path, 'a token, a string', name);
    return this.encode([name], path)[0] ?? -1;
  }

  /**
   * @param {string} path
   * @param {string} name
   * @param {number} at
   * @param {boolean} isOwnRule
   * @returns {never}
   */
  refuseName(path, name, at, isOwnRule) {
    throw new ArgumentError(`${path} must only have tokens that the model knows (${this.size}), got ${describe(name)} as token ${at}` +
      (isOwnRule ? "; a model made with unknown: 'skip', or a token, takes any" : ''));
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

/**
 * @param {readonly string[]} names checked
 * @param {By} by
 * @param {unknown} unknown the rule
 * @param {string} path of that
 */
export function vocabularyOf(names, by, unknown, path) {
  const vocabulary = new StepVocabulary(names, by);
  vocabulary.unknown = readUnknown(vocabulary)(unknown, path) ?? 'error';
  return vocabulary;
}

/** Of a file. @param {unknown} value @param {string} path */
export function readVocabulary(value, path) {
  const as = (/** @type {unknown} */ given) => given;
  const { names, by, unknown } = readOptions(path, value, { names: readTokens, by: readBy, unknown: as });
  return vocabularyOf(names, by, unknown, `${path}.unknown`);
}
