// predicting-classifier.js: what opens a classifier that only predicts: see predicting-kinds.js.
import { PredictingClassifier } from './PredictingClassifier.js';

export { classifierFormat as format } from './classifier-file.js';

/** @type {import('../open-model.js').Make} */
export const make = ({ network }, knows) => new PredictingClassifier(network, knows);
