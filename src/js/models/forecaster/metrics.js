// metrics.js: how far forecasts are from what came. Steps whose actual value is missing (NaN) are left out.
//
//   MAE = mean |y - f|    RMSE = sqrt(mean (y - f)^2)
//   MASE = MAE / Q, Q = mean |y_t - y_{t-m}| over the history, m the season, 1 without (Hyndman and Koehler 2006)

/** @param {ArrayLike<number>} actual @param {ArrayLike<number>} forecast */
export function errorsOf(actual, forecast) {
  return Array.from(actual, (value, t) => value - forecast[t]).filter((error) => !Number.isNaN(error));
}

/** @param {readonly number[]} values */
export const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {readonly number[]} errors */
export const maeOf = (errors) => meanOf(errors.map(Math.abs));

/** @param {readonly number[]} errors */
export const rmseOf = (errors) => Math.sqrt(meanOf(errors.map((error) => error * error)));

/**
 * The mean absolute error of the seasonal-naive forecast, one step ahead, within a history: MASE's unit. NaN where the
 * history has no two rows a season apart.
 * @param {ArrayLike<number>} history
 * @param {number} season
 */
export function naiveErrorOf(history, season) {
  const values = Array.from(history);
  return maeOf(errorsOf(values.slice(season), values));
}

/** The share of the actual values between two bounds. @param {ArrayLike<number>} actual @param {ArrayLike<number>} lower @param {ArrayLike<number>} upper */
export function coverageOf(actual, lower, upper) {
  return meanOf(Array.from(actual, (value, t) => (Number.isNaN(value) ? NaN : Number(lower[t] <= value && value <= upper[t])))
    .filter((is) => !Number.isNaN(is)));
}

/**
 * What comes is what came a season ago; where that is missing, two seasons ago, and so on; with season 1 the naive
 * forecast: the last value that is there.
 * @param {ArrayLike<number>} history
 * @param {number} season
 * @param {number} n
 * @returns {number[]} NaN where the history has none at that phase
 */
export function seasonalNaive(history, season, n) {
  return Array.from({ length: n }, (_, t) => {
    let at = history.length - season + (t % season);
    while (at >= 0 && Number.isNaN(history[at])) at -= season;
    return at >= 0 ? history[at] : NaN;
  });
}
