// network-options.js: the description of a network, checked, with every default filled in.
import { readLayer } from './cell-options.js';
import { integer, readOptions, refuse } from './check.js';

/** @typedef {import('./cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('./cell-options.js').LayerConfig} LayerConfig */

/**
 * @typedef {object} NetworkOptions
 * @property {{ tokens: number } | { size: number }} input `tokens`: inputs are whole numbers below it, standing for
 *   one-hot vectors; `size`: inputs are vectors of that length. 1 to 1048576
 * @property {readonly LayerOptions[]} layers from the input up, of any kinds
 * @property {{ classes: number } | { values: number }} [output] a linear layer over the last h. `classes`: probabilities
 *   by softmax, trained with cross-entropy; `values`: trained with mean squared error. Without it the output is the last
 *   h, trained with mean squared error
 * @property {number} [seed] of the network's random generator, 0 to 4294967295; default 0
 */

/**
 * A checked description: plain data, the same in files and messages.
 * @typedef {object} NetworkConfig
 * @property {{ tokens: number } | { size: number }} input
 * @property {LayerConfig[]} layers
 * @property {{ classes: number } | { values: number } | null} output
 * @property {number} seed
 */

const MAX_INPUT = 2 ** 20;
const MAX_LAYERS = 2 ** 10;

export const readInputSize = integer(1, MAX_INPUT);
export const readLayerCount = integer(1, MAX_LAYERS, 1);
export const readSeed = integer(0, 2 ** 32 - 1, 0);

/**
 * One of two ways of writing a size: { first: n } or { second: n }.
 * @param {string} first
 * @param {string} second
 * @returns {import('./check.js').Reader<any>}
 */
function either(first, second) {
  return (value, path) => {
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (names.length !== 1 || (names[0] !== first && names[0] !== second)) {
      refuse(path, `{ ${first}: n } or { ${second}: n }`, names.length > 0 ? `{ ${names.join(', ')} }` : value);
    }
    return { [names[0]]: readInputSize(/** @type {any} */ (value)[names[0]], `${path}.${names[0]}`) };
  };
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {string} [oneWay] why `bidirectional` is refused; without it, it is not
 * @returns {LayerConfig[]}
 */
export function readLayers(value, path, oneWay) {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_LAYERS) {
    refuse(path, `an array of 1 to ${MAX_LAYERS} layers`, value);
  }
  return value.map((layer, l) => readLayer(`${path}[${l}]`, layer, { oneWay }).layer);
}

/**
 * @param {string} where the call, for messages
 * @param {unknown} options
 * @returns {NetworkConfig}
 * @throws {ArgumentError}
 */
export function readNetworkOptions(where, options) {
  return readOptions(where, options, {
    input: either('tokens', 'size'),
    layers: (value, path) => readLayers(value, path),
    output: (value, path) => (value === undefined || value === null ? null : either('classes', 'values')(value, path)),
    seed: readSeed,
  });
}
