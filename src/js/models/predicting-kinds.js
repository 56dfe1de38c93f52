// predicting-kinds.js: the models that files hold, without training code. See kinds.js.
import { PredictingCharModel } from './characters/PredictingCharModel.js';

/** @typedef {import('./SteppingNetwork.js').SteppingNetwork} SteppingNetwork */
/** A model of characters that predicts and is not trained. @typedef {PredictingCharModel<SteppingNetwork>} PredictorCharModel */
/** What a file opens as, to predict with it. @typedef {PredictorCharModel | SteppingNetwork} PredictingModel */

/** @type {Record<string, import('./open-model.js').Make>} */
export const predictingKinds = {
  network: ({ network }) => network,
  characters: ({ network }, { alphabet, notes }) => new PredictingCharModel(network, alphabet, notes),
};
