import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/forecaster/Forecaster.js').Forecaster} Forecaster */

const Base = /** @type {import('./remote-object.js').RemoteClass<Forecaster, typeof import('./calls.js').calls.forecaster,
 *   typeof import('./calls.js').told.forecaster[number], WorkerForecaster>} */ (remoteObject('forecaster'));

/** A forecaster that lives in the Worker: Forecaster's methods, each answering with a promise. What they throw there rejects it. */
export class WorkerForecaster extends Base {}
