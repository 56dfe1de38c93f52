// Encoder.js: what a forecaster has found out about its data, and the data as the network reads it.
import { ArgumentError } from '../../core/errors.js';
import { quote } from '../../core/quote.js';
import { inputSizeOf, Past } from './Past.js';
import { fitScaler, Scaler } from '../Scaler.js';
import { momentsOf } from './statistics.js';
import { usualSeason } from './times.js';

/** @typedef {import('./series.js').Series} Series */
/** @typedef {import('./Past.js').Target} Target */
/** @typedef {import('./forecaster-options.js').ForecasterShape} ForecasterShape */

/**
 * What training has found out: plain data, as files have it.
 * @typedef {object} Fitted
 * @property {number} season rows; 0: none
 * @property {import('./times.js').TimeStep} [step]
 * @property {import('../Scaler.js').ScaledColumn[]} scaler one a column
 * @property {Target[]} targets one a predicted column
 */

/**
 * A series as the network reads it: number t is read before row t + 1 is predicted.
 * @typedef {object} Encoded
 * @property {number} steps one less than rows
 * @property {Float32Array} inputs (steps, size)
 * @property {Float32Array} targets (steps, predicted)
 * @property {Uint8Array} counted 1 where the target counts: nothing of it is missing, and there is a season before it
 */

/** @param {Float64Array} values @param {number} lag @returns {Float64Array} those that are there */
function differences(values, lag) {
  return values.subarray(lag).map((value, i) => value - values[i]).filter((value) => !Number.isNaN(value));
}

/** @param {Float64Array[]} parts */
function joined(parts) {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

/**
 * What to take away of a target, and what is left then.
 * @param {Float64Array[]} z of each series, scaled
 * @param {number} season
 * @param {Target['subtract'] | undefined} asked
 * @param {number} least differences that tell enough
 * @returns {Target}
 */
function targetOf(z, season, asked, least) {
  const measure = (/** @type {number} */ lag) => {
    const left = lag ? joined(z.map((values) => differences(values, lag))) : new Float64Array();
    return left.length >= least ? { ...momentsOf(left), count: left.length } : { mean: 0, deviation: Infinity, count: 0 };
  };
  const found = { season: measure(season), last: measure(1), nothing: { mean: 0, deviation: 1, count: 1 } };
  const plain = momentsOf(joined(z).filter((value) => !Number.isNaN(value))).deviation;
  const size = { season: found.season.deviation, last: found.last.deviation, nothing: plain };
  const subtract = asked ?? (size.season < Math.min(size.last, size.nothing) ? 'season'
    : size.last < 0.5 * size.nothing ? 'last' : 'nothing');
  const { mean, deviation } = found[subtract];
  const isFound = Number.isFinite(deviation);
  return { subtract, center: isFound ? mean : 0, spread: isFound ? Math.max(deviation, 1e-6) : 1, level: 1, lag: 1 };
}

/** @param {string} name @param {Float64Array} values */
function assertVaries(name, values) {
  const first = values.find((value) => !Number.isNaN(value));
  if (values.some((value) => !Number.isNaN(value) && value !== first)) return;
  throw new ArgumentError(`train: data: column ${quote(name)} is predicted and must vary, but all of its values are ${first}`);
}

export class Encoder {
  #shape;
  #fitted;
  #scaler;
  #plan;

  /**
   * @param {ForecasterShape} shape
   * @param {Fitted} fitted
   */
  constructor(shape, fitted) {
    this.#shape = shape;
    this.#fitted = fitted;
    this.#scaler = new Scaler(fitted.scaler);
    this.#plan = { ...shape.roles, memory: shape.window, season: fitted.season, targets: fitted.targets };
  }

  /**
   * Finds out what the data say.
   * @param {ForecasterShape} shape
   * @param {readonly Series[]} all
   * @throws {ArgumentError} naming the column that cannot be learnt
   */
  static fit(shape, all) {
    const { columns, roles } = shape;
    const scaler = fitScaler(columns, (c) => joined(all.map((series) => series.columns[c])), 'train: data');
    for (const c of roles.predicted) assertVaries(columns[c].name, joined(all.map((series) => series.columns[c])));
    const step = all.find(({ times, length }) => times && length > 1)?.times?.step;
    const season = shape.season ?? (step ? usualSeason(step) : 0);
    const longest = Math.max(...all.map(({ length }) => length));
    if (shape.season && longest <= season) {
      throw new ArgumentError(`train: data: expected more rows than the season of ${season}, got ${longest}`);
    }
    const used = longest >= 2 * season ? season : 0;
    const targets = roles.predicted.map((c) => targetOf(
      all.map((series) => series.columns[c].map((value) => scaler.scale(c, value))), used, shape.subtract, shape.subtract ? 1 : 8));
    const fitted = { season: used, ...(step && { step }), scaler: scaler.columns, targets };
    return new Encoder(shape, fitted).#withSizes(all);
  }

  /** The sizes of what the network reads, as they are in the data. @param {readonly Series[]} all */
  #withSizes(all) {
    const { length } = this.#fitted.targets;
    const squares = new Float64Array(2 * length);
    let count = 0;
    for (const series of all) {
      const past = this.past();
      for (let row = 0; row + 1 < series.length; row++) {
        past.push((c) => this.scaled(series, c, row));
        if (past.rows <= this.#fitted.season || !past.isReady) continue;
        this.#fitted.targets.forEach((_, k) => {
          squares[2 * k] += past.level(k) ** 2;
          squares[2 * k + 1] += past.lag(k) ** 2;
        });
        count += 1;
      }
    }
    const sizeOf = (/** @type {number} */ i) => Math.sqrt(squares[i] / count) || 1;
    const targets = this.#fitted.targets.map((target, k) => ({ ...target, level: sizeOf(2 * k), lag: sizeOf(2 * k + 1) }));
    return new Encoder(this.#shape, { ...this.#fitted, targets });
  }

  get fitted() {
    return this.#fitted;
  }

  get inputSize() {
    return inputSizeOf(this.#shape.roles, this.#shape.time !== undefined);
  }

  /** Rows that a forecast needs before it. */
  get least() {
    const isSeasonal = this.#fitted.targets.some(({ subtract }) => subtract === 'season');
    return isSeasonal ? this.#fitted.season : 1;
  }

  past() {
    return new Past(this.#plan);
  }

  /** @param {Series} series @param {number} column @param {number} row */
  scaled(series, column, row) {
    return this.scaledValue(column, series.columns[column][row], series.path, row);
  }

  /**
   * @param {number} column
   * @param {number} value NaN where it is missing
   * @param {string} path
   * @param {number} row
   */
  scaledValue(column, value, path, row) {
    if (Number.isNaN(value)) return NaN;
    const z = this.#scaler.scale(column, value);
    if (Number.isFinite(z)) return z;
    const { name, log } = this.#shape.columns[column];
    throw new ArgumentError(`${path}: column ${quote(name)} must be ` +
      `${log && !(value > 0) ? 'above 0, because its logarithm is taken' : 'of a size that can be scaled'}, got ${value} in row ${row}`);
  }

  /** @param {number} k which predicted column @param {number} z */
  unscaled(k, z) {
    return this.#scaler.unscale(this.#shape.roles.predicted[k], z);
  }

  /**
   * @param {Series} series
   * @returns {Encoded}
   */
  encode(series) {
    const { predicted } = this.#shape.roles;
    const [size, n] = [this.inputSize, predicted.length];
    const steps = Math.max(series.length - 1, 0);
    const encoded = { steps, inputs: new Float32Array(steps * size), targets: new Float32Array(steps * n), counted: new Uint8Array(steps) };
    const past = this.past();
    for (let t = 0; t < steps; t++) {
      past.push((c) => this.scaled(series, c, t));
      past.write(encoded.inputs, t * size, (c) => this.scaled(series, c, t + 1), series.times);
      const next = predicted.map((c, k) => past.toNetwork(k, this.scaled(series, c, t + 1)));
      const isCounted = past.isReady && !next.some(Number.isNaN);
      encoded.counted[t] = Number(isCounted);
      if (isCounted) encoded.targets.set(next, t * n);
    }
    return encoded;
  }
}
