// measure.js: how well a run does on what it does not learn.
import { DivergedError } from '../core/errors.js';

/**
 * What is validated with.
 * @typedef {object} Measure
 * @property {string} hash of it
 * @property {() => import('../core/pieces.js').Pieces<number>} pieces measure the loss; they throw a DivergedError where
 *   what is computed is not finite
 */

/**
 * Measures, and keeps the best.
 * @param {Measure} measure
 * @param {{ readonly network: import('./Learner.js').Trainee }} held
 * @param {import('./TrainingRun.js').TrainingRun} run
 * @param {{ loss: number }} measured becomes the loss; it stays as it is where that is not finite
 * @returns {import('../core/pieces.js').Pieces<void>}
 */
export function* measureInPieces(measure, held, { best, options }, measured) {
  let loss;
  try {
    loss = yield* measure.pieces();
  } catch (error) {
    if (error instanceof DivergedError) return;
    throw error;
  }
  measured.loss = loss;
  if (loss < (best.loss ?? Infinity)) {
    best.loss = loss;
    best.misses = 0;
    if (options.keepBest) best.parameters = held.network.parameters();
  } else {
    best.misses += 1;
  }
}
