// SeriesReader.js: series as batches of windows to train on. In each time through the data, windows begin at every half
// window of each series from a random place on, and come in a random order. Each starts from the initial state, as a
// forecast does. Of columns that are not known of the future, a random end is hidden in half of the windows, because it is
// missing in all steps of a forecast but the first.
import { Random } from './Random.js';
import { MISSING } from './Past.js';

/** @typedef {import('./Encoder.js').Encoded} Encoded */

/**
 * Where a reader is, and which series it reads how.
 * @typedef {object} SeriesPosition
 * @property {'series'} kind
 * @property {string} data the hash of the series
 * @property {number} rows of them
 * @property {number} batchSize
 * @property {number} window
 * @property {number} read rows read so far
 * @property {number} windows how many windows were read
 */

/**
 * @typedef {object} Layout
 * @property {number} size of an input
 * @property {number} values of a target
 * @property {{ from: number, to: number }} hidden where, in an input, the columns are that a forecast does not have
 */

export class SeriesReader {
  #series;
  #layout;
  #batchSize;
  #window;
  #seed;
  #hash;
  #rows;
  #windows = 0;
  #read = 0;
  /** Of one time through the data: which series, and from which step on. */
  #epochAt = -1;
  /** @type {{ series: number, start: number }[]} */
  #places = [];
  #perEpoch;
  #inputs;
  #targets;
  #mask;
  #lengths;

  /**
   * @param {readonly (Encoded & { first: number })[]} series `first`: the step that the first window may begin at
   * @param {Layout} layout
   * @param {{ batchSize: number, window: number, seed: number, hash: string }} options
   */
  constructor(series, layout, { batchSize, window, seed, hash }) {
    this.#series = series;
    this.#layout = layout;
    this.#batchSize = batchSize;
    this.#window = window;
    this.#seed = seed;
    this.#hash = hash;
    this.#rows = series.reduce((sum, { steps }) => sum + steps, 0);
    this.#inputs = new Float32Array(batchSize * window * layout.size);
    this.#targets = new Float32Array(batchSize * window * layout.values);
    this.#mask = new Uint8Array(batchSize * window);
    this.#lengths = new Int32Array(batchSize);
    this.#goToEpoch(0);
    this.#perEpoch = this.#places.length;
  }

  /** Rows that are read in one time through the data. */
  get perEpoch() {
    return this.#places.reduce((sum, place) => sum + this.#lengthOf(place), 0);
  }

  /** Rows read so far. */
  get read() {
    return this.#read;
  }

  /** How many times the data were read, with a fraction. */
  get epoch() {
    return this.#windows / this.#perEpoch;
  }

  /** Every window starts from the initial state. */
  get startsAnew() {
    return true;
  }

  get beginners() {
    return Array.from({ length: this.#batchSize }, (_, b) => b);
  }

  /** @returns {SeriesPosition} */
  get position() {
    return {
      kind: 'series', data: this.#hash, rows: this.#rows, batchSize: this.#batchSize, window: this.#window,
      read: this.#read, windows: this.#windows,
    };
  }

  /**
   * Goes to a position, where it is one in these series, read in this way.
   * @param {SeriesPosition} position
   * @returns {boolean} was it?
   */
  goTo({ read, windows, ...manner }) {
    const own = this.position;
    if (Object.entries(manner).some(([name, value]) => own[/** @type {'data'} */ (name)] !== value)) return false;
    this.#read = read;
    this.#windows = windows;
    return true;
  }

  /** The next windows, time-major: (window, batchSize) each. The arrays are used again for the next. */
  window() {
    const [B, T] = [this.#batchSize, this.#window];
    const { size, values, hidden } = this.#layout;
    let count = 0;
    let counting = 0;
    for (let b = 0; b < B; b++) {
      const place = this.#placeOf(this.#windows + b);
      const { inputs, targets, counted } = this.#series[place.series];
      const [from, length] = [place.start, this.#lengthOf(place)];
      this.#lengths[b] = length;
      for (let t = 0, step = b; t < length; t++, step += B) {
        for (let i = 0, to = step * size, at = (from + t) * size; i < size; i++) this.#inputs[to + i] = inputs[at + i];
        for (let i = 0, to = step * values, at = (from + t) * values; i < values; i++) this.#targets[to + i] = targets[at + i];
        counting += this.#mask[step] = counted[from + t];
      }
      for (let t = length; t < T; t++) this.#mask[t * B + b] = 0;
      if (hidden.to > hidden.from) this.#hide(b, length);
      count += length;
    }
    const options = { ...(counting < count && { mask: this.#mask }), ...(count < B * T && { lengths: this.#lengths }) };
    return { inputs: this.#inputs, targets: this.#targets, options, count };
  }

  /** Goes on to the windows behind. */
  advance() {
    for (let b = 0; b < this.#batchSize; b++) this.#read += this.#lengthOf(this.#placeOf(this.#windows + b));
    this.#windows += this.#batchSize;
  }

  /** @param {{ series: number, start: number }} place */
  #lengthOf({ series, start }) {
    return Math.min(this.#window, this.#series[series].steps - start);
  }

  /** Window number i of the run. @param {number} i */
  #placeOf(i) {
    const epoch = Math.floor(i / this.#perEpoch);
    this.#goToEpoch(epoch);
    return this.#places[i - epoch * this.#perEpoch];
  }

  /** @param {number} epoch */
  #goToEpoch(epoch) {
    if (epoch === this.#epochAt) return;
    const random = new Random(this.#seed, epoch);
    const stride = Math.max(1, this.#window >> 1);
    /** @type {{ series: number, start: number }[]} */
    const places = [];
    this.#series.forEach(({ steps, first }, series) => {
      const last = Math.max(first, steps - this.#window);
      const offset = random.below(stride);
      // As many each time; the last ends where the series does.
      const many = Math.ceil((last - first) / stride);
      for (let i = 0; i < many; i++) places.push({ series, start: Math.min(first + offset + i * stride, last) });
      places.push({ series, start: random.below(2) ? last : first });
    });
    for (let i = places.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [places[i], places[j]] = [places[j], places[i]];
    }
    this.#places = places;
    this.#epochAt = epoch;
  }

  /** @param {number} b @param {number} length */
  #hide(b, length) {
    const { size, hidden } = this.#layout;
    const random = new Random(this.#seed, this.#windows + b, 1);
    if (random.below(2)) return;
    for (let t = random.below(length) + 1; t < length; t++) {
      const at = (t * this.#batchSize + b) * size;
      for (let i = at + hidden.from; i < at + hidden.to; i += 2) {
        this.#inputs[i] = 0;
        this.#inputs[i + MISSING] = 1;
      }
    }
  }
}
