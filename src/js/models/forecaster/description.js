// description.js: what a file has of a forecaster beside its network: options, scales, and the end of what it was trained on.
import { integer, isObject, number, object, oneOf, optional, readOptions, refuse } from '../../core/check.js';
import { readScaler } from '../Scaler.js';
import { Encoder } from './Encoder.js';
import { readShape, shapeOptions, SUBTRACTED } from './forecaster-options.js';

/** @typedef {import('./Encoder.js').Fitted} Fitted */
/** @typedef {import('./forecaster-options.js').ForecasterShape} ForecasterShape */
/** @typedef {import('./series.js').Series} Series */

/**
 * What a forecaster is, beside its network.
 * @typedef {object} ForecasterParts
 * @property {ForecasterShape} shape
 * @property {Fitted} [fitted] since it was trained
 * @property {Series} [tail] the end of the series that it was trained on, where there was one
 */

const finite = number(-Number.MAX_VALUE, Number.MAX_VALUE);
const positive = number(0, Number.MAX_VALUE, undefined, { above: true });
const readSeason = integer(0, 2 ** 16);

/** @type {import('../../core/check.js').Reader<import('./times.js').TimeStep>} */
function readStep(value, path) {
  const [[unit, size] = [], ...more] = Object.entries(object(value, path));
  if (more.length > 0 || !(unit === 'months' || unit === 'ms' || unit === 'by')) refuse(path, "{ months }, { ms } or { by }", value);
  const read = unit === 'months' ? integer(1, 1e6)(size, `${path}.months`) : positive(size, `${path}.${unit}`);
  return /** @type {any} */ ({ [unit]: read });
}

/** @param {unknown} value @param {string} path @param {number} count @param {(value: unknown, path: string) => any} read */
function list(value, path, count, read) {
  if (!Array.isArray(value) || value.length !== count) refuse(path, `an array of ${count}`, value);
  return value.map((item, i) => read(item, `${path}[${i}]`));
}

/** @param {unknown} value @param {string} path @returns {import('./Past.js').Target} */
function readTarget(value, path) {
  return readOptions(path, value, { subtract: oneOf(SUBTRACTED), center: finite, spread: positive, level: positive, lag: positive });
}

/**
 * @param {ForecasterShape} shape
 * @returns {import('../../core/check.js').Reader<Fitted>}
 */
const fittedReader = ({ columns, roles }) => (value, path) => {
  const { step, ...read } = readOptions(path, value, {
    season: readSeason,
    step: optional(readStep),
    scaler: (given, at) => readScaler(given, columns.length, at).columns,
    targets: (given, at) => list(given, at, roles.predicted.length, readTarget),
  });
  const seasonal = read.targets.findIndex(({ subtract }) => subtract === 'season');
  if (seasonal >= 0 && read.season === 0) refuse(`${path}.targets[${seasonal}].subtract`, 'another where there is no season', 'season');
  return { ...read, ...(step && { step }) };
};

/** Columns of numbers, null where one is missing. @param {Series} series */
const tailOf = ({ columns, times }) => ({
  columns: columns.map((column) => Array.from(column, (value) => (Number.isNaN(value) ? null : value))),
  ...(times && { start: times.start }),
});

/**
 * @param {ForecasterShape} shape
 * @param {Fitted} fitted
 * @returns {import('../../core/check.js').Reader<Series>}
 */
const tailReader = ({ columns, time }, { step }) => (value, path) => {
  const read = readOptions(path, value, { columns: (given) => given, start: optional(finite) });
  const length = Array.isArray(read.columns) && Array.isArray(read.columns[0]) ? read.columns[0].length : 0;
  if (length === 0) refuse(`${path}.columns`, 'at least one row', read.columns);
  const values = list(read.columns, `${path}.columns`, columns.length, (column, at) =>
    Float64Array.from(list(column, at, length, (cell, place) => (cell === null ? NaN : finite(cell, place)))));
  if ((time !== undefined) !== (read.start !== undefined) || (time !== undefined && !step)) {
    refuse(`${path}.start`, time === undefined ? 'absent without a time' : 'a time, and a step beside it', read.start);
  }
  const times = read.start !== undefined && step ? { start: read.start, step } : undefined;
  return { path: 'the data that it was trained on', length, columns: values, ...(times && { times }) };
};

/** As JSON has it. @param {ForecasterParts} parts */
export function describeForecaster({ shape, fitted, tail }) {
  return { kind: 'forecaster', ...shapeOptions(shape), ...(fitted && { fitted }), ...(tail && { tail: tailOf(tail) }) };
}

/**
 * The way back: everything is checked.
 * @param {unknown} description
 * @param {string} path for messages
 * @returns {ForecasterParts}
 * @throws {import('../../core/errors.js').ArgumentError}
 */
export function readForecaster(description, path) {
  const { kind, fitted: given, tail: end, ...options } = object(description, path);
  oneOf(['forecaster'])(kind, `${path}.kind`);
  const shape = readShape(path, options);
  if (!isObject(given)) {
    if (given !== undefined || end !== undefined) refuse(`${path}.fitted`, 'an object', given);
    return { shape };
  }
  const fitted = fittedReader(shape)(given, `${path}.fitted`);
  if (end === undefined) return { shape, fitted };
  const tail = tailReader(shape, fitted)(end, `${path}.tail`);
  // Values that cannot be scaled are found here.
  new Encoder(shape, fitted).encode(tail);
  return { shape, fitted, tail };
}
