import { ArgumentError, DisposedError } from './errors.js';
import { WorkerTraining } from './WorkerTraining.js';

/** @typedef {import('./CharModel.js').TrainOptions} TrainOptions */
/** @typedef {import('./CharModel.js').TrainReport} TrainReport */
/** @typedef {import('./CharModel.js').GenerateOptions} GenerateOptions */
/** @typedef {import('./CharModel.js').Prediction} Prediction */
/** @typedef {import('./CharModel.js').Evaluation} Evaluation */
/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/** The safety net: a model that was forgotten and not disposed frees its memory in the Worker. */
const forgotten = new FinalizationRegistry(
  /** @param {{ connection: WorkerConnection, target: number }} model */
  ({ connection, target }) => { connection.call('dispose', target, []).catch(() => {}); },
);

/**
 * A character model that lives in the Worker: CharModel's names, each answering with a promise. All of them are also
 * served while the model trains, between two training steps.
 */
export class WorkerCharModel {
  /** @type {WorkerConnection} */
  #connection;
  #target;
  /** @type {readonly string[]} */
  #alphabet;
  /** @type {import('./CharModel.js').CharModel['config']} */
  #config;
  #disposed = false;

  /**
   * @internal use lstm.createCharModel
   * @param {WorkerConnection} connection
   * @param {number} target
   * @param {{ alphabet: string[], config: import('./CharModel.js').CharModel['config'] }} description
   */
  constructor(connection, target, { alphabet, config }) {
    this.#connection = connection;
    this.#target = target;
    this.#alphabet = Object.freeze(alphabet);
    this.#config = Object.freeze(config);
    forgotten.register(this, { connection, target }, this);
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
   * @param {string} text
   * @param {TrainOptions} [options]   `reportEvery` is 1 unless given
   * @returns {AsyncGenerator<TrainReport, void, void>}
   */
  train(text, options = {}) {
    if (typeof options !== 'object' || options === null) {
      throw new ArgumentError(`train: options must be an object, got ${options}`);
    }
    const { signal, ...rest } = options;
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new ArgumentError(`train: signal must be an AbortSignal, got ${signal}`);
    }
    return new WorkerTraining(this.#connection, (training) => this.#call('train', [training, text, rest]), signal);
  }

  /**
   * The probabilities of the character after `text`, best first.
   *
   * @param {string} text
   * @param {{ top?: number }} [options]
   * @returns {Promise<Prediction[]>}
   */
  predict(text, options) {
    return this.#call('predict', [text, options]);
  }

  /**
   * A text the model writes after `prime`.
   *
   * @param {GenerateOptions} [options]
   * @returns {Promise<string>}
   */
  generate(options) {
    return this.#call('generate', [options]);
  }

  /**
   * How well the model predicts a text.
   *
   * @param {string} text
   * @returns {Promise<Evaluation>}
   */
  evaluate(text) {
    return this.#call('evaluate', [text]);
  }

  /**
   * A copy for predicting, with 8 bits a weight. It cannot be trained.
   *
   * @returns {Promise<WorkerCharModel>}
   */
  async quantize() {
    const target = this.#connection.newTarget();
    const description = await this.#call('quantize', [target]);
    return new WorkerCharModel(this.#connection, target, description);
  }

  /**
   * The model as a safetensors file.
   *
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  save() {
    return this.#call('save', []);
  }

  /**
   * Stops a training that runs, and frees the model. Any use after it rejects with a DisposedError.
   *
   * @returns {Promise<void>}
   */
  async dispose() {
    if (this.#disposed) return;
    const freed = this.#call('dispose', []);
    this.#disposed = true;
    forgotten.unregister(this);
    await freed;
  }

  /**
   * @param {string} method
   * @param {unknown[]} args
   * @returns {Promise<any>}
   */
  #call(method, args) {
    if (this.#disposed) return Promise.reject(new DisposedError(`${method}: the model has been disposed`));
    return this.#connection.call(method, this.#target, args);
  }
}
