// Scaler.js: columns of numbers as a network likes them, near 0 and about 1 large, and back to the data's own units.
//
//   scaled = (f(x) - shift) / scale         f(x) = log x in columns of `log`, else x
//
//   standard   shift = mean              scale = standard deviation (of n)
//   min-max    shift = smallest          scale = largest - smallest
//   robust     shift = median            scale = third quartile - first quartile; where most values are the same, the
//                                                standard deviation
//   none       shift = 0                 scale = 1
//
// The words and formulas are scikit-learn's, so is the rule for a column that is constant: its scale is 1.
import { integer, isObject, number, object, oneOf, readOptions, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';

/** @typedef {'standard' | 'min-max' | 'robust' | 'none'} ScaleMethod */

/** One for all columns, or for each by its name; what is not named is 'standard'. @typedef {ScaleMethod | Record<string, ScaleMethod>} Scale */

/**
 * A column whose scale is known: plain data.
 * @typedef {object} ScaledColumn
 * @property {ScaleMethod} method
 * @property {true} [log]
 * @property {number} shift
 * @property {number} scale
 */

const readMethod = oneOf(/** @type {const} */ (['standard', 'min-max', 'robust', 'none']), 'standard');

/**
 * How the option `scale` is read.
 * @param {readonly string[]} names of the columns
 * @returns {import('../core/check.js').Reader<ScaleMethod[]>} one a column
 */
export const readScale = (names) => (value, path) => {
  if (!isObject(value)) return names.map(() => readMethod(value, path));
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) refuse(path, `of columns: ${names.map((name) => `'${name}'`).join(', ')}`, unknown);
  return names.map((name) => readMethod(Object.hasOwn(value, name) ? value[name] : undefined, `${path}.${name}`));
};

export class Scaler {
  #columns;

  /** @param {readonly ScaledColumn[]} columns */
  constructor(columns) {
    this.#columns = columns.map((column) => ({ ...column }));
  }

  /** As it is in a file: plain data, a copy. @returns {ScaledColumn[]} */
  get columns() {
    return this.#columns.map((column) => ({ ...column }));
  }

  /**
   * @param {number} k the column
   * @param {number} x
   * @returns {number} NaN for NaN, and in a column of `log` for what has no logarithm
   */
  scale(k, x) {
    const { log, shift, scale } = this.#columns[k];
    return ((log ? Math.log(x) : x) - shift) / scale;
  }

  /**
   * The way back.
   * @param {number} k
   * @param {number} scaled
   */
  unscale(k, scaled) {
    const { log, shift, scale } = this.#columns[k];
    const x = scaled * scale + shift;
    return log ? Math.exp(x) : x;
  }

  /** How long one unit of the scaled column is: before the exponential, in a column of `log`. @param {number} k */
  unit(k) {
    return this.#columns[k].scale;
  }
}

/**
 * The scaler of data.
 * @param {readonly { name: string, method: ScaleMethod, log?: boolean }[]} columns
 * @param {(k: number) => ArrayLike<number>} valuesOf all values of column k; NaN, which is missing, is left out
 * @param {string} path for messages: 'train: data'
 * @throws {ArgumentError} where a column has no value, one that has no logarithm, or ones too large to be scaled
 */
export function fitScaler(columns, valuesOf, path) {
  return new Scaler(columns.map(({ name, method, log }, k) => {
    const place = `${path}: column '${name}'`;
    const values = Float64Array.from(valuesOf(k)).filter((value) => !Number.isNaN(value));
    if (values.length === 0) throw new ArgumentError(`${place} must have a value that is not missing, got none`);
    if (log) values.forEach((value, i) => (values[i] = logOf(value, place)));
    const { shift, scale } = method === 'none' ? { shift: 0, scale: 1 } : measures[method](values);
    if (!Number.isFinite(shift) || !Number.isFinite(scale)) {
      throw new ArgumentError(`${place} must have finite values that can be scaled, got a spread of ${scale}`);
    }
    return { method, ...(log && { log }), shift, scale: scale > 0 ? scale : 1 };
  }));
}

/** @param {number} value @param {string} place */
function logOf(value, place) {
  if (!(value > 0)) throw new ArgumentError(`${place} must be above 0, since its logarithm is learnt, got ${value}`);
  return Math.log(value);
}

/** @type {Record<Exclude<ScaleMethod, 'none'>, (values: Float64Array) => { shift: number, scale: number }>} */
const measures = {
  standard(values) {
    const mean = meanOf(values);
    const scale = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
    // What rounding leaves of a constant is no spread.
    return { shift: mean, scale: scale > Math.abs(mean) * 1e-12 ? scale : 0 };
  },
  'min-max'(values) {
    let [least, most] = [Infinity, -Infinity];
    for (const value of values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return { shift: least, scale: most - least };
  },
  robust(values) {
    const sorted = values.slice().sort();
    const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    return { shift: quantile(sorted, 0.5), scale: spread > 0 ? spread : measures.standard(values).scale };
  },
};

/** @param {Float64Array} values */
const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Between the two nearest, as numpy has it by default. @param {Float64Array} sorted @param {number} p */
function quantile(sorted, p) {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

const finite = number(-Number.MAX_VALUE, Number.MAX_VALUE);
const positive = number(0, Number.MAX_VALUE, undefined, { above: true });

/**
 * Checks the columns of a scaler that comes from a file.
 * @param {unknown} value
 * @param {number} count how many there have to be
 * @param {string} path
 * @returns {Scaler}
 * @throws {ArgumentError}
 */
export function readScaler(value, count, path) {
  if (!Array.isArray(value)) refuse(path, `an array of ${count} columns`, value);
  integer(count, count)(value.length, `${path}.length`);
  return new Scaler(value.map((column, k) => {
    const place = `${path}[${k}]`;
    const { method, log, shift, scale } = readOptions(place, object(column, place), {
      method: readMethod,
      log: (given, at) => (given === undefined || given === true ? given : refuse(at, 'true or absent', given)),
      shift: finite,
      scale: positive,
    });
    return { method, ...(log && { log }), shift, scale };
  }));
}
