import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/characters/char-face.js').Reading} Reading */

const Base = /** @type {import('./remote-object.js').RemoteClass<Reading, typeof import('./calls.js').calls.ensembleReading, never,
 *   WorkerEnsembleReading>} */ (remoteObject('ensembleReading', 'reading'));

/** A place in a text, read by an ensemble in the Worker: Reading's methods, each answering with a promise. */
export class WorkerEnsembleReading extends Base {}
