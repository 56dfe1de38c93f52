// own-file.js: a file of this library's own as exporters need it: its network's description, and its numbers as floats.
import { TextEncoder } from '../../core/builtin.js';
import { ArgumentError } from '../../core/errors.js';
import { dequantize } from '../int8.js';
import { readSafetensors, writeSafetensors } from '../safetensors.js';

/** @typedef {import('../../network/network-options.js').NetworkConfig} NetworkConfig */
/** @typedef {import('../int8.js').FloatTensor} FloatTensor */

/**
 * @typedef {object} OwnFile
 * @property {NetworkConfig} config
 * @property {Map<string, FloatTensor>} tensors in this library's names and layouts
 * @property {Map<string, string>} metadata what the model is and knows, as its own file says it: `lstm_wasm`, `config`,
 *   `alphabet`, `notes`, `model`
 */

/** Of the file as it lies there, and not of the model. */
const NOT_KEPT = ['format', 'quantization', 'checksum', 'origin', 'checkpoint'];

/**
 * @param {Uint8Array} bytes that save() gave
 * @param {string} where the call, for messages
 * @returns {OwnFile}
 * @throws {ArgumentError} for a model of several networks
 */
export function readOwnFile(bytes, where) {
  const { metadata, tensors } = readSafetensors(bytes, where);
  const config = JSON.parse(metadata.get('config') ?? '');
  if (!config.layers) {
    if (config['member.0']) {
      throw new ArgumentError(`${where}: an ensemble is several networks, whose mean no other format here can say: export the models that it was made of`);
    }
    throw new ArgumentError(`${where}: a translator is two networks and what lies between them, which no other format here can say: `
      + 'its save() is a file of safetensors, whose tensors load_file() of Python reads');
  }
  return {
    config,
    tensors: dequantize(tensors, () => metadata.has('quantization'), where).tensors,
    metadata: new Map([...metadata].filter(([name]) => !NOT_KEPT.includes(name))),
  };
}

/**
 * A program of Python's, and the numbers that it reads beside it.
 * @param {string} program
 * @param {OwnFile} file
 */
export const programFiles = (program, { metadata, tensors }) => ({
  'model.py': new TextEncoder().encode(program),
  'model.safetensors': writeSafetensors({ metadata: new Map([['format', 'pt'], ...metadata]), tensors }),
});

/**
 * What the layers of a network read: D of each.
 * @param {NetworkConfig} config
 */
export function inputSizes({ input, layers }) {
  let size = 'tokens' in input ? input.embedding ?? input.tokens : input.size;
  return layers.map((layer) => {
    const own = size;
    size = outputSize(layer);
    return own;
  });
}

/** How long the vectors are that a layer makes. @param {import('../../network/cell-options.js').LayerConfig} layer */
export const outputSize = (layer) => (('projection' in layer && layer.projection) || layer.hiddenSize) * (layer.bidirectional ? 2 : 1);

/** What a network is, in a line: 'LSTM 128, LSTM 128 to 65 classes'. @param {NetworkConfig} config */
export function describeNetwork({ input, layers, output }) {
  const from = 'tokens' in input ? `${input.tokens} tokens` : `${input.size} numbers`;
  const names = layers.map(({ kind, hiddenSize, bidirectional }) => `${kind.toUpperCase()} ${hiddenSize}${bidirectional ? ' both ways' : ''}`);
  const to = output ? Object.entries(output).map(([name, count]) => (typeof count === 'number' ? `${count} ${name}` : name)).join(', ') : 'the last h';
  return `${from}, ${names.join(', ')}, ${to}`;
}
