// trainer-checkpoint.js: all that a trainer's next update depends on, out of it and into it.
import { object, refuse } from '../core/check.js';

/** @typedef {import('../network/state.js').CellState} CellState */

/**
 * All that a trainer's next update depends on beside the parameters and its options; plain data, and copies.
 * @typedef {object} TrainerCheckpoint
 * @property {number} steps
 * @property {boolean} isFresh the state is the one that sequences start from
 * @property {import('./optimizer-options.js').OptimizerConfig} optimizer
 * @property {Record<string, Float32Array>[]} moments each by the parameters' names, in PyTorch's layouts: those of the
 *   gradient, where there are such, then those of its square
 * @property {CellState[]} state
 * @property {number[]} [random] where there is dropout: its generator's four words
 */

/**
 * @typedef {object} TrainerParts
 * @property {import('../network/Batch.js').Batch} batch
 * @property {import('./Optimizer.js').Optimizer} optimizer
 * @property {import('./Dropout.js').Dropout} dropout
 * @property {import('./Accumulation.js').Accumulation} accumulation
 */

/**
 * @param {number} steps
 * @param {TrainerParts} trainer
 * @returns {TrainerCheckpoint} without what windows wait with that were kept for the next update
 */
export function checkpointOf(steps, { batch, optimizer, dropout }) {
  return {
    steps,
    isFresh: batch.isFresh,
    ...optimizer.checkpoint(),
    state: batch.state(),
    ...(dropout.isUsed && { random: dropout.random }),
  };
}

/**
 * Checks all of a checkpoint, and copies it.
 * @param {unknown} checkpoint
 * @param {TrainerParts} trainer
 * @throws {import('../core/errors.js').ArgumentError} where it is not whole or does not fit
 */
export function readCheckpoint(checkpoint, { batch, optimizer, dropout }) {
  const given = /** @type {any} */ (object(checkpoint, 'restore: checkpoint'));
  const { isFresh } = given;
  if (typeof isFresh !== 'boolean') refuse('restore: isFresh', 'true or false', isFresh);
  const state = batch.readState(given.state, 'restore: state');
  const random = dropout.readRandom(given.random, 'restore: random');
  return { isFresh, state, random, optimizer: optimizer.read(given, 'restore') };
}

/**
 * @param {ReturnType<typeof readCheckpoint>} read
 * @param {TrainerParts} trainer
 * @returns {number} steps
 */
export function goOnFrom({ isFresh, state, random, optimizer: read }, { batch, optimizer, dropout, accumulation }) {
  batch.putState(state);
  if (random) dropout.random = random;
  accumulation.drop();
  if (isFresh) batch.resetState();
  return optimizer.goOn(read);
}
