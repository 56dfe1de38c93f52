// own-metadata.js: what a file of another framework says of a model of this library's that it was written from: see export/.
import { isObject } from '../../core/check.js';
import { parseJson } from '../json.js';
import { VERSION } from '../model-metadata.js';

/**
 * What stood in the metadata of the model's own file.
 * @typedef {object} Own
 * @property {Record<string, any>} config of the network, of which nothing is checked
 * @property {[string, string][]} metadata the rest of it
 * @property {Record<string, any>} start what sequences start from, where another file has it as an input: h_l0, c_l0, ...
 */

/**
 * @param {ReadonlyMap<string, string>} entries
 * @param {import('./ByteReader.js').Fail} fail
 * @returns {Own | undefined} undefined where there is nothing of the kind
 */
export function ownIn(entries, fail) {
  if (entries.get('lstm_wasm') !== VERSION) return undefined;
  const json = (/** @type {string} */ name) => parseJson(entries.get(name) ?? '', `metadata ${name}`, fail);
  const config = json('config');
  const start = json('start');
  if (!isObject(config) || !Array.isArray(config.layers) || !config.layers.every(isObject)) return undefined;
  const rest = ['alphabet', 'notes', 'model'].flatMap((name) => (entries.has(name) ? [/** @type {[string, string]} */ ([name, String(entries.get(name))])] : []));
  return { config, metadata: rest, start: isObject(start) ? start : {} };
}

/** Of a layer what no graph says. */
const NOT_IN_GRAPHS = ['forgetBias', 'trainableState'];

/**
 * Is this still the network that was written? Another program may have changed it, and what it computes is what counts.
 * @param {Own} own
 * @param {{ input: object, layers: readonly object[], output: object | null }} found
 */
export function isStill({ config: { input, layers, output } }, found) {
  const isMixture = Boolean(output?.mixture);
  const { tied, ...plain } = isObject(output) ? output : {};
  return isSame(input, found.input) && layers.length === found.layers.length
    && layers.every((/** @type {unknown} */ layer, /** @type {number} */ l) => isSame(layer, found.layers[l]))
    && (isMixture || isSame(plain, found.output ?? {}));
}

/** Options are words, flags and 32-bit floats. @param {any} own @param {any} found */
function isSame(own, found) {
  const names = new Set([...Object.keys(own ?? {}), ...Object.keys(found)].filter((name) => !NOT_IN_GRAPHS.includes(name)));
  return [...names].every((name) => (typeof own[name] === 'number' ? Math.fround(own[name]) === found[name] : own[name] === found[name]));
}
