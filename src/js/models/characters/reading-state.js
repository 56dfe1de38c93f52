// reading-state.js: a place in a text as plain data, and back.
import { integer, object, readOptions, refuse, string } from '../../core/check.js';
import { hashOf } from '../../core/hash.js';
import { MAX_INPUT } from '../../network/network-options.js';
import { makeState, readState } from '../../network/state.js';

/**
 * A place in a text: plain data that JSON and structured clones keep whole, to go on from in another process or on
 * another day with the same bits. It fits every model of the same layers, seed and alphabet, also one that was trained on
 * since, or whose alphabet has grown since, or with 8 bits a weight.
 * @typedef {object} ReadingState
 * @property {1} version of this form
 * @property {string} model a hash of what it fits
 * @property {number} characters of the alphabet
 * @property {string} last the last character read
 * @property {{ h: number[], c?: number[] }[]} layers each one's state before that character
 */

/** @typedef {import('../../network/Network.js').Network} Network */
/** @typedef {import('../../sampling/Alphabet.js').Alphabet} Alphabet */
/** @typedef {import('../../network/state.js').CellState} CellState */

/**
 * Of a model with an alphabet of so many characters. Those that came later stand behind them.
 * @param {Network} network
 * @param {Alphabet} alphabet
 * @param {number} characters
 */
function markOf({ config: { layers, seed } }, alphabet, characters) {
  const shape = layers.map(({ kind, hiddenSize }) => [kind, hiddenSize]);
  const text = JSON.stringify([seed, shape, characters, alphabet.characters.slice(0, characters)]);
  return hashOf(Int32Array.from(text, (character) => Number(character.codePointAt(0))));
}

/**
 * @param {Network} network
 * @param {Alphabet} alphabet
 * @param {readonly CellState[]} state before the token
 * @param {number} token
 * @returns {ReadingState}
 */
export function saveReading(network, alphabet, state, token) {
  const layers = state.map((layer) => Object.fromEntries(
    Object.entries(layer).map(([name, values]) => [name, Array.from(values)])));
  const { size: characters, characters: { [token]: last } } = alphabet;
  return { version: 1, model: markOf(network, alphabet, characters), characters, last, layers: /** @type {any} */ (layers) };
}

/**
 * @param {unknown} given what saveReading gave
 * @param {string} path
 * @param {Network} network
 * @param {Alphabet} alphabet
 * @returns {{ state: CellState[], token: number }}
 * @throws {import('../../core/errors.js').ArgumentError}
 */
export function restoreReading(given, path, network, alphabet) {
  const { characters, model, last, layers } = readOptions(path, object(given, path, 'what save() of a reading gave'), {
    version: (value, place) => (value === 1 ? value : refuse(place, '1', value)),
    characters: integer(1, MAX_INPUT),
    model: string(),
    last: string(),
    layers: (value) => value,
  });
  const own = markOf(network, alphabet, characters);
  if (characters > alphabet.size || model !== own) {
    refuse(`${path}: model`, `'${own}', of a model with these layers, this seed and this alphabet`, model);
  }
  const token = alphabet.tokenOf(last);
  if (token === undefined) refuse(`${path}: last`, 'a character of the alphabet', last);
  const shapes = network.handle.stateShapes;
  /** @type {Float32Array[]} */
  const all = [];
  readState(layers, shapes, `${path}: layers`, (values) => void all.push(values));
  return { token, state: makeState(shapes, 1, (values) => values.set(/** @type {Float32Array} */ (all.shift()))) };
}
