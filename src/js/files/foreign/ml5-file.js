// ml5-file.js: character models of char-rnn's heirs as ml5.js reads them: manifest.json, which names a file of float32 for each
// tensor of TensorFlow's BasicLSTMCells, and vocab.json, { character: number }.
//
//   cell_L/.../kernel (D + H, 4H), bias (4H)   [x, h] K + b; gates i, j, f, o, where j is the candidate, and 1 is added to f
//   embedding (V, E)                           where there is one; else one-hot vectors
//   softmax_w (H, V), softmax_b (V)
import { isObject } from '../../core/check.js';
import { nameOf } from '../../core/quote.js';
import { VOCABULARY, parseJson } from '../json.js';
import { decode } from './ByteReader.js';
import { readNames } from './names.js';
import { toFloats } from './numbers.js';
import { Weight } from './Weight.js';

const FORGET_BIAS = 1;
const MOST_TENSORS = 2 ** 8;

/**
 * @param {Record<string, unknown>} manifest
 * @param {Parameters<import('./import-model.js').Importer>[1]} about
 * @returns {ReturnType<import('./import-model.js').Importer>}
 */
export async function readManifest(manifest, { fail, options, beside }) {
  const entries = Object.entries(manifest);
  if (entries.length > MOST_TENSORS) fail(`a manifest of ${entries.length} tensors, more than ${MOST_TENSORS}`);
  /** @type {Map<string, Weight>} */
  const tensors = new Map();
  const taken = new Set();
  for (const [name, entry] of entries) {
    const { filename, shape } = isObject(entry) ? entry : /** @type {Record<string, unknown>} */ ({});
    if (typeof filename !== 'string' || !Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return fail(`tensor ${nameOf(name)} has no filename and shape`);
    if (!/cell_\d+|lstm_\d+|softmax|embedding/i.test(name) || /adam|optimizer|beta\d_power/i.test(name)) continue;
    if (taken.has(filename)) return fail(`tensor ${nameOf(name)} has the file of another, ${nameOf(filename)}`);
    taken.add(filename);
    const bytes = await beside(filename);
    const count = shape.reduce((product, length) => product * length, 1);
    if (bytes.length !== 4 * count) return fail(`tensor ${nameOf(name)} of ${shape.join(' x ')} needs ${4 * count} bytes, ${nameOf(filename)} has ${bytes.length}`);
    tensors.set(name, Weight.of(shape, toFloats(bytes, 'F32')));
  }
  const of = (/** @type {RegExp} */ pattern) => [...tensors].find(([name]) => pattern.test(name))?.[1];
  const [weight, bias, embedding] = [of(/softmax.*_?w(eights?)?$/i), of(/softmax.*_?b(ias(es)?)?$/i), of(/embedding/i)];
  const count = new Set([...tensors.keys()].flatMap((name) => /(?:cell|lstm)_(\d+)/i.exec(name)?.[1] ?? [])).size;
  const cells = Array.from({ length: count }, (_, l) => {
    const own = (/** @type {string} */ part) => of(new RegExp(`(cell|lstm)_${l}.*(${part})$`, 'i'));
    return cellOf(`cell ${l}`, own('kernel|weights?'), own('bias(es)?'), fail);
  });
  if (cells.length === 0 || weight?.shape.length !== 2) return fail(`no cells and softmax among its tensors: ${entries.slice(0, 6).map(([name]) => nameOf(name)).join(', ')}`);
  if (embedding && embedding.shape.length !== 2) fail(`an embedding must be a matrix, got ${embedding.shape.join(' x ')}`);
  if (bias && bias.count !== weight.columns) fail(`softmax_b must be of ${weight.columns}, got ${bias.count}`);
  const names = options.names ?? readNames(parseJson(decode(await beside('vocab.json')), 'vocab.json', fail, undefined, VOCABULARY))
    ?? fail('a vocab.json that is no alphabet: { character: number } with all numbers from 0');
  return {
    format: 'char-rnn',
    names,
    tokens: !embedding,
    steps: [
      ...(embedding ? [/** @type {import('./assemble.js').EmbeddingStep} */ ({ type: 'embedding', name: 'embedding', weight: embedding })] : []),
      ...cells,
      { type: 'dense', name: 'softmax', weight: weight.transposed, bias, activation: 'softmax' },
    ],
  };
}

/**
 * @param {string} name
 * @param {Weight | undefined} kernel
 * @param {Weight | undefined} bias
 * @param {import('./ByteReader.js').Fail} fail
 * @returns {import('./assemble.js').CellStep}
 */
function cellOf(name, kernel, bias, fail) {
  const H = (bias?.count ?? 0) / 4;
  if (!kernel || !bias || kernel.shape.length !== 2 || !Number.isInteger(H) || H === 0 || kernel.columns !== 4 * H || kernel.rows <= H) {
    return fail(`${name}: a BasicLSTMCell must have a kernel (D + H, 4H) and a bias (4H), got ${kernel?.shape.join(' x ') ?? 'none'} and ${bias?.shape.join(' x ') ?? 'none'}`);
  }
  const D = kernel.rows - H;
  const order = [0, 2, 1, 3];
  const part = (/** @type {number} */ from, /** @type {number} */ rows) =>
    new Weight([rows, 4 * H], () => kernel.values.slice(from * 4 * H, (from + rows) * 4 * H)).transposed.reordered(order);
  const moved = bias.reordered(order);
  const open = new Weight([4 * H], () => moved.values.map((value, i) => value + (i >= H && i < 2 * H ? FORGET_BIAS : 0)));
  return { type: 'cell', name, kind: 'lstm', hiddenSize: H, options: {}, directions: [{ weight_ih: part(0, D), weight_hh: part(D, H), bias_ih: open }] };
}
