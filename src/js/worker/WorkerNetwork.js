import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/TrainableNetwork.js').TrainableNetwork} TrainableNetwork */

const Base = /** @type {import('./remote-object.js').RemoteClass<TrainableNetwork, typeof import('./calls.js').calls.network,
 *   typeof import('./calls.js').told.network[number], WorkerNetwork>} */ (remoteObject('network'));

/**
 * A network that lives in the Worker: the methods of a network, each answering with a promise. What they throw there rejects
 * it. A state that is given to step or generate becomes the state after it here, too, before the promise resolves.
 */
export class WorkerNetwork extends Base {}
