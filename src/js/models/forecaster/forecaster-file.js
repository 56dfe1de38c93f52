// forecaster-file.js: what a file has of a forecaster beside its network: options, scales, and the end of what it was trained on.
import { integer, number, object, oneOf, optional, readOptions, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { readScaler } from '../Scaler.js';
import { Encoder } from './Encoder.js';
import { longestSeason, readShape, shapeOptions } from './forecaster-options.js';
import { inputSizeOf, SUBTRACTED } from './Past.js';

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
  return readOptions(path, value, { subtract: oneOf(SUBTRACTED), center: finite, carry: number(-1, 1), spread: positive, size: positive, level: positive, lag: positive, wide: positive });
}

/**
 * @param {ForecasterShape} shape
 * @returns {import('../../core/check.js').Reader<Fitted>}
 */
const fittedReader = ({ columns, roles }) => (value, path) => {
  const { step, scaler, targets, season } = readOptions(path, value, {
    season: integer(0, longestSeason(roles.predicted.length)),
    step: optional(readStep),
    scaler: (given, at) => readScaler(given, columns.length, at).columns,
    targets: (given, at) => list(given, at, roles.predicted.length, readTarget),
  });
  const seasonal = targets.findIndex(({ subtract }) => subtract === 'season');
  if (seasonal >= 0 && season === 0) refuse(`${path}.targets[${seasonal}].subtract`, 'another where there is no season', 'season');
  return { season, ...(step && { step }), scaler, targets };
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

/** @satisfies {import('../../files/model-metadata.js').ModelFormat} */
export const forecasterFormat = {
  kind: /** @type {const} */ ('forecaster'),
  name: 'a forecaster',

  /**
   * @param {Record<string, unknown>} description
   * @param {import('../../network/network-options.js').NetworkConfig} config
   * @returns {ForecasterParts}
   */
  read({ fitted: given, tail: end, ...options }, config) {
    const where = 'metadata model';
    const shape = readShape(where, options);
    assertFits(shape, config);
    if (given === undefined) {
      if (end !== undefined) refuse(`${where}: tail`, 'absent without fitted', end);
      return { shape };
    }
    const fitted = fittedReader(shape)(given, `${where}: fitted`);
    if (end === undefined) return { shape, fitted };
    const tail = tailReader(shape, fitted)(end, `${where}: tail`);
    // Values that cannot be scaled are found here.
    const { least } = assertScales(new Encoder(shape, fitted), tail);
    if (tail.length < least) refuse(`${where}: tail`, `at least ${least} rows`, tail.length);
    return { shape, fitted, tail };
  },

  /** @param {ForecasterParts} model */
  tell: ({ shape }) => ({ columns: shapeOptions(shape).columns, predict: shapeOptions(shape).predict }),
};

/** @param {Encoder} encoder @param {Series} tail */
function assertScales(encoder, tail) {
  tail.columns.forEach((column, c) => column.forEach((_, row) => encoder.scaled(tail, c, row)));
  return encoder;
}

/**
 * @param {ForecasterShape} shape
 * @param {import('../../network/network-options.js').NetworkConfig} config
 */
function assertFits({ roles, time }, { input, output, layers }) {
  const size = inputSizeOf(roles, time !== undefined);
  const values = roles.predicted.length;
  if (!('size' in input) || input.size !== size || !output || !('values' in output) || output.values !== values || !('mixture' in output)) {
    throw new ArgumentError(`a forecaster of these columns needs input.size ${size} and a mixture of output.values ${values}, ` +
      `got ${JSON.stringify({ input, output })}`);
  }
  const l = layers.findIndex(({ bidirectional }) => bidirectional);
  if (l >= 0) throw new ArgumentError(`no forecaster: layers[${l}] is bidirectional`);
}
