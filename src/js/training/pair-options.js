// pair-options.js: what createPairTrainer can be asked for.
import { batchSizeReader, windowReader } from '../network/network-options.js';
import { readPrecision } from '../network/precision.js';
import { dropoutReaders } from './dropout-options.js';
import { readOptimizer } from './optimizer-options.js';
import { readAccumulate, readClipNorm, readClipValue } from './trainer-options.js';

/**
 * An optimizer (default 'adam') with its options, as createTrainer takes it, and beside them these.
 * @typedef {import('./optimizer-options.js').OptimizerOptions & import('./dropout-options.js').DropoutOptions & {
 *   clipNorm?: number, clipValue?: number, batchSize?: number, window?: number, sourceWindow?: number,
 *   accumulate?: number, precision?: import('../network/precision.js').Precision }} PairTrainerOptions
 *   `batchSize`: pairs side by side; default 32; `window`: steps of the longest target; default 50; `sourceWindow`: of the
 *   longest source; default 50; `accumulate`: batches an update, as createTrainer takes it; default 1; `clipNorm`: of the gradient of both networks; default 5; `precision`: of the products of the
 *   cells of both; default 'float32'
 */

/**
 * @param {string} where the call, for messages
 * @param {unknown} options
 */
export const readPairOptions = (where, options) => readOptimizer(where, options, {
  clipNorm: readClipNorm,
  clipValue: readClipValue,
  batchSize: batchSizeReader(32),
  window: windowReader(50),
  sourceWindow: windowReader(50),
  accumulate: readAccumulate,
  ...dropoutReaders,
  precision: readPrecision,
});
