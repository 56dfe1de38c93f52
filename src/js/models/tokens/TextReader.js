// TextReader.js: texts as a batch of streams, read side by side in windows.
//
//   text     a b c d e f g h i j k l m       batchSize 2, window 3
//   stream 0 [a b c][d e f]                  inputs; the targets are the same, one character on
//   stream 1 [g h i][j k l]
//
// Several texts lie end to end, with a gap between them, and are cut into streams in the same way, but where a text
// begins if one does near there. A window ends where its text does; the next begins with the next text, from the
// initial state. Each stream goes through its part over and over; what is left at its end, too short for a window of a
// text that began before, is left out.
import { describe } from '../../core/check.js';
import { ArgumentError, FileFormatError } from '../../core/errors.js';
import { hashOf } from '../../core/hash.js';
import { GAP } from './texts.js';

/**
 * Where a reader is, and which texts it reads how.
 * @typedef {object} ReaderPosition
 * @property {string} text the hash of the texts
 * @property {number} length of the texts and their gaps
 * @property {number} batchSize
 * @property {number} window
 * @property {number} read characters read so far
 * @property {number[]} streams where the next window of each begins
 */

/**
 * @param {Int32Array} tokens
 * @param {number} streams
 * @param {boolean} isOne without a gap
 */
function bordersOf(tokens, streams, isOne) {
  const length = Math.floor((tokens.length - 1) / streams);
  const borders = Array.from({ length: streams }, (_, b) => {
    const from = b * length;
    const start = b > 0 && !isOne ? tokens.indexOf(GAP, from - 1) + 1 : 0;
    return start > 0 && start < from + length ? start : from;
  });
  return [...borders, isOne ? streams * length : tokens.length - 1];
}

export class TextReader {
  #tokens;
  #hash;
  #batchSize;
  #window;
  /** Where each stream begins, and where the last ends. */
  #borders;
  /** Where the next window of each stream begins. */
  #streams;
  #read = 0;
  #perEpoch = 0;
  #inputs;
  #targets;
  #lengths;

  /**
   * @param {Int32Array} tokens with gaps
   * @param {{ batchSize: number, window: number }} options
   * @param {{ source: string, many: string }} words
   * @throws {ArgumentError} where the text is too short for one window of each stream
   */
  constructor(tokens, { batchSize, window }, words) {
    const isOne = !tokens.includes(GAP);
    const least = batchSize * (isOne ? window : 3) + 1;
    if (tokens.length < least) {
      throw new ArgumentError(
        `train: ${words.source} must have at least ${least} ${words.many} to train on ` +
          `(batchSize ${batchSize} x ${isOne ? `window ${window}` : 3} + 1), got ${tokens.length}`,
      );
    }
    this.#tokens = tokens;
    this.#hash = hashOf(tokens);
    this.#batchSize = batchSize;
    this.#window = window;
    this.#borders = bordersOf(tokens, batchSize, isOne);
    this.#inputs = new Int32Array(batchSize * window);
    this.#targets = new Int32Array(batchSize * window);
    this.#lengths = new Int32Array(batchSize);
    this.#streams = Float64Array.from({ length: batchSize }, (_, b) => this.#first(b));
    this.#streams.forEach((start, b) => {
      let at = start;
      do {
        const length = this.#lengthAt(b, at);
        this.#perEpoch += length;
        at = this.#settle(b, at + length);
      } while (at !== start);
    });
  }

  /** Characters from the start of the texts to their end. */
  get perEpoch() {
    return this.#perEpoch;
  }

  /** Characters read so far. */
  get read() {
    return this.#read;
  }

  /** How many times the texts were read, with a fraction. */
  get epoch() {
    return this.#read / this.#perEpoch;
  }

  /** The streams whose next window begins a text, or their part of it: they have no past. */
  get beginners() {
    return [...this.#streams.keys()].filter((b) => this.#isStart(b, this.#streams[b]));
  }

  /** @returns {ReaderPosition} */
  get position() {
    return {
      text: this.#hash, length: this.#tokens.length, batchSize: this.#batchSize, window: this.#window,
      read: this.#read, streams: [...this.#streams],
    };
  }

  /**
   * Goes to a position, where it is one in these texts, read in this way.
   * @param {ReaderPosition} position
   * @returns {boolean} was it?
   * @throws {FileFormatError} where no window begins there
   */
  goTo(position) {
    const { streams, read, ...manner } = position;
    const own = this.position;
    if (Object.entries(manner).some(([name, value]) => own[/** @type {'text'} */ (name)] !== value)) return false;
    if (streams.length !== own.streams.length) {
      throw new FileFormatError(`train: expected the places of ${own.streams.length} streams, got ${streams.length}`);
    }
    const bad = streams.findIndex((at, b) => !this.#isInside(b, at) || this.#settle(b, at) !== at);
    if (bad >= 0) throw new FileFormatError(`train: stream ${bad} cannot be at ${describe(streams[bad])} of the text`);
    this.#streams.set(streams);
    this.#read = read;
    return true;
  }

  /**
   * The next window, time-major: (window, batchSize) each; and the lengths of its streams, where one is shorter. The
   * arrays are used again for the next.
   */
  window() {
    const [B, T] = [this.#batchSize, this.#window];
    let characters = 0;
    for (let b = 0; b < B; b++) {
      const at = this.#streams[b];
      const length = this.#lengthAt(b, at);
      this.#lengths[b] = length;
      characters += length;
      for (let t = 0, i = b; t < T; t++, i += B) {
        this.#inputs[i] = t < length ? this.#tokens[at + t] : 0;
        this.#targets[i] = t < length ? this.#tokens[at + t + 1] : 0;
      }
    }
    const options = characters < B * T ? { lengths: this.#lengths } : {};
    return { inputs: this.#inputs, targets: this.#targets, options, count: characters };
  }

  /** Goes on to the window behind; behind the last of a stream, to its start. */
  advance() {
    for (let b = 0; b < this.#batchSize; b++) {
      const length = this.#lengthAt(b, this.#streams[b]);
      this.#read += length;
      this.#streams[b] = this.#settle(b, this.#streams[b] + length);
    }
  }

  /**
   * @param {number} b
   * @param {number} at
   */
  #isInside(b, at) {
    return at >= this.#borders[b] && at < this.#borders[b + 1];
  }

  /**
   * @param {number} b
   * @param {number} at
   */
  #isStart(b, at) {
    return this.#tokens[at - 1] === GAP || at === this.#first(b);
  }

  /**
   * Where stream b begins: the character at its border may have nothing behind it.
   * @param {number} b
   */
  #first(b) {
    return this.#skip(this.#borders[b]);
  }

  /**
   * The first place from `at` on with a character and another behind it.
   * @param {number} at
   */
  #skip(at) {
    while (this.#tokens[at] === GAP || this.#tokens[at + 1] === GAP) at++;
    return at;
  }

  /**
   * Where the next window of stream b begins, which has come to `at`.
   * @param {number} b
   * @param {number} at
   */
  #settle(b, at) {
    const end = this.#borders[b + 1];
    const from = this.#skip(at);
    const isLeft = from < end && (this.#isStart(b, from) || from + this.#window <= end || this.#endsBefore(from, end));
    return isLeft ? from : this.#first(b);
  }

  /**
   * Does the text at `from` end before `end`?
   * @param {number} from
   * @param {number} end
   */
  #endsBefore(from, end) {
    return this.#tokens.subarray(from, end + 1).includes(GAP);
  }

  /**
   * How many characters the window at `at` of stream b has: those with another of the same text behind them.
   * @param {number} b
   * @param {number} at
   */
  #lengthAt(b, at) {
    const most = Math.min(this.#window, this.#borders[b + 1] - at);
    let length = 1;
    while (length < most && this.#tokens[at + length + 1] !== GAP) length++;
    return length;
  }
}
