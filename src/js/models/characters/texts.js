// texts.js: a text, or several with gaps between them, as tokens.
import { refuse, string } from '../../core/check.js';

/** Between two texts. */
export const GAP = -1;

/** @param {unknown} texts @returns {texts is Iterable<unknown>} several, and not one */
export const isList = (texts) => typeof texts === 'object' && texts !== null && Symbol.iterator in texts;

/**
 * The tokens of a text, or of several with gaps between them.
 * @param {unknown} texts
 * @param {string} path
 * @param {(text: string, path: string) => Int32Array} encode
 * @param {number} [end] the token that each of several texts begins after and ends with, where it does not say so itself
 * @param {number} [least] characters of each of several
 * @returns {Int32Array}
 * @throws {import('../../core/errors.js').ArgumentError}
 */
export function encodeTexts(texts, path, encode, end, least = end === undefined ? 2 : 1) {
  if (typeof texts === 'string') return encode(string()(texts, path), path);
  if (!isList(texts)) refuse(path, 'a string or an iterable of strings', texts);
  const parts = Array.from(texts, (text, i) => {
    const tokens = typeof text === 'string' ? encode(text, `${path}[${i}]`) : new Int32Array();
    if (tokens.length < least) refuse(`${path}[${i}]`, `a string of at least ${least} character${least > 1 ? 's' : ''}`, text);
    return end === undefined ? tokens : withEnds(tokens, end);
  });
  if (parts.length === 0) refuse(path, 'an iterable of at least one string', texts);
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length + 1, -1)).fill(GAP);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length + 1;
  }
  return all;
}

/**
 * @param {Int32Array} tokens
 * @param {number} end
 */
function withEnds(tokens, end) {
  const before = tokens[0] === end && tokens.length > 1 ? 0 : 1;
  const behind = tokens[tokens.length - 1] === end ? 0 : 1;
  const whole = new Int32Array(before + tokens.length + behind).fill(end);
  whole.set(tokens, before);
  return whole;
}

/**
 * The batch and the window that a text has enough for, where nobody says them.
 * @param {Int32Array} tokens with gaps
 * @param {{ batchSize?: number, window?: number }} given
 * @param {{ batchSize: number, window: number }} most
 */
export function shapeFor(tokens, given, most) {
  const texts = textsOf(tokens);
  const isOne = !tokens.includes(GAP);
  const characters = tokens.length - 1;
  const within = (/** @type {number} */ number, /** @type {number} */ limit) => Math.max(1, Math.min(Math.floor(number), limit));
  const longest = texts.reduce((length, text) => Math.max(length, text.length - 1), 1);
  const window = given.window ?? within(isOne ? characters / (given.batchSize ?? 1) : longest, most.window);
  // Each stream has a window, or a text; a reader of several texts needs 3 characters for each stream.
  const streams = isOne ? characters / window : Math.min(Math.max(texts.length, characters / window), characters / 3);
  return { window, batchSize: given.batchSize ?? within(streams, most.batchSize) };
}

/**
 * The texts between the gaps, without those that are too short to predict anything.
 * @param {Int32Array} tokens
 */
export function textsOf(tokens) {
  const texts = [];
  for (let from = 0; from < tokens.length; ) {
    const gap = tokens.indexOf(GAP, from);
    const to = gap < 0 ? tokens.length : gap;
    if (to - from > 1) texts.push(tokens.subarray(from, to));
    from = to + 1;
  }
  return texts;
}
