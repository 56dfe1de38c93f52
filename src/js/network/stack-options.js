// stack-options.js: the layers of a model: so many of one kind, with its options beside the model's own; or a list of layers.
import { objectOf, readOptions } from '../core/check.js';
import { readLayer, withForgetBias } from './cell-options.js';
import { readLayerCount, readLayers } from './network-options.js';

/** @typedef {import('./cell-options.js').LayerConfig} LayerConfig */

/**
 * So many layers of one kind, whose options stand beside these.
 * @typedef {object} StackSize
 * @property {number} [layers] 1 to 1024; default 1
 * @property {number} [hiddenSize] of each layer, 1 to 65536
 * @property {boolean} [bias] default true
 */

/**
 * What a stack was made with: `layers` is a number where all layers are alike, and their kind, hiddenSize, bias and other
 * options stand beside it. Else it is a list of all layers' options.
 * @typedef {({ layers: number } & LayerConfig)
 *   | { layers: LayerConfig[], kind?: undefined, hiddenSize?: undefined, bias?: undefined }} StackConfig
 */

/**
 * Reads the layers, and beside them the model's own options.
 * @template {Record<string, import('../core/check.js').Reader<any>>} Others
 * @param {string} where the call, for messages
 * @param {unknown} options
 * @param {Others} others how the model's own are read
 * @param {{ hiddenSize: number | ((read: { layers: number } & { [Name in keyof Others]: ReturnType<Others[Name]> }) => number),
 *   oneWay?: string, forgetBias?: number }} about what is where nothing is said, as readLayer takes it; the size may depend
 *   on what else is read
 * @returns {{ layers: LayerConfig[] } & { [Name in keyof Others]: ReturnType<Others[Name]> }}
 * @throws {import('../core/errors.js').ArgumentError}
 */
export function readStack(where, options, others, { hiddenSize, ...about }) {
  const given = objectOf(where, options);
  if (Array.isArray(given.layers)) {
    const layers = (/** @type {unknown} */ value, /** @type {string} */ path) => readLayers(value, path, about);
    return /** @type {any} */ (readOptions(where, options, { ...others, layers }));
  }
  const { layer, others: read } = readLayer(where, options, {
    ...about,
    others: { ...others, layers: readLayerCount },
    kind: 'lstm',
    hiddenSize: 1, // until all is read that it depends on
  });
  if (given.hiddenSize === undefined) {
    layer.hiddenSize = typeof hiddenSize === 'number' ? hiddenSize : hiddenSize(/** @type {any} */ (read));
  }
  return /** @type {any} */ ({ ...read, layers: Array.from({ length: read.layers }, () => ({ ...layer })) });
}

/**
 * The layers as readStack takes them.
 * @param {LayerConfig[]} layers
 * @returns {StackConfig}
 */
export function stackConfigOf(layers) {
  const [first, ...rest] = layers.map((layer) => JSON.stringify(layer));
  if (rest.some((other) => other !== first)) return { layers: layers.map(withForgetBias) };
  return { ...withForgetBias(layers[0]), layers: layers.length };
}
