// pieces.js: long calls are made of pieces: generators that yield between two pieces of bounded work, and return the
// answer. A call runs them to the end; a Worker, and fit, let other things happen in between.
import { assertNotAborted } from './abort.js';
import { abortSignal, isObject, optional } from './check.js';
import { turn } from './turn.js';

/**
 * @template T
 * @typedef {Generator<unknown, T, void>} Pieces of a call that answers `T`
 */

/**
 * @typedef {object} Stoppable
 * @property {AbortSignal} [signal] ends the call before its next piece: it throws the signal's reason. What it would have
 *   changed is as before, save the random generator, which it may have drawn from
 */

/** How the option is read, by calls that hear it through finish(). */
export const signalField = { signal: optional(abortSignal) };

/**
 * @param {string} call
 * @param {unknown} options of it; what else is wrong with them is left for the call to refuse
 */
export const signalOf = (call, options) =>
  signalField.signal(isObject(options) ? options.signal : undefined, `${call}: signal`);

/**
 * @template T
 * @param {Pieces<T>} pieces
 * @param {AbortSignal} [signal]
 * @returns {T}
 */
export function finish(pieces, signal) {
  try {
    for (;;) {
      assertNotAborted(signal);
      const { done, value } = pieces.next();
      if (done) return value;
    }
  } finally {
    pieces.return(/** @type {any} */ (undefined));
  }
}

/**
 * The event loop goes on in between.
 * @template P, T
 * @param {Generator<P, T, void>} pieces
 * @param {number} slice it works this long, or one piece if that is longer, before others have their turn: milliseconds
 * @param {(piece: P) => unknown} take what is yielded; a promise is waited for, and what it throws ends all
 * @returns {Promise<T>}
 */
export async function finishInTurns(pieces, slice, take) {
  try {
    let until = performance.now() + slice;
    for (;;) {
      const { done, value } = pieces.next();
      if (done) return value;
      const taken = take(value);
      if (taken) await taken;
      if (performance.now() < until) continue;
      await turn();
      until = performance.now() + slice;
    }
  } finally {
    pieces.return(/** @type {any} */ (undefined));
  }
}
