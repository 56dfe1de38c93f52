// Alphabet.js: the characters a model knows, and texts as tokens. One character is one Unicode code point.
import { describe, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { MAX_INPUT } from '../network/network-options.js';

export class Alphabet {
  /** @type {Map<string, number>} */
  #tokens;

  /** @param {readonly string[]} characters each one code point, none twice */
  constructor(characters) {
    /** In the order of their tokens. */
    this.characters = Object.freeze([...characters]);
    this.#tokens = new Map(characters.map((character, token) => [character, token]));
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
   * @returns {Int32Array}
   * @throws {ArgumentError} where a character is not in the alphabet
   */
  encode(text, path) {
    const tokens = new Int32Array(text.length);
    let count = 0;
    for (const character of text) {
      const token = this.#tokens.get(character);
      if (token === undefined) {
        throw new ArgumentError(
          `${path} must only have characters of the model's alphabet (${this.size}), ` +
            `got ${describe(character)} (${codePointOf(character)}) as character ${count}`,
        );
      }
      tokens[count++] = token;
    }
    return tokens.subarray(0, count);
  }

  /** @param {ArrayLike<number>} tokens each in range */
  decode(tokens) {
    let text = '';
    for (let i = 0; i < tokens.length; i++) text += this.characters[tokens[i]];
    return text;
  }
}

/**
 * The alphabet of a text: its different characters, in the order of their code points.
 * @param {string} text
 * @param {string} path the argument, for messages
 * @throws {ArgumentError} where there are more than a network can have
 */
export function alphabetOf(text, path) {
  /** @param {string} character */
  const code = (character) => /** @type {number} */ (character.codePointAt(0));
  const characters = [...new Set(text)].sort((a, b) => code(a) - code(b));
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
    if (typeof character !== 'string' || [...character].length !== 1) {
      refuse(`${path}[${token}]`, 'one character', character);
    }
    if (seen.has(character)) throw new ArgumentError(`${path}[${token}]: ${describe(character)} is there twice`);
    seen.add(character);
  });
  return new Alphabet(characters);
}

/** @param {string} character */
function codePointOf(character) {
  const code = /** @type {number} */ (character.codePointAt(0));
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
