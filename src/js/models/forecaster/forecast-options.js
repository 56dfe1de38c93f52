// forecast-options.js: what a forecast can be asked for.
import { integer, isArray, number, refuse } from '../../core/check.js';
import { signalField } from '../../core/pieces.js';
import { readSeed } from '../../network/network-options.js';

/**
 * @typedef {object} DrawOptions
 * @property {readonly number[]} [intervals] the shares of what comes that lie between a lower and an upper bound, each above
 *   0 and below 1; default [0.8, 0.95]
 * @property {number} [paths] futures that are drawn, 2 to 65536; mean and bounds are theirs; default 200
 * @property {number} [seed] of the draw, 0 to 4294967295; default 0: the same call gives the same forecast
 */

/**
 * @typedef {object} KnownOption
 * @property {import('./series.js').SeriesData} [known] the rows to come of the columns that are known, in any form that
 *   series have, without times; needed where there are such columns
 */

/**
 * A part of the future.
 * @typedef {object} Interval
 * @property {number} level the share of it between the bounds
 * @property {Record<string, Float64Array>} lower of each step, by the columns' names
 * @property {Record<string, Float64Array>} upper
 */

/**
 * @typedef {object} Forecast in the data's own units
 * @property {(Date | number)[]} [times] of the steps, where the model has a column of time
 * @property {Record<string, Float64Array>} mean of each step, by the columns' names
 * @property {Record<string, Float64Array>} median as often above as below what comes
 * @property {Interval[]} intervals as they were asked for
 */

/** @type {import('../../core/check.js').Reader<number[]>} */
function readLevels(value, path) {
  if (value === undefined) return [0.8, 0.95];
  if (!isArray(value) || value.length > 100) refuse(path, 'an array of up to 100 shares', value);
  const read = number(0, 1, undefined, { above: true, below: true });
  return Array.from(value, (level, i) => read(level, `${path}[${i}]`));
}

export const readCount = integer(1, 2 ** 20);

export const drawFields = {
  intervals: readLevels,
  paths: integer(2, 2 ** 16, 200),
  seed: readSeed,
  ...signalField,
};
