import { WorkerObject } from './WorkerObject.js';

/** A place in a text, in the Worker: Reading's names, each answering with a promise. */
export class WorkerReading extends WorkerObject {
  /** Kept, so that it is not forgotten and freed while this is used. */
  #model;

  /**
   * @internal use model.read
   * @param {import('./WorkerConnection.js').WorkerConnection} connection
   * @param {number} target
   * @param {WorkerObject} model
   */
  constructor(connection, target, model) {
    super(connection, target, 'reading');
    this.#model = model;
  }

  /**
   * Reads on.
   *
   * @param {string} text
   * @returns {Promise<this>}
   */
  async push(text) {
    await this.call('push', [text]);
    return this;
  }

  /**
   * Another reading at this place.
   *
   * @returns {Promise<WorkerReading>}
   */
  async branch() {
    const target = this.connection.newTarget();
    await this.call('branch', [target]);
    return new WorkerReading(this.connection, target, this.#model);
  }

  /**
   * @param {{ top?: number }} [options]
   * @returns {Promise<import('../models/Reading.js').Prediction[]>}
   */
  predict(options) {
    return this.call('predict', [options]);
  }

  /**
   * @param {string} text
   * @returns {Promise<Float64Array>}
   */
  score(text) {
    return this.call('score', [text]);
  }

  /**
   * @param {string} text
   * @param {import('../models/trace.js').TraceOptions} [options]
   * @returns {Promise<import('../models/trace.js').Trace>}
   */
  trace(text, options) {
    return this.call('trace', [text, options]);
  }

  /**
   * @param {import('../models/Reading.js').WriteOptions} [options]
   * @returns {Promise<string>}
   */
  generate(options) {
    return this.call('generate', [options]);
  }

  /**
   * @param {import('../models/Reading.js').WriteOptions} [options]
   * @returns {AsyncGenerator<string, void, void>}
   */
  stream(options) {
    return this.characters(options);
  }

  /**
   * @param {import('../models/Reading.js').CompleteOptions} [options]
   * @returns {Promise<import('../models/Reading.js').Completion[]>}
   */
  complete(options) {
    return this.call('complete', [options]);
  }
}
