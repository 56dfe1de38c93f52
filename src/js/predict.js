// predict.js: the part of the package that only predicts: opens models and networks that were trained before.
export { loadPredictor as load } from './models/load-predictor.js';
export { inspectModel as inspect } from './models/inspect-model.js';
export { LstmError, ArgumentError, DisposedError, OutOfMemoryError, FileFormatError, DivergedError } from './core/errors.js';

/** @typedef {import('./core/load.js').LoadOptions} LoadOptions */
/** @typedef {import('./core/load.js').Variant} Variant */
/** @typedef {import('./models/Predictor.js').Predictor} Predictor */
/** @typedef {import('./models/predicting-kinds.js').PredictorCharModel} CharModel */
/** @typedef {import('./models/predicting-kinds.js').PredictorClassifier} Classifier */
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
/** @typedef {import('./models/predicting-kinds.js').PredictorTranslator} Translator */
/** @typedef {import('./models/translator/PredictingTranslator.js').Translation} Translation */
/** @typedef {import('./models/translator/PredictingTranslator.js').TranslateOptions} TranslateOptions */
/** @typedef {import('./models/translator/PredictingTranslator.js').TranslatorEvaluation} TranslatorEvaluation */
/** @typedef {import('./models/translator/pairs.js').Pair} Pair */
/**
 * @template {import('./models/tokens/face.js').Face} [F=import('./models/characters/char-face.js').CharFace]
 * @typedef {import('./models/ensemble/Ensemble.js').Ensemble<F>} Ensemble
 */
/** @typedef {import('./models/ensemble/Ensemble.js').EnsembleConfig} EnsembleConfig */
/** @typedef {import('./models/predicting-kinds.js').PredictorForecaster} Forecaster */
/** @typedef {import('./models/forecaster/PredictingForecaster.js').ForecastOptions} SeriesForecastOptions */
/** @typedef {import('./models/forecaster/forecast-options.js').Forecast} Forecast */
/** @typedef {import('./models/forecaster/forecast-options.js').Interval} Interval */
/** @typedef {import('./models/forecaster/series.js').ForecasterData} ForecasterData */
/** @typedef {import('./models/forecaster/series.js').SeriesData} SeriesData */
/** @typedef {import('./models/forecaster/SeriesReading.js').SeriesReading} SeriesReading */
/** @typedef {import('./models/forecaster/evaluate.js').EvaluateOptions} ForecasterEvaluateOptions */
/** @typedef {import('./models/forecaster/evaluate.js').Evaluation} ForecasterEvaluation */
/** @typedef {import('./models/inspect-model.js').ModelDescription} FileDescription */
/** @typedef {import('./files/model-source.js').OpenOptions} OpenOptions */
/** @typedef {import('./files/export-model.js').ExportedModel} ExportedModel */
/** @typedef {import('./models/SteppingNetwork.js').SteppingNetwork} Network */
/** @typedef {import('./network/run.js').RunOptions} RunOptions */
/** @typedef {import('./network/run.js').RunResult} RunResult */
/** @typedef {import('./network/state.js').CellState} CellState */
/** @typedef {import('./network/StepArray.js').Steps} Steps */
/** @typedef {import('./network/StepArray.js').Layout} Layout */
/** @typedef {import('./models/forecast.js').ForecastOptions} ForecastOptions */
/** @typedef {import('./models/characters/char-options.js').CharModelConfig} CharModelConfig */
/** @typedef {import('./models/characters/char-face.js').GenerateOptions} GenerateOptions */
/** @typedef {import('./models/characters/char-face.js').Evaluation} Evaluation */
/** @typedef {import('./models/characters/char-face.js').CompleteOptions} CompleteOptions */
/** @typedef {import('./models/characters/char-face.js').Completion} Completion */
/** @typedef {import('./models/characters/char-face.js').ReadingState} ReadingState */
/** @typedef {import('./sampling/Vocabulary.js').Unknown} Unknown */
/** @typedef {import('./models/characters/char-face.js').Prediction} Prediction */
/** @typedef {import('./models/characters/char-face.js').Reading} Reading */
/** @typedef {import('./models/tokens/trace.js').TraceOptions} TraceOptions */
/** @typedef {import('./models/characters/char-face.js').Trace} Trace */
/** @typedef {import('./models/tokens/trace.js').LayerTrace} LayerTrace */
/** @typedef {import('./models/predicting-kinds.js').PredictorTokenModel} TokenModel */
/** @typedef {import('./models/tokens/token-options.js').TokenModelConfig} TokenModelConfig */
/** @typedef {import('./models/tokens/token-face.js').PlainTokenReading} TokenReading */
