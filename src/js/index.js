// index.js: the package's public face.
export { load } from './load.js';
export {
  LstmError,
  ArgumentError,
  DisposedError,
  OutOfMemoryError,
  FileFormatError,
  DivergedError,
} from './errors.js';

/** @typedef {import('./load.js').LoadOptions} LoadOptions */
/** @typedef {import('./load.js').Variant} Variant */
/** @typedef {import('./Lstm.js').Lstm} Lstm */
/** @typedef {import('./Cell.js').Cell} Cell */
/** @typedef {import('./Cell.js').CellOptions} CellOptions */
/** @typedef {import('./Network.js').Network} Network */
/** @typedef {import('./Network.js').NetworkOptions} NetworkOptions */
/** @typedef {import('./run.js').RunOptions} RunOptions */
/** @typedef {import('./run.js').RunResult} RunResult */
/** @typedef {import('./forecast.js').ForecastOptions} ForecastOptions */
/** @typedef {import('./cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('./cell-options.js').LayerConfig} LayerConfig */
/** @typedef {import('./cell-options.js').CellKindName} CellKindName */
/** @typedef {import('./state.js').CellState} CellState */
/** @typedef {import('./Trainer.js').Trainer} Trainer */
/** @typedef {import('./Trainer.js').TrainerOptions} TrainerOptions */
/** @typedef {import('./Trainer.js').TrainerCheckpoint} TrainerCheckpoint */
/** @typedef {import('./optimizer-options.js').OptimizerOptions} OptimizerOptions */
/** @typedef {import('./schedule.js').Schedule} Schedule */
/** @typedef {import('./gradient-flow.js').GradientFlow} GradientFlow */
/** @typedef {import('./Batch.js').WindowOptions} WindowOptions */
/** @typedef {import('./CharModel.js').CharModel} CharModel */
/** @typedef {import('./CharModel.js').CharModelOptions} CharModelOptions */
/** @typedef {import('./CharModel.js').CharModelConfig} CharModelConfig */
/** @typedef {import('./CharModel.js').TrainOptions} TrainOptions */
/** @typedef {import('./CharModel.js').TrainReport} TrainReport */
/** @typedef {import('./CharModel.js').GenerateOptions} GenerateOptions */
/** @typedef {import('./CharModel.js').CompleteOptions} CompleteOptions */
/** @typedef {import('./CharModel.js').Completion} Completion */
/** @typedef {import('./CharModel.js').Prediction} Prediction */
/** @typedef {import('./Reading.js').Reading} Reading */
/** @typedef {import('./CharModel.js').Evaluation} Evaluation */
/** @typedef {import('./trace.js').TraceOptions} TraceOptions */
/** @typedef {import('./trace.js').Trace} Trace */
/** @typedef {import('./trace.js').LayerTrace} LayerTrace */
