// trainer-options.js: what createTrainer can be asked for.
import { flag, number, refuse } from '../core/check.js';
import { batchSizeReader, windowReader } from '../network/network-options.js';
import { dropoutReaders } from './dropout-options.js';
import { readOptimizer } from './optimizer-options.js';

/** @typedef {import('./optimizer-options.js').OptimizerConfig} OptimizerConfig */

/**
 * @typedef {object} WindowTrainingOptions
 * @property {number} [clipNorm] gradients are scaled down to this global norm, as torch's clip_grad_norm_; Infinity:
 *   off; default 5
 * @property {number} [clipValue] then each number of a gradient is kept in [-clipValue, clipValue], as torch's
 *   clip_grad_value_; default Infinity: off
 * @property {number} [batchSize] B, sequences side by side, 1 to 65536; default 32
 * @property {number} [window] T, steps that a gradient flows back through, 1 to 1048576; default 50
 * @property {boolean} [carryState] true: the state behind a window is the start of the next, as in a long text that is
 *   read window by window, which needs layers of one direction; false, the default: each window is of whole sequences,
 *   from the initial state, and step() leaves that
 */

/**
 * An optimizer (default 'adam') with its options, and beside them these.
 * @typedef {import('./optimizer-options.js').OptimizerOptions & WindowTrainingOptions
 *   & import('./dropout-options.js').DropoutOptions} TrainerOptions
 */

export const readClipNorm = number(0, Infinity, 5, { above: true });
export const readClipValue = number(0, Infinity, Infinity, { above: true });
const readBatchSize = batchSizeReader(32);
const readWindow = windowReader(50);

/**
 * @param {string} where the call, for messages
 * @param {unknown} options
 * @param {boolean} isBidirectional the network
 */
export function readTrainerOptions(where, options, isBidirectional) {
  return readOptimizer(where, options, {
    clipNorm: readClipNorm,
    clipValue: readClipValue,
    batchSize: readBatchSize,
    window: readWindow,
    ...dropoutReaders,
    /** @type {import('../core/check.js').Reader<boolean>} */
    carryState(value, path) {
      const carries = flag(false)(value, path);
      if (carries && isBidirectional) refuse(path, 'false for a network that is bidirectional', value);
      return carries;
    },
  });
}
