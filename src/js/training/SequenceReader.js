// SequenceReader.js: sequences of any length, side by side in a batch, in windows.
//
//   sequences  a b c d e | f g | h i j     batchSize 2, window 3
//   place 0    [a b c][d e]-[h i j] ...    each place of the batch goes through one sequence, and on to the next
//   place 1    [f g]-[h i j] ...           of the epoch; what follows an epoch is the next, in another order
//
// Where all sequences fit into the window, each window is of whole ones, of about the same length.
import { ArgumentError, FileFormatError } from '../core/errors.js';
import { epochOrder } from './epoch-order.js';

/**
 * Where a reader is, and which sequences it reads how.
 * @typedef {object} SequencePosition
 * @property {'sequences'} kind
 * @property {string} data the hash of the sequences
 * @property {number} count how many they are
 * @property {number} batchSize
 * @property {number} window
 * @property {number} seed of the order
 * @property {number} read targets read so far
 * @property {number} drawn sequences that were begun so far
 * @property {number[]} sequences which each place of the batch is in
 * @property {number[]} places the step of it where its next window begins
 */

export class SequenceReader {
  #data;
  #batchSize;
  #window;
  #seed;
  #read = 0;
  #drawn = 0;
  /** Which sequence each place of the batch is in, and where in it. */
  #sequences;
  #places;
  /** The order of an epoch. @type {{ epoch: number, order: Int32Array }} */
  #order = { epoch: -1, order: new Int32Array() };
  #inputs;
  #targets;
  #weights;
  #lengths;
  #isWeighted;

  /**
   * @param {import('./Sequences.js').Sequences} data
   * @param {{ batchSize: number, window: number, seed?: number }} options as many side by side as there are, at most
   * @throws {ArgumentError} where there is no target
   */
  constructor(data, { batchSize, window, seed = 0 }) {
    const { inputs, inputSize, targets, targetSize, isPerSequence, weights } = data.parts;
    if (data.targetCount === 0) throw new ArgumentError('train: data must have a target that counts');
    this.#data = data;
    this.#batchSize = batchSize;
    this.#window = window;
    this.#seed = seed;
    this.#sequences = new Int32Array(batchSize);
    this.#places = new Int32Array(batchSize);
    this.#inputs = arrayLike(inputs, batchSize * window * inputSize);
    this.#targets = arrayLike(targets, batchSize * window * targetSize);
    this.#weights = isPerSequence || weights ? new Float32Array(batchSize * window) : null;
    this.#isWeighted = !data.isMasked;
    this.#lengths = new Int32Array(batchSize);
    for (let b = 0; b < batchSize; b++) this.#draw(b);
  }

  /** Targets that count, of all sequences. */
  get perEpoch() {
    return this.#data.targetCount;
  }

  /** Targets read so far. */
  get read() {
    return this.#read;
  }

  /** How many times the sequences were read, with a fraction. */
  get epoch() {
    return this.#read / this.perEpoch;
  }

  /** Every window is of whole sequences. */
  get startsAnew() {
    return this.#data.longest <= this.#window;
  }

  /** The places of the batch whose next window begins a sequence. */
  get beginners() {
    return [...this.#places.keys()].filter((b) => this.#places[b] === 0);
  }

  /** @returns {SequencePosition} */
  get position() {
    return {
      ...this.#manner, read: this.#read, drawn: this.#drawn, sequences: [...this.#sequences], places: [...this.#places],
    };
  }

  /** @returns {Pick<SequencePosition, 'kind' | 'data' | 'count' | 'batchSize' | 'window' | 'seed'>} */
  get #manner() {
    const { hash, count } = this.#data;
    return { kind: 'sequences', data: hash, count, batchSize: this.#batchSize, window: this.#window, seed: this.#seed };
  }

  /**
   * Goes to a position, where it is one in these sequences, read in this way.
   * @param {SequencePosition} position
   * @returns {boolean} was it?
   * @throws {FileFormatError} where no window begins there
   */
  goTo(position) {
    const { read, drawn, sequences, places } = position;
    const manner = /** @type {Record<string, unknown>} */ (position);
    if (Object.entries(this.#manner).some(([name, value]) => manner[name] !== value)) return false;
    const { lengths, count } = this.#data;
    const isWrong = (/** @type {number} */ at, /** @type {number} */ b) =>
      !(sequences[b] < count && at < lengths[sequences[b]] && at % this.#window === 0);
    const bad = places.findIndex(isWrong);
    if (bad >= 0) {
      throw new FileFormatError(`train: place ${bad} of the batch cannot be at step ${places[bad]} of sequence ${sequences[bad]}`);
    }
    this.#sequences.set(sequences);
    this.#places.set(places);
    this.#read = read;
    this.#drawn = drawn;
    return true;
  }

  /**
   * The next window, time-major: (window, batchSize, n). Its arrays are used again for the next.
   * @returns {import('./Learner.js').ReaderWindow}
   */
  window() {
    const count = fillWindow(this.#data, this.#sequences, this.#places, {
      batchSize: this.#batchSize, window: this.#window, inputs: this.#inputs, targets: this.#targets,
      weights: this.#weights, lengths: this.#lengths,
    });
    const isShort = this.#lengths.some((length) => length < this.#window);
    const weights = this.#weights && { [this.#isWeighted ? 'weights' : 'mask']: this.#weights };
    // Where nothing counts, it is only read.
    const options = { ...(isShort && { lengths: this.#lengths }), ...(count > 0 && weights) };
    const evens = this.#weights && this.#isWeighted ? evensOf(this.#weights) : count;
    return { inputs: this.#inputs, targets: this.#targets, options, count, evens };
  }

  /** Goes on to the windows behind; behind the last of a sequence, to the next. */
  advance() {
    const { lengths } = this.#data;
    for (let b = 0; b < this.#batchSize; b++) {
      const i = this.#sequences[b];
      const from = this.#places[b];
      const to = Math.min(from + this.#window, lengths[i]);
      this.#read += countIn(this.#data, i, from, to);
      this.#places[b] = to;
      if (to === lengths[i]) this.#draw(b);
    }
  }

  /** The next sequence takes place b of the batch. @param {number} b */
  #draw(b) {
    const { count } = this.#data;
    const epoch = Math.floor(this.#drawn / count);
    if (this.#order.epoch !== epoch) {
      const [batchSize, seed] = [this.#batchSize, this.#seed];
      this.#order = { epoch, order: epochOrder(this.#data.lengths, { batchSize, seed, epoch }) };
    }
    this.#sequences[b] = this.#order.order[this.#drawn % count];
    this.#places[b] = 0;
    this.#drawn += 1;
  }
}

/**
 * @param {import('./Sequences.js').Numbers} numbers
 * @param {number} length
 */
const arrayLike = (numbers, length) => (numbers instanceof Int32Array ? new Int32Array(length) : new Float32Array(length));

/**
 * How many losses of one weight even out chance as those with these do.
 * @param {Float32Array} weights
 */
function evensOf(weights) {
  let [sum, squares] = [0, 0];
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares > 0 ? (sum * sum) / squares : 0;
}

/**
 * Targets of sequence i that count, from one step to another.
 * @param {import('./Sequences.js').Sequences} data
 * @param {number} i
 * @param {number} from
 * @param {number} to
 */
function countIn(data, i, from, to) {
  if (from === 0 && to === data.lengths[i]) return data.counts[i];
  if (!data.parts.weights && !data.parts.isPerSequence) return to - from;
  let count = 0;
  for (let t = from; t < to; t++) if (data.weightAt(i, t) > 0) count++;
  return count;
}

/**
 * Puts the steps of some sequences side by side.
 * @param {import('./Sequences.js').Sequences} data
 * @param {ArrayLike<number>} sequences one a place of the batch; -1: none, which is one step that does not count
 * @param {ArrayLike<number>} places the step of each to begin with; one behind its end is one step that does not count
 * @param {{ batchSize: number, window: number, inputs: import('./Sequences.js').Numbers,
 *   targets: import('./Sequences.js').Numbers, weights: Float32Array | null, lengths: Int32Array }} target
 * @returns {number} targets that count
 */
export function fillWindow(data, sequences, places, { batchSize: B, window: T, inputs, targets, weights, lengths }) {
  const { parts } = data;
  const { inputSize: n, targetSize: m, starts } = parts;
  let all = 0;
  // Where no weight says so, what is behind an end is not looked at.
  weights?.fill(0);
  for (let b = 0; b < B; b++) {
    const i = sequences[b];
    const from = places[b];
    const length = i < 0 ? 0 : Math.max(0, Math.min(T, data.lengths[i] - from));
    lengths[b] = Math.max(1, length);
    if (length === 0) continue;
    const count = countIn(data, i, from, from + length);
    all += count;
    copySteps(inputs, parts.inputs, n, (starts[i] + from) * n, { b, B, length });
    if (!parts.isPerSequence) copySteps(targets, parts.targets, m, (starts[i] + from) * m, { b, B, length });
    for (let t = 0; weights && t < length && count > 0; t++) {
      const weight = data.weightAt(i, from + t);
      weights[t * B + b] = weight;
      if (!parts.isPerSequence || weight === 0) continue;
      for (let k = 0, to = (t * B + b) * m, y = i * m; k < m; k++) targets[to + k] = parts.targets[y + k];
    }
  }
  return all;
}

/**
 * @param {import('./Sequences.js').Numbers} to (length, B, n)
 * @param {import('./Sequences.js').Numbers} from
 * @param {number} n
 * @param {number} at the first in `from`
 * @param {{ b: number, B: number, length: number }} place
 */
function copySteps(to, from, n, at, { b, B, length }) {
  for (let t = 0, i = b * n; t < length; t++, i += B * n) {
    for (let k = 0; k < n; k++) to[i + k] = from[at++];
  }
}
