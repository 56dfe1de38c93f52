// texts.js: a text, or several with gaps between them, as tokens; and lists of tokens like texts.
import { refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';

/** Between two texts. */
export const GAP = -1;

/**
 * The tokens of a text, or of several with gaps between them.
 * @param {unknown} texts
 * @param {string} path
 * @param {import('./face.js').AnyVocabulary} vocabulary
 * @param {object} how
 * @param {import('../../sampling/Vocabulary.js').Unknown} [how.rule] for unknown ones, if not the vocabulary's
 * @param {number} [how.end] the token that each of several begins after and ends with, where it does not say so itself
 * @param {number} [how.least] tokens of each of several
 * @returns {Int32Array}
 * @throws {import('../../core/errors.js').ArgumentError}
 */
export function encodeTexts(texts, path, vocabulary, { rule, end, least = end === undefined ? 2 : 1 }) {
  const { words: { one, many }, data } = vocabulary;
  const list = vocabulary.listOf(texts);
  if (!list) {
    if (!vocabulary.isSequence(texts, path)) refuse(path, `${data.kind} or an iterable of ${data.kinds}`, texts);
    const tokens = vocabulary.encode(vocabulary.read(texts, path), path, rule);
    return vocabulary.isBegun ? begin(tokens, Number(vocabulary.end)) : tokens;
  }
  const parts = list.map((text, i) => {
    const place = `${path}[${i}]`;
    const tokens = vocabulary.isSequence(text, place) ? vocabulary.encode(/** @type {any} */ (text), place, rule) : new Int32Array();
    if (tokens.length < least) refuse(place, `${data.kind} of at least ${least} ${least > 1 ? many : one}`, text);
    return end === undefined ? tokens : withEnds(tokens, end);
  });
  if (parts.length === 0) refuse(path, `an iterable of at least one ${data.kind.slice(data.kind.indexOf(' ') + 1)}`, texts);
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length + 1, -1)).fill(GAP);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length + 1;
  }
  return all;
}

/**
 * The tokens of a sequence, as a model has learnt them: after an end, where each was one of a list that ends with one.
 * @param {unknown} sequence
 * @param {string} path
 * @param {import('./face.js').AnyVocabulary} vocabulary
 * @param {import('./SequenceModel.js').Notes} notes of the model
 */
export function encodeLearnt(sequence, path, vocabulary, { lines }) {
  const tokens = vocabulary.encode(vocabulary.read(sequence, path), path);
  const end = Number(vocabulary.end);
  return lines && tokens[0] !== end ? begin(tokens, end) : tokens;
}

/**
 * One sequence or several, each from its beginning to its end, of which the first token is not predicted.
 * @param {unknown} sequence
 * @param {import('./face.js').AnyVocabulary} vocabulary
 * @param {import('./SequenceModel.js').Notes} notes of the model
 * @throws {ArgumentError} where there is nothing to predict
 */
export function encodeEvaluated(sequence, vocabulary, notes) {
  const { words } = vocabulary;
  const path = `evaluate: ${words.sequence}`;
  const list = vocabulary.listOf(sequence);
  const isMany = list?.some((one) => Array.isArray(one) || typeof one === 'string');
  const all = isMany
    ? textsOf(encodeTexts(list, path, vocabulary, { end: vocabulary.end }))
    : [encodeLearnt(sequence, path, vocabulary, notes)];
  if (all.some(({ length }) => length > 1)) return all;
  throw new ArgumentError(`${path} must have at least 2 ${words.many} that the model reads, got ${all[0]?.length ?? 0}`);
}

/** After an end. @param {Int32Array} tokens @param {number} end */
function begin(tokens, end) {
  const begun = new Int32Array(tokens.length + 1).fill(end, 0, 1);
  begun.set(tokens, 1);
  return begun;
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
