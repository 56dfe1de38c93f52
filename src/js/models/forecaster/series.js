// series.js: reads series however they are given, as one column of numbers after the other.
//
//   [112, 118, null, 129]                       one column
//   [[20, 0.3], [25, NaN]]                      rows, in the order of the columns
//   [{ sales: 20, rain: 0.3 }, { … }]           rows by name
//   { sales: [20, 25], rain: [0.3, NaN] }       columns by name, arrays or typed arrays
//   [series, series] or { north: series, … }    several of these
//
// NaN and null are gaps.
import { isArray, isObject, keptList, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { quote } from '../../core/quote.js';
import { isA } from '../../core/realms.js';
import { readTimes, timeAt } from './times.js';

/** @typedef {import('./times.js').Times} Times */
/** @typedef {import('./times.js').TimeStep} TimeStep */

/** @typedef {number | null} Value */
/** @typedef {Value | string | Date} Cell a value; in the column of the time also a date */
/** @typedef {readonly Cell[] | Float32Array | Float64Array | Int32Array} Row */
/** @typedef {readonly Value[] | Float32Array | Float64Array | Int32Array | readonly Row[] | readonly Record<string, Cell>[] | Record<string, Row>} SeriesData A series: numbers, rows, or columns by name. */
/** @typedef {SeriesData | readonly SeriesData[] | Record<string, SeriesData>} ForecasterData A series, or several, in a list or by name. */

/**
 * @typedef {object} Series
 * @property {string} path how its caller would write it, for messages
 * @property {number} length rows
 * @property {number} [whole] rows that it had, where the others validate
 * @property {Float64Array[]} columns one a name, NaN where a value is missing
 * @property {Times} [times]
 */

/**
 * @typedef {object} SeriesShape
 * @property {readonly string[]} names of the columns, without the time
 * @property {string} [time] the name of the time's column; it stands before the others in rows
 * @property {TimeStep} [step] that times must have
 * @property {(row: number) => string} [rowPath] how its caller would write a row of an array; default: path[row]
 * @property {readonly string[]} [absent] columns of `names` that may be left out, and are missing then
 */

const BIGGEST = 1e100;

/** @param {unknown} value @param {() => string} path @returns {number} NaN where it is missing */
function readValue(value, path) {
  if (value === null) return NaN;
  if (typeof value !== 'number' || Math.abs(value) > BIGGEST) refuse(path(), 'a finite number, or NaN or null where it is missing', value);
  return value;
}

/** @param {SeriesShape} shape */
const allNames = ({ names, time }) => (time === undefined ? names : [time, ...names]);

/** @param {readonly string[]} names */
const listed = (names) => names.map(quote).join(', ');

/**
 * Which columns these keys are of.
 * @param {readonly string[]} keys
 * @param {SeriesShape} shape
 * @param {string} path
 */
function checkKeys(keys, shape, path) {
  const names = allNames(shape);
  const unknown = keys.find((key) => !names.includes(key));
  if (unknown !== undefined) throw new ArgumentError(`${path}: unknown column ${quote(unknown)}, expected only ${listed(names)}`);
  const missing = names.find((name) => !keys.includes(name) && !shape.absent?.includes(name));
  if (missing !== undefined) throw new ArgumentError(`${path}: column ${quote(missing)} is missing, expected ${listed(names)}`);
}

/** @param {unknown} value */
const isTyped = (value) => isArray(value) && !Array.isArray(value);

/** @param {unknown} value a number, or what stands for one that is missing */
const isPlain = (value) => value === null || typeof value === 'number';

/**
 * The columns of rows, raw: [name][row].
 * @param {ArrayLike<unknown>} rows
 * @param {SeriesShape} shape
 * @param {string} path
 * @returns {unknown[][]}
 */
function columnsOfRows(rows, shape, path) {
  const names = allNames(shape);
  const { rowPath = (r) => `${path}[${r}]` } = shape;
  /** @type {unknown[][]} */
  const columns = names.map(() => []);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r];
    if (names.length === 1 && !isArray(row) && !isObject(row)) columns[0].push(row);
    else if (isArray(row)) {
      if (row.length !== names.length) {
        throw new ArgumentError(`${rowPath(r)}: expected ${names.length} values (${listed(names)}), got ${row.length}`);
      }
      for (let c = 0; c < names.length; c++) columns[c].push(row[c]);
    } else if (isObject(row)) {
      checkKeys(Object.keys(row), shape, rowPath(r));
      names.forEach((name, c) => columns[c].push(Object.hasOwn(row, name) ? row[name] : null));
    } else refuse(rowPath(r), `a row of ${names.length} values (${listed(names)})`, row);
  }
  return columns;
}

/**
 * One series.
 * @param {unknown} given
 * @param {SeriesShape} shape
 * @param {string} path
 * @param {number} [least] rows
 * @returns {Series}
 */
export function readSeries(given, shape, path, least = 1) {
  const data = keptList(given);
  const names = allNames(shape);
  const { rowPath = (row) => `${path}[${row}]` } = shape;
  /** @type {ArrayLike<unknown>[]} */
  let raw;
  /** @type {(name: string, row: number) => string} */
  let place = (name, row) => `${rowPath(row)}.${name}`;
  if (isArray(data)) {
    if (names.length === 1) place = (_, row) => rowPath(row);
    raw = columnsOfRows(data, shape, path);
  } else if (isObject(data)) {
    checkKeys(Object.keys(data), shape, path);
    place = (name, row) => `${path}.${name}[${row}]`;
    const lengthOf = Object.keys(data)[0];
    raw = names.map((name) => {
      const column = Object.hasOwn(data, name) ? data[name] : new Array(/** @type {any} */ (data[lengthOf]).length).fill(null);
      if (!isArray(column)) refuse(`${path}.${name}`, 'an array, one value a row', column);
      return column;
    });
    const other = raw.findIndex(({ length }) => length !== raw[0].length);
    if (other > 0) {
      throw new ArgumentError(`${path}.${names[other]}: expected ${raw[0].length} rows as in ${quote(names[0])}, got ${raw[other].length}`);
    }
  } else refuse(path, `an array of rows, or columns by name (${listed(names)})`, data);
  const count = raw[0].length;
  if (count < least) throw new ArgumentError(`${path}: expected at least ${least} row${least > 1 ? 's' : ''}, got ${count}`);
  const { time } = shape;
  const dates = time === undefined ? undefined : readTimes(raw[0], (row) => place(time, row), shape.step);
  const values = dates ? raw.slice(1) : raw;
  const length = dates ? dates.rows[count - 1] + 1 : count;
  const columns = shape.names.map((name, c) => {
    const column = new Float64Array(length).fill(NaN);
    for (let r = 0; r < count; r++) column[dates ? dates.rows[r] : r] = readValue(values[c][r], () => place(name, r));
    return column;
  });
  return { path, length, columns, ...(dates && { times: dates.times }) };
}

/**
 * Is it one series, and not several?
 * @param {unknown} data
 * @param {SeriesShape} shape
 */
function isOne(data, shape) {
  const names = allNames(shape);
  if (isArray(data)) {
    const first = data[0];
    if (isTyped(data) || data.length === 0 || isPlain(first) || typeof first === 'string') return true;
    if (isArray(first) && !Array.isArray(first)) return names.length > 1 || first.length === 1;
    if (isArray(first)) {
      if (names.length > 1) return !Array.from(first).some((value) => isArray(value) || (isObject(value) && !isA(value, 'Date')));
      return first.length === 1 && !isArray(first[0]) && !isObject(first[0]);
    }
    return !isObject(first) || !Object.values(first).some(isArray);
  }
  return !isObject(data) || Object.keys(data).some((key) => names.includes(key)) || !Object.values(data).some((v) => isArray(v) || isObject(v));
}

/**
 * One series, or several as a list or by name.
 * @param {unknown} given
 * @param {SeriesShape} shape
 * @param {string} path
 * @param {number} [least] rows of each
 * @returns {Series[]} with times of one step
 */
export function readAllSeries(given, shape, path, least) {
  const data = keptList(given);
  if (isOne(data, shape)) return [readSeries(data, shape, path, least)];
  /** @type {[string, unknown][]} */
  const parts = isArray(data) ? Array.from(data, (part, i) => [`${path}[${i}]`, part])
    : Object.entries(/** @type {object} */ (data)).map(([name, part]) => [`${path}.${name}`, part]);
  let { step } = shape;
  return parts.map(([at, part]) => {
    const series = readSeries(part, { ...shape, step }, at, least);
    if (series.times && series.length > 1) step ??= series.times.step;
    return series;
  });
}

/**
 * @param {Series} series
 * @param {number} from
 * @param {number} to
 * @returns {Series} rows from..to-1
 */
export function sliceSeries({ path, columns, times }, from, to) {
  const part = columns.map((column) => column.slice(from, to));
  return { path, length: to - from, columns: part, ...(times && { times: { ...times, start: timeAt(times, from) } }) };
}

/** How many rows there are, for messages. @param {Series} series */
export const rowsText = ({ length, whole }) => (whole === undefined ? `${length}` : `${length} of ${whole}: the others validate`);
