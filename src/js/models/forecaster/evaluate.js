// evaluate.js: forecasts from rows of series whose next rows are there to compare with.
import { integer, optional, readOptions } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { drawFields } from './forecast-options.js';
import { coverageOf, errorsOf, maeOf, meanOf, naiveErrorOf, rmseOf, seasonalNaive } from './metrics.js';
import { sliceSeries } from './series.js';
import { quantileOf } from './statistics.js';

/** @typedef {import('./series.js').Series} Series */

/**
 * @typedef {object} OriginOptions
 * @property {number} [horizon] steps that each forecast has, 1 to 65536; default 1
 * @property {number} [last] rows at the end of each series that are forecast; default: horizon
 * @property {number} [stride] rows from one forecast's beginning to the next; default 1
 * @property {number} [season] of the seasonal-naive forecast and of MASE; default the model's
 */

/** @typedef {OriginOptions & import('./forecast-options.js').DrawOptions & import('../../core/pieces.js').Stoppable} EvaluateOptions Which rows are forecast, and how. */

/**
 * How far forecasts were off.
 * @typedef {object} Errors
 * @property {number} mae mean absolute error, of the medians, which make it least
 * @property {number} rmse root of the mean squared error, of the means, which make it least
 * @property {number} mase mean absolute error, in those that the seasonal-naive forecast makes one step ahead in what comes
 *   before the rows that are forecast (Hyndman and Koehler 2006)
 */

/**
 * @typedef {object} ColumnScore NaN where a column has nothing to compare with
 * @property {{ level: number, share: number }[]} coverage the share of what came that lay in the interval of this level
 * @property {Errors} naive of the last value, repeated
 * @property {Errors} seasonalNaive of what was a season ago
 */

/** @typedef {{ forecasts: number, columns: Record<string, Errors & ColumnScore> }} Evaluation How far forecasts were off, by the columns' names. */

const most = integer(1, 2 ** 16);

export const originFields = { horizon: integer(1, 2 ** 16, 1), last: optional(most), stride: integer(1, 2 ** 16, 1), season: optional(most) };

/** @param {unknown} options */
export const readEvaluateOptions = (options) => readOptions('evaluate', options, { ...originFields, ...drawFields });

/** @typedef {{ actual: number[], mean: number[], median: number[], naive: number[], seasonal: number[], lower: number[][], upper: number[][], units: number[] }} Sums */

/**
 * @param {import('./SeriesReading.js').ReadingModel} model
 * @param {readonly Series[]} all
 * @param {ReturnType<typeof readEvaluateOptions>} options
 * @param {(history: Series) => import('./SeriesReading.js').SeriesReading} read
 * @returns {import('../../core/pieces.js').Pieces<Evaluation>}
 */
export function* evaluateInPieces({ encoder, shape: { columns, roles } }, all, options, read) {
  const { horizon, last = horizon, stride, intervals } = options;
  const season = options.season ?? (encoder.fitted.season || 1);
  /** @type {Sums[]} */
  const sums = roles.predicted.map(() => ({
    actual: [], mean: [], median: [], naive: [], seasonal: [], units: [], lower: intervals.map(() => []), upper: intervals.map(() => []),
  }));
  let forecasts = 0;
  for (const series of all) {
    const first = series.length - last;
    const least = Math.max(encoder.least, season + 1);
    if (first < least) {
      throw new ArgumentError(`${series.path}: expected at least ${least} rows before the last ${last} to forecast ` +
        `from, got ${series.length} rows`);
    }
    for (let origin = first; origin + horizon <= series.length; origin += stride) {
      const place = read(sliceSeries(series, Math.max(0, origin - encoder.reach), origin));
      const ahead = sliceSeries(series, origin, origin + horizon);
      const known = { ...ahead, columns: roles.known.map((c) => ahead.columns[c]) };
      const drawn = yield* place.drawInPieces(horizon, known, options);
      forecasts += 1;
      roles.predicted.forEach((c, k) => {
        const history = series.columns[c].subarray(0, origin);
        const sum = sums[k];
        const unit = naiveErrorOf(series.columns[c].subarray(0, first), season);
        sum.actual.push(...ahead.columns[c]);
        sum.units.push(...ahead.columns[c].map(() => unit));
        sum.naive.push(...seasonalNaive(history, 1, horizon));
        sum.seasonal.push(...seasonalNaive(history, season, horizon));
        for (const values of drawn[k]) {
          sum.mean.push(meanOf([...values]));
          sum.median.push(quantileOf(values, 0.5));
          intervals.forEach((level, i) => {
            sum.lower[i].push(quantileOf(values, (1 - level) / 2));
            sum.upper[i].push(quantileOf(values, (1 + level) / 2));
          });
        }
      });
    }
  }
  if (forecasts === 0) throw new ArgumentError(`evaluate: last: expected at least the horizon of ${horizon}, got ${last}`);
  if (sums.every(({ actual }) => actual.every(Number.isNaN))) {
    throw new ArgumentError(`evaluate: data: expected a value to compare with in the last ${last} rows, got none`);
  }
  const scores = roles.predicted.map((c, k) => [columns[c].name, scoreOf(sums[k], intervals)]);
  return { forecasts, columns: Object.fromEntries(scores) };
}

/** @param {Sums} sums @param {readonly number[]} intervals @returns {Errors & ColumnScore} */
function scoreOf({ actual, mean, median, naive, seasonal, lower, upper, units }, intervals) {
  const errors = (/** @type {number[]} */ point, /** @type {number[]} */ square = point) => {
    const off = point.map((value, t) => (actual[t] - value) / units[t]).filter((error) => !Number.isNaN(error));
    return { mae: maeOf(errorsOf(actual, point)), rmse: rmseOf(errorsOf(actual, square)), mase: maeOf(off) };
  };
  return {
    ...errors(median, mean),
    coverage: intervals.map((level, i) => ({ level, share: coverageOf(actual, lower[i], upper[i]) })),
    naive: errors(naive),
    seasonalNaive: errors(seasonal),
  };
}
