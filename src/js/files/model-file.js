// model-file.js: networks, and models of any kind, as safetensors files with PyTorch's names and layouts.
//
// __metadata__ holds  format: 'pt', as PyTorch's own files say
//                     lstm_wasm: '1', the version of what is in these strings
//                     config: JSON of the network's description; of a model of several networks, of an object of them
//                     model: JSON { kind, ... } of what a model knows beside its parameters: its labels, columns, tokens;
//                     in the file of a character model, which is older, two others instead:
//                       alphabet: JSON of its characters, in the order of their tokens
//                       notes: JSON of what else it knows of its texts and training: see char-file.js
//                     quantization: 'int8' where the weights have 8 bits ('int8 in member.0 member.2': those of these networks);
//                                   each matrix is then int8, with a float tensor
//                                   name.scale beside it: weight[row][column] = scale[row] * int8[row][column]
//                     checksum: see checksum.js; a program that changes a file leaves it out
//                     origin: JSON { format, notes } of a model that was read from another framework's file: see foreign/
//                     checkpoint: see checkpoint-file.js, which reads it and its tensors; who only predicts needs neither
// The tensors have the parameters' names; of a model of several networks, with the network's before it: decoder.weight_ih_l0
import { isHtml } from '../core/bytes.js';
import { describe, notFinite, readBytes } from '../core/check.js';
import { verifyChecksum, withChecksum } from './checksum.js';
import { DivergedError, FileFormatError } from '../core/errors.js';
import { dequantize, quantize, scaledBy } from './int8.js';
import { VERSION, assertVersion, metadataOf, modelIn, networksIn, quantizationOf } from './model-metadata.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

// So many numbers may be missing in a file of any length: they take little memory.
const MISSING = 2 ** 16;

/** Is a tensor of a checkpoint's file the checkpoint's own, or one of the network? @param {string} name */
export const isOfCheckpoint = (name) => /^(optimizer|state|best|last)\./.test(name);

/** @typedef {import('./safetensors.js').Tensor} Tensor */
/** @typedef {import('../network/Network.js').Network} Network */
/** @typedef {import('../network/network-options.js').NetworkConfig} NetworkConfig */

/**
 * What a checkpoint adds to a file.
 * @typedef {object} CheckpointPart
 * @property {string} text in the metadata
 * @property {Map<string, Tensor>} tensors
 */

/**
 * The network of a file, whose configuration is understood.
 * @typedef {object} NetworkFile
 * @property {NetworkConfig} config
 * @property {Record<string, Float32Array>} tensors by name
 * @property {Record<string, Float32Array>} [int8Scales] of a file of 8-bit weights: of the rows of each matrix
 * @property {(shapes: Record<string, number[]>) => void} check throws a FileFormatError where the file's tensors are not
 *   exactly those of a network with these shapes
 */

/**
 * @typedef {object} ModelFile
 * @property {string} kind
 * @property {any} model what the format's `read` gave
 * @property {Record<string, NetworkFile>} networks by name: `network`, or what the format says
 * @property {CheckpointPart} [checkpoint]
 * @property {() => void} verify throws a FileFormatError where the file is not as it was saved. Last: what else is wrong is
 *   told before
 */

/**
 * @param {Record<string, Network>} networks `{ network }`, or several by their names
 * @param {string} where the call, for messages
 * @param {import('./model-metadata.js').Description} [model] of the file of a network alone: nothing
 * @param {CheckpointPart} [checkpoint]
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {DivergedError} where a number is not finite: no file that has such is opened
 */
export function writeModelFile(networks, where, model, checkpoint) {
  const all = Object.entries(networks);
  const configs = Object.fromEntries(all.map(([name, { config }]) => [name, config]));
  const metadata = new Map([
    ['format', 'pt'],
    ['lstm_wasm', VERSION],
    ['config', JSON.stringify(configs.network ?? configs)],
    ...metadataOf(model),
  ]);
  const quantized = all.filter(([, { isQuantized }]) => isQuantized).map(([name]) => name);
  if (quantized.length > 0) metadata.set('quantization', quantizationOf(quantized, Object.keys(networks)));
  const tensors = new Map(all.flatMap(([name, network]) => [...tensorsOf(network, prefixOf(name))]));
  if (checkpoint) {
    metadata.set('checkpoint', checkpoint.text);
    for (const [name, tensor] of checkpoint.tensors) tensors.set(name, tensor);
  }
  assertFinite(tensors, where);
  return writeSafetensors(withChecksum({ metadata, tensors }), where);
}

/** What stands before the names of a network's tensors. @param {string} network its name */
const prefixOf = (network) => (network === 'network' ? '' : `${network}.`);

/** @param {Network} network @param {string} prefix @returns {Map<string, Tensor>} */
function tensorsOf(network, prefix) {
  const { shapes } = network;
  /** @type {Map<string, Tensor>} */
  const tensors = new Map(Object.entries(network.parameters()).map(([name, values]) => [name, { shape: shapes[name], values }]));
  const kept = network.isQuantized ? quantize(tensors, network) : tensors;
  return prefix ? new Map([...kept].map(([name, tensor]) => [prefix + name, tensor])) : kept;
}

/**
 * How many numbers the parameters of a network of this description have.
 * @typedef {(config: NetworkConfig) => number} Count
 */

/**
 * A model of any of these kinds.
 * @param {unknown} given
 * @param {string} where the call, for messages
 * @param {readonly import('./model-metadata.js').ModelFormat[]} formats
 * @param {Count} count
 * @returns {ModelFile}
 * @throws {FileFormatError}
 */
export function readModelFile(given, where, formats, count) {
  const file = readSafetensors(bytesOf(given, where), where);
  const { metadata } = file;
  const { format, model, configs, quantized } = modelIn(metadata, where, formats);
  return { kind: format.kind, model, ...understand(file, where, configs, quantized, count), ...checkpointIn(file) };
}

/**
 * @param {import('./safetensors.js').TensorFile} file
 * @returns {{ checkpoint?: CheckpointPart }}
 */
function checkpointIn({ metadata, tensors }) {
  const text = metadata.get('checkpoint');
  return text === undefined ? {} : { checkpoint: { text, tensors: partOf(tensors, true) } };
}

/**
 * The network of a file, whatever kind of model it is of; and its own checkpoint, where it is of a network alone.
 * @param {unknown} given
 * @param {string} where the call, for messages
 * @param {Count} count
 * @returns {ModelFile}
 * @throws {FileFormatError}
 */
export function readNetworkFile(given, where, count) {
  const file = readSafetensors(bytesOf(given, where), where);
  assertVersion(file.metadata, where);
  const { configs, quantized } = networksIn(file.metadata, where);
  const isModel = file.metadata.has('model') || file.metadata.has('alphabet');
  return {
    kind: 'network',
    model: {},
    ...understand(file, where, configs, quantized, count),
    ...(!isModel && checkpointIn(file)),
  };
}

/**
 * @param {unknown} given
 * @param {string} where
 * @returns {Uint8Array}
 */
export function bytesOf(given, where) {
  const bytes = readBytes(given, `${where}: bytes`, 'a Uint8Array or an ArrayBuffer');
  if (isHtml(bytes)) {
    throw new FileFormatError(`${where}: the bytes are a page, HTML, where the model should be: is its address right?`);
  }
  return bytes;
}

/**
 * @param {Map<string, Tensor>} tensors of a checkpoint's file
 * @param {boolean} isCheckpoint the checkpoint's own, or those of the networks?
 */
const partOf = (tensors, isCheckpoint) =>
  new Map([...tensors].filter(([name]) => isOfCheckpoint(name) === isCheckpoint));

/**
 * @param {import('./safetensors.js').TensorFile} file
 * @param {string} where
 * @param {Record<string, NetworkConfig>} configs
 * @param {readonly string[]} quantized the names of the networks whose weights have 8 bits
 * @param {Count} count
 * @returns {Pick<ModelFile, 'networks' | 'verify'>}
 */
function understand(file, where, configs, quantized, count) {
  const own = file.metadata.has('checkpoint') ? partOf(file.tensors, false) : file.tensors;
  const counts = Object.values(configs).map(count);
  checkSize(counts.some((numbers) => numbers < 0) ? -1 : counts.reduce((sum, numbers) => sum + numbers, 0), own, where);
  const { tensors, scales } = dequantize(own, (name) => quantized.some((network) => name.startsWith(prefixOf(network))), where);
  for (const [name, { values }] of tensors) {
    const bad = notFinite(values);
    if (bad >= 0) throw new FileFormatError(`${where}: tensor ${describe(name)} has ${values[bad]} at index ${bad}`);
  }
  const prefixes = Object.keys(configs).map(prefixOf);
  for (const name of tensors.keys()) {
    if (!prefixes.some((prefix) => name.startsWith(prefix))) throw new FileFormatError(`${where}: unknown tensor ${describe(name)}`);
  }
  /** @type {[string, NetworkFile][]} */
  const networks = Object.entries(configs).map(([network, config]) => {
    const prefix = prefixOf(network);
    const mine = [...tensors].filter(([name]) => name.startsWith(prefix));
    const nameOf = (/** @type {string} */ name) => name.slice(prefix.length);
    return [network, {
      config,
      tensors: Object.fromEntries(mine.map(([name, { values }]) => [nameOf(name), values])),
      ...(quantized.includes(network) && { int8Scales: Object.fromEntries(Object.entries(scales).flatMap(([name, own]) =>
        (name.startsWith(prefix) ? [[nameOf(name), own]] : []))) }),
      check: (shapes) => checkShapes(shapes, new Map(mine), where, prefix),
    }];
  });
  return { networks: Object.fromEntries(networks), verify: () => verifyChecksum(file, where) };
}

/**
 * @param {Map<string, Tensor>} tensors
 * @param {string} where
 */
function assertFinite(tensors, where) {
  for (const [name, { values }] of tensors) {
    const bad = notFinite(values);
    if (bad < 0) continue;
    throw new DivergedError(
      `${where}: '${name}' has ${values[bad]} at index ${bad}, which no file can keep: the training has diverged. ` +
        'A lower learningRate may help',
    );
  }
}

/**
 * A short file cannot ask for a lot of memory: the numbers that its configuration asks for are in it. A few may be
 * missing, which the shapes will tell by name.
 * @param {number} count
 * @param {Map<string, Tensor>} tensors
 * @param {string} where
 */
function checkSize(count, tensors, where) {
  let got = 0;
  for (const [name, { values }] of tensors) {
    if (!(tensors.get(scaledBy(name))?.values instanceof Int8Array)) got += values.length;
  }
  if (count >= 0 && count <= got + MISSING) return;
  throw new FileFormatError(`${where}: the configuration asks for ${count} numbers, the file has ${got}`);
}

/**
 * @param {Record<string, number[]>} shapes
 * @param {Map<string, import('./int8.js').FloatTensor>} tensors
 * @param {string} where
 * @param {string} prefix before the names of the network's tensors
 */
function checkShapes(shapes, tensors, where, prefix) {
  for (const [name, shape] of Object.entries(shapes)) {
    const got = tensors.get(prefix + name)?.shape;
    if (!got) throw new FileFormatError(`${where}: tensor '${prefix}${name}' is missing`);
    if (got.join() !== shape.join()) {
      throw new FileFormatError(`${where}: tensor '${prefix}${name}' must have shape ${shape.join(' x ')}, got ${got.join(' x ')}`);
    }
  }
  for (const name of tensors.keys()) {
    if (!Object.hasOwn(shapes, name.slice(prefix.length))) throw new FileFormatError(`${where}: unknown tensor ${describe(name)}`);
  }
}
