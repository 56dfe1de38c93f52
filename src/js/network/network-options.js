// network-options.js: the description of a network, checked, with every default filled in.
import { readLayer } from './cell-options.js';
import { integer, optional, readOptions, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { readMemory } from './memory-options.js';
import { MAX_SIZE as MAX_INPUT, oneOfForms, readOutput, readSize, readTied } from './output-options.js';

/** @typedef {import('./cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('./cell-options.js').LayerConfig} LayerConfig */

/**
 * What a network reads, its layers, and what it answers.
 * @typedef {object} NetworkOptions
 * @property {{ tokens: number, embedding?: number } | { size: number }} input `tokens`: inputs are whole numbers below
 *   it, standing for one-hot vectors or, with `embedding`, for vectors of that length that are trained
 *   (torch.nn.Embedding); `size`: inputs are vectors of that length. 1 to 1048576
 * @property {readonly LayerOptions[]} layers from the input up, of any kinds
 * @property {import('./output-options.js').OutputOptions} [output] a linear layer over the last h.
 *   `classes`: probabilities by softmax, of which one holds, trained with cross-entropy; `tied`: its weight is the embedding,
 *   which is as long as the last h then. `labels`: probabilities by sigmoid, of which any may hold at once, trained with
 *   binary cross-entropy (targets from 0 to 1). `values`: trained with mean squared error; with `mixture`, 1 to 1024: a
 *   density of so many normal densities over the values (Graves 2013), trained with its mean -log density in nats: the
 *   output is the weights (mixture), the means and the deviations (mixture, values) each, one behind the other; deviations
 *   are kept between 4.5e-5 and 22026. Without it the output is the last h, trained with mean squared error
 * @property {import('./memory-options.js').MemoryOptions} [memory] what it is given beside its inputs, as the decoder of an
 *   encoder is; default: nothing
 * @property {number} [seed] of the network's random generator, 0 to 4294967295; default 0
 */

/**
 * A checked description: plain data, the same in files and messages.
 * @typedef {object} NetworkConfig
 * @property {{ tokens: number, embedding?: number } | { size: number }} input
 * @property {LayerConfig[]} layers
 * @property {import('./output-options.js').OutputOptions | null} output
 * @property {import('./memory-options.js').MemoryOptions} [memory]
 * @property {number} seed
 */

const MAX_LAYERS = 2 ** 10;

export const readInputSize = readSize;
export const readLayerCount = integer(1, MAX_LAYERS, 1);
export const readSeed = integer(0, 2 ** 32 - 1, 0);

/** B, sequences side by side. @param {number} [fallback] */
export const batchSizeReader = (fallback) => integer(1, 2 ** 16, fallback);
/** T, steps of a window. @param {number} [fallback] */
export const windowReader = (fallback) => integer(1, 2 ** 20, fallback);

/** Beside the sizes: kept only where they are asked for. */
export const readEmbedding = optional(readInputSize);
export { MAX_INPUT, readTied };

/**
 * @param {string} where the call, for messages
 * @param {Omit<NetworkConfig, 'seed'>} config
 * @throws {ArgumentError} where the output is tied to an embedding that does not fit
 */
export function checkTied(where, { input, layers, output }) {
  if (!output || !('tied' in output)) return;
  const [last] = layers.slice(-1);
  const size = (('projection' in last && last.projection) || last.hiddenSize) * (last.bidirectional ? 2 : 1);
  const { tokens, embedding = 'none' } = 'tokens' in input ? input : { tokens: 0 };
  if (embedding !== size) {
    throw new ArgumentError(`${where}: tied needs an embedding of ${size}, the length of the last h, got ${embedding}`);
  }
  if (output.classes !== tokens) {
    throw new ArgumentError(`${where}: tied needs as many classes as tokens, ${tokens}, got ${output.classes}`);
  }
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {{ oneWay?: string, forgetBias?: number }} [about] as readLayer takes it
 * @returns {LayerConfig[]}
 */
export function readLayers(value, path, about) {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_LAYERS) {
    refuse(path, `an array of 1 to ${MAX_LAYERS} layers`, value);
  }
  return value.map((layer, l) => readLayer(`${path}[${l}]`, layer, about).layer);
}

/**
 * @param {string} where the call, for messages
 * @param {unknown} options
 * @returns {NetworkConfig}
 * @throws {ArgumentError}
 */
export function readNetworkOptions(where, options) {
  const { memory: given, ...config } = readOptions(where, options, {
    input: oneOfForms({ tokens: { embedding: readEmbedding }, size: {} }),
    layers: (value, path) => readLayers(value, path),
    output: readOutput,
    seed: readSeed,
    memory: (value) => value,
  });
  checkTied(where, config);
  const memory = readMemory(given, `${where}: memory`, config.layers);
  return memory ? { ...config, memory } : config;
}
