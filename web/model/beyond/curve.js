/**
 * Curves that are drawn or ready: a value for each column of the pad, 0 at its bottom to 1 at its top. What is drawn may begin
 * anywhere; the columns before are NaN.
 */

/** Columns that can be drawn into, and all, of which the rest is forecast at least. */
export const DRAWN = 96;
export const COLUMNS = 144;

/** So many have to be drawn. */
export const LEAST = 24;

/** @typedef {'waves' | 'growth' | 'beats'} ReadyName */

/** @type {Record<ReadyName, (t: number) => number>} */
const formulas = {
  waves: (t) => 0.5 + 0.22 * Math.sin(t / 2.6) + 0.16 * Math.sin(t / 9),
  growth: (t) => 0.16 + 0.0032 * t + (0.05 + 0.0012 * t) * Math.sin((2 * Math.PI * t) / 12),
  beats: (t) => [0.3, 0.36, 0.3, 0.3, 0.9, 0.12, 0.3, 0.34, 0.42, 0.36, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3][t % 16],
};

export const readyNames = /** @type {ReadyName[]} */ (Object.keys(formulas));

/** @param {ReadyName} name */
export const readyCurve = (name) => Float64Array.from({ length: DRAWN }, (_, t) => formulas[name](t));

export const noCurve = () => new Float64Array(DRAWN).fill(NaN);

/**
 * Draws a straight line into a curve, from one place to another. The pen writes as time goes: what lies to the right of where it
 * is now is gone, so going back takes away.
 *
 * @param {Float64Array} curve
 * @param {{ column: number, value: number } | undefined} from   undefined: a curve of its own begins here
 * @param {{ column: number, value: number }} to
 */
export function drawLine(curve, from, to) {
  const last = Math.max(0, Math.min(DRAWN - 1, Math.round(to.column)));
  const value = Math.max(0, Math.min(1, to.value));
  if (!from) curve.fill(NaN);
  const first = from ? Math.min(last, Math.max(0, Math.round(from.column))) : last;
  for (let k = first + 1; from && k < last; k++) curve[k] = from.value + ((value - from.value) * (k - first)) / (last - first);
  curve[last] = value;
  curve.fill(NaN, last + 1);
}

/**
 * What is drawn: its columns and values.
 *
 * @param {Float64Array} curve
 */
export function drawnPart(curve) {
  const first = curve.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return { first: 0, values: new Float64Array() };
  const last = curve.findLastIndex((value) => !Number.isNaN(value));
  return { first, values: curve.slice(first, last + 1) };
}

/** Two digits a value, base 36, after the first column. */
const DIGITS = 36 ** 2 - 1;

/** For an address. @param {Float64Array} curve */
export function writeCurve(curve) {
  const { first, values } = drawnPart(curve);
  return `${first}.${Array.from(values, (value) => Math.round(value * DIGITS).toString(36).padStart(2, '0')).join('')}`;
}

/**
 * @param {string} given
 * @returns {Float64Array | undefined}   undefined where it is no curve
 */
export function readCurve(given) {
  const [, at = '', digits = ''] = /^(\d{1,2})\.((?:[0-9a-z]{2}){1,96})$/.exec(given) ?? [];
  const first = Number(at);
  if (!digits || first + digits.length / 2 > DRAWN) return undefined;
  const curve = noCurve();
  for (let k = 0; k < digits.length / 2; k++) curve[first + k] = parseInt(digits.slice(2 * k, 2 * k + 2), 36) / DIGITS;
  return curve;
}
