import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/tokens/token-face.js').LearningTokenReading} TokenReading */

const Base = /** @type {import('./remote-object.js').RemoteClass<TokenReading, typeof import('./calls.js').calls.tokenReading,
 *   never, WorkerTokenReading>} */ (remoteObject('tokenReading', 'reading'));

/** A place in a sequence of tokens, in the Worker: its methods, each answering with a promise. What they throw there rejects it. */
export class WorkerTokenReading extends Base {}
