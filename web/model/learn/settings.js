import { quote } from '../address.js';

/**
 * The settings of a run that a visitor can choose, their bounds, and how they are written in the address of the page:
 * `?kind=gru&size=64`, only what differs from the defaults. The same address and text give the same run, step by step.
 */

/** @typedef {import('lstm-wasm/worker').WorkerCharModel} WorkerCharModel */
/** @typedef {keyof typeof kinds} Kind */

/** The kinds of cell, as createCharModel takes them. */
export const kinds = Object.freeze(/** @type {const} */ ({
  lstm: { name: 'LSTM', options: { kind: 'lstm' } },
  gru: { name: 'GRU', options: { kind: 'gru' } },
  rnn: { name: 'plain RNN', options: { kind: 'rnn' } },
  peephole: { name: 'LSTM with peepholes', options: { kind: 'lstm', peephole: 'diagonal' } },
  coupled: { name: 'LSTM with coupled gates', options: { kind: 'lstm', coupled: true } },
  'four-gate': { name: 'four-gate LSTM', options: { kind: 'four-gate' } },
}));

/** What the products of training are computed in, as train takes it. */
export const precisions = Object.freeze(/** @type {const} */ (['float32', 'int16', 'int8']));

/**
 * @typedef {object} Settings
 * @property {Kind} kind
 * @property {number} hiddenSize
 * @property {number} layers
 * @property {number} seed           of the first weights, and of dropout
 * @property {number} learningRate   0: one that suits the size
 * @property {number} batchSize
 * @property {number} window
 * @property {number} dropout
 * @property {number} steps          after which the run ends; 0: it runs until it is paused
 * @property {typeof precisions[number]} precision
 * @property {number} cores          that train; 0: all but one, which is the page's; the network is the same with any
 * @property {number} temperature    of the samples
 */

/**
 * @typedef {object} NumberSetting
 * @property {string} key   in the address
 * @property {number} preset
 * @property {number} least
 * @property {number} most
 * @property {boolean} [zero]      0 is possible as well
 * @property {boolean} [fraction]  it need not be whole
 */

/** @typedef {Exclude<keyof Settings, 'kind' | 'precision'>} NumberName */

/** @type {Record<NumberName, NumberSetting>} */
export const numbers = {
  hiddenSize: { key: 'size', preset: 128, least: 16, most: 512 },
  layers: { key: 'layers', preset: 1, least: 1, most: 3 },
  seed: { key: 'seed', preset: 1, least: 0, most: 2 ** 32 - 1 },
  learningRate: { key: 'rate', preset: 0, least: 1e-5, most: 1, zero: true, fraction: true },
  batchSize: { key: 'batch', preset: 16, least: 1, most: 64 },
  window: { key: 'window', preset: 32, least: 4, most: 128 },
  dropout: { key: 'dropout', preset: 0, least: 0, most: 0.7, fraction: true },
  steps: { key: 'steps', preset: 0, least: 100, most: 1_000_000, zero: true },
  temperature: { key: 'temperature', preset: 0.8, least: 0.1, most: 1.5, fraction: true },
  cores: { key: 'cores', preset: 0, least: 1, most: 8, zero: true },
};
const names = /** @type {NumberName[]} */ (Object.keys(numbers));

/** Products of a step that take some thirty milliseconds: so openWorker decides in a page, too. */
const WORTH_DIVIDING = 3e8;

/** What makes a network: a change needs a new one. */
const ofNetwork = /** @type {const} */ (['kind', 'hiddenSize', 'layers', 'seed']);

/** @returns {Settings} */
export function usualSettings() {
  const presets = Object.fromEntries(names.map((name) => [name, numbers[name].preset]));
  return /** @type {any} */ ({ kind: 'lstm', precision: 'float32', ...presets });
}

/**
 * Reads settings from an address. A value that cannot be read is replaced by its default, one out of bounds by the
 * bound, each with a note that says so.
 *
 * @param {string} search
 * @returns {{ settings: Settings, notes: string[], isGiven: boolean }}   isGiven: does the address have any settings?
 */
export function readSettings(search) {
  const query = new URLSearchParams(search);
  const settings = usualSettings();
  /** @type {string[]} */
  const notes = [];
  const readWord = (/** @type {'kind' | 'precision'} */ name, /** @type {readonly string[]} */ words) => {
    const given = query.get(name);
    if (given === null) return;
    if (words.includes(given)) settings[name] = /** @type {never} */ (given);
    else notes.push(`${name}=${quote(given)} is none of ${words.join(', ')}; ${settings[name]} is taken.`);
  };
  readWord('kind', Object.keys(kinds));
  readWord('precision', precisions);
  for (const name of names) {
    const given = query.get(numbers[name].key);
    if (given === null) continue;
    const { value, note } = readNumber(given, numbers[name]);
    settings[name] = value;
    if (note) notes.push(note);
  }
  const isGiven = ['kind', 'precision', ...names.map((name) => numbers[name].key)].some((key) => query.has(key));
  return { settings, notes, isGiven };
}

/**
 * @param {string} given
 * @param {NumberSetting} setting
 */
function readNumber(given, { key, preset, least, most, zero = false, fraction = false }) {
  const number = given.trim() === '' ? NaN : Number(given);
  if (Number.isNaN(number)) {
    return { value: preset, note: `${key}=${quote(given)} is no number; ${preset} is taken.` };
  }
  if (zero && number === 0) return { value: 0 };
  const whole = fraction ? number : Math.round(number);
  const value = Math.min(most, Math.max(least, whole));
  return value === number ? { value } : { value, note: `${key}=${quote(given)} is not possible; ${value} is taken.` };
}

/**
 * The query string for these settings: '' if all are defaults, else beginning with a question mark.
 *
 * @param {Settings} settings
 */
export function writeSettings(settings) {
  const query = new URLSearchParams();
  if (settings.kind !== 'lstm') query.set('kind', settings.kind);
  if (settings.precision !== 'float32') query.set('precision', settings.precision);
  for (const name of names) {
    const { key, preset } = numbers[name];
    if (settings[name] !== preset) query.set(key, String(settings[name]));
  }
  const text = query.toString();
  return text && `?${text}`;
}

/**
 * Do both describe the same network?
 *
 * @param {Settings} a
 * @param {Settings} b
 */
export function isSameNetwork(a, b) {
  return ofNetwork.every((name) => a[name] === b[name]);
}

/**
 * Do both ask for the same run? Temperature and cores are no part of it.
 *
 * @param {Settings} a
 * @param {Settings} b
 */
export const isSameRun = (a, b) => writeSettings({ ...a, temperature: b.temperature, cores: b.cores }) === writeSettings(b);

/** How many cores there are, as far as the browser tells. */
export const coreCount = () => globalThis.navigator?.hardwareConcurrency ?? 1;

/**
 * The Workers that train as one: as many as are chosen and there are cores. Where nothing is chosen, all cores but one, and one
 * where a step is too short to be divided.
 *
 * @param {Pick<Settings, 'cores'>} settings
 * @param {number} available   cores
 * @param {number} [products]   of a step: weights times characters
 */
export function threadsOf({ cores }, available, products = Infinity) {
  const chosen = cores || (products < WORTH_DIVIDING ? 1 : available - 1);
  return Math.max(1, Math.min(numbers.cores.most, available, chosen));
}

/**
 * The options of createCharModel, without the text.
 *
 * @param {Settings} settings
 */
export function modelOptions({ kind, hiddenSize, layers, seed }) {
  return { ...kinds[kind].options, hiddenSize, layers, seed };
}

/**
 * The settings that describe an opened network, as far as settings can.
 *
 * @param {WorkerCharModel['config']} config
 * @returns {Partial<Settings>}
 */
export function settingsOf(config) {
  const { hiddenSize, layers } = sizeOf(config);
  const given = /** @type {Record<string, unknown>} */ (config);
  const kind = /** @type {Kind[]} */ (Object.keys(kinds)).findLast((name) =>
    Object.entries(kinds[name].options).every(([option, value]) => given[option] === value));
  const size = { hiddenSize: inBounds('hiddenSize', hiddenSize), layers: inBounds('layers', layers) };
  return { ...size, ...(kind && { kind }), seed: config.seed };
}

/** @param {NumberName} name @param {number} value */
const inBounds = (name, value) => Math.min(numbers[name].most, Math.max(numbers[name].least, value));

/**
 * The size of a network that may have layers of different kinds: how many, and the widest.
 *
 * @param {WorkerCharModel['config']} config
 * @returns {{ hiddenSize: number, layers: number }}
 */
export function sizeOf(config) {
  const { hiddenSize, layers } = config;
  if (!Array.isArray(layers)) return /** @type {{ hiddenSize: number, layers: number }} */ ({ hiddenSize, layers });
  return { hiddenSize: Math.max(...layers.map((layer) => layer.hiddenSize)), layers: layers.length };
}
