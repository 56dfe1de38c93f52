// tfjs-file.js: layers models of TensorFlow.js: model.json, and the shards of its weights beside it.
import { isObject } from '../../core/check.js';
import { nameOf } from '../../core/quote.js';
import { layersOf } from './keras-config.js';
import { stepsOf } from './keras-steps.js';
import { WIDTHS, toFloats } from './numbers.js';
import { Allowance, Weight } from './Weight.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */

/** @type {Record<string, string>} */
const TYPES = { float32: 'F32', float16: 'F16', int32: 'I32', uint8: 'U8', uint16: 'U16', bool: 'BOOL' };
const MOST_SHARDS = 2 ** 12;

/**
 * @param {Record<string, unknown>} model
 * @param {Parameters<import('./import-model.js').Importer>[1]} about
 * @returns {ReturnType<import('./import-model.js').Importer>}
 */
export async function readModel({ format, modelTopology: topology, weightsManifest: manifest }, { fail, options, beside }) {
  if (format === 'graph-model' || (isObject(topology) && 'node' in topology)) {
    fail('a graph model of TensorFlow.js, which no longer says what its layers are: convert the Keras model to a layers model, '
      + "tensorflowjs_converter --output_format=tfjs_layers_model, or open Keras's own file");
  }
  const config = isObject(topology) ? topology.model_config ?? topology : fail('a model.json without modelTopology');
  const weights = await weightsOf(manifest, fail, beside);
  const layers = layersOf(config, fail);
  const read = stepsOf(layers, ({ name }) => weights.filter((one) => one.path.includes(name)).map(({ weight }) => weight), fail);
  return { format: 'TensorFlow.js', ...read, names: options.names, tokens: options.names !== undefined };
}

/**
 * The weights in the order of the manifest; those of a group lie one behind the other in its shards.
 * @param {unknown} manifest
 * @param {Fail} fail
 * @param {(name: string) => Promise<Uint8Array>} beside
 */
async function weightsOf(manifest, fail, beside) {
  /** @type {{ path: string[], weight: Weight }[]} */
  const found = [];
  const taken = new Set();
  for (const group of Array.isArray(manifest) ? manifest : fail('a model.json without weightsManifest')) {
    const { paths, weights } = isObject(group) ? group : /** @type {Record<string, unknown>} */ ({});
    if (!Array.isArray(paths) || !Array.isArray(weights) || paths.length > MOST_SHARDS) return fail('a weightsManifest whose groups have no paths and weights');
    const shards = [];
    for (const path of paths) {
      if (typeof path !== 'string' || taken.has(path)) return fail('a weightsManifest whose shards are not each named once');
      taken.add(path);
      shards.push(await beside(path));
    }
    const bytes = new Uint8Array(shards.reduce((sum, shard) => sum + shard.length, 0));
    shards.reduce((at, shard) => { bytes.set(shard, at); return at + shard.length; }, 0);
    const allowance = new Allowance(bytes.length, fail);
    let at = 0;
    for (const entry of weights) {
      const { name, shape, dtype, quantization } = isObject(entry) ? entry : /** @type {Record<string, unknown>} */ ({});
      const packed = isObject(quantization) ? quantization : undefined;
      const type = TYPES[String(packed?.dtype ?? dtype)];
      if (typeof name !== 'string' || !isSizes(shape) || !type) return fail(`weight ${nameOf(String(name))} has no valid shape and dtype (${nameOf(String(dtype))})`);
      const count = shape.reduce((product, length) => product * length, 1);
      const from = at;
      at += count * WIDTHS[type];
      if (!(at <= bytes.length)) return fail(`weight ${nameOf(name)} ends at byte ${at} of its shards, which have ${bytes.length}`);
      const [scale, least] = type !== 'F16' && packed ? [Number(packed.scale), Number(packed.min)] : [1, 0];
      found.push({ path: name.split('/'), weight: new Weight(shape, () => {
        allowance.take(count);
        const values = toFloats(bytes.subarray(from), type, { count });
        return scale === 1 && least === 0 ? values : values.map((value) => value * scale + least);
      }) });
    }
  }
  return found;
}

/** @param {unknown} value @returns {value is number[]} */
const isSizes = (value) => Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
