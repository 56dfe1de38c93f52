// reading-state.js: a place in a sequence as plain data, and back.
//
//   { version: 1, model, characters, last, layers }   of a model of characters; of tokens, `tokens`: see char-face.js
//
// It fits every model of the same layers, seed and vocabulary, also one that was trained on since, or whose vocabulary has
// grown since, or with 8 bits a weight.
import { integer, object, readOptions, refuse, string } from '../../core/check.js';
import { hashOf } from '../../core/hash.js';
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
  const text = JSON.stringify([seed, shape, size, vocabulary.names.slice(0, size)]);
  return hashOf(Int32Array.from(text, (character) => Number(character.codePointAt(0))));
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
  return { version: 1, model: markOf(network, vocabulary, size), [words.many]: size, last, layers };
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
  const { model, last, layers, ...sizes } = readOptions(path, object(given, path, 'what save() of a reading gave'), {
    version: (value, place) => (value === 1 ? value : refuse(place, '1', value)),
    [many]: integer(1, MAX_INPUT),
    model: string(),
    last: string(0),
    layers: (value) => value,
  });
  const size = /** @type {Record<string, number>} */ (sizes)[many];
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
  return { token, state: makeState(shapes, 1, (values) => values.set(/** @type {Float32Array} */ (all.shift()))) };
}
