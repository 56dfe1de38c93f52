import { WorkerCharModel } from './WorkerCharModel.js';

/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/** The library in a Worker, as `openWorker` gives it. */
export class WorkerLstm {
  /** @type {WorkerConnection} */
  #connection;
  #variant;

  /**
   * @internal use openWorker
   * @param {WorkerConnection} connection
   * @param {import('../core/load.js').Variant} variant
   */
  constructor(connection, variant) {
    this.#connection = connection;
    this.#variant = variant;
  }

  /** The module that was chosen: 'scalar', 'simd' or 'relaxed'. */
  get variant() {
    return this.#variant;
  }

  /** Resolves when the Worker is gone, with the reason: it died, or was terminated. */
  get closed() {
    return this.#connection.closed;
  }

  /**
   * A new character model.
   *
   * @param {import('../models/CharModel.js').CharModelOptions} options
   * @returns {Promise<WorkerCharModel>}
   */
  createCharModel(options) {
    return this.#model('createCharModel', options);
  }

  /**
   * A character model from a saved file.
   *
   * @param {Uint8Array} bytes
   * @returns {Promise<WorkerCharModel>}
   */
  openCharModel(bytes) {
    return this.#model('openCharModel', bytes);
  }

  /** Ends the Worker at once, whatever it does. Pending and later calls reject. */
  terminate() {
    this.#connection.close('the Worker has been terminated');
  }

  [Symbol.dispose]() {
    this.terminate();
  }

  /**
   * @param {string} method
   * @param {unknown} argument
   */
  async #model(method, argument) {
    const target = this.#connection.newTarget();
    const description = await this.#connection.call(method, target, [argument]);
    return new WorkerCharModel(this.#connection, target, description);
  }
}
