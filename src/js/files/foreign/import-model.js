// import-model.js: a file of another framework as one of this library's. Each importer is loaded when a file asks for it.
import { isObject, oneOf, optional, readBytes, readOptions, refuse, string } from '../../core/check.js';
import { ArgumentError, FileFormatError, LstmError, messageOf } from '../../core/errors.js';
import { isBytes, readSource } from '../../core/source.js';
import { isA } from '../../core/realms.js';
import { nameOf } from '../../core/quote.js';
import { VOCABULARY, parseJson } from '../json.js';
import { assemble } from './assemble.js';
import { besideOf } from './beside.js';
import { decode } from './ByteReader.js';
import { readNames } from './names.js';

/**
 * @typedef {object} Asked
 * @property {string} where the call, for messages
 * @property {unknown} source of the file
 * @property {AbortSignal} [signal]
 * @property {Record<string, any>} about the other options, unchecked
 */

/**
 * The options of the call, checked, with the alphabet's names read.
 * @typedef {{ module?: string, activation?: 'relu' | 'tanh' | 'none', output?: 'classes' | 'labels' | 'values', names?: string[] }} Options
 */

/**
 * Reads the layers of a model from a file.
 * @typedef {(bytes: Uint8Array, about: { fail: import('./ByteReader.js').Fail, options: Options,
 *   beside: (name: string) => Promise<Uint8Array> }) => Promise<import('./assemble.js').ForeignModel>} Importer
 */

/** A vocabulary of a million tokens. */
const LONGEST_JSON = 2 ** 26;

/** Of what is known and not read. @param {string} reason @returns {() => Promise<{ read: Importer }>} */
const refused = (reason) => async () => ({ read: async (_, { fail }) => fail(reason) });

/** @type {Record<import('../foreign-kind.js').ForeignKind, () => Promise<{ read: Importer }>>} */
const importers = {
  safetensors: () => import('./torch-safetensors.js'),
  zip: () => import('./zip-file.js'),
  pickle: () => import('./torch-file.js'),
  hdf5: () => import('./keras-file.js'),
  onnx: () => import('./onnx-file.js'),
  json: () => import('./json-file.js'),
  tar: refused('a tar, as torch.save wrote before PyTorch 0.2: load it in PyTorch and save its state_dict anew'),
  'saved-model': refused("a graph of TensorFlow's: save the model by Keras, model.save('model.keras'), or convert it by tf2onnx"),
};

/**
 * @param {Uint8Array} bytes
 * @param {import('../foreign-kind.js').ForeignKind} kind
 * @param {Asked} asked
 * @returns {Promise<Uint8Array<ArrayBuffer>>} a file of this library
 * @throws {FileFormatError | ArgumentError}
 */
export async function importModel(bytes, kind, { where, source, signal, about }) {
  const { alphabet, files, ...given } = about;
  const options = {
    ...readOptions(where, given, {
      module: optional(string()),
      activation: optional(oneOf(/** @type {const} */ (['relu', 'tanh', 'none']))),
      output: optional(oneOf(/** @type {const} */ (['classes', 'labels', 'values']))),
    }),
    names: alphabet === undefined ? undefined : await namesOf(alphabet, where, signal),
  };
  const beside = besideOf(source, files, where, signal);
  const fail = (/** @type {string} */ reason) => {
    throw new FileFormatError(`${where}: ${reason}`);
  };
  try {
    const { read } = await importers[kind]();
    const model = await read(bytes, { fail, options, beside });
    const { names = model.names, output = model.output } = options;
    return assemble({ ...model, names, output }, where);
  } catch (error) {
    if (error instanceof ArgumentError) throw new ArgumentError(`${where}: ${error.message.replace(`${where}: `, '')}`, { cause: error });
    if (error instanceof LstmError || signal?.aborted) throw error;
    // Bytes that lead astray: a place outside of the file, a length that no array has.
    throw new FileFormatError(`${where}: damaged: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * @param {unknown} given
 * @param {string} where
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<string[]>}
 */
async function namesOf(given, where, signal) {
  const path = `${where}: alphabet`;
  const isFile = isBytes(given) || (typeof given === 'string' && /\.json$/i.test(given))
    || typeof (/** @type {any} */ (given)?.then) === 'function' || ['Blob', 'File', 'Response', 'URL'].some((name) => isA(given, name));
  const value = isFile ? await jsonOf(given, path, signal) : given;
  const lists = isObject(value) && !readNames(value) ? Object.values(value) : [value];
  const found = lists.map(readNames).find((names) => names !== undefined);
  if (!found) refuse(path, 'the tokens as a list or a text, none twice, or { token: number } with all numbers from 0, or such a JSON file', value);
  return found;
}

/** @param {unknown} source @param {string} path @param {AbortSignal | undefined} signal */
async function jsonOf(source, path, signal) {
  const bytes = isBytes(source) ? readBytes(source, path, 'bytes')
    : await readSource(source, path, { what: 'alphabet', Failure: FileFormatError, signal, limit: LONGEST_JSON });
  const fail = (/** @type {string} */ reason) => {
    throw new FileFormatError(`${path}: ${reason}`);
  };
  const value = parseJson(decode(bytes).replace(/^\ufeff/, ''), 'the file', fail, undefined, VOCABULARY);
  return value === undefined ? fail(`no JSON, it begins with ${nameOf(decode(bytes.subarray(0, 20)))}`) : value;
}
