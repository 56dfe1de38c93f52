import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/classifier/Classifier.js').Classifier} Classifier */

const Base = /** @type {import('./remote-object.js').RemoteClass<Classifier, typeof import('./calls.js').calls.classifier,
 *   typeof import('./calls.js').told.classifier[number], WorkerClassifier>} */ (remoteObject('classifier'));

/** A classifier that lives in the Worker: Classifier's methods, each answering with a promise. What they throw there rejects it. */
export class WorkerClassifier extends Base {}
