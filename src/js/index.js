// index.js: the package's public face.
export { load } from './models/load.js';
export { inspect } from './models/inspect.js';
export { defaultLearningRate, defaultSchedule } from './training/run-defaults.js';
export {
  LstmError,
  ArgumentError,
  DisposedError,
  OutOfMemoryError,
  FileFormatError,
  DivergedError,
  TrappedError,
} from './core/errors.js';

/** @typedef {import('./core/load.js').LoadOptions} LoadOptions */
/** @typedef {import('./core/load.js').Variant} Variant */
/** @typedef {import('./core/source.js').Source} Source */
/** @typedef {import('./files/model-source.js').OpenOptions} OpenOptions */
/** @typedef {import('./files/export-model.js').ExportedModel} ExportedModel */
/** @typedef {import('./models/Lstm.js').Lstm} Lstm */
/** @typedef {import('./models/inspect.js').FileDescription} FileDescription */
/** @typedef {import('./network/Cell.js').Cell} Cell */
/** @typedef {import('./network/Cell.js').CellOptions} CellOptions */
/** @typedef {import('./models/TrainableNetwork.js').TrainableNetwork} Network */
/** @typedef {import('./network/network-options.js').NetworkOptions} NetworkOptions */
/** @typedef {import('./network/run.js').RunOptions} RunOptions */
/** @typedef {import('./network/run.js').RunResult} RunResult */
/** @typedef {import('./models/forecast.js').ForecastOptions} ForecastOptions */
/** @typedef {import('./network/cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('./network/cell-options.js').LayerConfig} LayerConfig */
/** @typedef {import('./network/cell-options.js').CellKindName} CellKindName */
/** @typedef {import('./network/state.js').CellState} CellState */
/** @typedef {import('./network/state.js').CellStateLike} CellStateLike */
/** @typedef {import('./training/Trainer.js').Trainer} Trainer */
/** @typedef {import('./training/PairTrainer.js').PairTrainer} PairTrainer */
/** @typedef {import('./training/PairTrainer.js').PairInputs} PairInputs */
/** @typedef {import('./training/PairTrainer.js').PairGradients} PairGradients */
/** @typedef {import('./training/pair-options.js').PairTrainerOptions} PairTrainerOptions */
/** @typedef {import('./network/memory-options.js').MemoryOptions} MemoryOptions */
/** @typedef {import('./models/translator/Translator.js').Translator} Translator */
/** @typedef {import('./models/translator/translator-options.js').TranslatorOptions} TranslatorOptions */
/** @typedef {import('./models/translator/PredictingTranslator.js').Translation} Translation */
/** @typedef {import('./models/translator/PredictingTranslator.js').TranslateOptions} TranslateOptions */
/** @typedef {import('./models/translator/PredictingTranslator.js').TranslatorEvaluation} TranslatorEvaluation */
/** @typedef {import('./models/translator/pairs.js').Pair} Pair */
/** @typedef {import('./training/trainer-options.js').TrainerOptions} TrainerOptions */
/** @typedef {import('./training/trainer-checkpoint.js').TrainerCheckpoint} TrainerCheckpoint */
/** @typedef {import('./training/optimizer-options.js').OptimizerOptions} OptimizerOptions */
/** @typedef {import('./training/schedule.js').Schedule} Schedule */
/** @typedef {import('./training/gradient-flow.js').GradientFlow} GradientFlow */
/** @typedef {import('./network/Batch.js').WindowOptions} WindowOptions */
/** @typedef {import('./network/StepArray.js').Steps} Steps */
/** @typedef {import('./network/StepArray.js').Layout} Layout */
/** @typedef {import('./models/characters/CharModel.js').CharModel} CharModel */
/** @typedef {import('./models/translator/Translator.js').TranslatorTrainOptions} TranslatorTrainOptions */
/** @typedef {import('./models/translator/Translator.js').TranslatorFitOptions} TranslatorFitOptions */
/** @typedef {import('./models/classifier/Classifier.js').Classifier} Classifier */
/** @typedef {import('./models/classifier/classifier-options.js').ClassifierOptions} ClassifierOptions */
/** @typedef {import('./models/classifier/Classifier.js').ClassifierTrainOptions} ClassifierTrainOptions */
/** @typedef {import('./models/classifier/Classifier.js').ClassifierFitOptions} ClassifierFitOptions */
/** @typedef {import('./models/classifier/Classifier.js').ClassifierLearnOptions} ClassifierLearnOptions */
/** @typedef {import('./models/classifier/classifier-options.js').ClassifierConfig} ClassifierConfig */
/** @typedef {import('./models/classifier/metrics.js').ClassifierEvaluation} ClassifierEvaluation */
/** @typedef {import('./models/classifier/predictions.js').Prediction} LabelPrediction */
/** @typedef {import('./models/classifier/ClassifierReading.js').ClassifierReading} ClassifierReading */
/** @typedef {import('./models/classifier/PredictingClassifier.js').Step} ClassifierStep */
/** @typedef {import('./models/classifier/PredictingClassifier.js').Sequence} ClassifierSequence */
/** @typedef {import('./models/classifier/labels.js').Label} Label */
/** @typedef {import('./models/classifier/examples.js').LabelledSequence} LabelledSequence */
/** @typedef {import('./models/classifier/examples.js').LabelledSequences} LabelledSequences */
/** @typedef {import('./models/translator/translator-options.js').TranslatorConfig} TranslatorConfig */
/** @typedef {import('./models/ensemble/Ensemble.js').Ensemble} Ensemble */
/** @typedef {import('./models/ensemble/Ensemble.js').EnsembleConfig} EnsembleConfig */
/** @typedef {import('./models/forecaster/Forecaster.js').Forecaster} Forecaster */
/** @typedef {import('./models/forecaster/Forecaster.js').FitOptions} ForecasterFitOptions */
/** @typedef {import('./models/tokens/TokenModel.js').TokenFitOptions} TokenFitOptions */
/** @typedef {import('./models/tokens/TokenModel.js').TokenData} TokenData */
/** @typedef {import('./models/forecaster/Forecaster.js').TrainOptions} ForecasterTrainOptions */
/** @typedef {import('./models/forecaster/forecaster-options.js').ForecasterOptions} ForecasterOptions */
/** @typedef {import('./models/forecaster/PredictingForecaster.js').ForecastOptions} SeriesForecastOptions */
/** @typedef {import('./models/forecaster/forecast-options.js').Forecast} Forecast */
/** @typedef {import('./models/forecaster/forecast-options.js').Interval} Interval */
/** @typedef {import('./models/forecaster/series.js').ForecasterData} ForecasterData */
/** @typedef {import('./models/forecaster/series.js').SeriesData} SeriesData */
/** @typedef {import('./models/forecaster/SeriesReading.js').SeriesReading} SeriesReading */
/** @typedef {import('./models/forecaster/evaluate.js').EvaluateOptions} ForecasterEvaluateOptions */
/** @typedef {import('./models/forecaster/evaluate.js').Evaluation} ForecasterEvaluation */
/** @typedef {import('./models/characters/char-options.js').CharModelOptions} CharModelOptions */
/** @typedef {import('./models/characters/char-options.js').CharModelConfig} CharModelConfig */
/** @typedef {import('./models/characters/char-task.js').TrainOptions} TrainOptions */
/** @typedef {import('./models/characters/char-task.js').TrainReport} TrainReport */
/** @typedef {import('./models/characters/char-face.js').GenerateOptions} GenerateOptions */
/** @typedef {import('./models/characters/char-face.js').CompleteOptions} CompleteOptions */
/** @typedef {import('./models/characters/char-face.js').Completion} Completion */
/** @typedef {import('./sampling/Vocabulary.js').Unknown} Unknown */
/** @typedef {import('./training/train-options.js').Resumed} Resumed */
/** @typedef {import('./models/characters/char-face.js').Prediction} Prediction */
/** @typedef {import('./models/characters/char-face.js').Reading} Reading */
/** @typedef {import('./models/characters/char-face.js').Evaluation} Evaluation */
/** @typedef {import('./models/tokens/trace.js').TraceOptions} TraceOptions */
/** @typedef {import('./models/characters/char-face.js').Trace} Trace */
/** @typedef {import('./models/tokens/trace.js').LayerTrace} LayerTrace */
/** @typedef {import('./files/checkpoint-file.js').CheckpointDescription} CheckpointDescription */
/** @typedef {import('./network/network-options.js').NetworkConfig} NetworkConfig */
/** @typedef {import('./sampling/generate.js').TokenGenerateOptions} TokenGenerateOptions */
/** @typedef {import('./training/optimizer-options.js').OptimizerName} OptimizerName */
/** @typedef {import('./training/WindowPass.js').Gradients} Gradients */
/** @typedef {import('./models/characters/char-task.js').Texts} Texts */
/** @typedef {import('./models/characters/CharModel.js').FitOptions} FitOptions */
/** @typedef {import('./training/train-options.js').RunReport} RunReport */
/** @typedef {import('./training/read-sequences.js').TrainingData} TrainingData */
/** @typedef {import('./models/TrainableNetwork.js').NetworkTrainOptions} NetworkTrainOptions */
/** @typedef {import('./models/TrainableNetwork.js').NetworkFitOptions} NetworkFitOptions */
/** @typedef {import('./models/characters/char-face.js').ReadingState} ReadingState */
/** @typedef {import('./training/Online.js').LearnOptions} LearnOptions */
/** @typedef {import('./models/characters/char-face.js').LearningReading} LearningReading */
/** @typedef {import('./models/tokens/LearningReading.js').ReadAndLearnOptions} ReadAndLearnOptions */
/** @typedef {import('./models/tokens/TokenModel.js').TokenModel} TokenModel */
/** @typedef {import('./models/tokens/token-options.js').TokenModelOptions} TokenModelOptions */
/** @typedef {import('./models/tokens/token-options.js').TokenModelConfig} TokenModelConfig */
/** @typedef {import('./models/tokens/TokenModel.js').TokenTrainOptions} TokenTrainOptions */
/** @typedef {import('./models/tokens/token-face.js').TokenWriteOptions} TokenWriteOptions */
/** @typedef {import('./models/tokens/token-face.js').TokenCompletion} TokenCompletion */
/** @typedef {import('./models/tokens/token-face.js').TokenEvaluation} TokenEvaluation */
/** @typedef {import('./models/tokens/token-face.js').LearningTokenReading} TokenReading */
