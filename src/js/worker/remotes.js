import { WorkerCharModel } from './WorkerCharModel.js';
import { WorkerReading } from './WorkerReading.js';

/** What stands in the page for an object of a kind, made of (connection, target, description, maker). */
export const remotes = { model: WorkerCharModel, reading: WorkerReading };
