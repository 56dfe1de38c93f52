// trainer-options.js: what createTrainer can be asked for.
import { copyNumbers, flag, integer, number, optional, refuse } from '../core/check.js';
import { batchSizeReader, windowReader } from '../network/network-options.js';
import { readPrecision } from '../network/precision.js';
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
 * @property {number} [accumulate] n, 1 to 65536 windows an update, as if there were n times as many sequences: step() keeps
 *   the gradient of a window, and every nth makes one update by that of the mean loss of all n. Where carryState is true, the
 *   state goes on from each of them to the next; default 1
 * @property {boolean} [carryState] true: the state behind a window is the start of the next, as in a long text that is
 *   read window by window, which needs layers of one direction; false, the default: each window is of whole sequences,
 *   from the initial state, and step() leaves that
 * @property {import('../network/precision.js').Precision} [precision] of the products of the cells, forward and backward:
 *   'int16' and 'int8' round both operands to whole numbers of 12 and 7 bits, with scales of their own for each sequence and
 *   step and each row of a matrix, and take less time: int16 on any engine with SIMD, int8 with relaxed SIMD. Parameters, states,
 *   activations, the output and the update stay float32. Evaluate, predict and gradients are of this precision too; default
 *   'float32'
 * @property {ArrayLike<number>} [classWeights] how much each class counts, one number from 0 a class: the loss is the mean
 *   by them, as of torch.nn.CrossEntropyLoss(weight), times the window's weights; of labels, how much each counts where it
 *   holds, as pos_weight of torch.nn.BCEWithLogitsLoss. A window of classes that do not count has the loss 0; default: all
 *   count alike
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
export const readAccumulate = integer(1, 65536, 1);

/**
 * @param {import('../network/network-options.js').NetworkConfig['output']} output
 * @returns {import('../core/check.js').Reader<Float32Array>}
 */
const classWeightsReader = (output) => (value, path) => {
  const count = output && ('classes' in output ? output.classes : 'labels' in output && output.labels);
  if (!count) refuse(path, 'absent for an output without classes or labels', value);
  const weights = new Float32Array(count);
  copyNumbers(weights, value, path);
  const bad = weights.findIndex((weight) => weight < 0);
  if (bad >= 0) refuse(`${path}[${bad}]`, 'a number from 0', weights[bad]);
  if (!weights.some((weight) => weight > 0)) refuse(path, 'weights of which one is above 0', value);
  return weights;
};

/**
 * @param {string} where the call, for messages
 * @param {unknown} options
 * @param {import('../network/network-options.js').NetworkConfig} network
 */
export function readTrainerOptions(where, options, { layers, output }) {
  const isBidirectional = layers.some(({ bidirectional }) => bidirectional);
  return readOptimizer(where, options, {
    clipNorm: readClipNorm,
    clipValue: readClipValue,
    batchSize: readBatchSize,
    window: readWindow,
    accumulate: readAccumulate,
    ...dropoutReaders,
    precision: readPrecision,
    classWeights: optional(classWeightsReader(output)),
    /** @type {import('../core/check.js').Reader<boolean>} */
    carryState(value, path) {
      const carries = flag(false)(value, path);
      if (carries && isBidirectional) refuse(path, 'false for a network that is bidirectional', value);
      return carries;
    },
  });
}
