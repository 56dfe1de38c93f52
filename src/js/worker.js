// worker.js: the library in a Worker, for a page that must not wait for it.
export { openWorker } from './worker/open-worker.js';
export { LstmError, ArgumentError, DisposedError, OutOfMemoryError, FileFormatError, DivergedError, TrappedError } from './core/errors.js';

/** @typedef {import('./models/characters/char-options.js').CharModelOptions} CharModelOptions */
/** @typedef {import('./models/characters/char-task.js').TrainOptions} TrainOptions */
/** @typedef {import('./models/characters/char-task.js').TrainReport} TrainReport */
/** @typedef {import('./models/characters/char-face.js').GenerateOptions} GenerateOptions */
/** @typedef {import('./models/characters/char-face.js').CompleteOptions} CompleteOptions */
/** @typedef {import('./models/characters/char-face.js').Completion} Completion */
/** @typedef {import('./sampling/Vocabulary.js').Unknown} Unknown */
/** @typedef {import('./training/train-options.js').Resumed} Resumed */
/** @typedef {import('./models/characters/char-face.js').Prediction} Prediction */
/** @typedef {import('./models/characters/char-face.js').Evaluation} Evaluation */
/** @typedef {import('./models/characters/char-face.js').Trace} Trace */
/** @typedef {import('./models/tokens/trace.js').LayerTrace} LayerTrace */
/** @typedef {import('./core/load.js').LoadOptions} LoadOptions */
/** @typedef {import('./worker/WorkerCharModel.js').WorkerCharModel} WorkerCharModel */
/** @typedef {import('./worker/WorkerCell.js').WorkerCell} WorkerCell */
/** @typedef {import('./worker/WorkerClassifier.js').WorkerClassifier} WorkerClassifier */
/** @typedef {import('./worker/WorkerEnsemble.js').WorkerEnsemble} WorkerEnsemble */
/** @typedef {import('./worker/WorkerEnsembleReading.js').WorkerEnsembleReading} WorkerEnsembleReading */
/** @typedef {import('./worker/WorkerForecaster.js').WorkerForecaster} WorkerForecaster */
/** @typedef {import('./worker/WorkerNetwork.js').WorkerNetwork} WorkerNetwork */
/** @typedef {import('./worker/WorkerTrainer.js').WorkerTrainer} WorkerTrainer */
/** @typedef {import('./worker/WorkerTranslator.js').WorkerTranslator} WorkerTranslator */
/** @typedef {import('./worker/WorkerLstm.js').WorkerLstm} WorkerLstm */
/** @typedef {import('./worker/WorkerReading.js').WorkerReading} WorkerReading */
/** @typedef {import('./core/source.js').Source} Source */
/** @typedef {import('./core/load.js').Variant} Variant */
/** @typedef {import('./files/model-source.js').OpenOptions} OpenOptions */
/** @typedef {import('./files/export-model.js').ExportedModel} ExportedModel */
/** @typedef {import('./models/characters/char-options.js').CharModelConfig} CharModelConfig */
/** @typedef {import('./models/characters/char-face.js').ReadingState} ReadingState */
/** @typedef {import('./models/tokens/trace.js').TraceOptions} TraceOptions */
/** @typedef {import('./models/characters/CharModel.js').FitOptions} FitOptions */
/** @typedef {import('./models/characters/char-task.js').Texts} Texts */
/** @typedef {import('./worker/open-worker.js').OpenWorkerOptions} OpenWorkerOptions */
/** @typedef {import('./worker/WorkerTokenModel.js').WorkerTokenModel} WorkerTokenModel */
/** @typedef {import('./worker/WorkerTokenReading.js').WorkerTokenReading} WorkerTokenReading */
