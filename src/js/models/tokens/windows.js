// windows.js: windows out of sequences, each read from the initial state: how nanoGPT measures (Karpathy 2022, estimate_loss in
// train.py), so that a model that carries its state can stand beside one that cannot.
import { drawerOf } from '../../core/chance.js';
import { integer, isObject, readOptions, refuse } from '../../core/check.js';

/**
 * Windows at random places, drawn by `seed`, of each of which all but the first are predicted, from the initial state.
 * @typedef {object} WindowsOptions
 * @property {number} length what of each is predicted: characters, or tokens; a window has one more
 * @property {number} [count] how many are drawn; default 1024. Where there are not more places, each is taken once
 * @property {number} [seed] default 0
 */

const readers = { length: integer(1, 2 ** 31 - 1), count: integer(1, 2 ** 31 - 1, 1024), seed: integer(0, 0xffffffff, 0) };

/** A length, or WindowsOptions. @type {import('../../core/check.js').Reader<Required<WindowsOptions>>} */
export const readWindows = (value, path) =>
  readOptions(path, isObject(value) ? value : { length: value }, readers);

/**
 * @param {readonly Int32Array[]} sequences
 * @param {Required<WindowsOptions>} windows
 * @param {{ sequence: string, many: string }} words for messages
 * @returns {Int32Array[]} views
 * @throws {import('../../core/errors.js').ArgumentError} where none is long enough
 */
export function windowsOf(sequences, { length, count, seed }, { sequence, many }) {
  const places = sequences.map((tokens) => Math.max(0, tokens.length - length));
  const total = places.reduce((sum, each) => sum + each, 0);
  if (total === 0) {
    const longest = Math.max(...sequences.map((tokens) => tokens.length));
    refuse('evaluate: windows: length', `at most ${longest - 1}, for ${sequence} has ${longest} ${many} that the model reads`, length);
  }
  const draw = drawerOf(seed, 0);
  return Array.from({ length: Math.min(count, total) }, (_, i) => {
    let place = total <= count ? i : draw(total);
    let which = 0;
    for (; place >= places[which]; which++) place -= places[which];
    return sequences[which].subarray(place, place + length + 1);
  });
}
