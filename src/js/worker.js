import { LstmError } from './errors.js';
import { WorkerConnection } from './WorkerConnection.js';
import { WorkerLstm as LstmInWorker } from './WorkerLstm.js';

export { LstmError, ArgumentError, DisposedError, OutOfMemoryError, FileFormatError, DivergedError } from './errors.js';

/** @typedef {import('./CharModel.js').CharModelOptions} CharModelOptions */
/** @typedef {import('./CharModel.js').TrainOptions} TrainOptions */
/** @typedef {import('./CharModel.js').TrainReport} TrainReport */
/** @typedef {import('./CharModel.js').GenerateOptions} GenerateOptions */
/** @typedef {import('./CharModel.js').CompleteOptions} CompleteOptions */
/** @typedef {import('./CharModel.js').Completion} Completion */
/** @typedef {import('./CharModel.js').Prediction} Prediction */
/** @typedef {import('./CharModel.js').Evaluation} Evaluation */
/** @typedef {import('./trace.js').Trace} Trace */
/** @typedef {import('./trace.js').LayerTrace} LayerTrace */
/** @typedef {import('./load.js').LoadOptions} LoadOptions */
/** @typedef {import('./WorkerCharModel.js').WorkerCharModel} WorkerCharModel */
/** @typedef {import('./WorkerLstm.js').WorkerLstm} WorkerLstm */
/** @typedef {import('./WorkerReading.js').WorkerReading} WorkerReading */

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
    return new LstmInWorker(connection, variant);
  } catch (error) {
    connection.close('the Worker could not load the library');
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
  } catch (error) {
    throw new LstmError(`the Worker could not start: ${/** @type {Error} */ (error).message}`);
  }
}
