import { remoteObject } from './remote-object.js';

/** @typedef {import('../network/Cell.js').Cell} Cell */

const Base = /** @type {import('./remote-object.js').RemoteClass<Cell, typeof import('./calls.js').calls.cell,
 *   typeof import('./calls.js').told.cell[number], WorkerCell>} */ (remoteObject('cell'));

/** A cell that lives in the Worker: Cell's methods, each answering with a promise. What they throw there rejects it. */
export class WorkerCell extends Base {}
