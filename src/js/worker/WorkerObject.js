import { DisposedError } from '../core/errors.js';

/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/** The safety net: what was forgotten and not disposed is let go in the Worker. */
const forgotten = new FinalizationRegistry(
  /** @param {{ connection: WorkerConnection, target: number }} object */
  ({ connection, target }) => { connection.call('dispose', target, []).catch(() => {}); },
);

/** Something that lives in the Worker. */
export class WorkerObject {
  /** @type {WorkerConnection} */
  #connection;
  #target;
  #what;
  #disposed = false;

  /**
   * @param {WorkerConnection} connection
   * @param {number} target
   * @param {string} what how messages call it: 'model'
   */
  constructor(connection, target, what) {
    this.#connection = connection;
    this.#target = target;
    this.#what = what;
    forgotten.register(this, { connection, target }, this);
  }

  /**
   * Stops what runs, and frees it in the Worker. Any use after it rejects with a DisposedError.
   *
   * @returns {Promise<void>}
   */
  async dispose() {
    if (this.#disposed) return;
    const freed = this.call('dispose', []);
    this.#disposed = true;
    forgotten.unregister(this);
    await freed;
  }

  /** @protected */
  get connection() {
    return this.#connection;
  }

  /**
   * @protected
   * @param {string} method
   * @param {unknown[]} args
   * @returns {Promise<any>}
   */
  call(method, args) {
    if (this.#disposed) return Promise.reject(new DisposedError(`${method}: the ${this.#what} has been disposed`));
    return this.#connection.call(method, this.#target, args);
  }

  /**
   * The characters that are written in the Worker: it goes on when the last ones were taken.
   *
   * @protected
   * @param {unknown} options
   * @returns {AsyncGenerator<string, void, void>}
   */
  async *characters(options) {
    const target = this.#connection.newTarget();
    await this.call('stream', [target, options]);
    try {
      for (;;) {
        const text = await this.#connection.call('streamNext', target, []);
        if (text === undefined) return;
        yield* text;
      }
    } finally {
      this.#connection.call('streamStop', target, []).catch(() => {});
    }
  }
}
