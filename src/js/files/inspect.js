// inspect.js: what a file is, as its header says: no number of the model is read.
import { describeCheckpoint } from './checkpoint-file.js';
import { scaledBy } from './int8.js';
import { alphabetIn, bytesOf, isOfCheckpoint, networkIn } from './model-file.js';
import { assertSource, isBytes } from '../core/source.js';
import { readModelSource } from './model-source.js';
import { checkLength, readHeader } from './safetensors.js';

/**
 * @typedef {object} FileDescription
 * @property {'characters' | 'network'} kind of a character model, or of a network alone
 * @property {number} bytes of the file
 * @property {boolean} isQuantized have the weights 8 bits?
 * @property {import('../network/network-options.js').NetworkConfig} config of the network
 * @property {string[]} [alphabet] of a character model, in the order of its tokens
 * @property {number} parameterCount
 * @property {{ name: string, shape: number[], count: number }[]} parameters by PyTorch's names, in the order of the file
 * @property {import('./checkpoint-file.js').CheckpointDescription} [checkpoint] where the file is a checkpoint
 */

/**
 * What a model file is, read from its header without opening the model: it takes no WebAssembly and little time, and
 * checks what it tells, but not the parameters themselves. Of bytes it is told at once.
 * @overload
 * @param {ArrayBufferView | ArrayBufferLike} source bytes of the whole file
 * @param {import('./model-source.js').OpenOptions} [options]
 * @returns {FileDescription}
 * @throws {import('../core/errors.js').FileFormatError} where it is no file of this library, or cut off
 */
/**
 * @overload
 * @param {import('../core/source.js').Source} source a Blob or File, a Response, a URL, an address (in Node also a path), or a
 *   promise of one or of bytes
 * @param {import('./model-source.js').OpenOptions} [options]
 * @returns {Promise<FileDescription>}
 * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
 * @throws {import('../core/errors.js').FileFormatError} where it is no file of this library, or cut off
 */
/**
 * @param {unknown} source
 * @param {import('./model-source.js').OpenOptions} [options]
 * @returns {FileDescription | Promise<FileDescription>}
 */
export function inspect(source, options) {
  const where = 'inspect';
  assertSource(source, `${where}: source`);
  const given = readModelSource(source, where, options);
  return isBytes(given) ? describeFile(given, where) : given.then((bytes) => describeFile(bytes, where));
}

/**
 * @param {unknown} bytes
 * @param {string} where
 * @returns {FileDescription}
 */
function describeFile(bytes, where) {
  const file = bytesOf(bytes, where);
  const header = readHeader(file, where);
  checkLength(header, file.length, where);
  const { metadata, entries } = header;
  const { config, isQuantized } = networkIn(metadata, where);
  const alphabet = alphabetIn(metadata, config, where);
  const checkpoint = metadata.get('checkpoint');
  const matrices = new Set(entries.filter(({ dtype }) => dtype === 'I8').map(({ name }) => name));
  const parameters = entries
    .filter(({ name }) => !matrices.has(scaledBy(name)) && (checkpoint === undefined || !isOfCheckpoint(name)))
    .map(({ name, shape }) => ({ name, shape, count: shape.reduce((product, length) => product * length, 1) }));
  return {
    kind: alphabet ? 'characters' : 'network',
    bytes: file.length,
    isQuantized,
    config,
    ...(alphabet && { alphabet: [...alphabet.characters] }),
    parameterCount: parameters.reduce((sum, { count }) => sum + count, 0),
    parameters,
    ...(checkpoint !== undefined && { checkpoint: describeCheckpoint(checkpoint, config, where) }),
  };
}
