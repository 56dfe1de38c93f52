import { isObject } from '../core/check.js';
import { signalOf } from '../core/pieces.js';
import { sendableData, sendableOptions } from './train-arguments.js';
import { updating } from './updates.js';
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

  /** @internal */
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
   * @param {{ makes?: number, moves?: Call['moves'], signal?: AbortSignal }} [how]
   * @returns {Promise<any>}
   */
  call(method, args, how) {
    return this.#connection.call(method, this.#target, args, how);
  }

  /**
   * Any call of the table. Its signal stays in the page.
   *
   * @protected
   * @param {string} method
   * @param {unknown[]} args
   * @param {Call} call
   * @returns {unknown}
   */
  ask(method, args, call) {
    return call.iterates ? this.#iterate(method, args, call) : this.#ask(method, args, call);
  }

  /**
   * Gets all that is iterated over.
   *
   * @protected
   * @param {any} _value
   */
  hear(_value) {}

  /**
   * Gets the properties that a call has changed.
   *
   * @protected
   * @param {Record<string, unknown>} _told
   */
  hearOf(_told) {}

  /**
   * It begins when the first value is asked for.
   *
   * @param {string} method
   * @param {unknown[]} args
   * @param {Call} call
   * @returns {AsyncGenerator<any, void, void>}
   */
  #iterate(method, args, { makes: kind }) {
    const { sent, signal } = apart(method, args);
    const begin = (/** @type {number} */ makes) => this.call(method, sent, { makes });
    return new WorkerIterator(this.#connection, this, begin, {
      signal,
      isToldLast: kind === 'training',
      hear: (value) => this.hear(value),
      ...(kind === 'training' && { hearOf: (told) => this.hearOf(told) }),
    });
  }

  /**
   * An object of this Worker as it is sent, or each of a list; what is none is left for the call to refuse.
   *
   * @param {unknown} object
   * @returns {unknown}
   */
  #numberOf(object) {
    if (Array.isArray(object)) return object.map((one) => this.#numberOf(one));
    return object instanceof Remote && object.#connection === this.#connection ? object.#target : undefined;
  }

  /**
   * @param {string} method
   * @param {unknown[]} args
   * @param {Call} call
   */
  async #ask(method, args, { makes: kind, chains, updates, retells, takes, moves, lists }) {
    const { sent, signal } = apart(method, withLists(args, lists).map((arg, i) => (takes?.includes(i) ? this.#numberOf(arg) : arg)));
    if (kind) {
      const makes = this.#connection.newTarget();
      const reply = await this.call(method, sent, { makes, moves, signal });
      const made = kind === 'opened' ? reply : { kind, description: reply };
      return this.#connection.make(made.kind, makes, made.description, this);
    }
    const ask = (/** @type {unknown[]} */ given) => this.call(method, given, { moves, signal });
    if (updates) return updating(sent, updates, ask);
    const reply = await ask(sent);
    if (retells) this.hearOf(reply.told);
    if (chains) return this;
    return retells ? reply.answer : reply;
  }
}

/**
 * @param {unknown[]} args
 * @param {Call['lists']} lists
 */
function withLists(args, lists) {
  if (!lists || args.length === 0) return args;
  return [lists === 'data' ? sendableData(args[0]) : sendableOptions(args[0]), ...args.slice(1)];
}

/**
 * @param {string} method
 * @param {unknown[]} args
 * @returns {{ sent: unknown[], signal?: AbortSignal }} the arguments, and apart the signal that is in the last of them
 */
function apart(method, args) {
  const options = args[args.length - 1];
  if (!isObject(options) || !('signal' in options)) return { sent: args };
  const { signal, ...others } = options;
  return { sent: [...args.slice(0, -1), others], signal: signalOf(method, { signal }) };
}
