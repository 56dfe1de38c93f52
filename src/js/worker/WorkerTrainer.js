import { readRate } from '../training/optimizer-options.js';
import { readClipNorm, readClipValue } from '../training/trainer-options.js';
import { remoteObject } from './remote-object.js';

/** @typedef {import('../training/Trainer.js').Trainer} Trainer */

const settable = { learningRate: readRate, clipNorm: readClipNorm, clipValue: readClipValue };
const Base = /** @type {import('./remote-object.js').RemoteClass<Trainer, typeof import('./calls.js').calls.trainer,
 *   typeof import('./calls.js').told.trainer[number], WorkerTrainer>} */ (remoteObject('trainer', 'trainer', settable));

/**
 * A trainer of a network in the Worker: Trainer's methods, each answering with a promise, and its properties. One that is set
 * counts for all calls after it. A trainer is disposed with its network.
 */
export class WorkerTrainer extends Base {}
