// Past.js: what is kept of a series' rows, one after the other, to make the network's next input of them.
//
// The network predicts what is left of a scaled value z when the forecast of a line is taken away, in units of its own:
//
//   d_t = z_t - z_{t-m} ('season'), z_t - z_{t-1} ('last'), z_t ('nothing')
//   y_t = (d_t - center - carry (d_{t-1} - center)) / spread
//
// an autoregression of order 1 (Box and Jenkins 1970), whose carry is found by least squares. A network that has learnt
// little, as of a short series it does, errs with it for as long as the series does, so that its intervals widen as they
// should; what the line cannot say is learnt (Zhang 2003). Of each predicted column the network reads at step t: y_t; whether
// z_t is missing (y_t is 0 then, z_t what the line says); d_t; how far z_t is from its running mean; and with a season what z
// did next a season ago, z_{t+1-m} - z_t, and y_{t+1-m} (the lags of DeepAR, Salinas et al. 2020). All of them stay where they
// are while a series grows, so that a network is not asked about values that it has never seen.
// Of the other columns it reads the value and whether it is missing: of known ones for step t+1, of the rest for step t.
import { CALENDAR, timeAt, writeCalendar } from './times.js';

/**
 * What was found out about a predicted column.
 * @typedef {object} Target
 * @property {'season' | 'last' | 'nothing'} subtract
 * @property {number} center
 * @property {number} carry from -1 to 1
 * @property {number} spread above 0
 * @property {number} size how large d - center usually is, above 0
 * @property {number} level how far z usually is from its running mean, above 0
 * @property {number} wide by what the network's deviations are multiplied, above 0: what it has not learnt varies more
 * @property {number} lag how much z usually does in the step a season ago, above 0
 */

/**
 * @typedef {object} Plan
 * @property {readonly number[]} predicted which of the columns
 * @property {readonly number[]} known
 * @property {readonly number[]} others
 * @property {number} memory rows that the running mean is over
 * @property {number} season rows; 0: none
 * @property {readonly Target[]} targets one a predicted column
 */

export const SUBTRACTED = /** @type {const} */ (['season', 'last', 'nothing']);
/** Numbers that are read of a predicted column. */
export const PER_TARGET = 6;
/** Where in them it stands whether the value is missing. */
export const MISSING = 1;
/** Inputs are cut to this: an outlier does not drive all gates to their ends. */
const MOST = 8;

/** Rows before the first that the line can forecast. @param {{ subtract: 'season' | 'last' | 'nothing' }} target @param {number} season */
export const leastFor = ({ subtract }, season) => (subtract === 'season' ? season + 1 : subtract === 'last' ? 2 : 1);

/** @param {number} value */
const cut = (value) => (value > MOST ? MOST : value < -MOST ? -MOST : value);

/** @param {{ predicted: readonly number[], known: readonly number[], others: readonly number[] }} plan @param {boolean} hasTime */
export const inputSizeOf = ({ predicted, known, others }, hasTime) =>
  PER_TARGET * predicted.length + 2 * (known.length + others.length) + (hasTime ? CALENDAR : 0);

/**
 * Where in the inputs the columns are that a forecast knows nothing of.
 * @param {{ predicted: readonly number[], others: readonly number[] }} plan
 */
export const hiddenColumns = ({ predicted, others }) =>
  ({ from: PER_TARGET * predicted.length, to: PER_TARGET * predicted.length + 2 * others.length });

/**
 * Where the flags are in the inputs that say that a value is missing.
 * @param {{ predicted: readonly number[], known: readonly number[], others: readonly number[] }} plan
 */
export function flagsOf({ predicted, known, others }) {
  const rest = PER_TARGET * predicted.length;
  return [
    ...predicted.map((_, k) => PER_TARGET * k + MISSING),
    ...[...others, ...known].map((_, i) => rest + 2 * i + MISSING),
  ];
}

export class Past {
  #plan;
  #rows = 0;
  /** The last z of each target, filled, and y: (targets, ring) each. */
  #z;
  #y;
  #ring;
  /** Running means of z. */
  #mean;
  #missing;
  /** The last values of the other columns. */
  #others;

  /** @param {Plan} plan */
  constructor(plan) {
    const { targets, season, others } = plan;
    this.#plan = plan;
    this.#ring = Math.max(season, 1) + 1;
    this.#z = new Float64Array(targets.length * this.#ring);
    this.#y = new Float64Array(targets.length * this.#ring);
    this.#mean = new Float64Array(targets.length);
    this.#missing = new Uint8Array(targets.length);
    this.#others = new Float64Array(others.length).fill(NaN);
  }

  /** How many rows were pushed. */
  get rows() {
    return this.#rows;
  }

  copy() {
    const copy = new Past(this.#plan);
    copy.#rows = this.#rows;
    copy.#z.set(this.#z);
    copy.#y.set(this.#y);
    copy.#mean.set(this.#mean);
    copy.#missing.set(this.#missing);
    copy.#others.set(this.#others);
    return copy;
  }

  /** Are there rows enough before the next one for its line? */
  get isReady() {
    return this.#plan.targets.every((_, k) => this.#isReady(k));
  }

  /** @param {number} k */
  #isReady(k) {
    return this.#rows >= leastFor(this.#plan.targets[k], this.#plan.season);
  }

  /** Where row r of target k is. @param {number} k @param {number} r */
  #at(k, r) {
    return k * this.#ring + (r % this.#ring);
  }

  /** z, so many rows back from the next one. @param {number} k @param {number} back */
  #back(k, back) {
    return this.#z[this.#at(k, this.#rows - back)];
  }

  /** How many rows back the value is that is taken away; 0: none. @param {number} k */
  #lagOf(k) {
    const { targets, season } = this.#plan;
    const { subtract } = targets[k];
    if (subtract === 'nothing') return 0;
    return subtract === 'season' && this.#rows >= season ? season : 1;
  }

  /** z of the next row by the line, of target k. @param {number} k */
  #line(k) {
    const { center, carry } = this.#plan.targets[k];
    if (this.#rows === 0) return center;
    const lag = this.#lagOf(k);
    return (lag ? this.#back(k, lag) : 0) + center + carry * this.difference(k);
  }

  /** d - center of the last row; 0 where there is none. @param {number} k */
  difference(k) {
    if (!this.#isReady(k)) return 0;
    const lag = this.#lagOf(k);
    return this.#back(k, 1) - (lag ? this.#back(k, lag + 1) : 0) - this.#plan.targets[k].center;
  }

  /** How far the last z is from its running mean. @param {number} k */
  level(k) {
    return this.#back(k, 1) - this.#mean[k];
  }

  /** What z did a season ago, from where it is now; 0 without a season before it. @param {number} k */
  lag(k) {
    const { season } = this.#plan;
    if (season === 0 || this.#rows < season) return 0;
    return this.#back(k, season) - this.#back(k, 1);
  }

  /** What the network calls z of the next row. @param {number} k @param {number} z */
  toNetwork(k, z) {
    return (z - this.#line(k)) / this.#plan.targets[k].spread;
  }

  /** z of the next row that the network calls y. @param {number} k @param {number} y */
  fromNetwork(k, y) {
    return this.#line(k) + this.#plan.targets[k].spread * y;
  }

  /**
   * The next row has come.
   * @param {(column: number) => number} z scaled, NaN where it is missing
   */
  push(z) {
    const { targets, predicted, others, memory } = this.#plan;
    for (let k = 0; k < targets.length; k++) {
      const value = z(predicted[k]);
      const isMissing = Number.isNaN(value);
      const isUsed = !isMissing && this.#isReady(k);
      const y = isUsed ? this.toNetwork(k, value) : 0;
      const filled = isMissing ? this.fromNetwork(k, 0) : value;
      const at = this.#at(k, this.#rows);
      this.#z[at] = filled;
      this.#y[at] = y;
      this.#missing[k] = Number(isMissing);
      this.#mean[k] += (filled - this.#mean[k]) / Math.min(this.#rows + 1, memory);
    }
    others.forEach((column, i) => (this.#others[i] = z(column)));
    this.#rows += 1;
  }

  /**
   * What the network reads before it predicts the next row.
   * @param {Float32Array} out
   * @param {number} at
   * @param {(column: number) => number} known scaled values of that row
   * @param {import('./times.js').Times} [times] of the series
   * @param {number} [row] which row of them it is
   */
  write(out, at, known, times, row = this.#rows) {
    const { targets, season, known: columns } = this.#plan;
    for (let k = 0; k < targets.length; k++) {
      const { level, lag, size } = targets[k];
      out[at++] = cut(this.#y[this.#at(k, this.#rows - 1)]);
      out[at++] = this.#missing[k];
      out[at++] = cut(this.difference(k) / size);
      out[at++] = cut(this.level(k) / level);
      out[at++] = cut(this.lag(k) / lag);
      out[at++] = season > 0 && this.#rows >= season ? cut(this.#y[this.#at(k, this.#rows - season)]) : 0;
    }
    for (const value of this.#others) {
      out[at++] = Number.isNaN(value) ? 0 : cut(value);
      out[at++] = Number(Number.isNaN(value));
    }
    for (const column of columns) {
      const value = known(column);
      out[at++] = Number.isNaN(value) ? 0 : cut(value);
      out[at++] = Number(Number.isNaN(value));
    }
    if (times) writeCalendar(out, at, timeAt(times, row), times.step);
  }
}
