import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/classifier/ClassifierReading.js').ClassifierReading} ClassifierReading */

const Base = /** @type {import('./remote-object.js').RemoteClass<ClassifierReading, typeof import('./calls.js').calls.labelReading,
 *   typeof import('./calls.js').told.labelReading[number], WorkerLabelReading>} */ (remoteObject('labelReading', 'reading'));

/** A sequence that comes step by step, in the Worker: ClassifierReading's methods, each answering with a promise. */
export class WorkerLabelReading extends Base {}
