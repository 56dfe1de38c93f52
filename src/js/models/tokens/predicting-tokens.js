// predicting-tokens.js: what opens a token model that only predicts: see predicting-kinds.js.
import { PredictingTokenModel } from './PredictingTokenModel.js';

export { tokenFormat as format } from './token-file.js';

/** @type {import('../open-model.js').Make} */
export const make = ({ network }, { vocabulary, notes }) => new PredictingTokenModel(network, vocabulary, notes);
