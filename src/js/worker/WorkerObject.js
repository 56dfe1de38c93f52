import { nameDisposal } from '../core/disposal.js';
import { DisposedError } from '../core/errors.js';
import { forgotten } from './forgotten.js';
import { Remote } from './Remote.js';

/** An object in the Worker that is freed there with this one. */
export class WorkerObject extends Remote {
  #what;
  /** @type {Promise<void> | undefined} */
  #freed;

  /**
   * @internal
   * @param {import('./WorkerConnection.js').WorkerConnection} connection
   * @param {number} target
   * @param {string} what how messages call it: 'model'
   */
  constructor(connection, target, what) {
    super(connection, target);
    this.#what = what;
    forgotten.register(this, { connection, target }, this);
  }

  /**
   * Stops what runs, and frees it in the Worker. Any use after it rejects with a DisposedError; disposing again does
   * nothing.
   *
   * @returns {Promise<void>}
   */
  dispose() {
    if (!this.#freed) {
      forgotten.unregister(this);
      this.#freed = this.connection.release(this.target);
    }
    return this.#freed;
  }

  /** True after dispose(). */
  get disposed() {
    return this.#freed !== undefined;
  }

  /** The same as dispose(), for `await using`. */
  async [Symbol.asyncDispose]() {
    await this.dispose();
  }

  /**
   * @protected
   * @param {string} method
   * @param {unknown[]} args
   * @param {Parameters<Remote['call']>[2]} [how]
   * @returns {Promise<any>}
   */
  call(method, args, how) {
    if (this.#freed) return Promise.reject(new DisposedError(`${method}: the ${this.#what} has been disposed`));
    return super.call(method, args, how);
  }
}

nameDisposal(WorkerObject, 'asyncDispose');
