// pair-checkpoint.js: all that the next update of an encoder and its decoder depends on, out of their trainer and into it.
import { refuse } from '../core/check.js';

/** @typedef {Record<string, Float32Array>} Arrays by the parameters' names */

const NAMES = ['encoder.', 'decoder.'];

/**
 * What both networks have, under one roof.
 * @template T
 * @param {Record<string, T>} encoder
 * @param {Record<string, T>} decoder
 * @returns {Record<string, T>}
 */
export const withNames = (encoder, decoder) => Object.fromEntries([encoder, decoder].flatMap((values, i) => (
  Object.entries(values).map(([name, value]) => [NAMES[i] + name, value]))));

/**
 * The same apart. Names of neither go to both, which refuse them.
 * @template T
 * @param {Record<string, T>} values
 * @returns {Record<string, T>[]} the encoder's, the decoder's
 */
export const apart = (values) => NAMES.map((prefix, i) => Object.fromEntries(Object.entries(values)
  .filter(([name]) => !name.startsWith(NAMES[1 - i]))
  .map(([name, value]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, value])));

/**
 * @param {number} steps
 * @param {import('./Optimizer.js').Optimizer[]} optimizers
 * @param {import('./Dropout.js').Dropout} dropout
 * @returns {import('./trainer-checkpoint.js').TrainerCheckpoint}
 */
export function pairCheckpoint(steps, optimizers, dropout) {
  const [encoder, decoder] = optimizers.map((optimizer) => optimizer.checkpoint());
  return {
    steps,
    isFresh: true,
    optimizer: decoder.optimizer,
    moments: decoder.moments.map((moment, k) => withNames(encoder.moments[k], moment)),
    state: [],
    ...(dropout.isUsed && { random: dropout.random }),
  };
}

/**
 * Checks all of a checkpoint, and copies it.
 * @param {any} given
 * @param {import('./Optimizer.js').Optimizer[]} optimizers
 * @param {import('./Dropout.js').Dropout} dropout
 */
export function readPair(given, optimizers, dropout) {
  const random = dropout.readRandom(given.random, 'restore: random');
  if (!Array.isArray(given.moments)) refuse('restore: moments', 'an array', given.moments);
  const moments = given.moments.map((/** @type {Arrays} */ values) => apart(values ?? {}));
  const read = optimizers.map((optimizer, i) => (
    optimizer.read({ ...given, moments: moments.map((/** @type {Arrays[]} */ both) => both[i]) }, 'restore')));
  return { random, optimizers: read };
}
