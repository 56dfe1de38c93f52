// open-worker.js: starts a Worker with the library in it.
import { LstmError } from '../core/errors.js';
import { WorkerConnection } from './WorkerConnection.js';
import { WorkerLstm } from './WorkerLstm.js';

/** @typedef {import('../core/load.js').LoadOptions} LoadOptions */

/**
 * Starts a module Worker and loads the library in it. Rejects where the Worker cannot start or WebAssembly is blocked.
 *
 * @param {LoadOptions} [options]   as for `load`
 * @returns {Promise<WorkerLstm>}
 */
export async function openWorker(options = {}) {
  const worker = startWorker();
  const connection = new WorkerConnection(worker, () => worker.terminate());
  try {
    const { variant } = await connection.call('load', 0, [options]);
    return new WorkerLstm(connection, variant);
  } catch (error) {
    connection.close('the Worker could not load the library', error);
    throw error;
  }
}

function startWorker() {
  if (typeof Worker !== 'function') {
    throw new LstmError("openWorker needs a browser's Worker, which is not here; in Node use load() of 'lstm-wasm'");
  }
  try {
    // Bundlers recognise a Worker by exactly these words.
    return new Worker(new URL('./worker-main.js', import.meta.url), { type: 'module' });
  } catch (cause) {
    throw new LstmError(`the Worker could not start: ${/** @type {Error} */ (cause).message}`, { cause });
  }
}
