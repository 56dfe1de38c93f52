// model-metadata.js: what the metadata of a file says of its model: its kind, what it knows, its networks. See model-file.js.
import { describe, isObject, readOptions } from '../core/check.js';
import { FileFormatError } from '../core/errors.js';
import { inFile, parse } from './in-file.js';
import { readNetworkOptions } from '../network/network-options.js';

/** The version of what is in the metadata's strings. */
export const VERSION = '1';

/** @typedef {import('../network/network-options.js').NetworkConfig} NetworkConfig */

/** What a model knows beside its parameters, as it is in its file: JSON. @typedef {{ kind: string }} Description */

/**
 * How the files of one kind of model are read.
 * @typedef {object} ModelFormat
 * @property {string} kind in the metadata
 * @property {string} name for messages: 'a forecaster'
 * @property {readonly string[] | ((description: any) => string[])} [networks] the names of its networks where it has several,
 *   or what tells them by the description, unchecked; default ['network'], whose tensors have no name before theirs
 * @property {(description: any, config: any) => any} read checks a description from a file, without its kind: nothing in it
 *   is believed, no memory is taken before its sizes are known to be right, and all of it fits `config`, the checked
 *   NetworkConfig, or one of each name where there are several. What is wrong is an ArgumentError, which becomes the
 *   file's. Gives what the model is made from
 * @property {(model: any) => object} tell what inspect tells of it, beside its kind
 */

/**
 * A description as metadata. The file of a character model is older than `model`, and has names of its own.
 * @param {Description | undefined} model
 * @returns {[string, string][]}
 */
export function metadataOf(model) {
  if (!model) return [];
  if (model.kind !== 'characters') return [['model', JSON.stringify(model)]];
  const { alphabet, notes } = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (model));
  /** @type {[string, string][]} */
  const noted = notes === undefined ? [] : [['notes', JSON.stringify(notes)]];
  return [['alphabet', JSON.stringify(alphabet)], ...noted];
}

/**
 * The description in a file.
 * @param {Map<string, string>} metadata
 * @param {string} where
 * @returns {Record<string, unknown> & Description}
 * @throws {FileFormatError}
 */
function descriptionIn(metadata, where) {
  const field = (/** @type {string} */ name) => {
    const text = metadata.get(name);
    return text === undefined ? undefined : parse(text, name, where);
  };
  if (!metadata.has('model')) {
    return metadata.has('alphabet')
      ? { kind: 'characters', alphabet: field('alphabet'), notes: field('notes') }
      : { kind: 'network' };
  }
  const model = field('model');
  const kind = isObject(model) ? model.kind : undefined;
  if (!isObject(model) || typeof kind !== 'string') {
    throw new FileFormatError(`${where}: metadata model must be an object with its kind, got ${describe(isObject(model) ? kind : model)}`);
  }
  if (kind === 'characters' || kind === 'network' || metadata.has('alphabet')) {
    throw new FileFormatError(`${where}: metadata model must be absent in the file of a network or a character model, got kind ${describe(kind)}`);
  }
  return { ...model, kind };
}

/**
 * The kind of a model's file, and how it describes itself, of which nothing is checked yet.
 * @param {Map<string, string>} metadata
 * @param {string} where
 * @param {readonly string[]} known kinds
 * @throws {FileFormatError}
 */
export function kindIn(metadata, where, known) {
  assertVersion(metadata, where);
  const { kind, ...description } = descriptionIn(metadata, where);
  if (known.includes(kind)) return { kind, description };
  throw new FileFormatError(`${where}: a model of kind ${describe(kind)}, which this version of lstm-wasm does not know `
    + `(it knows ${known.join(', ')}): was the file written by a later one?`);
}

/**
 * The kind of a model's file, and what it says of itself, checked.
 * @param {Map<string, string>} metadata
 * @param {string} where
 * @param {readonly ModelFormat[]} formats the kinds that are known
 * @throws {FileFormatError}
 */
export function modelIn(metadata, where, formats) {
  const { kind, description } = kindIn(metadata, where, formats.map((known) => known.kind));
  const format = /** @type {ModelFormat} */ (formats.find((known) => known.kind === kind));
  const { networks } = format;
  const names = typeof networks === 'function' ? inFile(where, () => networks(description)) : networks;
  const { config, configs, quantized } = networksIn(metadata, where, names);
  const model = inFile(where, () => format.read(description, config));
  return { format, model, config, configs, quantized };
}

/**
 * @param {Map<string, string>} metadata
 * @param {string} where
 * @throws {FileFormatError} where they are not what this version reads
 */
export function assertVersion(metadata, where) {
  const version = metadata.get('lstm_wasm');
  if (version === VERSION) return;
  throw new FileFormatError(
    `${where}: not a file of lstm-wasm: expected '${VERSION}' as lstm_wasm in the metadata, got ${describe(version)}`,
  );
}

/**
 * The networks of a file, as the metadata describes them.
 * @param {Map<string, string>} metadata
 * @param {string} where
 * @param {readonly string[]} [names]
 * @returns {{ config: unknown, configs: Record<string, NetworkConfig>, quantized: string[] }} `config`: the one network's,
 *   or all of them by name; `quantized`: the names of those whose weights have 8 bits
 * @throws {FileFormatError}
 */
export function networksIn(metadata, where, names = ['network']) {
  const given = parse(metadata.get('config') ?? '', 'config', where);
  const reader = (/** @type {string} */ name) => (/** @type {unknown} */ one) => readNetworkOptions(`config: ${name}`, one);
  /** @type {() => Record<string, NetworkConfig>} */
  const read = () => (names[0] === 'network'
    ? { network: readNetworkOptions('config', given) }
    : readOptions('config', given, Object.fromEntries(names.map((name) => [name, reader(name)]))));
  const configs = inFile(where, read);
  const quantized = quantizedIn(metadata, where, Object.keys(configs));
  if (quantized.length > 0 && metadata.has('checkpoint')) {
    throw new FileFormatError(`${where}: a checkpoint needs float weights, these have 8 bits`);
  }
  return { config: configs.network ?? configs, configs, quantized };
}

/**
 * Which networks have weights of 8 bits, as metadata: 'int8', all of them; 'int8 in member.0 member.2', these.
 * @param {readonly string[]} quantized names
 * @param {readonly string[]} names of all
 */
export const quantizationOf = (quantized, names) => (quantized.length < names.length ? `int8 in ${quantized.join(' ')}` : 'int8');

/**
 * @param {Map<string, string>} metadata
 * @param {string} where
 * @param {string[]} names of the networks
 */
function quantizedIn(metadata, where, names) {
  const quantization = metadata.get('quantization');
  if (quantization === undefined) return [];
  if (quantization === 'int8') return names;
  const some = names.filter((name) => quantization.split(' ').includes(name));
  if (names.length > 1 && some.length > 0 && quantization === quantizationOf(some, names)) return some;
  throw new FileFormatError(`${where}: metadata quantization must be 'int8' or absent, got ${describe(quantization)}`);
}
