import { ArgumentError, LstmError } from '../core/errors.js';
import { remotes } from './remotes.js';
import { thrownFrom } from './worker-errors.js';
import { buffersOf, isReply } from './worker-protocol.js';

/**
 * The page's end of the line: numbers the requests, and settles the promise of each when its answer comes, or of
 * all of them when the Worker is gone.
 */
export class WorkerConnection {
  /** @type {import('./worker-protocol.js').Port} */
  #port;
  /** @type {() => void} */
  #hangUp;
  #lastId = 0;
  #lastTarget = 0;
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: unknown) => void }>} */
  #pending = new Map();
  /** @type {LstmError | undefined} */
  #failure;
  /** @type {(reason: LstmError) => void} */
  #resolveClosed = () => {};
  /** The reason, when the Worker is gone. @type {Promise<LstmError>} */
  closed = new Promise((resolve) => { this.#resolveClosed = resolve; });

  /**
   * @param {import('./worker-protocol.js').Port} port    the Worker (or a MessagePort to one)
   * @param {() => void} hangUp                           ends the Worker
   */
  constructor(port, hangUp) {
    this.#port = port;
    this.#hangUp = hangUp;
    port.addEventListener('message', (event) => this.#receive(event.data));
    port.addEventListener('messageerror', () => this.close('the Worker sent an answer that could not be read'));
    port.addEventListener('error', (event) => {
      event.preventDefault?.();
      const reason = event.message
        ? `: ${event.message}`
        : ': its script could not be loaded (is it served, as JavaScript, and allowed by the content security policy?)';
      this.close(`the Worker failed${reason}`, event.error ?? undefined);
    });
  }

  /** A number for an object in the Worker, never used before on this connection. */
  newTarget() {
    return ++this.#lastTarget;
  }

  /**
   * @param {string} method
   * @param {number} target
   * @param {unknown[]} args
   * @param {{ makes?: number, moves?: import('./calls.js').Call['moves'] }} [how] `makes`: the number of what is made
   * @returns {Promise<any>}
   */
  call(method, target, args, { makes, moves } = {}) {
    if (this.#failure) return Promise.reject(this.#reason(this.#failure));
    return new Promise((resolve, reject) => {
      const id = this.#lastId + 1;
      const request = { id, method, target, args, ...(makes !== undefined && { makes }) };
      try {
        this.#port.postMessage(request, moves === 'arguments' || moves === 'both' ? buffersOf(args) : []);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        reject(new ArgumentError(`${method}: the arguments must be plain values that can be sent to a Worker, `
          + `got one that cannot: ${reason}`, { cause }));
        return;
      }
      this.#lastId = id;
      this.#pending.set(id, { resolve, reject });
    });
  }

  /**
   * What stands in the page for an object that was made in the Worker.
   *
   * @param {import('./calls.js').Kind} kind
   * @param {number} target
   * @param {any} description what the Worker told of it
   * @param {import('./Remote.js').Remote} maker
   */
  make(kind, target, description, maker) {
    /** @type {Partial<Record<string, new (...args: any[]) => import('./Remote.js').Remote>>} */
    const classes = remotes;
    const Class = classes[kind];
    if (!Class) throw new LstmError(`nothing stands in the page for a ${kind}`);
    return new Class(this, target, description, maker);
  }

  /**
   * Frees an object in the Worker. If the Worker is gone, so is the object.
   *
   * @param {number} target
   */
  async release(target) {
    try {
      await this.call('dispose', target, []);
    } catch (error) {
      if (!this.#failure) throw error;
    }
  }

  /**
   * Ends the Worker. Every pending and later call rejects with this reason.
   *
   * @param {string} reason
   * @param {unknown} [cause]
   */
  close(reason, cause) {
    if (this.#failure) return;
    const failure = new LstmError(reason, cause === undefined ? undefined : { cause });
    this.#failure = failure;
    for (const { reject } of this.#pending.values()) reject(this.#reason(failure));
    this.#pending.clear();
    this.#resolveClosed(failure);
    this.#hangUp();
  }

  /**
   * For each call an error of its own, with where it was made.
   *
   * @param {LstmError} failure
   */
  #reason({ message, cause }) {
    return new LstmError(message, cause === undefined ? undefined : { cause });
  }

  /** @param {unknown} message */
  #receive(message) {
    if (!isReply(message)) return;
    const call = this.#pending.get(message.id);
    if (!call) return;
    this.#pending.delete(message.id);
    if ('error' in message) call.reject(thrownFrom(message.error));
    else call.resolve(message.value);
  }
}
