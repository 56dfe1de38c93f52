// SymbolSet.js: the symbols of one side of a translator: characters, words, or whatever has a name.
import { isObject, refuse, string } from '../../core/check.js';
import { Vocabulary } from '../../sampling/Vocabulary.js';

/**
 * How texts are cut: 'character' as [...text] counts, 'word' at white space (words come back with one space between them);
 * undefined: they are lists of names.
 * @typedef {'character' | 'word' | undefined} By
 */

/** A text, or a list of names. @typedef {any} Phrase */

/** @extends {Vocabulary<any>} */
export class SymbolSet extends Vocabulary {
  /**
   * @param {readonly string[]} names
   * @param {By} by
   */
  constructor(names, by) {
    super(names, { one: 'symbol', many: 'symbols', all: 'vocabulary', sequence: by ? 'text' : 'list' });
    this.by = by;
  }

  /**
   * The names in phrases, each once, in order.
   * @param {Iterable<Phrase>} phrases
   * @param {By} by
   * @param {string} path
   */
  static of(phrases, by, path) {
    const cutter = new SymbolSet([], by);
    const names = new Set();
    let at = 0;
    for (const phrase of phrases) for (const name of cutter.cut(cutter.read(phrase, `${path}[${at++}]`))) names.add(name);
    return [...names].sort();
  }

  /** @param {unknown} phrase @param {string} path @returns {Phrase} */
  read(phrase, path) {
    if (this.by) return string(0)(phrase, path);
    if (!Array.isArray(phrase)) refuse(path, 'a list of names', phrase);
    return phrase.map((name, i) => string()(name, `${path}[${i}]`));
  }

  /** @param {Phrase} phrase @returns {Iterable<string>} */
  cut(phrase) {
    return this.by === 'word' ? phrase.split(/\s+/u).filter(Boolean) : phrase;
  }

  /**
   * The tokens of a phrase that is given.
   * @param {unknown} phrase
   * @param {string} path
   * @param {{ mayBeEmpty?: boolean }} [about]
   */
  tokens(phrase, path, { mayBeEmpty = false } = {}) {
    const tokens = this.encode(this.read(phrase, path), path);
    if (tokens.length === 0 && !mayBeEmpty) refuse(path, 'a phrase with at least one symbol of the vocabulary', phrase);
    return tokens;
  }

  /** @param {readonly number[]} tokens @returns {Phrase} */
  decode(tokens) {
    const names = tokens.map((token) => this.names[token]);
    return this.by ? names.join(this.by === 'word' ? ' ' : '') : names;
  }

  /**
   * @param {string} path
   * @param {string} name
   * @param {number} at
   * @param {boolean} _isOwnRule
   * @returns {never}
   */
  refuseName(path, name, at, _isOwnRule) {
    return refuse(`${path}: symbol ${at}`, `one of the ${this.size} that the translator knows`, name);
  }
}

/** @type {import('../../core/check.js').Reader<By>} */
export const readBy = (value, path) => (value === undefined || value === 'character' || value === 'word'
  ? value : refuse(path, "'character' or 'word'", value));

/**
 * The names of one side: a text that has them, or a list of them.
 * @param {unknown} given
 * @param {By} by
 * @param {string} path
 */
export function readNames(given, by, path) {
  const names = Array.isArray(given) ? given.map((name, i) => string()(name, `${path}[${i}]`))
    : by && !isObject(given) ? SymbolSet.of([string()(given, path)], by, path) : refuse(path, by ? 'a text, or a list of names' : 'a list of names', given);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) refuse(path, 'names of which none is there twice', twice);
  if (names.length === 0) refuse(path, 'at least one name', given);
  return names;
}
