// Encoder.js: what a forecaster has found out about its data, and the data as the network reads it.
import { ArgumentError } from '../../core/errors.js';
import { quote } from '../../core/quote.js';
import { inputSizeOf, leastFor, Past, SUBTRACTED } from './Past.js';
import { fitScaler, Scaler } from '../Scaler.js';
import { momentsOf } from './statistics.js';
import { rowsText } from './series.js';
import { timeAt, timeText, usualSeason } from './times.js';

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

/** A carry of 1 would never end. */
const MOST_CARRY = 0.99;

/** @param {Float64Array} values @param {number} lag */
const differences = (values, lag) => values.subarray(lag).map((value, i) => value - values[i]);

/** @param {Float64Array[]} parts */
function joined(parts) {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

/**
 * The autoregression of order 1 of values, NaN where they are missing, by least squares.
 * @param {Float64Array[]} parts
 * @param {number} least pairs that tell enough
 * @returns {{ center: number, carry: number, spread: number, size: number }} spread Infinity where there are fewer
 */
function lineOf(parts, least) {
  const { mean: center, deviation: size } = momentsOf(joined(parts).filter((value) => !Number.isNaN(value)));
  let [products, squares, count] = [0, 0, 0];
  /** @param {(before: number, now: number) => void} use */
  const pairs = (use) => {
    for (const part of parts) {
      for (let i = 1; i < part.length; i++) {
        const [before, now] = [part[i - 1] - center, part[i] - center];
        if (!Number.isNaN(before + now)) use(before, now);
      }
    }
  };
  pairs((before, now) => {
    products += before * now;
    squares += before * before;
    count += 1;
  });
  if (count < least) return { center: center || 0, carry: 0, spread: Infinity, size: size || 1 };
  const carry = squares > 0 ? Math.max(-MOST_CARRY, Math.min(products / squares, MOST_CARRY)) : 0;
  let left = 0;
  pairs((before, now) => (left += (now - carry * before) ** 2));
  return { center, carry, spread: Math.max(Math.sqrt(left / count), 1e-6), size: size || 1 };
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
  const lines = {
    season: lineOf(season ? z.map((values) => differences(values, season)) : [], least),
    last: lineOf(z.map((values) => differences(values, 1)), least),
    nothing: lineOf(z, least),
  };
  const [best] = [...SUBTRACTED].sort((a, b) => lines[a].spread - lines[b].spread);
  const subtract = asked ?? (Number.isFinite(lines[best].spread) ? best : 'nothing');
  const { center, carry, spread, size } = lines[subtract];
  return { subtract, center, carry, spread: Number.isFinite(spread) ? spread : size, size, level: 1, lag: 1, wide: 1 };
}

/** @param {readonly Series[]} all */
const stepOf = (all) => all.find(({ times, length }) => times && length > 1)?.times?.step;

/**
 * The season that is looked for in data that nothing is known of yet, in rows; 0: none.
 * @param {ForecasterShape} shape
 * @param {readonly Series[]} all
 */
export function seasonOf({ season }, all) {
  const step = stepOf(all);
  return season ?? (step ? usualSeason(step) : 0);
}

/**
 * @param {ForecasterShape['columns'][number]} column
 * @param {number} value that cannot be scaled
 * @param {string} path
 * @param {number} row
 * @param {import('./times.js').Times} [times]
 * @returns {never}
 */
function refuseValue({ name, log }, value, path, row, times) {
  throw new ArgumentError(`${path}: column ${quote(name)} must be ` +
    `${log && !(value > 0) ? 'above 0, because its logarithm is taken' : 'of a size that can be scaled'}, got ${value} in row ${row}` +
    (times ? ` (${timeText(timeAt(times, row), times.step)})` : ''));
}

/** @param {ForecasterShape['columns']} columns @param {readonly Series[]} all */
function assertLogarithms(columns, all) {
  columns.forEach((column, c) => {
    if (!column.log) return;
    for (const { columns: values, path, times } of all) {
      const row = values[c].findIndex((value) => value <= 0);
      if (row >= 0) refuseValue(column, values[c][row], path, row, times);
    }
  });
}

/**
 * The season that the data are long enough for: one that nobody asked for is left out of others.
 * @param {readonly Series[]} all
 * @param {number} season
 * @param {ForecasterShape} asked
 * @returns {number} 0: none
 */
function seasonIn(all, season, { season: given, subtract }) {
  const longest = all.reduce((most, series) => (series.length > most.length ? series : most));
  if (season && longest.length >= 2 * season) return season;
  const what = subtract === 'season' ? "subtract 'season'" : given ? `season ${given}` : undefined;
  if (!what) return 0;
  throw new ArgumentError(season
    ? `train: data: ${what} needs at least two seasons (${2 * season} rows), got ${rowsText(longest)}`
    : `train: data: ${what} needs a season: the option season, or times that give one`);
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
    assertLogarithms(columns, all);
    const scaler = fitScaler(columns, (c) => joined(all.map((series) => series.columns[c])), 'train: data');
    for (const c of roles.predicted) assertVaries(columns[c].name, joined(all.map((series) => series.columns[c])));
    const step = stepOf(all);
    const used = seasonIn(all, seasonOf(shape, all), shape);
    const targets = roles.predicted.map((c) => targetOf(
      all.map((series) => series.columns[c].map((value) => scaler.scale(c, value))), used, shape.subtract, shape.subtract ? 2 : 8));
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

  /** The same, with other factors of the network's deviations. @param {readonly number[]} wide one a predicted column */
  widened(wide) {
    const targets = this.#fitted.targets.map((target, k) => ({ ...target, wide: wide[k] }));
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
    return Math.max(...this.#fitted.targets.map((target) => leastFor(target, this.#fitted.season)));
  }

  /** Rows that a forecast reads before it: what is further back says nothing, or next to nothing in the running mean. */
  get reach() {
    return 2 * this.#shape.window + this.#fitted.season + 1;
  }

  past() {
    return new Past(this.#plan);
  }

  /** @param {Series} series @param {number} column @param {number} row */
  scaled(series, column, row) {
    return this.scaledValue(column, series.columns[column][row], series.path, row, series.times);
  }

  /**
   * @param {number} column
   * @param {number} value NaN where it is missing
   * @param {string} path
   * @param {number} row
   * @param {import('./times.js').Times} [times]
   */
  scaledValue(column, value, path, row, times) {
    if (Number.isNaN(value)) return NaN;
    const z = this.#scaler.scale(column, value);
    if (Number.isFinite(z)) return z;
    return refuseValue(this.#shape.columns[column], value, path, row, times);
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
