// safetensors.js: the file format https://github.com/huggingface/safetensors, tensors of float32 and int8 only.
//
//   8 bytes: length N of the header, little-endian | N bytes: JSON | the tensors' bytes, without gaps
//   JSON: { "__metadata__": { name: text, ... }, name: { "dtype": "F32", "shape": [...], "data_offsets": [from, to] }, ... }
import { TextDecoder, TextEncoder } from '../core/builtin.js';
import { describe, isObject } from '../core/check.js';
import { ArgumentError, FileFormatError } from '../core/errors.js';
import { nameOf } from '../core/quote.js';
import { parseBytes } from './json.js';

/**
 * @typedef {object} Tensor
 * @property {number[]} shape
 * @property {Float32Array | Int8Array} values row-major
 */

/**
 * @typedef {object} TensorFile
 * @property {Map<string, string>} metadata
 * @property {Map<string, Tensor>} tensors
 */

const arrays = { F32: Float32Array, I8: Int8Array };

const LENGTH_BYTES = 8;
// Of bytes: an alphabet of a million words takes about so much. The reference implementation takes three times as many.
export const MAX_HEADER = 2 ** 25;
// 512 layers that read both ways, of a dozen parameters each, with their moments and their best.
const MOST_TENSORS = 2 ** 16;
/** Each tensor has a name and three more, and two arrays. @type {import('./json.js').Most} */
const MOST = { parts: 3 * MOST_TENSORS + 2, names: 4 * MOST_TENSORS + 2 ** 10, values: 8 * MOST_TENSORS + 2 ** 10 };

/**
 * @param {TensorFile} file
 * @param {string} [where] the call, for messages
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {ArgumentError} where no file that can be read again holds it
 */
export function writeSafetensors({ metadata, tensors }, where = 'export') {
  /** @type {[string, unknown][]} */
  const entries = [['__metadata__', Object.fromEntries(metadata)]];
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const dtype = values instanceof Int8Array ? 'I8' : 'F32';
    entries.push([name, { dtype, shape, data_offsets: [end, (end += values.byteLength)] }]);
  }
  const json = JSON.stringify(Object.fromEntries(entries));
  let header = new TextEncoder().encode(json);
  if (header.length > MAX_HEADER - 8 || tensors.size > MOST_TENSORS) {
    throw new ArgumentError(`${where}: a file has at most ${MOST_TENSORS} tensors, and a header of ${MAX_HEADER} bytes for names and texts, `
      + `this one would have ${tensors.size} and ${header.length}`);
  }
  // Filled up with spaces, so that the tensors begin at a multiple of 8.
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(0x20);
  padded.set(header);
  header = padded;

  const bytes = new Uint8Array(LENGTH_BYTES + header.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + header.length;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/**
 * Where a tensor lies in the data behind the header, in bytes.
 * @typedef {{ name: string, dtype: 'F32' | 'I8', shape: number[], from: number, to: number }} Entry
 */

/**
 * What a file says of itself. The data behind the header may be missing.
 * @typedef {{ metadata: Map<string, string>, entries: Entry[], start: number }} Header `start`: the first byte of the data
 */

/**
 * Reads a file from anywhere: nothing in it is believed before it is checked.
 * @param {Uint8Array} bytes
 * @param {string} where the call, for messages
 * @returns {TensorFile}
 * @throws {FileFormatError}
 */
export function readSafetensors(bytes, where) {
  const header = readHeader(bytes, where);
  const { metadata, entries, start } = header;
  checkLength(header, bytes.length, where);
  const data = bytes.subarray(start);
  /** @type {Map<string, Tensor>} */
  const tensors = new Map();
  for (const { name, dtype, shape, from, to } of entries) {
    // A copy, because the bytes need not lie at a multiple of 4.
    tensors.set(name, { shape, values: new arrays[dtype](new Uint8Array(data.subarray(from, to)).buffer) });
  }
  return { metadata, tensors };
}

/**
 * Reads the beginning of a file, at least to the end of its header.
 * @param {Uint8Array} bytes
 * @param {string} where the call, for messages
 * @returns {Header} its tensors in the order in which they lie
 * @throws {FileFormatError}
 */
export function readHeader(bytes, where) {
  const fail = failing(where);
  if (bytes.length < LENGTH_BYTES) {
    fail(`not a safetensors file: expected at least ${LENGTH_BYTES} bytes, got ${bytes.length}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER) || length < 2n) {
    fail(`not a safetensors file: a header of ${length} bytes, expected 2 to ${MAX_HEADER}`);
  }
  const start = LENGTH_BYTES + Number(length);
  if (start > bytes.length) fail(`truncated: the header ends at byte ${start}, the file at ${bytes.length}`);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start), fail);
  const metadata = readMetadata(header.get('__metadata__'), fail);
  header.delete('__metadata__');
  const entries = [...header].map(([name, entry]) => readEntry(name, entry, fail));
  return { metadata, entries: entries.sort((a, b) => a.from - b.from || a.to - b.to), start };
}

/**
 * A file is its header and its tensors, with nothing before, between or behind them.
 * @param {Header} header
 * @param {number} bytes of the file
 * @param {string} where the call, for messages
 * @throws {FileFormatError}
 */
export function checkLength({ entries, start }, bytes, where) {
  const fail = failing(where);
  const length = bytes - start;
  let covered = 0;
  for (const { name, from, to } of entries) {
    if (from !== covered) fail(`tensor ${describe(name)} begins at byte ${from} of the data, expected ${covered}`);
    if (to > length) fail(`truncated: tensor ${describe(name)} ends at byte ${to} of ${length}`);
    covered = to;
  }
  if (covered !== length) fail(`${length - covered} bytes behind the last tensor, expected none`);
}

/**
 * @param {string} where
 * @returns {(reason: string) => never}
 */
function failing(where) {
  return (reason) => {
    throw new FileFormatError(`${where}: ${reason}`);
  };
}

/**
 * @param {Uint8Array} bytes
 * @param {(reason: string) => never} fail
 * @returns {Map<string, unknown>}
 */
function parseHeader(bytes, fail) {
  const header = headerIn(bytes, fail);
  if (!isObject(header)) return fail('not a safetensors file: the header is no JSON');
  return new Map(Object.entries(header));
}

/**
 * The JSON of a header, counted before anything is made of it.
 * @param {Uint8Array} bytes
 * @param {(reason: string) => never} fail
 * @returns {unknown} undefined where it is no JSON
 */
export function headerIn(bytes, fail) {
  // No white space before it and no byte order mark: the format wants it, and others refuse it.
  if (bytes[0] !== 0x7b) {
    const [first] = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, 4));
    fail(`not a safetensors file: the header is no JSON object, it begins with ${describe(first)}`);
  }
  const decode = () => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return fail('not a safetensors file: the header is no UTF-8');
    }
  };
  return parseBytes(bytes, decode, (reason) => fail(`the header ${reason}`), MOST);
}

/**
 * @param {unknown} metadata
 * @param {(reason: string) => never} fail
 * @returns {Map<string, string>}
 */
function readMetadata(metadata, fail) {
  if (metadata === undefined) return new Map();
  if (!isObject(metadata)) return fail('__metadata__ is no object');
  const entries = Object.entries(metadata);
  for (const [name, value] of entries) {
    if (typeof value !== 'string') fail(`__metadata__.${nameOf(name)} must be a string, got ${describe(value)}`);
  }
  return new Map(/** @type {[string, string][]} */ (entries));
}

/**
 * @param {string} name
 * @param {unknown} entry
 * @param {(reason: string) => never} fail
 * @returns {Entry}
 */
function readEntry(name, entry, fail) {
  const tensor = describe(name);
  if (!isObject(entry)) return fail(`tensor ${tensor} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32' && dtype !== 'I8') fail(`tensor ${tensor} must be of dtype F32 or I8, got ${describe(dtype)}`);
  if (!isSizes(shape)) fail(`tensor ${tensor} has no valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2) fail(`tensor ${tensor} has no valid data_offsets`);
  const [from, to] = offsets;
  const bytes = arrays[dtype].BYTES_PER_ELEMENT * shape.reduce((product, size) => product * size, 1);
  if (to - from !== bytes) {
    fail(`tensor ${tensor} of shape ${shape.join(' x ')} needs ${bytes} bytes, got ${to - from}`);
  }
  return { name, dtype: /** @type {'F32' | 'I8'} */ (dtype), shape, from, to };
}

/**
 * @param {unknown} value
 * @returns {value is number[]}
 */
function isSizes(value) {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
