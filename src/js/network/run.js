// run.js: whole sequences through a network, forward only.
import { Batch } from './Batch.js';
import { isArray, readOptions, refuse } from '../core/check.js';
import { batchSizeReader, windowReader } from './network-options.js';

/** @typedef {import('./state.js').CellState} CellState */

/**
 * @typedef {object} RunOptions
 * @property {number} [batchSize] B, sequences side by side, 1 to 65536; default 1
 * @property {ArrayLike<number>} [lengths] the steps of each sequence, (batchSize) integers from 1 to T; default: all T
 * @property {CellState[]} [state] where to start from, (batchSize, length) each; default: initialState()
 */

/**
 * @typedef {object} RunResult
 * @property {Float32Array} outputs (T, batchSize, V): the probability of each class; or the values; or the last h. What
 *   is behind the end of a sequence means nothing
 * @property {CellState[]} state behind the end of each sequence, one object a layer (or a direction of it):
 *   (batchSize, length) each
 */

/**
 * @param {import('./Batch.js').NetworkHandle} network
 * @param {unknown} inputs
 * @param {RunOptions} options
 * @returns {RunResult}
 */
export function runSequences(network, inputs, options) {
  const { batchSize, lengths, state } = readOptions('run', options, {
    batchSize: batchSizeReader(1),
    lengths: (value) => value,
    state: (value) => value,
  });
  const { input } = network.config;
  const size = 'tokens' in input ? 1 : input.size;
  const row = `batchSize ${batchSize}${'tokens' in input ? '' : ` x size ${size}`}`;
  if (!isArray(inputs) || inputs.length === 0 || inputs.length % (batchSize * size) !== 0) {
    refuse('run: inputs', `an array of T x ${batchSize * size} (${row})`, inputs);
  }
  const window = windowReader()(inputs.length / (batchSize * size), 'run: T, the steps of inputs,');
  const batch = new Batch(network, { batchSize, window, canTrain: false }, 'run');
  try {
    batch.setInputs(inputs, 'run');
    batch.setExtent(/** @type {any} */ ({ lengths }), 'run');
    if (state !== undefined) batch.setState(state, 'run: state');
    return { outputs: batch.predict(), state: batch.endState() };
  } finally {
    batch.free();
  }
}
