import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/translator/Translator.js').Translator} Translator */

const Base = /** @type {import('./remote-object.js').RemoteClass<Translator, typeof import('./calls.js').calls.translator,
 *   typeof import('./calls.js').told.translator[number], WorkerTranslator>} */ (remoteObject('translator'));

/** A translator that lives in the Worker: Translator's methods, each answering with a promise. What they throw there rejects it. */
export class WorkerTranslator extends Base {}
