// What a peer learns of a text: the same recipe for each of them. Streams side by side go on where they were; the rate falls as a cosine
// of the time that has passed; the last tenth of the text is not learnt but measured, with the state carried.

import { readFileSync } from 'node:fs';

/** Steps in which the rate rises. */
const warmup = 100;
/** What is left of the rate at the end. */
const rest = 0.05;
/** Characters that a stream reads before what is measured, so that its state is that of one that read all before. */
const lead = 384;

/** The norm above which gradients are scaled down. */
export const clip = 5;

/**
 * @typedef {object} Piece a window of all streams
 * @property {Int32Array} inputs (window, batch)
 * @property {Int32Array} targets the tokens behind them
 * @property {boolean} isFirst the streams begin: their state is zero
 */

/** @param {number} step @param {number} done part of the time, 0 to 1 */
export const rateAt = (step, done) =>
  Math.min(1, step / warmup) * (rest + (1 - rest) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done))));

/** @param {string} path of a text */
export function readText(path) {
  const text = [...readFileSync(path, 'utf8')];
  const alphabet = [...new Set(text)].sort();
  const numbers = new Map(alphabet.map((character, i) => [character, i]));
  const tokens = Int32Array.from(text, (character) => /** @type {number} */ (numbers.get(character)));
  const end = Math.floor(0.9 * tokens.length);
  return { symbols: alphabet.length, learnt: tokens.subarray(0, end), measured: tokens.subarray(end) };
}

/**
 * Windows without end: the text again and again.
 * @param {Int32Array} tokens
 * @param {{ batch: number, window: number }} shape
 * @returns {Generator<Piece, never>}
 */
export function* streams(tokens, { batch, window }) {
  const length = Math.floor((tokens.length - 1) / batch);
  for (;;) {
    for (let at = 0; at + window <= length; at += window) {
      yield { ...piece(tokens, window, Array.from({ length: batch }, (_, b) => b * length + at)), isFirst: at === 0 };
    }
  }
}

/**
 * The windows that measure, with how many of their first steps only lead in.
 * @param {Int32Array} tokens
 * @param {{ batch: number, window: number }} shape
 * @returns {Generator<Piece & { counts: boolean }>}
 */
export function* measuring(tokens, { batch, window }) {
  const length = Math.floor((tokens.length - lead - 1) / batch);
  for (let at = 0; at + window <= lead + length; at += window) {
    yield {
      ...piece(tokens, window, Array.from({ length: batch }, (_, b) => b * length + at)), isFirst: at === 0, counts: at >= lead,
    };
  }
}

/** @param {Int32Array} tokens @param {number} window @param {number[]} starts of each stream */
function piece(tokens, window, starts) {
  const at = (/** @type {number} */ shift) =>
    Int32Array.from({ length: window * starts.length }, (_, i) => tokens[starts[i % starts.length] + Math.floor(i / starts.length) + shift]);
  return { inputs: at(0), targets: at(1) };
}
