// memory-options.js: what a network is given beside its inputs.
import { integer, oneOf, optional, readOptions, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';

/** In the order of their numbers in the ABI, from 1. */
export const ATTENTIONS = /** @type {const} */ (['additive', 'product']);

/**
 * What a network is given beside its inputs, such as what an encoder makes of a sequence: a memory, a list of vectors that
 * its head reads with the last h, and a summary, a vector that its state starts from.
 * @typedef {object} MemoryOptions
 * @property {'additive' | 'product'} [attention] how the steps of the memory are scored: 'additive' (Bahdanau, Cho &
 *   Bengio 2015), 'product' (Luong, Pham & Manning 2015, their "general"). What was read and h become tanh(W [context, h]),
 *   which the head is given (Luong); without it the network reads no memory
 * @property {number} [size] the length of a vector of the memory; with attention
 * @property {number} [summary] the length of the summary: each cell with a state of its own starts from h = tanh(W s + b) and
 *   c = W s + b; without it from zeros
 */

/**
 * Of calls that read several sequences: a network has one memory.
 * @param {import('./network-options.js').NetworkConfig} config
 * @param {string} call
 * @throws {ArgumentError}
 */
export function refuseMemory({ memory }, call) {
  if (!memory) return;
  throw new ArgumentError(`${call}: this network is given a memory: step through it after setMemory, and train it together with `
    + 'its encoder, by createPairTrainer');
}

const readSize = optional(integer(1, 2 ** 20));

/**
 * @param {unknown} value
 * @param {string} path
 * @param {readonly import('./cell-options.js').LayerConfig[]} layers
 * @returns {MemoryOptions | undefined}
 */
export function readMemory(value, path, layers) {
  if (value === undefined) return undefined;
  const { attention, size, summary } = readOptions(path, value, {
    attention: optional(oneOf(ATTENTIONS)),
    size: readSize,
    summary: readSize,
  });
  if (attention && size === undefined) refuse(`${path}: size`, 'the length of the memory\'s vectors', size);
  if (!attention && size !== undefined) refuse(`${path}: size`, 'absent without attention', size);
  if (!attention && summary === undefined) refuse(path, '{ attention, size }, { summary } or all of them', value);
  const trained = layers.findIndex((layer) => 'trainableState' in layer && layer.trainableState);
  if (summary && trained >= 0) {
    refuse(`layers[${trained}].trainableState`, 'absent where a summary gives the state to start from', true);
  }
  return { ...(attention && { attention, size }), ...(summary && { summary }) };
}
