import { calls } from './calls.js';
import { Remote } from './Remote.js';
import { withCalls } from './with-calls.js';

/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/**
 * @typedef {new (...args: ConstructorParameters<typeof Remote>) => Remote
 *   & import('./with-calls.js').Asked<import('../models/Lstm.js').Lstm, typeof calls.library, WorkerLstm>} Base
 */
const Base = /** @type {Base} */ (withCalls(Remote, calls.library));

/** The library in a Worker, as `openWorker` gives it: load's names, each answering with a promise. */
export class WorkerLstm extends Base {
  #variant;

  /**
   * @internal use openWorker
   * @param {WorkerConnection} connection
   * @param {import('../core/load.js').Variant} variant
   */
  constructor(connection, variant) {
    super(connection, 0);
    this.#variant = variant;
  }

  /** The module that was chosen: 'scalar', 'simd' or 'relaxed'. */
  get variant() {
    return this.#variant;
  }

  /** Resolves when the Worker is gone, with the reason: it died, or was terminated. */
  get closed() {
    return this.connection.closed;
  }

  /** Ends the Worker at once, whatever it does. Pending and later calls reject. */
  terminate() {
    this.connection.close('the Worker has been terminated');
  }

  /** The same as terminate(), for `using`. */
  [Symbol.dispose]() {
    this.terminate();
  }
}
