// torch-safetensors.js: the tensors of a safetensors file of PyTorch's, of any float type, with any names.
import { isObject } from '../../core/check.js';
import { nameOf } from '../../core/quote.js';
import { VOCABULARY, parseJson } from '../json.js';
import { MAX_HEADER, headerIn } from '../safetensors.js';
import { readNames } from './names.js';
import { WIDTHS, toFloats } from './numbers.js';
import { readStateDict } from './state-dict.js';
import { Allowance, Weight } from './Weight.js';

/** What is no weight: counters and positions. */
const WHOLE = ['I64', 'I32', 'I16', 'I8', 'U8', 'BOOL'];

/** @type {import('./import-model.js').Importer} */
export async function read(bytes, { fail, options }) {
  const { tensors, metadata } = tensorsOf(bytes, fail);
  const names = options.names ?? namesIn(metadata);
  return { format: 'PyTorch', ...readStateDict(tensors, fail, { ...options, names }) };
}

/**
 * @param {Uint8Array} bytes
 * @param {import('./ByteReader.js').Fail} fail
 */
function tensorsOf(bytes, fail) {
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (end > bytes.length) fail(`truncated: the header ends at byte ${end}, the file at ${bytes.length}`);
  if (end > 8 + MAX_HEADER) fail(`a header of ${end - 8} bytes, expected at most ${MAX_HEADER}`);
  const header = headerIn(bytes.subarray(8, end), fail);
  if (!isObject(header)) return fail('a safetensors file whose header is no JSON object');
  const { __metadata__: metadata = {}, ...entries } = header;
  const allowance = new Allowance(bytes.length, fail);
  /** @type {Map<string, Weight>} */
  const tensors = new Map();
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
    const [from, to] = isSizes(offsets) && offsets.length === 2 ? offsets : [1, 0];
    if (!isSizes(shape) || from > to || end + to > bytes.length) fail(`tensor ${nameOf(name)} has no valid shape and place in the file`);
    const type = String(dtype);
    if (WHOLE.includes(type)) continue;
    if (!(type in WIDTHS)) fail(`tensor ${nameOf(name)} has numbers of type ${nameOf(type)}: save it as float32, tensor.float()`);
    const count = shape.reduce((product, size) => product * size, 1);
    if (count * WIDTHS[type] !== to - from) fail(`tensor ${nameOf(name)} of ${shape.join(' x ')} needs ${count * WIDTHS[type]} bytes, got ${to - from}`);
    tensors.set(name, new Weight(shape, () => {
      allowance.take(count);
      return toFloats(bytes.subarray(end + from, end + to), type);
    }));
  }
  return { tensors, metadata: isObject(metadata) ? metadata : {} };
}

/** @param {unknown} value @returns {value is number[]} */
const isSizes = (value) => Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** An alphabet that somebody wrote into the metadata, as JSON. @param {Record<string, unknown>} metadata */
function namesIn(metadata) {
  for (const name of ['vocab', 'char_to_idx', 'char2idx', 'stoi', 'alphabet', 'chars', 'idx_to_char', 'itos']) {
    const text = metadata[name];
    if (typeof text !== 'string') continue;
    const value = parseJson(text, `metadata ${name}`, () => { throw new SyntaxError(); }, undefined, VOCABULARY);
    const names = readNames(value === undefined ? text : value);
    if (names) return names;
  }
  return undefined;
}
