// torch-file.js: what torch.save wrote (torch/serialization.py).
//
//   since 1.6   a zip: NAME/data.pkl, and NAME/data/KEY for each storage; NAME/byteorder
//   before      pickles one behind the other: a magic number, the protocol, the system; the object; the keys of its storages;
//               then each storage: its length, and its numbers
// A tensor is a part of a storage, which others may share: a place, sizes and strides.
import { nameOf } from '../../core/quote.js';
import { ByteReader, decode } from './ByteReader.js';
import { WIDTHS, numberAt, toFloats } from './numbers.js';
import { readNames } from './names.js';
import { Global, Unknown, unpickle } from './pickle.js';
import { readStateDict } from './state-dict.js';
import { Allowance, Weight } from './Weight.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */
/** @typedef {{ type: string, key: string, count: number, bytes?: Uint8Array }} Storage */

const MAGIC = 0x1950a86a20f9469cfc6cn;

/** @type {Record<string, string>} */
const TYPES = {
  FloatStorage: 'F32', DoubleStorage: 'F64', HalfStorage: 'F16', BFloat16Storage: 'BF16', LongStorage: 'I64', IntStorage: 'I32',
  ShortStorage: 'I16', CharStorage: 'I8', ByteStorage: 'U8', BoolStorage: 'BOOL',
};

/** A tensor that is no weight: of whole numbers, or of a storage that is not known. */
class Other {}

/**
 * @param {Fail} fail
 * @param {number} length of the file
 */
function reading(fail, length) {
  /** @type {Map<string, Storage>} */
  const storages = new Map();
  const about = { bigEndian: false };
  const allowance = new Allowance(length, fail);
  /** @param {any[]} id */
  const persistent = (id) => {
    const [tag, type, key, , count] = Array.isArray(id) ? id : [];
    const name = type instanceof Global ? type.name.replace(/^.*\./, '') : '';
    if (tag !== 'storage' || !Object.hasOwn(TYPES, name) || !isWord(key) || !Number.isSafeInteger(count)) return new Unknown(name || 'a storage');
    const known = storages.get(String(key));
    if (known) return known;
    const storage = { type: TYPES[name], key: String(key), count };
    storages.set(storage.key, storage);
    return storage;
  };
  /** @param {any[]} args */
  const tensor = ([storage, offset, size, stride]) => {
    if (!isStorage(storage) || !isSizes(size) || !isSizes(stride) || size.length !== stride.length || !isSizes([offset])) return new Other();
    if (!/F/.test(storage.type)) return new Other();
    const count = size.reduce((product, length) => product * length, 1);
    const last = offset + size.reduce((sum, length, axis) => sum + (length - 1) * stride[axis], 0);
    if (count > storage.count || (count > 0 && last >= storage.count)) {
      fail(`damaged: a tensor of ${size.join(' x ')} in a storage of ${storage.count} numbers`);
    }
    return new Weight(size, () => {
      allowance.take(count);
      return strided(storage, offset, size, stride, about.bigEndian, fail);
    });
  };
  const first = (/** @type {any[]} */ [value]) => value;
  /** All that is made; what they are given is data. @type {Record<string, (args: any[]) => unknown>} */
  const classes = {
    'collections.OrderedDict': () => new Map(),
    'collections.defaultdict': () => new Map(),
    'builtins.dict': () => new Map(),
    'builtins.set': ([items]) => (Array.isArray(items) ? items : []),
    'torch._utils._rebuild_tensor': tensor,
    'torch._utils._rebuild_tensor_v2': tensor,
    'torch._utils._rebuild_parameter': first,
    'torch._utils._rebuild_parameter_with_state': first,
    'torch.nn.parameter.Parameter': first,
    'torch.Size': first,
  };
  return { storages, about, unpickler: { fail, classes, persistent } };
}

/** What a dict is asked by. What is nested would be written out, however often it is shared. @param {unknown} value @returns {value is string | number} */
const isWord = (value) => typeof value === 'string' || typeof value === 'number';
/** @param {unknown} value @returns {value is Storage} */
const isStorage = (value) => typeof value === 'object' && value !== null && 'type' in value && 'count' in value;
/** @param {unknown} value @returns {value is number[]} */
const isSizes = (value) => Array.isArray(value) && value.length <= 8 && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/**
 * @param {Storage} storage
 * @param {number} offset
 * @param {number[]} size
 * @param {number[]} stride
 * @param {boolean} bigEndian
 * @param {Fail} fail
 */
function strided({ type, key, count, bytes }, offset, size, stride, bigEndian, fail) {
  if (!bytes || bytes.length < count * WIDTHS[type]) {
    return fail(`damaged: storage ${nameOf(key)} must have ${count} numbers, ${count * WIDTHS[type]} bytes, got ${bytes?.length ?? 'none'}`);
  }
  const total = size.reduce((product, length) => product * length, 1);
  let next = 1;
  const isPlain = size.reduceRight((plain, length, axis) => {
    const fits = plain && (length === 1 || stride[axis] === next);
    next *= length;
    return fits;
  }, true);
  if (isPlain) return toFloats(bytes.subarray(offset * WIDTHS[type]), type, { count: total, bigEndian });
  const number = numberAt(bytes, type, bigEndian);
  const values = new Float32Array(total);
  const place = size.map(() => 0);
  for (let i = 0, at = offset; i < total; i++) {
    values[i] = number(at);
    for (let axis = size.length - 1; axis >= 0; axis--) {
      at += stride[axis];
      if (++place[axis] < size[axis]) break;
      at -= size[axis] * stride[axis];
      place[axis] = 0;
    }
  }
  return values;
}

/**
 * @param {import('./zip.js').Zip} zip
 * @param {string} pickle the name of its data.pkl
 * @param {number} length of the file
 * @param {Parameters<import('./import-model.js').Importer>[1]} about
 * @returns {ReturnType<import('./import-model.js').Importer>}
 */
export async function readZip(zip, pickle, length, { fail, options }) {
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (zip.has(`${folder}constants.pkl`) || zip.names.some((name) => name.startsWith(`${folder}code/`))) {
    fail('a TorchScript module (torch.jit.save): save its weights, torch.save(module.state_dict(), path)');
  }
  const { storages, about, unpickler } = reading(fail, length);
  if (zip.has(`${folder}byteorder`)) about.bigEndian = decode(await zip.read(`${folder}byteorder`)).trim() === 'big';
  const value = unpickle(new ByteReader(await zip.read(pickle), fail), unpickler);
  for (const storage of storages.values()) {
    if (zip.has(`${folder}data/${storage.key}`)) storage.bytes = await zip.read(`${folder}data/${storage.key}`);
  }
  return modelOf(value, fail, options);
}

/** Of a file from before 1.6. @type {import('./import-model.js').Importer} */
export async function read(bytes, { fail, options }) {
  const { storages, about, unpickler } = reading(fail, bytes.length);
  const reader = new ByteReader(bytes, fail);
  if (unpickle(reader, unpickler) !== MAGIC) fail("a pickle, but not torch.save's: save the weights by torch.save(model.state_dict(), path)");
  unpickle(reader, unpickler);
  const system = unpickle(reader, unpickler);
  about.bigEndian = system instanceof Map && system.get('little_endian') === false;
  const value = unpickle(reader, unpickler);
  const keys = unpickle(reader, unpickler);
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = isWord(key) ? storages.get(String(key)) : undefined;
    if (!storage) return fail(`damaged: a storage ${isWord(key) ? nameOf(String(key)) : 'without a name'} that no tensor has`);
    const count = reader.u64();
    storage.bytes = reader.take(count * WIDTHS[storage.type]);
  }
  return modelOf(value, fail, options);
}

/**
 * The weights in what was saved, and the alphabet, where there is one.
 * @param {unknown} value
 * @param {Fail} fail
 * @param {import('./import-model.js').Options} options
 */
function modelOf(value, fail, options) {
  if (value instanceof Unknown) {
    fail(`a whole module of class ${nameOf(value.name)}, which only its own code can make: save its weights, torch.save(model.state_dict(), path)`);
  }
  const { states, names } = contentOf(value);
  if (states.length === 0) {
    fail(`no weights: expected a state_dict, or a dict with one, got ${value instanceof Map ? `a dict of ${[...value.keys()].filter(isWord).slice(0, 6).map((key) => nameOf(String(key))).join(', ') || 'nothing'}` : 'another thing'}: `
      + 'torch.save(model.state_dict(), path)');
  }
  const named = ['model_state_dict', 'state_dict', 'model', 'net', 'weights', 'ema', ''];
  const rank = (/** @type {string} */ path) => named.indexOf(path) >>> 0;
  const [best, ...others] = states.sort((a, b) => rank(a.path) - rank(b.path));
  const rest = others.filter(({ path }) => !/optim/.test(path));
  const isOne = rest.length === 0 || named.includes(best.path);
  const own = isOne ? best.tensors
    : new Map(states.flatMap(({ path, tensors }) => [...tensors].map(([name, weight]) => [`${path}.${name}`, weight])));
  return { format: 'PyTorch', ...readStateDict(own, fail, { ...options, names: options.names ?? names, isOrdered: true }) };
}

/**
 * All dicts of tensors in a value, and what looks like an alphabet.
 * @param {unknown} value
 */
function contentOf(value) {
  /** @type {{ path: string, tensors: Map<string, Weight> }[]} */
  const states = [];
  /** @type {string[] | undefined} */
  let names;
  const seen = new Set();
  /** @param {unknown} given @param {string} path @param {number} depth */
  const look = (given, path, depth) => {
    if (!(given instanceof Map) || seen.has(given) || depth > 3) return;
    seen.add(given);
    const tensors = [...given].filter(([name, weight]) => typeof name === 'string' && weight instanceof Weight && weight.shape.length > 0);
    if (tensors.length > 1) states.push({ path, tensors: new Map(tensors) });
    for (const [key, inside] of given) {
      if (!isWord(key)) continue;
      if (/^(tokens|chars|vocab|alphabet|char.*|.*2idx|.*to_idx|stoi|itos|idx.*char|int2char)$/i.test(String(key))) names ??= readNames(plain(inside));
      look(inside, path ? `${path}.${key}` : String(key), depth + 1);
    }
  };
  look(value, '', 0);
  return { states, names };
}

/** @param {unknown} value */
const plain = (value) => (value instanceof Map ? Object.fromEntries([...value].filter(([key]) => isWord(key))) : value);
