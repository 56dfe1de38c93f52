import { ArgumentError } from '../core/errors.js';

/** @typedef {import('../training/train-options.js').TrainOptions} TrainOptions */
/** @typedef {import('../training/train-options.js').TrainReport} TrainReport */

/**
 * Texts as they can be sent: an iterable as an array. What is neither is left for train to refuse.
 *
 * @param {unknown} texts
 * @returns {any}
 */
export function sendableTexts(texts) {
  const isIterable = typeof texts === 'object' && texts !== null && Symbol.iterator in texts;
  return isIterable ? [.../** @type {Iterable<unknown>} */ (texts)] : texts;
}

/**
 * Options as they can be sent, apart from the signal.
 *
 * @param {TrainOptions} options
 * @returns {TrainOptions}
 */
export function sendable(options) {
  if (typeof options.schedule === 'function') {
    throw new ArgumentError(
      "train: schedule must be plain data in a Worker, such as { type: 'cosine' }, got a function",
    );
  }
  const { validation } = options;
  if (typeof validation !== 'object' || validation === null) return options;
  return { ...options, validation: { ...validation, text: sendableTexts(validation.text) } };
}

/**
 * A training that runs in the Worker, as the page sees it: an async generator of reports.
 *
 * It is no `async function*`, because there `return()` waits for the pending `next()`. Here `return()` reaches the
 * Worker at once, and when it resolves the training has stopped.
 *
 * @implements {AsyncGenerator<TrainReport, void, void>}
 */
export class WorkerTraining {
  /** @type {import('./WorkerConnection.js').WorkerConnection} */
  #connection;
  #target = 0;
  /** @type {(target: number) => Promise<void>} */
  #start;
  /** @type {AbortSignal | undefined} */
  #signal;
  #abort = () => { this.#connection.call('trainingAbort', this.#target, []).catch(() => {}); };
  #over = false;
  /** @type {Promise<void> | undefined} */
  #stopped;
  /** The last report asked for: reports are asked for one after the other. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {import('./WorkerConnection.js').WorkerConnection} connection
   * @param {(target: number) => Promise<void>} start   sends the request that starts it under this number
   * @param {AbortSignal} [signal]
   */
  constructor(connection, start, signal) {
    this.#connection = connection;
    this.#start = start;
    this.#signal = signal;
  }

  /**
   * The next report. The first call starts the training.
   *
   * @returns {Promise<IteratorResult<TrainReport, void>>}
   */
  next() {
    const result = this.#last.then(() => this.#next());
    this.#last = result.catch(() => {});
    return result;
  }

  /**
   * Stops the training; resolves when it has stopped.
   *
   * @returns {Promise<IteratorResult<TrainReport, void>>}
   */
  async return() {
    if (!this.#over) {
      this.#end();
      if (this.#target) this.#stopped = this.#connection.call('trainingStop', this.#target, []);
    }
    await this.#stopped;
    return { done: true, value: undefined };
  }

  /**
   * Stops the training, then throws.
   *
   * @param {any} error
   * @returns {Promise<IteratorResult<TrainReport, void>>}
   */
  async throw(error) {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  async [Symbol.asyncDispose]() {
    await this.return();
  }

  /** @returns {Promise<IteratorResult<TrainReport, void>>} */
  async #next() {
    if (this.#over) return { done: true, value: undefined };
    try {
      if (!this.#target) await this.#begin();
      const report = this.#over ? undefined : await this.#connection.call('trainingNext', this.#target, []);
      if (report) return { done: false, value: report };
      this.#end();
      return { done: true, value: undefined };
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async #begin() {
    this.#target = this.#connection.newTarget();
    const started = this.#start(this.#target);
    if (this.#signal?.aborted) this.#abort();
    else this.#signal?.addEventListener('abort', this.#abort, { once: true });
    await started;
  }

  #end() {
    this.#over = true;
    this.#signal?.removeEventListener('abort', this.#abort);
  }
}
