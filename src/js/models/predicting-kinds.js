// predicting-kinds.js: the models that files hold, without training code. See kinds.js.
import { PredictingCharModel } from './characters/PredictingCharModel.js';
import { PredictingClassifier } from './classifier/PredictingClassifier.js';

/** @typedef {import('./SteppingNetwork.js').SteppingNetwork} SteppingNetwork */
/** A model of characters that predicts and is not trained. @typedef {PredictingCharModel<SteppingNetwork>} PredictorCharModel */
/** A classifier that predicts and is not trained. @typedef {PredictingClassifier<SteppingNetwork>} PredictorClassifier */
/** What a file opens as, to predict with it. @typedef {PredictorCharModel | PredictorClassifier | SteppingNetwork} PredictingModel */

/** @type {Record<string, import('./open-model.js').Make>} */
export const predictingKinds = {
  network: ({ network }) => network,
  characters: ({ network }, { alphabet, notes }) => new PredictingCharModel(network, alphabet, notes),
  classifier: ({ network }, knows) => new PredictingClassifier(network, knows),
};
