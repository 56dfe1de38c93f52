import { nameDisposal } from '../core/disposal.js';
import { isList, readBytes } from '../core/check.js';
import { isBytes } from '../core/source.js';
import { readModelSource } from '../files/model-source.js';
import { calls } from './calls.js';
import { Remote } from './Remote.js';
import { withCalls } from './with-calls.js';

/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/**
 * What a file opens as in a Worker.
 * @typedef {import('./WorkerNetwork.js').WorkerNetwork | import('./WorkerCharModel.js').WorkerCharModel
 *   | import('./WorkerTokenModel.js').WorkerTokenModel
 *   | import('./WorkerClassifier.js').WorkerClassifier | import('./WorkerTranslator.js').WorkerTranslator
 *   | import('./WorkerForecaster.js').WorkerForecaster | import('./WorkerEnsemble.js').WorkerEnsemble} WorkerModel
 */

/**
 * @typedef {new (...args: ConstructorParameters<typeof Remote>) => Remote
 *   & import('./with-calls.js').Asked<import('../models/Lstm.js').Lstm, Omit<typeof calls.library, 'open' | 'createEnsemble'>, WorkerLstm>} Base
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

  /**
   * The model or network of a file. The source is read in the page, whose addresses and permissions count.
   *
   * @param {import('../core/source.js').Source} source as for `open` of load
   * @param {import('../files/model-source.js').OpenOptions} [options]
   * @returns {Promise<WorkerModel>}
   */
  async open(source, options = {}) {
    const given = readModelSource(source, 'open', options);
    // What is the caller's stays the caller's, also what comes by a promise.
    const bytes = readBytes(isBytes(given) ? given : await given, 'open: source', 'bytes').slice();
    const { signal } = options;
    return /** @type {Promise<any>} */ (this.ask('open', [bytes, { signal }], calls.library.open));
  }

  /**
   * Several models of this Worker as one: see createEnsemble of load.
   *
   * @param {Iterable<import('./WorkerCharModel.js').WorkerCharModel | import('./WorkerTokenModel.js').WorkerTokenModel
   *   | import('./WorkerEnsemble.js').WorkerEnsemble>} models
   * @returns {Promise<import('./WorkerEnsemble.js').WorkerEnsemble>}
   */
  async createEnsemble(models) {
    const list = isList(models) ? [.../** @type {Iterable<any>} */ (models)] : models;
    return /** @type {Promise<any>} */ (this.ask('createEnsemble', [list], calls.library.createEnsemble));
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

  /** The same as terminate(), for `await using`. */
  async [Symbol.asyncDispose]() {
    this.terminate();
  }
}

nameDisposal(WorkerLstm, 'dispose', 'asyncDispose');
