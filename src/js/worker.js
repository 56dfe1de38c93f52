import { LstmError } from './core/errors.js';
import { WorkerConnection } from './worker/WorkerConnection.js';
import { WorkerLstm as LstmInWorker } from './worker/WorkerLstm.js';

export { LstmError, ArgumentError, DisposedError, OutOfMemoryError, FileFormatError, DivergedError } from './core/errors.js';

/** @typedef {import('./models/CharModel.js').CharModelOptions} CharModelOptions */
/** @typedef {import('./models/CharModel.js').TrainOptions} TrainOptions */
/** @typedef {import('./models/CharModel.js').TrainReport} TrainReport */
/** @typedef {import('./models/CharModel.js').GenerateOptions} GenerateOptions */
/** @typedef {import('./models/CharModel.js').CompleteOptions} CompleteOptions */
/** @typedef {import('./models/CharModel.js').Completion} Completion */
/** @typedef {import('./models/CharModel.js').Prediction} Prediction */
/** @typedef {import('./models/CharModel.js').Evaluation} Evaluation */
/** @typedef {import('./models/trace.js').Trace} Trace */
/** @typedef {import('./models/trace.js').LayerTrace} LayerTrace */
/** @typedef {import('./core/load.js').LoadOptions} LoadOptions */
/** @typedef {import('./worker/WorkerCharModel.js').WorkerCharModel} WorkerCharModel */
/** @typedef {import('./worker/WorkerLstm.js').WorkerLstm} WorkerLstm */
/** @typedef {import('./worker/WorkerReading.js').WorkerReading} WorkerReading */

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
    return new Worker(new URL('./worker/worker-main.js', import.meta.url), { type: 'module' });
  } catch (error) {
    throw new LstmError(`the Worker could not start: ${/** @type {Error} */ (error).message}`);
  }
}
