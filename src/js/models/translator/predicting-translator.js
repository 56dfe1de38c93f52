// predicting-translator.js: what opens a translator that only predicts: see predicting-kinds.js.
import { assertFit, PredictingTranslator } from './PredictingTranslator.js';

export { translatorFormat as format } from './translator-file.js';

/** @type {import('../open-model.js').Make} */
export function make(networks, sides, checkpoint, where) {
  assertFit(networks, where);
  return new PredictingTranslator(networks, sides);
}
