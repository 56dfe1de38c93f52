import { objectOf } from '../core/check.js';
import { readFitOptions } from '../training/fit.js';
import { calls } from './calls.js';
import { sendable, sendableData } from './train-arguments.js';
import { withCalls } from './with-calls.js';
import { WorkerObject } from './WorkerObject.js';

/** @typedef {import('../models/characters/CharModel.js').CharModel} CharModel */
/** @typedef {import('../models/characters/char-task.js').TrainOptions} TrainOptions */
/** @typedef {import('../models/characters/char-task.js').TrainReport} TrainReport */

/**
 * @typedef {new (...args: ConstructorParameters<typeof WorkerObject>) => WorkerObject & Pick<CharModel, 'export'>
 *   & import('./with-calls.js').Asked<CharModel, Omit<typeof calls.model, 'train' | 'dispose'>, WorkerCharModel>} Base
 */
const Base = /** @type {Base} */ (withCalls(WorkerObject, calls.model));

/**
 * A character model that lives in the Worker: CharModel's methods, each answering with a promise. What they throw there
 * rejects it. All of them are also served while the model trains or writes: between two slices of 8 ms, or two training
 * steps, where those are longer, as in a large network (0.3 s with two layers of 512 units and usual windows).
 */
export class WorkerCharModel extends Base {
  /** @type {readonly string[]} */
  #alphabet;
  /** @type {CharModel['config']} */
  #config;
  #unknown;
  #isQuantized;
  /** @type {{ parameterCount: number, steps: number }} */
  #trained;

  /**
   * @internal use lstm.createCharModel
   * @param {import('./WorkerConnection.js').WorkerConnection} connection
   * @param {number} target
   * @param {Pick<CharModel, 'alphabet' | 'config' | 'unknown' | 'isQuantized' | 'parameterCount' | 'steps'>} description
   */
  constructor(connection, target, { alphabet, config, unknown, isQuantized, parameterCount, steps }) {
    super(connection, target, 'model');
    this.#alphabet = Object.freeze(alphabet);
    this.#config = Object.freeze(config);
    this.#unknown = unknown;
    this.#isQuantized = isQuantized;
    this.#trained = { parameterCount, steps };
  }

  /** The characters the model knows, each one code point; those that a training has added since its first report. */
  get alphabet() {
    return this.#alphabet;
  }

  /** What becomes of characters that the model does not know. */
  get unknown() {
    return this.#unknown;
  }

  /** How many numbers there are to train. */
  get parameterCount() {
    return this.#trained.parameterCount;
  }

  /** True where the weights have 8 bits: see quantize(). */
  get isQuantized() {
    return this.#isQuantized;
  }

  /** How many updates were made in its life, as far as reports have told. */
  get steps() {
    return this.#trained.steps;
  }

  /** The model's configuration. */
  get config() {
    return this.#config;
  }

  /**
   * @protected
   * @param {Partial<TrainReport>} value a report, or what else is iterated over
   */
  hear({ grown }) {
    if (grown) this.#alphabet = Object.freeze([...this.#alphabet, ...grown]);
  }

  /** @protected @param {{ parameterCount?: number, steps?: number }} told */
  hearOf(told) {
    this.#trained = { ...this.#trained, ...told };
  }

  /**
   * Trains in the Worker, without waiting for its reader: a report tells of all steps since the one taken before, at
   * most about 10 come in a second, and besides every one with a `valLoss` and the last. Training begins with the first
   * report asked for. Leaving the loop, or `options.signal`, stops it within one step; a later `train` continues, and
   * ends one that still runs. The signal's reason is thrown after a last report of what was not told yet.
   *
   * @param {import('../models/characters/char-task.js').Texts} text
   * @param {TrainOptions} [options]   `reportEvery` is 1 unless given; a schedule has to be plain data
   * @returns {AsyncGenerator<TrainReport, void, void>}
   */
  train(text, options = {}) {
    objectOf('train', options);
    return /** @type {any} */ (this.ask('train', [sendableData(text), sendable(options, this.connection)], calls.model.train));
  }

  /**
   * train without a loop.
   *
   * @param {import('../models/characters/char-task.js').Texts} text
   * @param {import('../training/fit.js').FitOptions} [options]
   * @returns {Promise<TrainReport | undefined>} the last report; undefined where another training ended it before its first
   */
  async fit(text, options = {}) {
    const { onReport, ...others } = readFitOptions(options);
    let last;
    for await (const report of this.train(text, others)) {
      last = report;
      await onReport?.(report);
    }
    return last;
  }
}
