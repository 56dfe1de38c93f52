// reading-state.js: a place in a sequence as plain data, and back.
//
//   { version: 1, model, characters, last, layers, checksum }   of a model of characters; of tokens, `tokens`: see char-face.js
//
// The checksum is there to find damage, as that of a file is: who changes a state leaves it out.
//
// It fits every model of the same layers, seed and vocabulary, also one that was trained on since, or whose vocabulary has
// grown since, or with 8 bits a weight.
import { integer, object, optional, readOptions, refuse, string } from '../../core/check.js';
import { Hash, hashOf } from '../../core/hash.js';
import { MAX_INPUT } from '../../network/network-options.js';
import { makeState, readState } from '../../network/state.js';

/** @typedef {import('../../network/Network.js').Network} Network */
/** @typedef {import('./face.js').AnyVocabulary} AnyVocabulary */
/** @typedef {import('../../network/state.js').CellState} CellState */

/**
 * Of a model with a vocabulary of so many names. Those that came later stand behind them.
 * @param {Network} network
 * @param {AnyVocabulary} vocabulary
 * @param {number} size
 */
function markOf({ config: { layers, seed } }, vocabulary, size) {
  const shape = layers.map(({ kind, hiddenSize }) => [kind, hiddenSize]);
  return hashOf(wordsOf([seed, shape, size, vocabulary.names.slice(0, size)]));
}

/** @param {unknown} value */
const wordsOf = (value) => Int32Array.from(JSON.stringify(value), (character) => Number(character.codePointAt(0)));

/**
 * @param {unknown[]} about what stands beside the state
 * @param {readonly CellState[]} state
 */
function checksumOf(about, state) {
  const hash = new Hash().add(wordsOf(about));
  for (const layer of state) {
    // JSON knows one zero.
    for (const values of Object.values(layer)) hash.add(new Int32Array(values.map((value) => value + 0).buffer));
  }
  return hash.digits;
}

/**
 * @param {Network} network
 * @param {AnyVocabulary} vocabulary
 * @param {readonly CellState[]} state before the token
 * @param {number} token
 * @returns {any}
 */
export function saveReading(network, vocabulary, state, token) {
  const layers = state.map((layer) => Object.fromEntries(
    Object.entries(layer).map(([name, values]) => [name, Array.from(values)])));
  const { size, names: { [token]: last }, words } = vocabulary;
  const model = markOf(network, vocabulary, size);
  return { version: 1, model, [words.many]: size, last, layers, checksum: checksumOf([model, size, last], state) };
}

/**
 * @param {unknown} given what saveReading gave
 * @param {string} path
 * @param {Network} network
 * @param {AnyVocabulary} vocabulary
 * @returns {{ state: CellState[], token: number }}
 * @throws {import('../../core/errors.js').ArgumentError}
 */
export function restoreReading(given, path, network, vocabulary) {
  const { one, many, all: whole } = vocabulary.words;
  const { model, last, layers, checksum, ...sizes } = readOptions(path, object(given, path, 'what save() of a reading gave'), {
    version: (value, place) => (value === 1 ? value : refuse(place, '1', value)),
    [many]: integer(1, MAX_INPUT),
    model: string(),
    last: string(0),
    layers: (value) => value,
    checksum: optional(string()),
  });
  const size = Number(/** @type {Record<string, unknown>} */ (sizes)[many]);
  const own = markOf(network, vocabulary, size);
  if (size > vocabulary.size || model !== own) {
    refuse(`${path}: model`, `'${own}', of a model with these layers, this seed and this ${whole}`, model);
  }
  const token = vocabulary.tokenOf(last);
  if (token === undefined) refuse(`${path}: last`, `a ${one} of the ${whole}`, last);
  const shapes = network.handle.stateShapes;
  /** @type {Float32Array[]} */
  const all = [];
  readState(layers, shapes, `${path}: layers`, (values) => void all.push(values));
  const state = makeState(shapes, 1, (values) => values.set(/** @type {Float32Array} */ (all.shift())));
  const found = checksum && checksumOf([model, size, last], state);
  if (checksum !== found) refuse(`${path}: checksum`, `'${found}', that of what it has, or absent: it is not as it was saved`, checksum);
  return { token, state };
}
