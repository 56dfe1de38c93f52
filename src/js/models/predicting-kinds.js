// predicting-kinds.js: the models that files hold, without training code. See kinds.js.
import { PredictingCharModel } from './characters/PredictingCharModel.js';
import { PredictingClassifier } from './classifier/PredictingClassifier.js';
import { PredictingForecaster } from './forecaster/PredictingForecaster.js';
import { PredictingTokenModel } from './tokens/PredictingTokenModel.js';
import { assertFit, PredictingTranslator } from './translator/PredictingTranslator.js';

/** @typedef {import('./SteppingNetwork.js').SteppingNetwork} SteppingNetwork */
/** A model of characters that predicts and is not trained. @typedef {PredictingCharModel<SteppingNetwork>} PredictorCharModel */
/** A model of tokens that predicts and is not trained. @typedef {PredictingTokenModel<SteppingNetwork>} PredictorTokenModel */
/** A classifier that predicts and is not trained. @typedef {PredictingClassifier<SteppingNetwork>} PredictorClassifier */
/** A forecaster that is not trained. @typedef {PredictingForecaster<SteppingNetwork>} PredictorForecaster */
/** A translator that predicts and is not trained. @typedef {PredictingTranslator<SteppingNetwork>} PredictorTranslator */
/** What a file opens as, to predict with it. @typedef {PredictorCharModel | PredictorTokenModel | PredictorClassifier | PredictorTranslator | PredictorForecaster | SteppingNetwork} PredictingModel */

/** @type {Record<string, import('./open-model.js').Make>} */
export const predictingKinds = {
  network: ({ network }) => network,
  characters: ({ network }, { alphabet, notes }) => new PredictingCharModel(network, alphabet, notes),
  tokens: ({ network }, { vocabulary, notes }) => new PredictingTokenModel(network, vocabulary, notes),
  classifier: ({ network }, knows) => new PredictingClassifier(network, knows),
  translator(networks, sides, checkpoint, where) {
    assertFit(networks, where);
    return new PredictingTranslator(networks, sides);
  },
  forecaster: ({ network }, parts) => new PredictingForecaster(network, parts),
};
