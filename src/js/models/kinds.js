// kinds.js: the models that files hold, and what makes each of its networks and of what it knows.
//
// A kind of model is added so:
//   1. models/NAME/NAME-file.js exports its format, a ModelFormat (files/model-metadata.js): `kind`, `name`, `read`, which
//      checks what a file says of it, `tell`, what inspect says of it, and, where it has more than one network, `networks`.
//   2. formats.js has it in its list, inspect-model.js its type in ModelDescription, told-kinds.js what lstm-wasm/predict tells
//      of a file of it without the code that opens it.
//   3. This table has a row: (networks, model, checkpoint, where) => the model. `networks` is { network }, or { encoder,
//      decoder } where the format names those; `model` is what `read` gave. models/NAME/predicting-NAME.js has the same for the
//      class without training code, with its format, and predicting-kinds.js loads it when a file is of that kind. The types
//      Model and PredictingModel name the classes.
//   4. The model writes its file by writeModelFile({ network }, 'save', description): `description` is JSON { kind, ... },
//      what `read` gets, without its kind; checkpoint() adds the checkpoint's part. quantize() works on the networks.
import { readCheckpoint } from '../files/checkpoint-file.js';
import { CharModel } from './characters/CharModel.js';
import { Classifier } from './classifier/Classifier.js';
import { make as makeEnsemble } from './ensemble/predicting-ensemble.js';
import { Forecaster } from './forecaster/Forecaster.js';
import { TokenModel } from './tokens/TokenModel.js';
import { assertFit } from './translator/PredictingTranslator.js';
import { Translator } from './translator/Translator.js';

/** What a file opens as. @typedef {CharModel | TokenModel | Classifier | Translator | Forecaster | import('./ensemble/Ensemble.js').Ensemble<any> | import('./TrainableNetwork.js').TrainableNetwork} Model */

/** @type {Record<string, import('./open-model.js').Make>} */
export const kinds = {
  network({ network }, _, checkpoint, where) {
    if (checkpoint) network.goOnFrom(readCheckpoint(checkpoint, network, where));
    return network;
  },
  characters: ({ network }, { alphabet, notes }, checkpoint, where) =>
    new CharModel(network, alphabet, notes, checkpoint && readCheckpoint(checkpoint, network, where)),
  tokens: ({ network }, { vocabulary, notes }, checkpoint, where) =>
    new TokenModel(network, vocabulary, notes, checkpoint && readCheckpoint(checkpoint, network, where)),
  classifier: ({ network }, knows, checkpoint, where) =>
    new Classifier(network, knows, checkpoint && readCheckpoint(checkpoint, network, where)),
  translator(networks, sides, checkpoint, where) {
    assertFit(networks, where);
    return new Translator(networks, sides, checkpoint && ((pair) => readCheckpoint(checkpoint, /** @type {any} */ (pair), where)));
  },
  ensemble: makeEnsemble,
  forecaster: ({ network }, parts, checkpoint, where) =>
    new Forecaster(network, parts, checkpoint && readCheckpoint(checkpoint, network, where)),
};
