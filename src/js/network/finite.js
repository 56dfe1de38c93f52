// finite.js: numbers that grew beyond what a float holds.
import { DivergedError } from '../core/errors.js';

/** @param {Float32Array} values */
export function areFinite(values) {
  // 0 of finite ones, else NaN.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  return sum === 0;
}

/**
 * @param {string} call
 * @param {string} what of the network
 * @returns {never}
 */
export function refuseNotFinite(call, what) {
  throw new DivergedError(
    `${call}: the network's ${what} not finite: its parameters are too large, as after a training that has diverged. ` +
      'Train it anew with a lower learningRate, or set smaller parameters',
  );
}
