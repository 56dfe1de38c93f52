import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/ensemble/Ensemble.js').Ensemble} Ensemble */

const Base = /** @type {import('./remote-object.js').RemoteClass<Ensemble, typeof import('./calls.js').calls.ensemble,
 *   typeof import('./calls.js').told.ensemble[number], WorkerEnsemble>} */ (remoteObject('ensemble'));

/** An ensemble that lives in the Worker: Ensemble's methods, each answering with a promise. What they throw there rejects it. */
export class WorkerEnsemble extends Base {}
