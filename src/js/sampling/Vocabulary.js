// Vocabulary.js: the tokens that a model knows by their names, and sequences of names as tokens and back.
//
// What becomes of a name outside the vocabulary, its rule `unknown` says: it is an error, is left out, or another stands
// for it. Learning goes on with new names: they are added behind those that are there.
import { allocate } from '../core/allocate.js';
import { refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { MAX_INPUT } from '../network/network-options.js';

/** What becomes of an unknown one: an error, left out, or this one for it. @typedef {'error' | 'skip' | (string & {})} Unknown */

/**
 * How messages call things.
 * @typedef {object} Words
 * @property {string} one 'character'
 * @property {string} many 'characters'
 * @property {string} all 'alphabet'
 * @property {string} sequence an argument that is one: 'text'
 */

/**
 * How messages call what is trained on.
 * @typedef {object} DataWords
 * @property {string} source 'text', 'sequences'
 * @property {string} kind what is expected: 'a string'
 * @property {string} kinds several of them: 'strings'
 */

/**
 * A kind of vocabulary says what its sequences are: texts, or lists of names.
 * @template {string | readonly string[]} Sequence
 * @abstract
 */
export class Vocabulary {
  /** @type {Map<string, number>} */
  #tokens;

  /**
   * @param {readonly string[]} names none twice
   * @param {Words} words
   */
  constructor(names, words) {
    /** In the order of their tokens. */
    this.names = Object.freeze([...names]);
    this.words = words;
    this.#tokens = new Map(names.map((name, token) => [name, token]));
    /** @type {Unknown} */
    this.unknown = 'error';
  }

  /** How many there are. */
  get size() {
    return this.names.length;
  }

  /** The token that sequences begin after and end with, if there is one. @abstract @returns {number | undefined} */
  get end() {
    return undefined;
  }

  /**
   * The token of a name, or undefined.
   * @param {string} name
   */
  tokenOf(name) {
    return this.#tokens.get(name);
  }

  /**
   * The names that a sequence has, one after the other.
   * @abstract
   * @param {Sequence} sequence
   * @returns {Iterable<string>}
   */
  cut(sequence) {
    return sequence;
  }

  /**
   * A sequence that is given, checked but for its names.
   * @abstract
   * @param {unknown} sequence
   * @param {string} path
   * @returns {Sequence}
   */
  read(sequence, path) {
    return refuse(path, 'a sequence', sequence);
  }

  /**
   * @param {Sequence} sequence
   * @param {string} path the argument, for messages
   * @param {Unknown} [rule] what becomes of other names, if not what the vocabulary says; 'grow': they are added
   * @returns {Int32Array}
   * @throws {ArgumentError} where a name is not in the vocabulary, and that is an error
   */
  encode(sequence, path, rule) {
    const unknown = rule ?? this.unknown;
    const tokens = allocate(Int32Array, sequence.length, path, `${sequence.length} ${this.words.many}`);
    const other = this.#tokens.get(unknown);
    let count = 0;
    let isFirst = rule === undefined;
    for (const name of this.cut(sequence)) {
      const token = this.#tokens.get(name) ?? (isFirst ? this.firstOf(name) : undefined) ?? other;
      isFirst = false;
      if (token !== undefined) tokens[count++] = token;
      else if (unknown === 'grow' && this.mayBe(name)) tokens[count++] = this.#add(name);
      else if (unknown !== 'skip') this.refuseName(path, name, count, rule === undefined);
    }
    const { size } = this.#tokens;
    if (size > MAX_INPUT) {
      throw new ArgumentError(`${path} must leave at most ${MAX_INPUT} ${this.words.many} in the ${this.words.all}, got ${size}`);
    }
    if (size > this.size) this.names = Object.freeze([...this.#tokens.keys()]);
    return tokens.subarray(0, count);
  }

  /** Becomes like another, which has grown from it. @param {Vocabulary<any>} other */
  become(other) {
    this.names = other.names;
    this.#tokens = other.#tokens;
  }

  /**
   * The token of a name that is not known, at the beginning of what is read, and not learnt.
   * @abstract
   * @param {string} _name
   * @returns {number | undefined}
   */
  firstOf(_name) {
    return undefined;
  }

  /**
   * Can it be a name?
   * @abstract
   * @param {string} _name
   */
  mayBe(_name) {
    return true;
  }

  /**
   * @abstract
   * @param {string} path
   * @param {string} name
   * @param {number} at
   * @param {boolean} _isOwnRule would another rule of the vocabulary take it?
   * @returns {never}
   */
  refuseName(path, name, at, _isOwnRule) {
    return refuse(`${path}[${at}]`, `of the ${this.words.all}`, name);
  }

  /**
   * What there is of each name read, laid beside the sequence: NaN where one was left out.
   * @param {Sequence} sequence
   * @param {Float64Array} values
   */
  align(sequence, values) {
    if (this.unknown !== 'skip') return values;
    let read = 0;
    const isRead = (/** @type {string} */ name, /** @type {number} */ i) => this.#tokens.has(name) || (i === 0 && this.firstOf(name) !== undefined);
    return Float64Array.from(this.cut(sequence), (name, i) => (isRead(name, i) ? values[read++] : NaN));
  }

  /** @param {string} name */
  #add(name) {
    const token = this.#tokens.size;
    this.#tokens.set(name, token);
    return token;
  }
}

/**
 * How the rule for unknown names is read.
 * @param {Vocabulary<any>} vocabulary
 * @returns {import('../core/check.js').Reader<Unknown | undefined>} undefined: 'error'
 */
export const readUnknown = (vocabulary) => (value, path) => {
  if (value === undefined || value === 'error') return undefined;
  if (value === 'skip' || (typeof value === 'string' && vocabulary.tokenOf(value) !== undefined)) return value;
  const { one, all } = vocabulary.words;
  return refuse(path, `'error', 'skip' or a ${one} of the ${all}`, value);
};
