// TextReader.js: a text as a batch of streams, read side by side in windows.
//
//   text     a b c d e f g h i j k l m       batchSize 2, window 3
//   stream 0 [a b c][d e f]                  inputs; the targets are the same, one character on
//   stream 1 [g h i][j k l]
import { ArgumentError } from './errors.js';

export class TextReader {
  #tokens;
  #batchSize;
  #window;
  #streamLength;
  #position = 0;
  #epochs = 0;
  #inputs;
  #targets;

  /**
   * @param {Int32Array} tokens
   * @param {{ batchSize: number, window: number }} options
   * @throws {ArgumentError} where the text is too short for one window of each stream
   */
  constructor(tokens, { batchSize, window }) {
    const least = batchSize * window + 1;
    if (tokens.length < least) {
      throw new ArgumentError(
        `train: text must have at least ${least} characters to train on ` +
          `(batchSize ${batchSize} x window ${window} + 1), got ${tokens.length}`,
      );
    }
    this.#tokens = tokens;
    this.#batchSize = batchSize;
    this.#window = window;
    this.#streamLength = Math.floor((tokens.length - 1) / batchSize);
    this.#inputs = new Int32Array(batchSize * window);
    this.#targets = new Int32Array(batchSize * window);
  }

  /** Windows from the start of the text to its end. */
  get windows() {
    return Math.floor(this.#streamLength / this.#window);
  }

  /** Characters in one window of all streams. */
  get windowCharacters() {
    return this.#batchSize * this.#window;
  }

  /** How many times the text was read, with a fraction. */
  get epoch() {
    return this.#epochs + this.#position / this.windows;
  }

  /** True where the next window is the first of the text: no stream has a past. */
  get isAtStart() {
    return this.#position === 0;
  }

  /**
   * True where the other reads the same tokens in the same windows.
   * @param {TextReader} other
   */
  readsLike(other) {
    return (
      this.#batchSize === other.#batchSize &&
      this.#window === other.#window &&
      this.#tokens.length === other.#tokens.length &&
      this.#tokens.every((token, i) => token === other.#tokens[i])
    );
  }

  /** The next window, time-major: (window, batchSize) each. The arrays are used again for the next. */
  window() {
    const start = this.#position * this.#window;
    for (let t = 0, i = 0; t < this.#window; t++) {
      for (let b = 0; b < this.#batchSize; b++, i++) {
        const at = b * this.#streamLength + start + t;
        this.#inputs[i] = this.#tokens[at];
        this.#targets[i] = this.#tokens[at + 1];
      }
    }
    return { inputs: this.#inputs, targets: this.#targets };
  }

  /** Goes on to the window behind; behind the last, to the start. */
  advance() {
    this.#position += 1;
    if (this.#position < this.windows) return;
    this.#position = 0;
    this.#epochs += 1;
  }
}
