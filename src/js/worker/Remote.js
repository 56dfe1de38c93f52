import { WorkerIterator } from './WorkerIterator.js';

/** @typedef {import('./calls.js').Call} Call */
/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/** What stands in the page for an object in the Worker. Its calls are made by withCalls, from their table. */
export class Remote {
  /** @type {WorkerConnection} */
  #connection;
  #target;

  /**
   * @internal
   * @param {WorkerConnection} connection
   * @param {number} target the object's number
   */
  constructor(connection, target) {
    this.#connection = connection;
    this.#target = target;
  }

  /** @protected */
  get connection() {
    return this.#connection;
  }

  /** @protected */
  get target() {
    return this.#target;
  }

  /**
   * @protected
   * @param {string} method
   * @param {unknown[]} args
   * @param {{ makes?: number, moves?: Call['moves'] }} [how]
   * @returns {Promise<any>}
   */
  call(method, args, how) {
    return this.#connection.call(method, this.#target, args, how);
  }

  /**
   * What a call makes in slices of time: it begins when the first value is asked for.
   *
   * @protected
   * @param {string} method
   * @param {unknown[]} args
   * @param {AbortSignal} [signal]
   * @returns {AsyncGenerator<any, void, void>}
   */
  iterate(method, args, signal) {
    return new WorkerIterator(this.#connection, this, (makes) => this.call(method, args, { makes }), signal);
  }

  /**
   * Any call of the table.
   *
   * @protected
   * @param {string} method
   * @param {unknown[]} args
   * @param {Call} call
   * @returns {unknown}
   */
  ask(method, args, call) {
    return call.sliced ? this.iterate(method, args) : this.#ask(method, args, call);
  }

  /**
   * @param {string} method
   * @param {unknown[]} args
   * @param {Call} call
   */
  async #ask(method, args, { makes: kind, chains, moves }) {
    if (kind) {
      const makes = this.#connection.newTarget();
      const description = await this.call(method, args, { makes, moves });
      return this.#connection.make(kind, makes, description, this);
    }
    const answer = await this.call(method, args, { moves });
    return chains ? this : answer;
  }
}
