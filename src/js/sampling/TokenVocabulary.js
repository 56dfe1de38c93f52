// TokenVocabulary.js: the tokens that a model knows, words, notes, events, whatever has a name, and sequences of them.
//
// A sequence is a list of names; or a text, which is cut into them and put together again:
//   'word'        by Intl.Segmenter. A space goes with the word behind it, so that words follow words; punctuation, and
//                 what else stands between, are tokens of their own: nothing is lost, a text comes back as it was
//   'character'   code points, as [...text] counts
//   any other     what stands between two such separators, which come back as one each
// The empty name is no token of a sequence: it is the place before its first and behind its last.
import { describe, isList, optional, readOptions, refuse, string } from '../core/check.js';
import { ArgumentError, LstmError, OutOfMemoryError } from '../core/errors.js';
import { signalField } from '../core/pieces.js';
import { maskOf, readLength } from './sampling-options.js';
import { Vocabulary } from './Vocabulary.js';
import { hasHalf } from './whole-text.js';

/** How a text is cut: into words, characters, or at a separator. @typedef {'word' | 'character' | (string & {})} By */

/**
 * What sequences are: texts where `by` says how they are cut, lists of names without it.
 * @typedef {object} TokenForm
 * @property {By} [by]
 * @property {string} [locale] whose words they are: a BCP 47 tag
 */

/** The place before the first token of a sequence, and behind its last. */
export const END = '';

const words = { one: 'token', many: 'tokens', all: 'vocabulary' };
const textData = { source: 'text', kind: 'a string', kinds: 'strings' };
const listData = { source: 'sequences', kind: 'an array of tokens', kinds: 'arrays of tokens' };

/** Engines take a time for each segment that grows with the text's length: longer parts are cut, */
const LONG = 1024;
/** where a word ends for certain (UAX #29: no rule joins these). */
const BETWEEN = /(?<=[\p{L}\p{N}\p{P}]) (?=[\p{L}\p{N}])|(?<=[。！？，、])(?=[\p{L}\p{N}])/gu;

/**
 * A text in parts, whose words are the text's.
 * @param {string} text
 * @returns {Generator<string, void, void>}
 */
function* partsBetweenWords(text) {
  for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+/g)) {
    let from = 0;
    while (line.length - from > LONG) {
      BETWEEN.lastIndex = from + LONG / 2;
      const at = BETWEEN.exec(line)?.index;
      if (at === undefined) break;
      yield line.slice(from, at);
      from = at;
    }
    yield line.slice(from);
  }
}

/** @extends {Vocabulary<any>} */
export class TokenVocabulary extends Vocabulary {
  #form;
  /** @type {Intl.Segmenter | undefined} */
  #segmenter;

  /**
   * @param {readonly string[]} names none twice
   * @param {TokenForm} form
   * @throws {LstmError} where words are asked for, and the engine does not know what words are
   */
  constructor(names, form) {
    super(names, { ...words, sequence: form.by === undefined ? 'sequence' : 'text' });
    this.#form = form;
    if (form.by !== 'word') return;
    if (typeof Intl === 'undefined' || !('Segmenter' in Intl)) {
      throw new LstmError("by: 'word' needs Intl.Segmenter, which this engine does not have: cut texts into lists of tokens");
    }
    this.#segmenter = new Intl.Segmenter(form.locale, { granularity: 'word' });
  }

  /** What its sequences are. @returns {TokenForm} */
  get form() {
    return { ...this.#form };
  }

  get end() {
    return this.tokenOf(END);
  }

  /** Another that grows by itself. */
  copy() {
    const copy = new TokenVocabulary(this.names, this.#form);
    copy.unknown = this.unknown;
    return copy;
  }

  /** @returns {import('./Vocabulary.js').DataWords} */
  get data() {
    return this.#form.by === undefined ? listData : textData;
  }

  /** Does one that is trained on alone begin after an end too? */
  get isBegun() {
    return true;
  }

  /** Several sequences; undefined: one. @param {unknown} sequences */
  listOf(sequences) {
    if (!isList(sequences)) return undefined;
    const list = [...sequences];
    return this.#form.by === undefined && typeof list[0] === 'string' ? undefined : list;
  }

  /** @param {unknown} sequence @param {string} path */
  isSequence(sequence, path) {
    if (this.#form.by !== undefined) return typeof sequence === 'string';
    if (!Array.isArray(sequence)) return false;
    if (sequence.length > 0) this.read(sequence, path);
    return true;
  }

  /**
   * @param {unknown} sequence
   * @param {string} path
   * @returns {any}
   */
  read(sequence, path) {
    if (this.#form.by !== undefined) return string()(sequence, path);
    if (!Array.isArray(sequence) || sequence.length === 0) refuse(path, 'an array of at least one token', sequence);
    sequence.forEach((name, i) => readName(name, `${path}[${i}]`));
    return sequence;
  }

  /** @param {any} sequence @returns {Iterable<string>} */
  cut(sequence) {
    const { by } = this.#form;
    if (by === undefined || by === 'character') return sequence;
    return by === 'word' ? this.#wordsOf(sequence) : sequence.split(by).filter((/** @type {string} */ name) => name !== '');
  }

  /** @param {string} text @returns {Generator<string, void, void>} */
  *#wordsOf(text) {
    const segmenter = /** @type {Intl.Segmenter} */ (this.#segmenter);
    let space = '';
    for (const part of partsBetweenWords(text)) {
      for (const { segment, isWordLike } of segmenter.segment(part)) {
        if (isWordLike) {
          yield space + segment;
          space = '';
          continue;
        }
        if (space) yield space;
        space = segment === ' ' ? segment : '';
        if (!space) yield segment;
      }
    }
    if (space) yield space;
  }

  /**
   * A text that begins in the middle has no space before its first word: it is the word with it, if only that is known.
   * @param {string} name
   */
  firstOf(name) {
    return this.#form.by === 'word' ? this.tokenOf(` ${name}`) : undefined;
  }

  /** @param {string} name */
  mayBe(name) {
    return name !== END && !hasHalf(name);
  }

  /**
   * @param {string} path
   * @param {string} name
   * @param {number} at
   * @param {boolean} isOwnRule
   * @returns {never}
   */
  refuseName(path, name, at, isOwnRule) {
    if (hasHalf(name)) refuse(path, `of whole characters, without a lone surrogate as in token ${at}`, name);
    throw new ArgumentError(
      `${path} must only have tokens of the model's vocabulary (${this.size}), got ${describe(name)} as token ${at}`
        + (isOwnRule ? `; ${this.remedy}` : ''));
  }

  /** What else takes tokens that are not known, for messages. */
  get remedy() {
    return "a model made with unknown: 'skip', or a token, takes any";
  }

  /**
   * @param {ArrayLike<number>} tokens each in range
   * @param {string} where the call, for messages
   * @returns {any} a sequence
   * @throws {OutOfMemoryError} where there are more than a text or an array can have
   */
  decode(tokens, where) {
    try {
      return this.join([...this.partsOf([], Array.from(tokens))]);
    } catch {
      throw new OutOfMemoryError(`${where}: not enough memory for ${tokens.length} tokens`);
    }
  }

  /** @param {string} part */
  sent(part) {
    return [part];
  }

  /** @param {string} part */
  piecesOf(part) {
    return [part];
  }

  /** @param {string[]} parts @returns {any} */
  join(parts) {
    return this.#form.by === undefined ? parts : parts.join('');
  }

  /**
   * A sequence in parts. It ends before a stop.
   * @param {readonly number[]} stops
   * @param {Iterable<number>} tokens
   * @returns {Generator<string, void, void>}
   */
  *partsOf(stops, tokens) {
    const { by } = this.#form;
    const separator = by === undefined || by === 'word' || by === 'character' ? '' : by;
    let before = '';
    for (const token of tokens) {
      if (stops.includes(token)) return;
      yield before + this.names[token];
      before = separator;
    }
  }

  /** What nothing was appended to yet. @returns {number[]} */
  get empty() {
    return [];
  }

  /** @param {number[]} sequence @param {number} token */
  append(sequence, token) {
    return [...sequence, token];
  }

  /**
   * @param {number[]} sequence
   * @param {readonly number[]} stops
   */
  endOf(sequence, stops) {
    const last = sequence[sequence.length - 1];
    return stops.includes(last) ? { before: sequence.slice(0, -1), stop: this.names[last] } : undefined;
  }

  /** A token that may come next. @param {number} token @param {number} probability */
  prediction(token, probability) {
    return { token: this.names[token], probability };
  }

  /** A sequence that may follow. @param {import('./beam-search.js').Ended<number[]>} ended */
  completion({ sequence, logProbability, stop }) {
    return { sequence: this.decode(sequence, 'complete'), logProbability, ...(stop !== undefined && { stop }) };
  }

  /**
   * Reads what is written within, and how. The token that stands for unknown ones is not written, nor is the end, but
   * where the model has learnt it.
   * @param {string} where
   * @param {unknown} options
   * @param {Record<string, import('../core/check.js').Reader<any>>} fields others
   * @param {boolean} [hasEnds] the model has learnt sequences that end
   */
  readLimits(where, options, fields, hasEnds) {
    const known = optional((value, path) => (Array.isArray(value) ? value : [value]).flatMap((name, i) =>
      this.#tokensNamed(readName(name, Array.isArray(value) ? `${path}[${i}]` : path), path)));
    const { stop = [], allowed: list, signal, ...read } = /** @type {any} */ (
      readOptions(where, options, { ...fields, length: readLength, stop: known, allowed: known, ...signalField }));
    const end = Number(this.end);
    const allowed = list ? maskOf(list, this.size) : new Uint8Array(this.size).fill(1);
    const unknown = this.tokenOf(this.unknown);
    if (unknown !== undefined && !list?.includes(unknown)) allowed[unknown] = 0;
    allowed[end] = Number(Boolean(hasEnds));
    if (list?.length === 0 || !allowed.includes(1)) throw new ArgumentError(`${where}: allowed must leave at least one token to write, got none`);
    return { ...read, stops: hasEnds ? [...stop, end] : stop, allowed };
  }

  /**
   * The tokens that are called so: of words also that with a space before it.
   * @param {string} name
   * @param {string} path
   */
  #tokensNamed(name, path) {
    const names = this.#form.by === 'word' ? [name, ` ${name}`] : [name];
    const tokens = names.map((each) => this.tokenOf(each)).filter((token) => token !== undefined);
    return tokens.length > 0 ? /** @type {number[]} */ (tokens) : refuse(path, `of tokens of the vocabulary (${this.size})`, name);
  }
}

/** @type {import('../core/check.js').Reader<string>} */
function readName(name, path) {
  if (typeof name !== 'string' || name === END) refuse(path, 'a token, a string that is not empty', name);
  return name;
}
