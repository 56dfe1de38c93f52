// Classifier.js: learns what sequences are, and tells it.
import { PredictingClassifier } from './PredictingClassifier.js';

/** @extends {PredictingClassifier<import('../TrainableNetwork.js').TrainableNetwork>} */
export class Classifier extends PredictingClassifier {}
