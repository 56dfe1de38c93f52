// text-pattern.js: a regular expression that a text is kept to while it is written, character by character.
//
// The expression becomes a nondeterministic automaton (Thompson 1968). Its parts are
//   c  \d  \p{L}  .  [...]     one character: which of the alphabet's, the RegExp engine itself is asked once
//   ( )  (?: )  (?<name> )  |  groups and alternatives
//   ?  *  +  {m}  {m,}  {m,n}  each also with ? behind, which means the same where a whole text is matched
// Each state knows how many characters the shortest way to the end takes, with the characters that there are. So a text
// never starts what it cannot finish.
import { describe, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { isA } from '../core/realms.js';
import { assertWhole } from './whole-text.js';

const MAX_STATES = 2 ** 16;
const MAX_DEPTH = 100;

/**
 * @typedef {object} State
 * @property {Uint8Array} [set] not 0 for the tokens that lead to `to[0]`; without it `to` are reached without any
 * @property {State[]} to empty for the end
 * @property {number} least characters to the end
 */

/**
 * A part of the expression: makes the states that match it and then go on with `to`, and returns the first.
 * @typedef {(to: State) => State} Part
 */

export class TextPattern {
  #start;
  /** The end of the automaton. @type {State} */
  #end = { to: [], least: 0 };
  #size;

  /**
   * @param {unknown} pattern a RegExp, or its source
   * @param {string} path
   * @param {readonly string[]} characters in the order of their tokens
   * @param {Uint8Array} [allowed] not 0 for the tokens that may be used
   * @throws {ArgumentError} for what is no pattern of this kind
   */
  constructor(pattern, path, characters, allowed) {
    const expression = readExpression(pattern, path);
    this.#size = characters.length;
    this.#start = new Parser(expression, path, characters, allowed).parse()(this.#end);
    if (this.#start.least === Infinity) {
      const got = describe(expression.source);
      throw new ArgumentError(`${path} must match a text of the characters that may be drawn, got ${got}`);
    }
  }

  /** How many characters the shortest text has. */
  get least() {
    return this.#start.least;
  }

  /** Where a text begins. @returns {Set<State>} */
  start() {
    return reached([this.#start]);
  }

  /**
   * May the text end here?
   * @param {Set<State>} states
   */
  isWhole(states) {
    return states.has(this.#end);
  }

  /**
   * The tokens with which the text can go on, so that it can end after at most `left` characters.
   * @param {Set<State>} states
   * @param {number} left
   * @returns {Uint8Array | undefined} not 0 for those; undefined where there are none
   */
  mask(states, left) {
    let mask;
    for (const { set, least } of states) {
      if (!set || least > left) continue;
      mask ??= new Uint8Array(this.#size);
      for (let token = 0; token < mask.length; token++) mask[token] |= set[token];
    }
    return mask;
  }

  /**
   * @param {Set<State>} states
   * @param {number} token
   */
  after(states, token) {
    return reached([...states].filter(({ set }) => set?.[token]).map(({ to }) => to[0]));
  }
}

/**
 * The states reached without a character.
 * @param {State[]} states
 */
function reached(states) {
  const found = new Set(states);
  // A Set is read on to what is added meanwhile.
  for (const { set, to } of found) if (!set) for (const state of to) found.add(state);
  return found;
}

/**
 * @param {unknown} pattern
 * @param {string} path
 */
function readExpression(pattern, path) {
  if (!isA(pattern, 'RegExp') && typeof pattern !== 'string') refuse(path, 'a RegExp or its source', pattern);
  const { source, flags: given } = typeof pattern === 'string'
    ? { source: pattern, flags: '' } : /** @type {RegExp} */ (pattern);
  assertWhole(source, path);
  if (given.includes('v')) throw new ArgumentError(`${path} must be a RegExp without the flag v`);
  // Characters are code points, so flag u. i and s say what a character matches; the others change no whole match.
  const flags = `u${given.replace(/[^is]/g, '')}`;
  try {
    new RegExp(source, flags);
  } catch (error) {
    throw new ArgumentError(`${path} must be a RegExp with the flag u: ${/** @type {Error} */ (error).message}`);
  }
  return { source, flags };
}

// The RegExp constructor has accepted the expression, so its syntax is right: in this order, an escape, a class, the
// start of a group, a quantifier, any other character.
const ESCAPE = /\\(?:[pPu]\{[^}]*\}|ud[89ab]..\\ud[c-f]..|u....|x..|c.|k<[^>]*>|[1-9]\d*|[^])/;
const CLASS = /\[(?:\\[^]|[^\]])*\]/;
const GROUP = /\((?:\?(?:<[^=!>]*>|<?[=!]|[a-z-]*:))?/;
const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/;
const WORD = new RegExp([ESCAPE, CLASS, GROUP, QUANTIFIER, /[^]/].map(({ source }) => source).join('|'), 'giu');

/** What starts like this is refused, by this name. @type {[RegExp, string][]} */
const OUTSIDE = [
  [/^[\^$]/, '^ or $: the whole text is matched as it is'],
  [/^\\[bB]/, 'word boundary'],
  [/^\\[1-9k]/, 'back reference'],
  [/^\(\?<?[=!]/, 'look-around'],
  [/^\(\?[a-z-]/i, 'modifiers'],
];

class Parser {
  #words;
  #at = 0;
  #source;
  #flags;
  #path;
  #characters;
  #allowed;
  /** @type {Map<string, Uint8Array>} */
  #sets = new Map();
  #states = 0;

  /**
   * @param {{ source: string, flags: string }} expression
   * @param {string} path
   * @param {readonly string[]} characters
   * @param {Uint8Array | undefined} allowed
   */
  constructor({ source, flags }, path, characters, allowed) {
    this.#words = source.match(WORD) ?? [];
    this.#source = source;
    this.#flags = flags;
    this.#path = path;
    this.#characters = characters;
    this.#allowed = allowed;
  }

  /** @returns {Part} */
  parse(depth = 0) {
    if (depth > MAX_DEPTH) this.#refuse(`groups in at most ${MAX_DEPTH} others`);
    const parts = [this.#sequence(depth)];
    while (this.#words[this.#at] === '|') {
      this.#at++;
      parts.push(this.#sequence(depth));
    }
    return parts.length === 1 ? parts[0] : (to) => this.#state(parts.map((part) => part(to)));
  }

  /** @param {number} depth @returns {Part} */
  #sequence(depth) {
    /** @type {Part[]} */
    const parts = [];
    while (this.#at < this.#words.length && !'|)'.includes(this.#words[this.#at])) parts.push(this.#repeated(depth));
    return (to) => parts.reduceRight((next, part) => part(next), to);
  }

  /** @param {number} depth @returns {Part} */
  #repeated(depth) {
    const part = this.#single(depth);
    const [word = '', digits, comma, last] = this.#words[this.#at]?.match(/^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??$/) ?? [];
    if (word === '') return part;
    this.#at++;
    const least = word[0] === '+' ? 1 : Number(digits ?? 0);
    const most = word[0] === '?' ? 1 : !digits || (comma && !last) ? Infinity : Number(last || digits);
    return (to) => {
      let next = to;
      if (most === Infinity) {
        next = this.#state([to]);
        next.to.push(part(next));
      }
      // One more, or none and no more after it.
      for (let n = least; n < most && most < Infinity; n++) next = this.#state([part(next), to]);
      for (let n = 0; n < least; n++) next = this.#counted(part(next));
      return next;
    };
  }

  /** @param {number} depth @returns {Part} */
  #single(depth) {
    const word = this.#words[this.#at++];
    const [, name] = OUTSIDE.find(([start]) => start.test(word)) ?? [];
    if (name) this.#refuse(`no ${name}`);
    if (word[0] !== '(') {
      const set = this.#setOf(word);
      return (to) => this.#state([to], set);
    }
    const part = this.parse(depth + 1);
    this.#at++;
    return part;
  }

  /**
   * The characters that are matched by what stands for one.
   * @param {string} word
   */
  #setOf(word) {
    let set = this.#sets.get(word);
    if (!set) {
      const expression = new RegExp(`^${word}$`, this.#flags);
      set = Uint8Array.from(this.#characters, (character, token) =>
        Number(this.#allowed?.[token] !== 0 && expression.test(character)));
      this.#sets.set(word, set);
    }
    return set;
  }

  /**
   * @param {State[]} to A way back to the state itself is added later: it is never the shortest to the end.
   * @param {Uint8Array} [set]
   * @returns {State}
   */
  #state(to, set) {
    const least = to.reduce((shortest, state) => Math.min(shortest, state.least), Infinity);
    return this.#counted({ set, to, least: !set ? least : set.includes(1) ? least + 1 : Infinity });
  }

  /** @param {State} state */
  #counted(state) {
    if (++this.#states > MAX_STATES) this.#refuse(`at most ${MAX_STATES} parts, repetitions written out`);
    return state;
  }

  /**
   * @param {string} expected
   * @returns {never}
   */
  #refuse(expected) {
    throw new ArgumentError(`${this.#path} must have ${expected}, got ${describe(this.#source)}`);
  }
}
