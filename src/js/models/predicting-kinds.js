// predicting-kinds.js: the models that files hold, without training code. Networks and characters are here, each other kind is
// loaded when a file is of it. See kinds.js.
import { LstmError } from '../core/errors.js';
import { reasonOf } from '../core/source.js';
import { charFormat } from './characters/char-file.js';
import { PredictingCharModel } from './characters/PredictingCharModel.js';
import { networkFormat } from './network-format.js';

/** @typedef {import('./SteppingNetwork.js').SteppingNetwork} SteppingNetwork */
/** A model of characters that predicts and is not trained. @typedef {PredictingCharModel<SteppingNetwork>} PredictorCharModel */
/** A model of tokens that predicts and is not trained. @typedef {import('./tokens/PredictingTokenModel.js').PredictingTokenModel<SteppingNetwork>} PredictorTokenModel */
/** A classifier that predicts and is not trained. @typedef {import('./classifier/PredictingClassifier.js').PredictingClassifier<SteppingNetwork>} PredictorClassifier */
/** A forecaster that is not trained. @typedef {import('./forecaster/PredictingForecaster.js').PredictingForecaster<SteppingNetwork>} PredictorForecaster */
/** A translator that predicts and is not trained. @typedef {import('./translator/PredictingTranslator.js').PredictingTranslator<SteppingNetwork>} PredictorTranslator */
/** What a file opens as, to predict with it. @typedef {PredictorCharModel | PredictorTokenModel | PredictorClassifier | PredictorTranslator | PredictorForecaster | import('./ensemble/Ensemble.js').Ensemble<any> | SteppingNetwork} PredictingModel */

/** @typedef {{ format: import('../files/model-metadata.js').ModelFormat, make: import('./open-model.js').Make }} PredictingKind */

/** @type {PredictingKind[]} */
const here = [
  { format: networkFormat, make: ({ network }) => network },
  { format: charFormat, make: ({ network }, { alphabet, notes }) => new PredictingCharModel(network, alphabet, notes) },
];

/** @type {Record<string, () => Promise<PredictingKind>>} */
const elsewhere = {
  tokens: () => import('./tokens/predicting-tokens.js'),
  classifier: () => import('./classifier/predicting-classifier.js'),
  translator: () => import('./translator/predicting-translator.js'),
  forecaster: () => import('./forecaster/predicting-forecaster.js'),
  ensemble: () => import('./ensemble/predicting-ensemble.js'),
};

/** The names of all. */
export const predictingKinds = [...here.map(({ format }) => format.kind), ...Object.keys(elsewhere)];

/** Those that need not be loaded, or have been. */
const loaded = new Map(here.map((kind) => [kind.format.kind, kind]));

/**
 * What opens files of a kind: at once, or a promise of it where its code is not here yet.
 * @param {string} kind one of these
 * @param {string} where the call, for messages
 * @returns {PredictingKind | Promise<PredictingKind>}
 */
export const predictingKind = (kind, where) => loaded.get(kind) ?? load(kind, where);

/** @param {string} kind @param {string} where */
async function load(kind, where) {
  try {
    const { format, make } = await elsewhere[kind]();
    loaded.set(kind, { format, make });
    return { format, make };
  } catch (cause) {
    throw new LstmError(`${where}: the file is of kind '${kind}', whose code lstm-wasm/predict loads by import() from beside it, which `
      + `failed: ${reasonOf(cause)}. All files of the package's folder dist must be there; where import() is not allowed, `
      + 'lstm-wasm/serve has all kinds in one file', { cause });
  }
}
