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
 * Checks all of a checkpoint, then takes it.
 * @param {unknown} checkpoint
 * @param {TrainerParts} trainer
 * @returns {number} steps
 * @throws {import('../core/errors.js').ArgumentError} where it is not whole or does not fit; nothing has changed then
 */
export function restore(checkpoint, { batch, optimizer, dropout, accumulation }) {
  const given = /** @type {any} */ (object(checkpoint, 'restore: checkpoint'));
  if (typeof given.isFresh !== 'boolean') refuse('restore: isFresh', 'true or false', given.isFresh);
  batch.checkState(given.state, 'restore: state');
  const random = dropout.readRandom(given.random, 'restore: random');
  const steps = optimizer.restore(given, 'restore');
  batch.setState(given.state, 'restore: state');
  dropout.random = random;
  accumulation.drop();
  if (given.isFresh) batch.resetState();
  return steps;
}
