// Alphabet.js: the characters a model knows: a vocabulary of texts. One character is one Unicode code point, as [...text]
// counts.
import { describe, isList, refuse, string } from '../core/check.js';
import { ArgumentError, OutOfMemoryError } from '../core/errors.js';
import { MAX_INPUT } from '../network/network-options.js';
import { readTextLimits } from './sampling-options.js';
import { Vocabulary } from './Vocabulary.js';
import { assertWhole, codePointOf, hasHalf, refuseHalf } from './whole-text.js';

/** So many characters are joined at a time. */
const PIECE = 2 ** 14;

const words = { one: 'character', many: 'characters', all: 'alphabet', sequence: 'text' };

/** @extends {Vocabulary<string>} */
export class Alphabet extends Vocabulary {
  /** @param {readonly string[]} characters each one code point, none twice */
  constructor(characters) {
    super(characters, words);
  }

  /** In the order of their tokens. */
  get characters() {
    return this.names;
  }

  /** A line's end. */
  get end() {
    return this.tokenOf('\n');
  }

  /** Another that grows by itself. */
  copy() {
    const copy = new Alphabet(this.characters);
    copy.unknown = this.unknown;
    return copy;
  }

  /** @returns {import('./Vocabulary.js').DataWords} */
  get data() {
    return { source: 'text', kind: 'a string', kinds: 'strings' };
  }

  /** Does one that is trained on alone begin after an end too? */
  get isBegun() {
    return false;
  }

  /** Several texts; undefined: one. @param {unknown} texts */
  listOf(texts) {
    return isList(texts) ? [...texts] : undefined;
  }

  /** @param {unknown} text @param {string} _path */
  isSequence(text, _path) {
    return typeof text === 'string';
  }

  /** @param {unknown} text @param {string} path */
  read(text, path) {
    return string()(text, path);
  }

  /** @param {string} name */
  mayBe(name) {
    return !hasHalf(name);
  }

  /**
   * @param {string} path
   * @param {string} character
   * @param {number} at
   * @param {boolean} isOwnRule
   * @returns {never}
   */
  refuseName(path, character, at, isOwnRule) {
    if (hasHalf(character)) refuseHalf(path, character, at);
    throw new ArgumentError(
      `${path} must only have characters of the model's alphabet (${this.size}), got ${describe(character)} ` +
        `(${codePointOf(character)}) as character ${at}${isOwnRule ? "; a model made with unknown: 'skip', or a character, takes any" : ''}`,
    );
  }

  /**
   * @param {ArrayLike<number>} tokens each in range
   * @param {string} where the call, for messages
   * @throws {OutOfMemoryError} where there are more than a string can have
   */
  decode(tokens, where) {
    let text = '';
    try {
      // One character added to another is a node of a tree in some engines; what join gives is plain.
      for (let at = 0; at < tokens.length; at += PIECE) {
        const length = Math.min(PIECE, tokens.length - at);
        text += Array.from({ length }, (_, i) => this.characters[tokens[at + i]]).join('');
      }
    } catch {
      throw new OutOfMemoryError(`${where}: not enough memory for a text of ${tokens.length} characters`);
    }
    return text;
  }

  /** What a part of a written text crosses to another thread as. @param {string} part @returns {string | string[]} */
  sent(part) {
    return part;
  }

  /** What a part of a written text is handed over as: its characters. @param {string} part */
  piecesOf(part) {
    return part;
  }

  /** Parts of a text, joined. @param {string[]} parts */
  join(parts) {
    return parts.join('');
  }

  /**
   * A text in parts, which may be empty. It ends before a stop string.
   * @param {readonly string[]} stops
   * @param {Iterable<number>} tokens
   * @returns {Generator<string, void, void>}
   */
  *partsOf(stops, tokens) {
    // The end of the text, where it may be the beginning of a stop string.
    let held = '';
    for (const token of tokens) {
      held += this.characters[token];
      const end = this.endOf(held, stops);
      if (end) return yield end.before;
      let sure = 0;
      while (sure < held.length && !stops.some((stop) => stop.startsWith(held.slice(sure)))) sure++;
      yield held.slice(0, sure);
      held = held.slice(sure);
    }
    yield held;
  }

  /** A text that is one character longer. @param {string} text @param {number} token */
  append(text, token) {
    return text + this.characters[token];
  }

  /** A character that may come next. @param {number} token @param {number} probability */
  prediction(token, probability) {
    return { char: this.characters[token], probability };
  }

  /** A text that may follow. @param {import('./beam-search.js').Ended<string>} ended */
  completion({ sequence: text, logProbability, stop }) {
    return { text, logProbability, ...(stop !== undefined && { stop }) };
  }

  /** What nothing was appended to yet. */
  get empty() {
    return '';
  }

  /**
   * @param {string} text
   * @param {readonly string[]} stops
   * @returns {{ before: string, stop: string } | undefined} the longest of the stop strings that it ends with, if any, and
   *   what stands before
   */
  endOf(text, stops) {
    const stop = stops.filter((each) => text.endsWith(each)).reduce((best, each) => (each.length > best.length ? each : best), '');
    return stop ? { before: text.slice(0, -stop.length), stop } : undefined;
  }

  /**
   * Reads what is written within, and how: see sampling-options.js.
   * @param {string} where
   * @param {unknown} options
   * @param {Record<string, import('../core/check.js').Reader<any>>} fields others
   * @param {boolean} [isOfLines] the model has learnt texts that end with a line's end
   */
  readLimits(where, options, fields, isOfLines) {
    return readTextLimits(where, options, this, fields, isOfLines);
  }
}

/**
 * The alphabet of a text: its different characters, in the order of their code points, and the line's end, which stands
 * for the beginning of a text and for its end.
 * @param {string} text
 * @param {string} path the argument, for messages
 * @throws {ArgumentError} where there are more than a network can have
 */
export function alphabetOf(text, path) {
  /** @param {string} character */
  const code = (character) => /** @type {number} */ (character.codePointAt(0));
  const characters = [...new Set(text).add('\n')].sort((a, b) => code(a) - code(b));
  if (characters.some(hasHalf)) assertWhole(text, path);
  if (characters.length > MAX_INPUT) {
    throw new ArgumentError(`${path} must have at most ${MAX_INPUT} different characters, got ${characters.length}`);
  }
  return new Alphabet(characters);
}

/**
 * An alphabet from a file or an argument, checked.
 * @param {unknown} characters
 * @param {string} path
 * @throws {ArgumentError}
 */
export function readAlphabet(characters, path) {
  if (!Array.isArray(characters) || characters.length === 0) refuse(path, 'an array of characters', characters);
  if (characters.length > MAX_INPUT) refuse(path, `an array of at most ${MAX_INPUT} characters`, characters);
  const seen = new Set();
  characters.forEach((character, token) => {
    if (typeof character !== 'string' || character.length > 2 || [...character].length !== 1) {
      refuse(`${path}[${token}]`, 'one character', character);
    }
    if (hasHalf(character)) refuse(`${path}[${token}]`, 'a whole character, no lone surrogate', character);
    if (seen.has(character)) throw new ArgumentError(`${path}[${token}]: ${describe(character)} is there twice`);
    seen.add(character);
  });
  return new Alphabet(characters);
}

/**
 * The alphabet of a file. Version 0.1.0 learnt lone surrogates like characters; in their places stand characters of
 * private use, U+FD800 to U+FDFFF for U+D800 to U+DFFF, so that its models open and all of their texts are whole.
 * @param {unknown} characters
 * @param {string} path
 * @throws {ArgumentError}
 */
export function readFileAlphabet(characters, path) {
  const wholeOf = (/** @type {unknown} */ one) =>
    (typeof one === 'string' && one.length === 1 && hasHalf(one) ? String.fromCodePoint(0xf0000 + one.charCodeAt(0)) : one);
  return readAlphabet(Array.isArray(characters) ? characters.map(wholeOf) : characters, path);
}
