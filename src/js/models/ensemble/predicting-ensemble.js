// predicting-ensemble.js: what opens an ensemble: see kinds.js and predicting-kinds.js.
import { Ensemble } from './Ensemble.js';
import { EnsembleNetwork } from './EnsembleNetwork.js';

export { ensembleFormat as format } from './ensemble-file.js';

/** @type {import('../open-model.js').Make} */
export const make = (networks, { vocabulary, notes }) => new Ensemble(new EnsembleNetwork(Object.values(networks)), vocabulary, notes);
