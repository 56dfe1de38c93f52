// worker.js: the library in a Worker, for a page that must not wait for it.
export { openWorker } from './worker/open-worker.js';
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
