// describe-file.js: what a file is, as its header says: no number of the model is read.
import { scaledBy } from './int8.js';
import { alphabetIn, bytesOf, isOfCheckpoint, networkIn } from './model-file.js';
import { assertSource, isBytes } from '../core/source.js';
import { readModelSource } from './model-source.js';
import { checkLength, readHeader } from './safetensors.js';

/**
 * @typedef {object} AnyFile
 * @property {number} bytes of the file
 * @property {boolean} isQuantized have the weights 8 bits?
 * @property {import('../network/network-options.js').NetworkConfig} config of the network
 * @property {number} parameterCount
 * @property {{ name: string, shape: number[], count: number }[]} parameters by PyTorch's names, in the order of the file
 */

/**
 * @typedef {object} CharModelFile
 * @property {'characters'} kind a character model
 * @property {string[]} alphabet in the order of its tokens
 */

/**
 * @typedef {object} NetworkFile
 * @property {'network'} kind a network alone
 * @property {undefined} [alphabet]
 */

/**
 * What a model file holds, told without opening it.
 * @typedef {AnyFile & (CharModelFile | NetworkFile)} ModelDescription
 */

/** @typedef {(text: string, config: import('../network/network-options.js').NetworkConfig, where: string) => object} More */

/**
 * At once of bytes; of another source when it is read.
 * @template {More | undefined} T
 * @param {unknown} source
 * @param {unknown} options
 * @param {T} [describeCheckpoint] what is told of a checkpoint
 */
export function describeSource(source, options, describeCheckpoint) {
  const where = 'inspect';
  assertSource(source, `${where}: source`);
  const given = readModelSource(source, where, options);
  const describe = (/** @type {unknown} */ bytes) => describeFile(bytes, where, describeCheckpoint);
  return isBytes(given) ? describe(given) : given.then(describe);
}

/**
 * @param {unknown} bytes
 * @param {string} where
 * @param {More} [describeCheckpoint]
 * @returns {ModelDescription}
 */
function describeFile(bytes, where, describeCheckpoint) {
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
    ...(alphabet ? { kind: 'characters', alphabet: [...alphabet.characters] } : { kind: 'network' }),
    bytes: file.length,
    isQuantized,
    config,
    parameterCount: parameters.reduce((sum, { count }) => sum + count, 0),
    parameters,
    ...(checkpoint !== undefined && describeCheckpoint && { checkpoint: describeCheckpoint(checkpoint, config, where) }),
  };
}
