import { readRate } from '../training/optimizer-options.js';
import { readClipNorm, readClipValue } from '../training/trainer-options.js';
import { remoteObject } from './remote-object.js';

/** @typedef {import('../training/PairTrainer.js').PairTrainer} PairTrainer */

const settable = { learningRate: readRate, clipNorm: readClipNorm, clipValue: readClipValue };
const Base = /** @type {import('./remote-object.js').RemoteClass<PairTrainer, typeof import('./calls.js').calls.pairTrainer,
 *   typeof import('./calls.js').told.pairTrainer[number], WorkerPairTrainer>} */ (remoteObject('pairTrainer', 'trainer', settable));

/** A trainer of an encoder and its decoder in the Worker: PairTrainer's methods, each answering with a promise. */
export class WorkerPairTrainer extends Base {}
