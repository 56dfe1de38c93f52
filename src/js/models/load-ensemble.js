// load-ensemble.js: an ensemble of models that are there. What makes it is loaded when it is asked for.
import { LstmError } from '../core/errors.js';
import { reasonOf } from '../core/source.js';
import { asOwn } from '../files/own-errors.js';
import { SequenceModel } from './tokens/SequenceModel.js';
import { TrainableNetwork } from './TrainableNetwork.js';
import { Ensemble } from './ensemble/Ensemble.js';
import { EnsembleNetwork } from './ensemble/EnsembleNetwork.js';

/**
 * @param {import('../core/Wasm.js').Wasm} wasm
 * @param {unknown} models
 * @returns {Promise<Ensemble<any>>}
 */
export async function loadAndCreate(wasm, models) {
  const where = 'createEnsemble';
  const { createEnsemble } = await import('./ensemble/create-ensemble.js').catch((cause) => {
    throw new LstmError(`${where}: what makes ensembles lies beside the library. Loading it failed: ${reasonOf(cause)}. All files of the package's `
      + "folder dist must be there; a service worker loads no scripts later: create it in the page, and open its file", { cause });
  });
  try {
    return createEnsemble(models, { SequenceModel, Ensemble, EnsembleNetwork, newNetwork: (config) => new TrainableNetwork(wasm, config, where) });
  } catch (error) {
    throw asOwn(error);
  }
}
