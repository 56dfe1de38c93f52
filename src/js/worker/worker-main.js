/** What runs in the module Worker that `openWorker` starts: one script, which imports nothing while it runs. */
import { loadModule } from '../core/load.js';
import { urlOf } from '../core/module-files.js';
import { Lstm } from '../models/Lstm.js';
import { WorkerServer } from './WorkerServer.js';

/** @param {import('../core/load.js').LoadOptions} options */
const load = async (options) => new Lstm(await loadModule(options, { urlOf }));

new WorkerServer(/** @type {import('./worker-protocol.js').Port} */ (globalThis), load);
