// CharTraining.js: reads a text in windows, trains on them, reports. What is kept between two calls of train lives here.
import { abortSignal, integer, number, optional, readOptions } from './check.js';
import { ArgumentError, DisposedError } from './errors.js';
import { TextReader } from './TextReader.js';
import { learningRate, readBatchSize, readClipNorm } from './Trainer.js';

/**
 * @typedef {object} TrainOptions
 * @property {number} [seconds] stop after this time; one of seconds, epochs, steps, or none: go on until the loop is left
 * @property {number} [epochs] stop after reading the text this many times in this call
 * @property {number} [steps] stop after this many updates in this call
 * @property {number} [batchSize] streams side by side; default 32
 * @property {number} [window] characters that a gradient flows back through; default 64
 * @property {number} [learningRate] default 0.005
 * @property {number} [clipNorm] default 5
 * @property {number} [validation] this fraction of the text, its last part, is not trained on but measures; 0 to below 1;
 *   default 0
 * @property {number} [validateEvery] steps between validations; one is at the end anyway; default 1000
 * @property {number} [reportEvery] steps between reports; default 10
 * @property {AbortSignal} [signal] stops the training within one step, with a last report; nothing is done and reported
 *   where it was aborted before
 */

/**
 * @typedef {object} TrainReport
 * @property {number} step updates in the life of the model
 * @property {number} chars characters trained on in the life of the model
 * @property {number} epoch times that the text was read, with a fraction
 * @property {number} seconds since the call, validations included
 * @property {number} loss mean since the last report, nats a character
 * @property {number} gradientNorm of the last step, before clipping
 * @property {number} charsPerSecond since the last report, without the validation
 * @property {number} [valLoss] where it was just measured: nats a character of the validation part
 * @property {boolean} done true in the last report
 */

const DEFAULT_WINDOW = 64;
// Of 0.002, 0.005 and 0.01, 0.005 is the largest that larger networks take as well.
const DEFAULT_LEARNING_RATE = 5e-3;

/**
 * @param {string} where
 * @param {unknown} options
 */
export function readTrainOptions(where, options) {
  const read = readOptions(where, options, {
    seconds: optional(number(0, Infinity, undefined, { above: true, below: true })),
    epochs: optional(number(0, Infinity, undefined, { above: true, below: true })),
    steps: optional(integer(1, Number.MAX_SAFE_INTEGER)),
    batchSize: readBatchSize,
    window: integer(1, 2 ** 20, DEFAULT_WINDOW),
    learningRate: learningRate(DEFAULT_LEARNING_RATE),
    clipNorm: readClipNorm,
    validation: number(0, 1, 0, { below: true }),
    validateEvery: integer(1, Number.MAX_SAFE_INTEGER, 1000),
    reportEvery: integer(1, Number.MAX_SAFE_INTEGER, 10),
    signal: optional(abortSignal),
  });
  const limits = [read.seconds, read.epochs, read.steps].filter((limit) => limit !== undefined);
  if (limits.length > 1) throw new ArgumentError(`${where}: expected at most one of seconds, epochs, steps`);
  return read;
}

/** @typedef {ReturnType<typeof readTrainOptions>} CheckedTrainOptions */
/** @typedef {Generator<TrainReport, void, void>} TrainReports */

export class CharTraining {
  #network;
  #alphabet;
  /** @type {import('./Trainer.js').Trainer | null} */
  #trainer = null;
  /** @type {TextReader | null} */
  #reader = null;
  #step = 0;
  #chars = 0;
  #isRunning = false;

  /**
   * @param {import('./Network.js').Network} network
   * @param {import('./Alphabet.js').Alphabet} alphabet
   */
  constructor(network, alphabet) {
    this.#network = network;
    this.#alphabet = alphabet;
  }

  /**
   * Checks everything now; trains when the generator is asked.
   * @param {string} text
   * @param {CheckedTrainOptions} options
   * @returns {TrainReports}
   */
  start(text, options) {
    const all = this.#alphabet.encode(text, 'train: text');
    const validated = Math.floor(all.length * options.validation);
    const reader = new TextReader(all.subarray(0, all.length - validated), options);
    if (validated < 2 && options.validation > 0) {
      const got = `${validated} of ${all.length}`;
      throw new ArgumentError(`train: validation must leave at least 2 characters to measure on, got ${got}`);
    }
    return this.#run(reader, all.subarray(all.length - validated), options);
  }

  /**
   * @param {TextReader} reader
   * @param {Int32Array} validation
   * @param {CheckedTrainOptions} options
   * @returns {TrainReports}
   */
  *#run(reader, validation, options) {
    if (this.#isRunning) throw new ArgumentError('train: this model is in training already; leave that loop first');
    this.#isRunning = true;
    try {
      yield* this.#loop(this.#prepareReader(reader), this.#prepareTrainer(options), validation, options);
    } finally {
      this.#isRunning = false;
    }
  }

  /**
   * @param {TextReader} reader
   * @param {import('./Trainer.js').Trainer} trainer
   * @param {Int32Array} validation
   * @param {CheckedTrainOptions} options
   * @returns {TrainReports}
   */
  *#loop(reader, trainer, validation, options) {
    const { seconds = Infinity, signal, reportEvery, validateEvery } = options;
    const steps = options.steps ?? Math.ceil((options.epochs ?? Infinity) * reader.windows);
    const started = performance.now();
    const elapsed = () => (performance.now() - started) / 1000;
    const isOver = (/** @type {number} */ done) => done >= steps || elapsed() >= seconds || signal?.aborted === true;
    if (isOver(0)) return;

    let sinceReport = { from: elapsed(), steps: 0, loss: 0 };
    for (let done = 1; ; done++) {
      const { loss, gradientNorm } = this.#trainStep(reader, trainer);
      sinceReport.steps += 1;
      sinceReport.loss += loss;
      const isDone = isOver(done);
      const isValidated = validation.length > 0 && (isDone || done % validateEvery === 0);
      if (!isDone && !isValidated && done % reportEvery !== 0) continue;

      const time = Math.max(elapsed() - sinceReport.from, 1e-6);
      yield {
        step: this.#step,
        chars: this.#chars,
        epoch: reader.epoch,
        seconds: elapsed(),
        loss: sinceReport.loss / sinceReport.steps,
        gradientNorm,
        charsPerSecond: (sinceReport.steps * reader.windowCharacters) / time,
        ...(isValidated && { valLoss: this.#network.read(validation).loss / (validation.length - 1) }),
        done: isDone,
      };
      if (isDone) return;
      if (this.#network.disposed) throw new DisposedError('CharModel.train: this CharModel was disposed');
      sinceReport = { from: elapsed(), steps: 0, loss: 0 };
    }
  }

  /**
   * @param {TextReader} reader
   * @param {import('./Trainer.js').Trainer} trainer
   */
  #trainStep(reader, trainer) {
    if (reader.isAtStart) trainer.resetState();
    const { inputs, targets } = reader.window();
    const result = trainer.step(inputs, targets);
    reader.advance();
    this.#step += 1;
    this.#chars += reader.windowCharacters;
    return result;
  }

  /**
   * The reader of the call before, where it reads the same text in the same way, to go on at its position.
   * @param {TextReader} reader
   */
  #prepareReader(reader) {
    if (!this.#reader?.readsLike(reader)) {
      this.#reader = reader;
      this.#trainer?.resetState();
    }
    return this.#reader;
  }

  /**
   * The trainer of the call before, or one for another batch and window that goes on with its optimiser's state.
   * @param {CheckedTrainOptions} options
   */
  #prepareTrainer({ batchSize, window, learningRate, clipNorm }) {
    const former = this.#trainer;
    if (former && former.batchSize === batchSize && former.window === window) {
      former.learningRate = learningRate;
      former.clipNorm = clipNorm;
      return former;
    }
    const trainer = this.#network.createTrainer({ batchSize, window, learningRate, clipNorm });
    if (former) {
      trainer.continueFrom(former);
      former.dispose();
    }
    this.#trainer = trainer;
    return trainer;
  }
}
