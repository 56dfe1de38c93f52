import { ArgumentError, LstmError, errorFrom } from '../core/errors.js';
import { isReply } from './worker-protocol.js';

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
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
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
      this.close(`the Worker failed${reason}`);
    });
  }

  /** A number for a model or training, never used before on this connection. */
  newTarget() {
    return ++this.#lastTarget;
  }

  /**
   * @param {string} method
   * @param {number} target
   * @param {unknown[]} args
   * @returns {Promise<any>}
   */
  call(method, target, args) {
    if (this.#failure) return Promise.reject(new LstmError(this.#failure.message));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      try {
        this.#port.postMessage({ id, method, target, args }, []);
      } catch (error) {
        this.#pending.delete(id);
        reject(new ArgumentError(`${method}: the arguments must be plain values that can be sent to a Worker, `
          + `got one that cannot: ${/** @type {Error} */ (error).message}`));
      }
    });
  }

  /**
   * Ends the Worker. Every pending and later call rejects with this reason.
   *
   * @param {string} reason
   */
  close(reason) {
    if (this.#failure) return;
    this.#failure = new LstmError(reason);
    this.#hangUp();
    for (const { reject } of this.#pending.values()) reject(new LstmError(reason));
    this.#pending.clear();
    this.#resolveClosed(this.#failure);
  }

  /** @param {unknown} message */
  #receive(message) {
    if (!isReply(message)) return;
    const call = this.#pending.get(message.id);
    if (!call) return;
    this.#pending.delete(message.id);
    if (message.error) call.reject(errorFrom(message.error));
    else call.resolve(message.value);
  }
}
