import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/characters/char-face.js').Reading} Reading */

const Base = /** @type {import('./remote-object.js').RemoteClass<Reading, typeof import('./calls.js').calls.reading, never,
 *   WorkerReading>} */ (remoteObject('reading'));

/** A place in a text, in the Worker: Reading's methods, each answering with a promise. What they throw there rejects it. */
export class WorkerReading extends Base {}
