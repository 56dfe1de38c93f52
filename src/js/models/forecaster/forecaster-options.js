// forecaster-options.js: what a forecaster can be made with.
import { integer, oneOf, optional, readOptions, refuse, string } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { quote } from '../../core/quote.js';
import { readSeed } from '../../network/network-options.js';
import { readStack, stackConfigOf } from '../../network/stack-options.js';
import { readScale } from '../Scaler.js';
import { componentsOf } from './mixture.js';
import { flagsOf, inputSizeOf, SUBTRACTED } from './Past.js';

/** @typedef {import('../../network/cell-options.js').AnyKindOptions} AnyKindOptions */
/** @typedef {import('../../network/cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('../../network/stack-options.js').StackSize} StackSize */
/** @typedef {import('../Scaler.js').Scale} Scale */

/**
 * @typedef {object} SeriesOptions
 * @property {readonly string[]} [columns] the names of the columns, without the time; default ['value']
 * @property {readonly string[]} [predict] those that are forecast; default: all that are not known
 * @property {readonly string[]} [known] those that are known of the future too: prices, holidays, a plan
 * @property {string} [time] the name of a column of times: Dates or ISO texts, which give the season and features of the
 *   calendar, or numbers. They go forward by equal steps; rows between two that are several steps apart are missing. Texts
 *   without a zone are UTC. Dates that are all midnights of the machine's own zone, as new Date(2026, 0, 1), and texts that are
 *   all midnights of theirs, are read as days of the calendar; a forecast gives such days at midnight UTC
 * @property {number} [season] rows after which a series is like before, 2 to 65536; 1: none; default: by the times, 12
 *   months, 4 quarters, 52 weeks, 7 days or so many hours of a day, and none without
 * @property {number} [window] rows that a forecast reads before it, and that a gradient flows back through, 2 to 65536;
 *   default 48
 * @property {Scale} [scale] how values are scaled, of all columns or of each by its name; default 'standard'
 * @property {readonly string[] | boolean} [log] the columns, all above 0, whose logarithm is learnt: those that grow by per
 *   cent; true: all that are predicted; default: none
 * @property {'season' | 'last' | 'nothing'} [subtract] the simple forecast that the network's own is added to: what came a
 *   season ago, what came last, or nothing; default: what leaves least in the data
 * @property {number} [mixture] normal distributions that a prediction is made of, 1 to 64; default 1
 * @property {number} [seed] 0 to 4294967295; default 0
 */

/**
 * The layers are so many of one kind (default 'lstm', hiddenSize 16), with its options; or a list of layers of any kinds.
 * @typedef {SeriesOptions & ((StackSize & AnyKindOptions) | { layers: readonly LayerOptions[] })} ForecasterOptions
 */

/**
 * The options that are about data, checked.
 * @typedef {object} ForecasterShape
 * @property {readonly { name: string, method: import('../Scaler.js').ScaleMethod, log: boolean }[]} columns
 * @property {{ predicted: number[], known: number[], others: number[] }} roles which columns
 * @property {string} [time]
 * @property {number} [season] 0: none
 * @property {number} window
 * @property {'season' | 'last' | 'nothing'} [subtract]
 */

/** Rows of a season of so many predicted columns: what a season needs of memory is known before. @param {number} targets */
export const longestSeason = (targets) => Math.min(2 ** 16, Math.floor(2 ** 22 / targets));

const oneWay = 'a series is predicted from what comes before';

/** @type {import('../../core/check.js').Reader<string[]>} */
function readNames(value, path) {
  if (!Array.isArray(value) || value.length > 4096) refuse(path, 'an array of up to 4096 names', value);
  return value.map((name, i) => {
    if (typeof name !== 'string' || name === '') refuse(`${path}[${i}]`, 'a name, a string that is not empty', name);
    if (value.indexOf(name) !== i) refuse(`${path}[${i}]`, 'a name that was not given before', name);
    return name;
  });
}

/** How the options about data are read. */
const fields = {
  columns: optional(readNames),
  predict: optional(readNames),
  known: optional(readNames),
  time: optional(string()),
  season: optional(integer(1, 2 ** 16)),
  window: integer(2, 2 ** 16, 48),
  scale: (/** @type {unknown} */ value) => value,
  log: (/** @type {unknown} */ value, /** @type {string} */ path) => (typeof value === 'boolean' ? value : optional(readNames)(value, path)),
  subtract: optional(oneOf(SUBTRACTED)),
};

/**
 * @param {string} where
 * @param {{ [Name in keyof typeof fields]: ReturnType<typeof fields[Name]> }} read
 * @returns {ForecasterShape}
 */
function shapeOf(where, { columns: names = ['value'], predict, known = [], time, season, window, scale, log = [], subtract }) {
  if (names.length === 0) refuse(`${where}: columns`, 'at least one name', names);
  if (time !== undefined && names.includes(time)) {
    throw new ArgumentError(`${where}: time: ${quote(time)} is named in columns too; a time is no value`);
  }
  const indices = (/** @type {readonly string[]} */ list, /** @type {string} */ option) => list.map((name) => {
    const c = names.indexOf(name);
    if (c < 0) throw new ArgumentError(`${where}: ${option}: no column ${quote(name)}, expected of ${names.map(quote).join(', ')}`);
    return c;
  });
  const knownColumns = indices(known, 'known');
  const predicted = predict ? indices(predict, 'predict') : [...names.keys()].filter((c) => !knownColumns.includes(c));
  if (predicted.length === 0) throw new ArgumentError(`${where}: predict: expected at least one column that is not known`);
  const longest = longestSeason(predicted.length);
  if ((season ?? 1) > longest) refuse(`${where}: season`, `at most ${longest} rows for ${predicted.length} columns`, season);
  const both = predicted.find((c) => knownColumns.includes(c));
  if (both !== undefined) throw new ArgumentError(`${where}: column ${quote(names[both])} is both predicted and known`);
  const others = [...names.keys()].filter((c) => !predicted.includes(c) && !knownColumns.includes(c));
  const logs = log === true ? predicted : log === false ? [] : indices(log, 'log');
  const methods = readScale(names)(scale, `${where}: scale`);
  if (subtract === 'season' && season === 1) throw new ArgumentError(`${where}: subtract: there is no season with season 1`);
  return {
    columns: names.map((name, c) => ({ name, method: methods[c], log: logs.includes(c) })),
    roles: { predicted, known: knownColumns, others },
    window,
    ...(time !== undefined && { time }),
    ...(season !== undefined && { season: season === 1 ? 0 : season }),
    ...(subtract && { subtract }),
  };
}

/**
 * @param {string} where the call, or the place in a file
 * @param {unknown} options those about data only
 */
export const readShape = (where, options) => shapeOf(where, readOptions(where, options, fields));

/**
 * The options about data again, whole. @param {ForecasterShape} shape
 */
export function shapeOptions({ columns, roles, time, season, window, subtract }) {
  const names = (/** @type {readonly number[]} */ list) => list.map((c) => columns[c].name);
  return {
    columns: columns.map(({ name }) => name),
    predict: names(roles.predicted),
    known: names(roles.known),
    ...(time !== undefined && { time }),
    ...(season !== undefined && { season: season || 1 }),
    window,
    scale: Object.fromEntries(columns.map(({ name, method }) => [name, method])),
    log: columns.filter(({ log }) => log).map(({ name }) => name),
    ...(subtract && { subtract }),
  };
}

/**
 * @param {ForecasterOptions} options
 * @returns {{ shape: ForecasterShape, config: import('../../network/network-options.js').NetworkConfig }}
 * @throws {ArgumentError}
 */
export function createForecasterNetwork(options) {
  const where = 'createForecaster';
  const others = { ...fields, mixture: integer(1, 64, 1), seed: readSeed };
  const { layers, mixture, seed, ...read } = readStack(where, options, others, { oneWay, hiddenSize: 16 });
  const shape = shapeOf(where, read);
  const config = {
    input: { size: inputSizeOf(shape.roles, shape.time !== undefined) },
    layers,
    output: { values: shape.roles.predicted.length, mixture },
    seed,
  };
  return { shape, config };
}

/**
 * Flags of missing values begin without a say: in data without gaps they are never learnt, and may come later.
 * @param {import('../../network/Network.js').Network} network
 * @param {ForecasterShape['roles']} roles
 */
export function quietFlags(network, roles) {
  const parameters = network.parameters();
  const flags = flagsOf(roles);
  const [[name, [rows, columns]]] = Object.entries(network.shapes).filter(([given]) => given.startsWith('weight_ih_l0'));
  for (let row = 0; row < rows; row++) for (const flag of flags) parameters[name][row * columns + flag] = 0;
  network.setParameters(parameters);
}

/**
 * What a forecaster was made with, as createForecaster takes it.
 * @param {ForecasterShape} shape
 * @param {import('../../network/network-options.js').NetworkConfig} network
 */
export function forecasterConfigOf(shape, network) {
  return { ...shapeOptions(shape), ...stackConfigOf(network.layers), mixture: componentsOf(network), seed: network.seed };
}
