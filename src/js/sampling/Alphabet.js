// Alphabet.js: the characters a model knows, and texts as tokens. One character is one Unicode code point, as [...text]
// counts. Half of one, a surrogate without the other, is none: two of them that come to stand side by side would be one.
//
// What becomes of a character outside the alphabet, its rule `unknown` says: it is an error, is left out, or another
// stands for it. Learning goes on with new characters: they are added behind those that are there.
import { allocate } from '../core/allocate.js';
import { describe, refuse } from '../core/check.js';
import { ArgumentError, OutOfMemoryError } from '../core/errors.js';
import { MAX_INPUT } from '../network/network-options.js';

/** What becomes of an unknown character: an error, left out, or this one for it. @typedef {'error' | 'skip' | (string & {})} Unknown */

/** So many characters are joined at a time. */
const PIECE = 2 ** 14;

export class Alphabet {
  /** @type {Map<string, number>} */
  #tokens;

  /** @param {readonly string[]} characters each one code point, none twice */
  constructor(characters) {
    /** In the order of their tokens. */
    this.characters = Object.freeze([...characters]);
    this.#tokens = new Map(characters.map((character, token) => [character, token]));
    /** @type {Unknown} */
    this.unknown = 'error';
  }

  /** Another that grows by itself. */
  copy() {
    const copy = new Alphabet(this.characters);
    copy.unknown = this.unknown;
    return copy;
  }

  /** How many characters there are. */
  get size() {
    return this.characters.length;
  }

  /**
   * The token of a character, or undefined.
   * @param {string} character
   */
  tokenOf(character) {
    return this.#tokens.get(character);
  }

  /**
   * @param {string} text
   * @param {string} path the argument, for messages
   * @param {Unknown} [rule] what becomes of other characters, if not what the alphabet says; 'grow': they are added
   * @returns {Int32Array}
   * @throws {ArgumentError} where a character is not in the alphabet, and that is an error
   */
  encode(text, path, rule) {
    const unknown = rule ?? this.unknown;
    const tokens = allocate(Int32Array, text.length, path, `${text.length} characters`);
    const other = this.#tokens.get(unknown);
    let count = 0;
    for (const character of text) {
      const token = this.#tokens.get(character) ?? other;
      if (token !== undefined) tokens[count++] = token;
      else if (unknown === 'grow' && !isHalf(character)) tokens[count++] = this.#add(character);
      else if (unknown !== 'skip') this.#refuse(path, character, count, rule === undefined);
    }
    const { size } = this.#tokens;
    if (size > MAX_INPUT) throw new ArgumentError(`${path} must leave at most ${MAX_INPUT} characters in the alphabet, got ${size}`);
    if (size > this.size) this.characters = Object.freeze([...this.#tokens.keys()]);
    return tokens.subarray(0, count);
  }

  /** Becomes like another, which has grown from it. @param {Alphabet} other */
  become(other) {
    this.characters = other.characters;
    this.#tokens = other.#tokens;
  }

  /** @param {string} character */
  #add(character) {
    const token = this.#tokens.size;
    this.#tokens.set(character, token);
    return token;
  }

  /**
   * What there is of each character read, laid beside the text: NaN where one was left out.
   * @param {string} text
   * @param {Float64Array} values
   */
  align(text, values) {
    if (this.unknown !== 'skip') return values;
    let read = 0;
    return Float64Array.from(text, (character) => (this.#tokens.has(character) ? values[read++] : NaN));
  }

  /**
   * @param {string} path
   * @param {string} character
   * @param {number} at
   * @param {boolean} isOwnRule would another rule of the alphabet take it?
   * @returns {never}
   */
  #refuse(path, character, at, isOwnRule) {
    if (isHalf(character)) refuseHalf(path, character, at);
    throw new ArgumentError(
      `${path} must only have characters of the model's alphabet (${this.size}), got ${describe(character)} ` +
        `(${codePointOf(character)}) as character ${at}${isOwnRule ? "; a model made with unknown: 'skip', or a character, takes any" : ''}`,
    );
  }

  /**
   * @param {Uint32Array} tokens each in range
   * @param {string} where the call, for messages
   * @throws {OutOfMemoryError} where there are more than a string can have
   */
  decode(tokens, where) {
    let text = '';
    try {
      // One character added to another is a node of a tree in some engines; what join gives is plain.
      for (let at = 0; at < tokens.length; at += PIECE) {
        text += Array.from(tokens.subarray(at, at + PIECE), (token) => this.characters[token]).join('');
      }
    } catch {
      throw new OutOfMemoryError(`${where}: not enough memory for a text of ${tokens.length} characters`);
    }
    return text;
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
  if (characters.some(isHalf)) assertWhole(text, path);
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
    if (isHalf(character)) refuse(`${path}[${token}]`, 'a whole character, no lone surrogate', character);
    if (seen.has(character)) throw new ArgumentError(`${path}[${token}]: ${describe(character)} is there twice`);
    seen.add(character);
  });
  return new Alphabet(characters);
}

/**
 * How the rule for unknown characters is read.
 * @param {Alphabet} alphabet
 * @returns {import('../core/check.js').Reader<Unknown | undefined>} undefined: 'error'
 */
export const readUnknown = ({ characters }) => (value, path) => {
  if (value === undefined || value === 'error') return undefined;
  if (value === 'skip' || (typeof value === 'string' && characters.includes(value))) return value;
  return refuse(path, "'error', 'skip' or a character of the alphabet", value);
};

/**
 * The alphabet of a file. Version 0.1.0 learnt lone surrogates like characters; in their places stand characters of
 * private use, U+FD800 to U+FDFFF for U+D800 to U+DFFF, so that its models open and all of their texts are whole.
 * @param {unknown} characters
 * @param {string} path
 * @throws {ArgumentError}
 */
export function readFileAlphabet(characters, path) {
  const wholeOf = (/** @type {unknown} */ one) =>
    (typeof one === 'string' && one.length === 1 && isHalf(one) ? String.fromCodePoint(0xf0000 + one.charCodeAt(0)) : one);
  return readAlphabet(Array.isArray(characters) ? characters.map(wholeOf) : characters, path);
}

// With the flag u, a surrogate beside the other half is a part of their character.
const HALF = /\p{Surrogate}/u;

/** @param {string} text */
const isHalf = (text) => HALF.test(text);

/**
 * @param {string} path
 * @param {string} half
 * @param {number} at
 * @returns {never}
 */
function refuseHalf(path, half, at) {
  throw new ArgumentError(
    `${path} must be of whole characters, got a lone surrogate (${codePointOf(half)}) as character ${at}`);
}

/**
 * Throws where a text has half of a character.
 * @param {string} text
 * @param {string} path the argument, for messages
 * @throws {ArgumentError}
 */
export function assertWhole(text, path) {
  const index = text.search(HALF);
  if (index < 0) return;
  let at = 0;
  for (let i = 0; i < index; at++) i += /** @type {number} */ (text.codePointAt(i)) > 0xffff ? 2 : 1;
  refuseHalf(path, text[index], at);
}

/** @param {string} character */
function codePointOf(character) {
  const code = /** @type {number} */ (character.codePointAt(0));
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
