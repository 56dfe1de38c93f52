import { assertNotAborted, abortReasonOf } from '../core/abort.js';
import { nameDisposal } from '../core/disposal.js';
import { forgotten } from './forgotten.js';

/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/**
 * A training or a stream in the Worker, as the page sees it: an async generator. An answer is a list of what it yields.
 *
 * It is no `async function*`, because there `return()` waits for the pending `next()`, and a forgotten one cannot be told.
 * Here `return()` reaches the Worker at once, and when it resolves the Worker has stopped.
 *
 * @template T
 * @implements {AsyncGenerator<T, void, void>}
 */
export class WorkerIterator {
  /** @type {WorkerConnection} */
  #connection;
  /** Until it has begun: the arguments may be large. @type {((target: number) => Promise<unknown>) | undefined} */
  #begin;
  /** Kept, so that what it is made of is not forgotten while it goes on. */
  #maker;
  /** @type {AbortSignal | undefined} */
  #signal;
  #isToldLast;
  #hear;
  /** @type {((told: Record<string, unknown>) => void) | undefined} */
  #hearOf;
  #target = 0;
  /** @type {() => void} */
  #deafen = () => {};
  #isOver = false;
  /** @type {Promise<void> | undefined} */
  #stopped;
  /** Values are asked for one after the other. @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** The last answer. @type {Iterator<T>} */
  #values = [][Symbol.iterator]();

  /**
   * @param {WorkerConnection} connection
   * @param {object} maker
   * @param {(target: number) => Promise<unknown>} begin sends the request that makes it with this number
   * @param {{ signal?: AbortSignal, isToldLast?: boolean, hear?: (value: T) => void,
   *   hearOf?: (told: Record<string, unknown>) => void }} how `isToldLast`: where it is aborted, what was done is told before
   *   its reason is thrown; `hear` gets each value first; `hearOf`, of a training, what it has changed of its model
   */
  constructor(connection, maker, begin, { signal, isToldLast = false, hear = () => {}, hearOf }) {
    this.#connection = connection;
    this.#maker = maker;
    this.#begin = begin;
    this.#signal = signal;
    this.#isToldLast = isToldLast;
    this.#hear = hear;
    this.#hearOf = hearOf;
  }

  /**
   * The next value. The first call begins.
   *
   * @returns {Promise<IteratorResult<T, void>>}
   */
  next() {
    const result = this.#last.then(() => this.#next());
    this.#last = result.catch(() => {});
    return result;
  }

  /**
   * Stops; resolves when the Worker has stopped, or is gone.
   *
   * @param {void | PromiseLike<void>} value
   * @returns {Promise<IteratorResult<T, void>>}
   */
  async return(value) {
    this.#end();
    const [kept] = await Promise.all([value, this.#stopped]);
    return { done: true, value: kept };
  }

  /**
   * Stops, then throws.
   *
   * @param {any} error
   * @returns {Promise<IteratorResult<T, void>>}
   */
  async throw(error) {
    await this.return().catch(() => {});
    throw error;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  async [Symbol.asyncDispose]() {
    await this.return();
  }

  /** @returns {Promise<IteratorResult<T, void>>} */
  async #next() {
    const signal = this.#signal;
    const how = this.#isToldLast ? {} : { signal };
    try {
      if (this.#begin) await this.#start(this.#begin);
      while (!this.#isOver) {
        assertNotAborted(how.signal);
        const { done, value } = this.#values.next();
        if (!done) return { done: false, value };
        const reply = await this.#connection.call('next', this.#target, [], how);
        const answer = this.#hearOf ? reply.answer : reply;
        this.#hearOf?.(reply.told);
        if (answer === undefined) break;
        if (answer.wanted) {
          // What it began goes on when it knows who is there.
          this.#connection.gather(answer.wanted).catch(() => {});
          continue;
        }
        for (const value of answer) this.#hear(value);
        this.#values = answer[Symbol.iterator]();
      }
    } catch (error) {
      this.#end();
      // The Worker has a signal of its own.
      throw signal?.aborted && /** @type {any} */ (error)?.name === 'AbortError' ? abortReasonOf(signal) : error;
    }
    this.#end();
    return { done: true, value: undefined };
  }

  /** @param {(target: number) => Promise<unknown>} begin */
  async #start(begin) {
    assertNotAborted(this.#signal);
    this.#begin = undefined;
    const connection = this.#connection;
    const target = connection.newTarget();
    const begun = begin(target);
    this.#target = target;
    if (this.#isToldLast) this.#deafen = abortWith(this.#signal, connection, target);
    forgotten.register(this, { connection, target, deafen: this.#deafen }, this);
    await begun;
  }

  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#begin = undefined;
    this.#values = [][Symbol.iterator]();
    if (this.#target === 0) return;
    this.#deafen();
    forgotten.unregister(this);
    this.#stopped = this.#connection.release(this.#target).then((told) => { if (told) this.#hearOf?.(told); });
    this.#stopped.catch(() => {}); // return() tells of it
  }
}

nameDisposal(WorkerIterator, 'asyncDispose');

/**
 * @param {AbortSignal | undefined} signal
 * @param {WorkerConnection} connection
 * @param {number} target
 * @returns {() => void} stops listening
 */
function abortWith(signal, connection, target) {
  const abort = () => { connection.call('abort', target, []).catch(() => {}); };
  signal?.addEventListener('abort', abort, { once: true });
  return () => signal?.removeEventListener('abort', abort);
}
