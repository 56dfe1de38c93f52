import { calls } from './calls.js';
import { withCalls } from './with-calls.js';
import { WorkerObject } from './WorkerObject.js';

/** @typedef {import('../models/characters/char-face.js').Reading} Reading */

/**
 * @typedef {new (...args: ConstructorParameters<typeof WorkerObject>) => WorkerObject
 *   & import('./with-calls.js').Asked<Reading, typeof calls.reading, WorkerReading>} Base
 */
const Base = /** @type {Base} */ (withCalls(WorkerObject, calls.reading));

/** A place in a text, in the Worker: Reading's methods, each answering with a promise. What they throw there rejects it. */
export class WorkerReading extends Base {
  /** Kept, so that it is not forgotten and freed while this is used. @type {object} */
  #model;

  /**
   * @internal use model.read
   * @param {import('./WorkerConnection.js').WorkerConnection} connection
   * @param {number} target
   * @param {{}} _description
   * @param {object} maker the model, or another reading of it
   */
  constructor(connection, target, _description, maker) {
    super(connection, target, 'reading');
    this.#model = maker instanceof WorkerReading ? maker.#model : maker;
  }
}
