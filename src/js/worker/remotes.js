import { WorkerCell } from './WorkerCell.js';
import { WorkerCharModel } from './WorkerCharModel.js';
import { WorkerClassifier } from './WorkerClassifier.js';
import { WorkerEnsemble } from './WorkerEnsemble.js';
import { WorkerEnsembleReading } from './WorkerEnsembleReading.js';
import { WorkerForecaster } from './WorkerForecaster.js';
import { WorkerLabelReading } from './WorkerLabelReading.js';
import { WorkerNetwork } from './WorkerNetwork.js';
import { WorkerPairTrainer } from './WorkerPairTrainer.js';
import { WorkerReading } from './WorkerReading.js';
import { WorkerSeriesReading } from './WorkerSeriesReading.js';
import { WorkerTokenModel } from './WorkerTokenModel.js';
import { WorkerTokenReading } from './WorkerTokenReading.js';
import { WorkerTrainer } from './WorkerTrainer.js';
import { WorkerTranslator } from './WorkerTranslator.js';

/** What stands in the page for an object of a kind, made of (connection, target, description, maker). */
export const remotes = {
  cell: WorkerCell, network: WorkerNetwork, trainer: WorkerTrainer, pairTrainer: WorkerPairTrainer,
  model: WorkerCharModel, reading: WorkerReading,
  tokenModel: WorkerTokenModel, tokenReading: WorkerTokenReading,
  classifier: WorkerClassifier, labelReading: WorkerLabelReading, translator: WorkerTranslator,
  forecaster: WorkerForecaster, seriesReading: WorkerSeriesReading,
  ensemble: WorkerEnsemble, ensembleReading: WorkerEnsembleReading,
};
