// network-options.js: the description of a network, checked, with every default filled in.
import { readLayer } from './cell-options.js';
import { flag, integer, optional, readOptions, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { readMemory } from './memory-options.js';

/** @typedef {import('./cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('./cell-options.js').LayerConfig} LayerConfig */

/**
 * What a network reads, its layers, and what it answers.
 * @typedef {object} NetworkOptions
 * @property {{ tokens: number, embedding?: number } | { size: number }} input `tokens`: inputs are whole numbers below
 *   it, standing for one-hot vectors or, with `embedding`, for vectors of that length that are trained
 *   (torch.nn.Embedding); `size`: inputs are vectors of that length. 1 to 1048576
 * @property {readonly LayerOptions[]} layers from the input up, of any kinds
 * @property {{ classes: number, tied?: boolean } | { values: number }} [output] a linear layer over the last h.
 *   `classes`: probabilities by softmax, trained with cross-entropy; `tied`: its weight is the embedding, which is as
 *   long as the last h then; `values`: trained with mean squared error. Without it the output is the last h, trained with
 *   mean squared error
 * @property {import('./memory-options.js').MemoryOptions} [memory] what it is given beside its inputs, as the decoder of an
 *   encoder is; default: nothing
 * @property {number} [seed] of the network's random generator, 0 to 4294967295; default 0
 */

/**
 * A checked description: plain data, the same in files and messages.
 * @typedef {object} NetworkConfig
 * @property {{ tokens: number, embedding?: number } | { size: number }} input
 * @property {LayerConfig[]} layers
 * @property {{ classes: number, tied?: boolean } | { values: number } | null} output
 * @property {import('./memory-options.js').MemoryOptions} [memory]
 * @property {number} seed
 */

export const MAX_INPUT = 2 ** 20;
const MAX_LAYERS = 2 ** 10;

export const readInputSize = integer(1, MAX_INPUT);
export const readLayerCount = integer(1, MAX_LAYERS, 1);
export const readSeed = integer(0, 2 ** 32 - 1, 0);

/** B, sequences side by side. @param {number} [fallback] */
export const batchSizeReader = (fallback) => integer(1, 2 ** 16, fallback);
/** T, steps of a window. @param {number} [fallback] */
export const windowReader = (fallback) => integer(1, 2 ** 20, fallback);

/** Beside the sizes: kept only where they are asked for. */
export const readEmbedding = optional(readInputSize);
export const readTied = flag(false);

/**
 * One of two ways of writing a size: { first: n } or { second: n }; beside `first` there may be an option.
 * @param {string} first
 * @param {string} second
 * @param {string} option
 * @param {import('../core/check.js').Reader<any>} read
 * @returns {import('../core/check.js').Reader<any>}
 */
function either(first, second, option, read) {
  return (value, path) => {
    const given = /** @type {Record<string, unknown>} */ (typeof value === 'object' && value !== null ? value : {});
    const names = Object.keys(given).filter((name) => name !== option);
    if (names.length !== 1 || (names[0] !== first && names[0] !== second)) {
      refuse(path, `{ ${first}: n } or { ${second}: n }`, names.length > 0 ? `{ ${names.join(', ')} }` : value);
    }
    const size = { [names[0]]: readInputSize(given[names[0]], `${path}.${names[0]}`) };
    const own = read(given[option], `${path}.${option}`);
    if (own && names[0] !== first) refuse(`${path}.${option}`, `absent without ${first}`, own);
    return own ? { ...size, [option]: own } : size;
  };
}

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
  const readOutput = either('classes', 'values', 'tied', readTied);
  const { memory: given, ...config } = readOptions(where, options, {
    memory: (value) => value,
    input: either('tokens', 'size', 'embedding', readEmbedding),
    layers: (value, path) => readLayers(value, path),
    output: (value, path) => (value === undefined || value === null ? null : readOutput(value, path)),
    seed: readSeed,
  });
  checkTied(where, config);
  const memory = readMemory(given, `${where}: memory`, config.layers);
  return memory ? { ...config, memory } : config;
}
