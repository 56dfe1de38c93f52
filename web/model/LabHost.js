import { Emitter } from './Emitter.js';
import { startWorker } from './start-worker.js';

/** @typedef {import('./cell/types.js').Subject} Subject */
/** @typedef {import('./cell/types.js').Run} Run */
/** @typedef {import('./cell/types.js').Tampering} Tampering */
/** @typedef {import('../worker/lab/answer.js').Answer} Answer */

/** What takes long can be stopped. @typedef {{ signal?: AbortSignal }} Stoppable */

/**
 * The lab, a Worker of its own in which networks are looked at and tampered with, so that training never holds up an
 * answer. Knows no DOM; the views listen.
 *
 * Events: `state` when `state` changes, `subject` with a Subject as `detail` when another network is open under its id,
 * `lost` with an Error when the Worker is gone: what was open is to be opened again then.
 */
export class LabHost extends Emitter {
  /** @type {'starting' | 'ready' | 'lost'} */
  state = 'starting';
  /** Which build of the module it runs: 'simd', or 'scalar' where the browser has no SIMD. @type {string | undefined} */
  variant;
  /** @type {Worker | undefined} */
  #worker;
  #ready = withResolvers();
  /** What settles the calls that are not answered, by their ids. @type {Map<number, ReturnType<typeof withResolvers>>} */
  #waiting = new Map();
  #lastId = 0;

  /** Starts the Worker; where it was lost, another, in which nothing is open yet. */
  start() {
    if (this.#worker) return;
    if (this.state === 'lost') this.#ready = withResolvers();
    this.#setState('starting');
    const worker = startWorker('lab');
    this.#worker = worker;
    worker.addEventListener('message', ({ data }) => {
      if (this.#worker === worker) this.#hear(data);
    });
    const lose = (/** @type {Event} */ event) => {
      const { message } = /** @type {ErrorEvent} */ (event);
      if (this.#worker !== worker) return;
      this.#lose(new Error(`The Worker that reads has ended: ${message || 'its script could not be loaded'}.`));
    };
    worker.addEventListener('error', lose);
    worker.addEventListener('messageerror', lose);
  }

  /**
   * Opens a model file. A second one of an id takes the place of the first, which stays where it cannot be opened.
   *
   * @param {string} id
   * @param {Uint8Array} bytes is copied
   * @returns {Promise<Subject>}
   */
  async open(id, bytes) {
    const subject = /** @type {Subject} */ (await this.call('open', id, bytes));
    this.emit('subject', subject);
    return subject;
  }

  /**
   * Reads a text.
   *
   * @param {string} id
   * @param {{ text: string, layer?: number, tampering?: Partial<Tampering> }} asked
   * @returns {Promise<Run>}
   */
  run(id, asked) {
    return this.call('run', id, asked);
  }

  /**
   * The sum behind a gate of a unit.
   *
   * @param {string} id
   * @param {{ text: string, layer?: number, unit: number, at: number, gate: string, tampering?: Partial<Tampering> }} asked
   * @returns {Promise<import('./cell/types.js').GateSum>}
   */
  terms(id, asked) {
    return this.call('terms', id, asked);
  }

  /** How a text may go on, to the end of a word. @param {string} id @param {string} text @returns {Promise<string>} */
  complete(id, text) {
    return this.call('complete', id, text);
  }

  /**
   * What the prediction after a text listens to: see web/worker/lab/listens-to.js.
   *
   * @param {string} id
   * @param {{ text: string }} asked
   * @param {Stoppable} [options]
   * @returns {Promise<Float64Array>}
   */
  listensTo(id, asked, options) {
    return this.call('listensTo', id, asked, options);
  }

  /**
   * What a tampering costs over a text of some thousand characters.
   *
   * @param {string} id
   * @param {{ text: string, layer?: number, tampering?: Partial<Tampering> }} asked
   * @param {Stoppable} [options]
   * @returns {Promise<import('./cell/types.js').Cost>}
   */
  cost(id, asked, options) {
    return this.call('cost', id, asked, options);
  }

  /**
   * The units that track features of a text: see web/worker/lab/units.js.
   *
   * @param {string} id
   * @param {{ text: string, count?: number }} asked
   * @param {Stoppable} [options]
   * @returns {Promise<import('../worker/lab/units.js').Found[]>}
   */
  findUnits(id, asked, options) {
    return this.call('findUnits', id, asked, options);
  }

  /** The model file of a network as the lab looks at it. @param {string} id @returns {Promise<Uint8Array>} */
  save(id) {
    return this.call('save', id, {});
  }

  /**
   * Asks the lab for one of web/worker/lab/calls.js. What is asked before it is ready waits.
   *
   * @param {string} call
   * @param {string} of the id of a network
   * @param {unknown} asked is copied
   * @param {Stoppable} [options]
   * @returns {Promise<any>} rejects with an Error with a sentence; with the reason of the signal
   */
  async call(call, of, asked, { signal } = {}) {
    await this.#ready.promise;
    const worker = this.#worker;
    if (!worker) return this.call(call, of, asked, { signal }); // lost meanwhile
    signal?.throwIfAborted();
    const id = ++this.#lastId;
    const waiting = withResolvers();
    const stop = () => {
      waiting.reject(signal?.reason);
      worker.postMessage({ id, stop: true });
    };
    signal?.addEventListener('abort', stop, { once: true });
    this.#waiting.set(id, waiting);
    try {
      worker.postMessage({ id, call, of, asked });
      return await waiting.promise;
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** @param {Answer} answer */
  #hear(answer) {
    if ('ready' in answer) {
      this.variant = answer.variant;
      this.#setState('ready');
      this.#ready.resolve();
    } else if ('failed' in answer) {
      this.#lose(new Error(answer.failed));
    } else if ('error' in answer) {
      const { name, message } = answer.error;
      this.#waiting.get(answer.id)?.reject(Object.assign(new Error(message), { name }));
    } else {
      this.#waiting.get(answer.id)?.resolve(answer.value);
    }
  }

  /** @param {Error} reason */
  #lose(reason) {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#setState('lost');
    this.#ready.reject(reason); // of a start that has not come to its end
    this.#ready = withResolvers();
    this.#ready.reject(reason);
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.emit('lost', reason);
  }

  /** @param {LabHost['state']} state */
  #setState(state) {
    this.state = state;
    this.emit('state');
  }
}

/** A promise, and what settles it. Nobody has to wait for it. */
function withResolvers() {
  /** @type {(value?: any) => void} */
  let resolve = () => {};
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  const promise = new Promise((...settle) => { [resolve, reject] = settle; });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
