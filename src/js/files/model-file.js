// model-file.js: networks and character models as safetensors files with PyTorch's names and layouts.
//
// __metadata__ holds  format: 'pt', as PyTorch's own files say
//                     lstm_wasm: '1', the version of what is in these strings
//                     config: JSON of the network's description
//                     alphabet: JSON of a character model's characters, in the order of their tokens
//                     notes: JSON of what a character model knows of its texts and training: see CharNotes
//                     quantization: 'int8' where the weights have 8 bits; each matrix is then int8, with a float tensor
//                                   name.scale beside it: weight[row][column] = scale[row] * int8[row][column]
//                     checksum: see checksum.js; a program that changes a file leaves it out
//                     checkpoint: see checkpoint-file.js, which reads it and its tensors; who only predicts needs neither
import { readFileAlphabet, readUnknown } from '../sampling/Alphabet.js';
import { isHtml } from '../core/bytes.js';
import { describe, flag, notFinite, optional, readBytes, readOptions } from '../core/check.js';
import { verifyChecksum, withChecksum } from './checksum.js';
import { DivergedError, FileFormatError } from '../core/errors.js';
import { inFile, parse } from './in-file.js';
import { dequantize, quantize, scaledBy } from './int8.js';
import { readNetworkOptions } from '../network/network-options.js';
import { readHeader, readSafetensors, writeSafetensors } from './safetensors.js';

const VERSION = '1';
// So many numbers may be missing in a file of any length: they take little memory.
const MISSING = 2 ** 16;

/** Is a tensor of a checkpoint's file the checkpoint's own, or one of the network? @param {string} name */
export const isOfCheckpoint = (name) => /^(optimizer|state|best|last)\./.test(name);

/** @typedef {import('./safetensors.js').Tensor} Tensor */

/**
 * What a checkpoint adds to a file.
 * @typedef {object} CheckpointPart
 * @property {string} text in the metadata
 * @property {Map<string, Tensor>} tensors
 */

/**
 * What a character model knows beside its parameters.
 * @typedef {object} CharNotes
 * @property {number} [seconds] of a training whose budget nobody says; not in the file, which is the same for a run of so
 *   many seconds and for one of as many steps
 * @property {boolean} [lines] it has learnt a list of texts of one line each: a text begins after a line's end, and ends
 *   with one
 * @property {string} [unknown] what becomes of characters outside its alphabet: 'skip', or the one that stands for them;
 *   absent: they are an error
 */

/**
 * A file whose configuration is understood.
 * @typedef {object} NetworkFile
 * @property {import('../network/network-options.js').NetworkConfig} config
 * @property {Record<string, Float32Array>} tensors by name
 * @property {Record<string, Float32Array>} [int8Scales] of a file of 8-bit weights: of the rows of each matrix
 * @property {(shapes: Record<string, number[]>) => void} check throws a FileFormatError where the file's tensors are not
 *   exactly those of a network with these shapes
 * @property {() => void} verify throws a FileFormatError where the file is not as it was saved. Last: what else is wrong is
 *   told before
 */

/**
 * @param {import('../network/Network.js').Network} network
 * @param {string} where the call, for messages
 * @param {readonly string[]} [alphabet] of a character model
 * @param {CharNotes} [notes] of it
 * @param {CheckpointPart} [checkpoint]
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {DivergedError} where a number is not finite: no file that has such is opened
 */
export function writeNetworkFile(network, where, alphabet, notes, checkpoint) {
  const { shapes } = network;
  /** @type {Map<string, Tensor>} */
  let tensors = new Map();
  for (const [name, values] of Object.entries(network.parameters())) tensors.set(name, { shape: shapes[name], values });
  const metadata = new Map([
    ['format', 'pt'],
    ['lstm_wasm', VERSION],
    ['config', JSON.stringify(network.config)],
  ]);
  if (alphabet) metadata.set('alphabet', JSON.stringify(alphabet));
  const { lines, unknown } = notes ?? {};
  if (lines || unknown) metadata.set('notes', JSON.stringify({ lines, unknown }));
  if (network.isQuantized) {
    metadata.set('quantization', 'int8');
    tensors = quantize(tensors, network);
  }
  if (checkpoint) {
    metadata.set('checkpoint', checkpoint.text);
    for (const [name, tensor] of checkpoint.tensors) tensors.set(name, tensor);
  }
  assertFinite(tensors, where);
  return writeSafetensors(withChecksum({ metadata, tensors }));
}

/**
 * How many numbers the parameters of a network of this description have.
 * @typedef {(config: import('../network/network-options.js').NetworkConfig) => number} Count
 */

/**
 * @param {unknown} given
 * @param {string} where the call, for messages
 * @param {Count} count
 * @returns {NetworkFile}
 * @throws {FileFormatError}
 */
export function readNetworkFile(given, where, count) {
  return understand(readSafetensors(bytesOf(given, where), where), where, count);
}

/**
 * @param {unknown} given
 * @param {string} where
 * @param {Count} count
 * @returns {NetworkFile & { alphabet: import('../sampling/Alphabet.js').Alphabet, notes: CharNotes,
 *   checkpoint?: CheckpointPart }}
 * @throws {FileFormatError}
 */
export function readCharModelFile(given, where, count) {
  const file = readSafetensors(bytesOf(given, where), where);
  const network = understand(file, where, count);
  const alphabet = alphabetIn(file.metadata, network.config, where);
  if (!alphabet) throw new FileFormatError(`${where}: no character model: the metadata has no alphabet`);
  const noted = file.metadata.get('notes') ?? '{}';
  const readers = { lines: optional(flag(false)), unknown: readUnknown(alphabet) };
  const notes = inFile(where, () => readOptions('notes', parse(noted, 'notes', where), readers));
  if (notes.lines && alphabet.tokenOf('\n') === undefined) {
    throw new FileFormatError(`${where}: metadata notes say that texts end with a line's end, which the alphabet has not`);
  }
  const checkpoint = file.metadata.get('checkpoint');
  const tensors = tensorsOf(file.tensors, true);
  return { ...network, alphabet, notes, ...(checkpoint !== undefined && { checkpoint: { text: checkpoint, tensors } }) };
}

/**
 * Is it the file of a character model, or of a network alone?
 * @param {unknown} given
 * @param {string} where
 * @throws {FileFormatError} where it is no file
 */
export const isCharModelFile = (given, where) => readHeader(bytesOf(given, where), where).metadata.has('alphabet');

/**
 * The alphabet of a character model, which fits its network; undefined in the file of a network.
 * @param {Map<string, string>} metadata
 * @param {import('../network/network-options.js').NetworkConfig} config
 * @param {string} where
 * @throws {FileFormatError}
 */
export function alphabetIn(metadata, { input, output, layers }, where) {
  const text = metadata.get('alphabet');
  if (text === undefined) return undefined;
  const alphabet = inFile(where, () => readFileAlphabet(parse(text, 'alphabet', where), 'alphabet'));
  const size = alphabet.size;
  if (!('tokens' in input) || input.tokens !== size || !output || !('classes' in output) || output.classes !== size) {
    throw new FileFormatError(
      `${where}: an alphabet of ${size} characters needs input.tokens and output.classes of ${size}, ` +
        `got ${JSON.stringify({ input, output })}`,
    );
  }
  const l = layers.findIndex(({ bidirectional }) => bidirectional);
  if (l >= 0) throw new FileFormatError(`${where}: no character model: layers[${l}] is bidirectional`);
  return alphabet;
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
 * @param {boolean} isCheckpoint the checkpoint's own, or those of the network?
 */
const tensorsOf = (tensors, isCheckpoint) =>
  new Map([...tensors].filter(([name]) => isOfCheckpoint(name) === isCheckpoint));

/**
 * The network of a file, as the metadata describes it.
 * @param {Map<string, string>} metadata
 * @param {string} where
 * @throws {FileFormatError}
 */
export function networkIn(metadata, where) {
  const version = metadata.get('lstm_wasm');
  if (version !== VERSION) {
    throw new FileFormatError(
      `${where}: not a file of lstm-wasm: expected '${VERSION}' as lstm_wasm in the metadata, got ${describe(version)}`,
    );
  }
  const text = metadata.get('config') ?? '';
  const config = inFile(where, () => readNetworkOptions('config', parse(text, 'config', where)));
  const quantization = metadata.get('quantization');
  if (quantization !== undefined && quantization !== 'int8') {
    throw new FileFormatError(`${where}: metadata quantization must be 'int8' or absent, got ${describe(quantization)}`);
  }
  const isQuantized = quantization === 'int8';
  if (isQuantized && metadata.has('checkpoint')) {
    throw new FileFormatError(`${where}: a checkpoint needs float weights, these have 8 bits`);
  }
  return { config, isQuantized };
}

/**
 * @param {import('./safetensors.js').TensorFile} file
 * @param {string} where
 * @param {Count} count
 * @returns {NetworkFile}
 */
function understand(file, where, count) {
  const { metadata, tensors: all } = file;
  const { config, isQuantized } = networkIn(metadata, where);
  const own = metadata.has('checkpoint') ? tensorsOf(all, false) : all;
  checkSize(count(config), own, where);
  const { tensors, scales } = dequantize(own, isQuantized, where);
  for (const [name, { values }] of tensors) {
    const bad = notFinite(values);
    if (bad >= 0) throw new FileFormatError(`${where}: tensor ${describe(name)} has ${values[bad]} at index ${bad}`);
  }
  return {
    config,
    ...(isQuantized && { int8Scales: scales }),
    tensors: Object.fromEntries([...tensors].map(([name, { values }]) => [name, values])),
    check: (shapes) => checkShapes(shapes, tensors, where),
    verify: () => verifyChecksum(file, where),
  };
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
 */
function checkShapes(shapes, tensors, where) {
  for (const [name, shape] of Object.entries(shapes)) {
    const got = tensors.get(name)?.shape;
    if (!got) throw new FileFormatError(`${where}: tensor '${name}' is missing`);
    if (got.join() !== shape.join()) {
      throw new FileFormatError(`${where}: tensor '${name}' must have shape ${shape.join(' x ')}, got ${got.join(' x ')}`);
    }
  }
  for (const name of tensors.keys()) {
    if (!Object.hasOwn(shapes, name)) throw new FileFormatError(`${where}: unknown tensor ${describe(name)}`);
  }
}
