// kind-of.js: what kind of object of the Worker an opened model is.
import { LstmError } from '../core/errors.js';
import { CharModel } from '../models/characters/CharModel.js';
import { Classifier } from '../models/classifier/Classifier.js';
import { Ensemble } from '../models/ensemble/Ensemble.js';
import { Forecaster } from '../models/forecaster/Forecaster.js';
import { TrainableNetwork } from '../models/TrainableNetwork.js';
import { TokenModel } from '../models/tokens/TokenModel.js';
import { Translator } from '../models/translator/Translator.js';

/** @type {readonly [import('./calls.js').Kind, Function][]} */
const classes = [['network', TrainableNetwork], ['model', CharModel], ['tokenModel', TokenModel],
  ['classifier', Classifier], ['translator', Translator], ['forecaster', Forecaster], ['ensemble', Ensemble]];

/**
 * @param {object} object
 * @returns {import('./calls.js').Kind}
 */
export function kindOf(object) {
  const found = classes.find(([, Class]) => object instanceof Class);
  if (!found) throw new LstmError(`open: a ${object.constructor.name}, which a Worker cannot hold`);
  return found[0];
}
