import { gatesOf } from './gates.js';

/** @typedef {import('./gates.js').Layer} Layer */

/**
 * A character model with these numbers, as a file: safetensors. Layers with gates have biases, zeros where there were none:
 * that holds need them changes nothing else.
 *
 * @param {string[]} alphabet
 * @param {import('lstm-wasm/predict').Network} network its parameters are floats, whatever its file has
 * @returns {Uint8Array}
 */
export function writeModel(alphabet, network) {
  const { shapes, config } = network;
  const tensors = Object.entries(network.parameters()).map(([name, values]) => ({ name, shape: shapes[name], values }));
  const layers = config.layers.map((/** @type {Layer} */ layer, l) => {
    if (layer.bias !== false || Object.keys(gatesOf(layer)).length === 0) return layer;
    for (const [name, length] of biasesIn(layer, l, shapes)) tensors.push({ name, shape: [length], values: new Float32Array(length) });
    return { ...layer, bias: true };
  });
  const metadata = { format: 'pt', lstm_wasm: '1', config: JSON.stringify({ ...config, layers }), alphabet: JSON.stringify(alphabet) };
  return safetensors(metadata, tensors);
}

/** @param {Layer} layer @param {number} l @param {Record<string, number[]>} shapes @returns {[string, number][]} */
function biasesIn({ kind, hiddenSize }, l, shapes) {
  const [rows] = shapes[`weight_ih_l${l}`];
  return [[`bias_ih_l${l}`, rows], [`bias_hh_l${l}`, rows], ...(kind === 'four-gate' ? [/** @type {[string, number]} */ ([`bias_u_l${l}`, hiddenSize])] : [])];
}

/**
 * @param {Record<string, string>} metadata
 * @param {{ name: string, shape: number[], values: Float32Array }[]} tensors
 */
function safetensors(metadata, tensors) {
  let end = 0;
  const places = tensors.map(({ name, shape, values }) => [name, { dtype: 'F32', shape, data_offsets: [end, (end += values.byteLength)] }]);
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(places) });
  const header = new TextEncoder().encode(json);
  const start = 8 + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(32, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(header, 8);
  let at = start;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}
