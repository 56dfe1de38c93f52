// run.js: whole sequences through a network, forward only.
import { isArray, optional, readOptions, refuse } from '../core/check.js';
import { refuseMemory } from './memory-options.js';
import { batchSizeReader, windowReader } from './network-options.js';
import { isNested, measure } from './StepArray.js';
import { readLayout } from './window-inputs.js';

/** @typedef {import('./state.js').CellState} CellState */
/** @typedef {import('./StepArray.js').Layout} Layout */

/**
 * How a network is run over sequences.
 * @typedef {object} RunOptions
 * @property {number} [batchSize] B, sequences side by side, 1 to 65536; default: as many as are nested, 1 where inputs
 *   are flat
 * @property {ArrayLike<number>} [lengths] the steps of each sequence, (batchSize) integers from 1 to T: what is behind
 *   is not looked at; default: what nested inputs have, else T
 * @property {Layout} [layout] of flat inputs: 'time' is (T, batchSize, n), 'batch' is (batchSize, T, n); default 'time'
 * @property {readonly import('./state.js').CellStateLike[]} [state] where to start from, (batchSize, length) each; default: initialState()
 */

/**
 * What a network answers, and the state that it ends in.
 * @typedef {object} RunResult
 * @property {Float32Array} outputs the probability of each class or label; or the values, or a mixture's weights, means
 *   and deviations; or the last h. What is behind the end of a sequence means nothing
 * @property {Layout} layout of outputs: 'time' is (T, batchSize, V), 'batch' is (batchSize, T, V). That of flat inputs;
 *   of nested ones 'batch'
 * @property {number[]} shape of outputs: [T, batchSize, V], or [batchSize, T, V]
 * @property {CellState[]} state behind the end of each sequence, one object a layer (or a direction of it):
 *   (batchSize, length) each
 */

/**
 * What is to be run.
 * @typedef {object} Run
 * @property {number} batchSize B
 * @property {number} window T
 * @property {unknown} lengths not yet looked at, as state
 * @property {Layout} [layout]
 * @property {unknown} state
 */

/**
 * @param {import('./Batch.js').NetworkHandle} network
 * @param {unknown} inputs
 * @param {RunOptions} options
 * @returns {Run}
 */
export function readRun(network, inputs, options) {
  refuseMemory(network.config, 'run');
  const { batchSize, ...read } = readOptions('run', options, {
    batchSize: optional(batchSizeReader()),
    lengths: (value) => value,
    layout: readLayout,
    state: (value) => value,
  });
  return { ...read, ...sizesOf(network, inputs, batchSize) };
}

/**
 * @param {Float32Array} outputs
 * @param {Layout} layout
 * @param {Run} run
 * @param {number} size V
 * @param {CellState[]} state
 * @returns {RunResult}
 */
export function runResult(outputs, layout, { batchSize, window }, size, state) {
  return { outputs, layout, shape: [...(layout === 'time' ? [window, batchSize] : [batchSize, window]), size], state };
}

/**
 * @param {import('./Batch.js').NetworkHandle} network
 * @param {unknown} inputs
 * @param {number} [asked] B
 */
function sizesOf({ config: { input } }, inputs, asked) {
  const readWindow = (/** @type {number} */ steps) => windowReader()(steps, 'run: T, the steps of inputs,');
  const isWhole = 'tokens' in input;
  if (isNested(inputs)) {
    const { batchSize, window } = measure(inputs, isWhole);
    return { batchSize: asked ?? batchSizeReader()(batchSize, 'run: batchSize, the length of inputs,'), window: readWindow(window) };
  }
  const batchSize = asked ?? 1;
  const size = isWhole ? 1 : input.size;
  const row = `batchSize ${batchSize}${isWhole ? '' : ` x size ${size}`}`;
  if (!isArray(inputs) || inputs.length === 0 || inputs.length % (batchSize * size) !== 0) {
    refuse('run: inputs', `an array of T x ${batchSize * size} (${row})`, inputs);
  }
  return { batchSize, window: readWindow(inputs.length / (batchSize * size)) };
}
