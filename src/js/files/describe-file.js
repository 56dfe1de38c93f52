// describe-file.js: what a file is, as its header says: no number of the model is read.
import { scaledBy } from './int8.js';
import { bytesOf, isOfCheckpoint } from './model-file.js';
import { modelIn } from './model-metadata.js';
import { FileFormatError } from '../core/errors.js';
import { parse } from './in-file.js';
import { assertSource, isBytes, takeOver } from '../core/source.js';
import { readModelSource } from './model-source.js';
import { checkLength, readHeader } from './safetensors.js';

/**
 * Where a model comes from that another framework wrote.
 * @typedef {object} Origin
 * @property {string} format 'PyTorch'
 * @property {string[]} [notes] what the file does not say and how it was taken, what was left out
 */

/**
 * What is told of every file.
 * @typedef {object} AnyFile
 * @property {string} kind of the model
 * @property {number} bytes of the file
 * @property {boolean} isQuantized have the weights 8 bits, those of all networks?
 * @property {Origin} [origin] of a file of another framework
 * @property {any} config of the network; where there are several, of each by its name
 * @property {number} parameterCount
 * @property {{ name: string, shape: number[], count: number }[]} parameters by PyTorch's names, in the order of the file
 */

/** Tells of a checkpoint by its text, and the network that it goes by: of a pair the decoder. @typedef {(text: string, config: any, where: string) => object} More */

/**
 * At once of bytes; of another source when it is read.
 * @param {unknown} source
 * @param {unknown} options
 * @param {readonly import('./model-metadata.js').ModelFormat[]} formats the kinds that are known
 * @param {More} [describeCheckpoint] what is told of a checkpoint
 */
export function describeSource(source, options, formats, describeCheckpoint) {
  const where = 'inspect';
  assertSource(source, `${where}: source`);
  const given = readModelSource(source, where, options);
  const describe = (/** @type {unknown} */ bytes) => describeFile(bytes, where, formats, describeCheckpoint);
  if (isBytes(given)) return describe(given);
  if (isBytes(source)) {
    takeOver(given);
    throw new FileFormatError(`${where}: the bytes of another framework's file, whose importer is loaded first: await ${where}(new Blob([bytes]))`);
  }
  return given.then(describe);
}

/**
 * @param {unknown} bytes
 * @param {string} where
 * @param {readonly import('./model-metadata.js').ModelFormat[]} formats
 * @param {More} [describeCheckpoint]
 * @returns {AnyFile}
 */
function describeFile(bytes, where, formats, describeCheckpoint) {
  const file = bytesOf(bytes, where);
  const header = readHeader(file, where);
  checkLength(header, file.length, where);
  const { metadata, entries } = header;
  const { format, model, config, configs, quantized } = modelIn(metadata, where, formats);
  const checkpoint = metadata.get('checkpoint');
  const origin = metadata.get('origin');
  const matrices = new Set(entries.filter(({ dtype }) => dtype === 'I8').map(({ name }) => name));
  const parameters = entries
    .filter(({ name }) => !matrices.has(scaledBy(name)) && (checkpoint === undefined || !isOfCheckpoint(name)))
    .map(({ name, shape }) => ({ name, shape, count: shape.reduce((product, length) => product * length, 1) }));
  return {
    kind: format.kind,
    ...format.tell(model),
    bytes: file.length,
    isQuantized: quantized.length === Object.keys(configs).length,
    ...(origin !== undefined && { origin: /** @type {Origin} */ (parse(origin, 'origin', where)) }),
    config,
    parameterCount: parameters.reduce((sum, { count }) => sum + count, 0),
    parameters,
    ...(checkpoint !== undefined && describeCheckpoint && { checkpoint: describeCheckpoint(checkpoint, configs.decoder ?? config, where) }),
  };
}
