import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/forecaster/SeriesReading.js').SeriesReading} SeriesReading */

const Base = /** @type {import('./remote-object.js').RemoteClass<SeriesReading, typeof import('./calls.js').calls.seriesReading,
 *   typeof import('./calls.js').told.seriesReading[number], WorkerSeriesReading>} */ (remoteObject('seriesReading', 'reading'));

/** A series that comes row by row, in the Worker: SeriesReading's methods, each answering with a promise. */
export class WorkerSeriesReading extends Base {}
