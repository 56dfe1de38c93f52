import { ArgumentError } from '../core/errors.js';
import { WorkerObject } from './WorkerObject.js';
import { WorkerReading } from './WorkerReading.js';
import { sendable, sendableTexts, WorkerTraining } from './WorkerTraining.js';

/** @typedef {import('../training/train-options.js').TrainOptions} TrainOptions */
/** @typedef {import('../training/train-options.js').TrainReport} TrainReport */
/** @typedef {import('../models/CharModel.js').GenerateOptions} GenerateOptions */
/** @typedef {import('../models/CharModel.js').Prediction} Prediction */
/** @typedef {import('../models/CharModel.js').Evaluation} Evaluation */
/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/**
 * A character model that lives in the Worker: CharModel's names, each answering with a promise. All of them are also
 * served while the model trains, between two training steps.
 */
export class WorkerCharModel extends WorkerObject {
  /** @type {readonly string[]} */
  #alphabet;
  /** @type {import('../models/CharModel.js').CharModel['config']} */
  #config;

  /**
   * @internal use lstm.createCharModel
   * @param {WorkerConnection} connection
   * @param {number} target
   * @param {{ alphabet: string[], config: import('../models/CharModel.js').CharModel['config'] }} description
   */
  constructor(connection, target, { alphabet, config }) {
    super(connection, target, 'model');
    this.#alphabet = Object.freeze(alphabet);
    this.#config = Object.freeze(config);
  }

  /** The characters the model knows, each one code point. */
  get alphabet() {
    return this.#alphabet;
  }

  /** The model's configuration. */
  get config() {
    return this.#config;
  }

  /**
   * Trains in the Worker, without waiting for its reader: a report tells of all steps since the one taken before, at
   * most about 10 come in a second, and besides every one with a `valLoss` and the last. Training begins with the first
   * report asked for. Leaving the loop, or `options.signal`, stops it within one step; a later `train` continues.
   *
   * @param {import('../training/train-options.js').Texts} text
   * @param {TrainOptions} [options]   `reportEvery` is 1 unless given; a schedule has to be plain data
   * @returns {AsyncGenerator<TrainReport, void, void>}
   */
  train(text, options = {}) {
    if (typeof options !== 'object' || options === null) {
      throw new ArgumentError(`train: options must be an object, got ${options}`);
    }
    const { signal, ...rest } = sendable(options);
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new ArgumentError(`train: signal must be an AbortSignal, got ${signal}`);
    }
    return new WorkerTraining(this.connection, (training) => this.call('train', [training, sendableTexts(text), rest]), signal);
  }

  /**
   * The probabilities of the character after `text`, best first.
   *
   * @param {string} text
   * @param {{ top?: number }} [options]
   * @returns {Promise<Prediction[]>}
   */
  predict(text, options) {
    return this.call('predict', [text, options]);
  }

  /**
   * A text the model writes after `prime`.
   *
   * @param {GenerateOptions} [options]
   * @returns {Promise<string>}
   */
  generate(options) {
    return this.call('generate', [options]);
  }

  /**
   * The same text, character by character, as they are written. Leaving the loop stops the writing.
   *
   * @param {GenerateOptions} [options]
   * @returns {AsyncGenerator<string, void, void>}
   */
  stream(options) {
    return this.characters(options);
  }

  /**
   * The most probable texts after `prime`.
   *
   * @param {string} [prime]
   * @param {import('../models/CharModel.js').CompleteOptions} [options]
   * @returns {Promise<import('../models/CharModel.js').Completion[]>}
   */
  complete(prime, options) {
    return this.call('complete', [prime, options]);
  }

  /**
   * log p of each character of a text, in nats.
   *
   * @param {string} text
   * @param {{ prime?: string }} [options]
   * @returns {Promise<Float64Array>}
   */
  score(text, options) {
    return this.call('score', [text, options]);
  }

  /**
   * What happens inside while a text is read.
   *
   * @param {string} text
   * @param {{ prime?: string, layer?: number }} [options]
   * @returns {Promise<import('../models/trace.js').Trace>}
   */
  trace(text, options) {
    return this.call('trace', [text, options]);
  }

  /**
   * Reads a text, to ask and to try what comes after it.
   *
   * @param {string} [text]
   * @returns {Promise<WorkerReading>}
   */
  async read(text) {
    const target = this.connection.newTarget();
    await this.call('read', [target, text]);
    return new WorkerReading(this.connection, target, this);
  }

  /**
   * How well the model predicts a text.
   *
   * @param {string} text
   * @returns {Promise<Evaluation>}
   */
  evaluate(text) {
    return this.call('evaluate', [text]);
  }

  /**
   * A copy for predicting, with 8 bits a weight. It cannot be trained.
   *
   * @returns {Promise<WorkerCharModel>}
   */
  async quantize() {
    const target = this.connection.newTarget();
    const description = await this.call('quantize', [target]);
    return new WorkerCharModel(this.connection, target, description);
  }

  /**
   * The model with all that its training needs to go on bit for bit, also while it trains: a safetensors file.
   *
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  checkpoint() {
    return this.call('checkpoint', []);
  }

  /**
   * The model as a safetensors file.
   *
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  save() {
    return this.call('save', []);
  }
}
