/** What runs in the module Worker that `openWorker` starts. */
import { load } from '../models/load.js';
import { WorkerServer } from './WorkerServer.js';

new WorkerServer(/** @type {import('./worker-protocol.js').Port} */ (globalThis), load);
