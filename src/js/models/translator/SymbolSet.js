// SymbolSet.js: the tokens of one side of a translator.
import { isObject, optional, refuse, string } from '../../core/check.js';
import { TokenVocabulary } from '../../sampling/TokenVocabulary.js';

/** A text, or a list of names. @typedef {any} Phrase */
/** @typedef {import('../../sampling/TokenVocabulary.js').TokenForm} TokenForm */

export class SymbolSet extends TokenVocabulary {
  #side;

  /**
   * @param {readonly string[]} names none twice
   * @param {TokenForm} form
   * @param {'source' | 'target'} [side]
   */
  constructor(names, form, side) {
    super(names, form);
    this.#side = side;
  }

  /**
   * The names in phrases, each once, in order.
   * @param {Iterable<Phrase>} phrases
   * @param {TokenForm} form
   * @param {string} path
   */
  static namesOf(phrases, form, path) {
    const cutter = new SymbolSet([], form);
    const names = new Set();
    let at = 0;
    for (const phrase of phrases) {
      const here = `${path}[${at++}]`;
      if (!isEmpty(phrase, form)) for (const name of cutter.cut(cutter.read(phrase, here))) names.add(name);
    }
    return [...names].sort();
  }

  /**
   * The tokens of a phrase that is given.
   * @param {unknown} phrase
   * @param {string} path
   * @param {{ mayBeEmpty?: boolean }} [about]
   */
  tokens(phrase, path, { mayBeEmpty = false } = {}) {
    if (mayBeEmpty && isEmpty(phrase, this.form)) return new Int32Array(0);
    const tokens = this.encode(this.read(phrase, path), path);
    if (tokens.length === 0) refuse(path, 'a phrase with at least one token of the vocabulary', phrase);
    return tokens;
  }

  /** @override */
  get remedy() {
    return this.#side === 'source'
      ? "a translator made with unknown: 'skip' leaves such out of sources"
      : "a target has to be known whole: unknown: 'skip' is of sources only";
  }
}

/** @param {unknown} phrase @param {TokenForm} form */
const isEmpty = (phrase, { by }) => (by === undefined ? Array.isArray(phrase) && phrase.length === 0 : phrase === '');

/** @type {import('../../core/check.js').Reader<string | undefined>} */
export const readBy = optional(string());

/**
 * The names of one side: a text that has them, or a list of them.
 * @param {unknown} given
 * @param {TokenForm} form
 * @param {string} path
 */
export function readNames(given, form, path) {
  const isText = form.by !== undefined && !Array.isArray(given) && !isObject(given);
  if (!isText && !Array.isArray(given)) refuse(path, form.by ? 'a text, or a list of names' : 'a list of names', given);
  const names = isText ? SymbolSet.namesOf([string()(given, path)], form, path)
    : /** @type {unknown[]} */ (given).map((name, i) => string()(name, `${path}[${i}]`));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) refuse(path, 'names of which none is there twice', twice);
  if (names.length === 0) refuse(path, 'at least one name', given);
  return names;
}
