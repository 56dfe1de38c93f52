// keras-file.js: models and weights of Keras: .keras, a zip of a configuration and an HDF5 file of weights; .h5, an HDF5 file of
// both; .weights.h5, of weights alone, whose layers are read from the shapes.
import { nameOf } from '../../core/quote.js';
import { parseJson } from '../json.js';
import { decode } from './ByteReader.js';
import { Hdf5 } from './Hdf5.js';
import { layersOf } from './keras-config.js';
import { GATES, denseOf, directionOf } from './keras-cells.js';
import { stepsOf } from './keras-steps.js';
import { storedLayers, weightsOf } from './keras-weights.js';
import { ordered, withActivations } from './state-dict.js';

/** @typedef {Parameters<import('./import-model.js').Importer>[1]} About */

/** Of a .keras. @param {import('./zip.js').Zip} zip @param {About} about @returns {ReturnType<import('./import-model.js').Importer>} */
export async function readZip(zip, about) {
  const config = jsonOf(decode(await zip.read('config.json')), about.fail);
  const { root } = new Hdf5(await zip.read('model.weights.h5'), about.fail);
  return modelOf(config, root, about);
}

/** Of an HDF5 file. @type {import('./import-model.js').Importer} */
export async function read(bytes, about) {
  const { root } = new Hdf5(bytes, about.fail);
  const config = root.attributes.get('model_config');
  return typeof config === 'string' ? modelOf(jsonOf(config, about.fail), root, about) : weightsAlone(root, about);
}

/** @param {string} text @param {import('./ByteReader.js').Fail} fail */
function jsonOf(text, fail) {
  const value = parseJson(text, "Keras's configuration", fail);
  return value === undefined ? fail("Keras's configuration is no JSON") : value;
}

/** @param {unknown} config @param {import('./Hdf5.js').Group} root @param {About} about */
function modelOf(config, root, { fail, options }) {
  const { layers } = storedLayers(root, fail);
  const read = stepsOf(layersOf(config, fail), (layer) => weightsOf(layers, layer), fail);
  return { format: 'Keras', ...read, names: options.names, tokens: options.names !== undefined };
}

/** @param {import('./Hdf5.js').Group} root @param {About} about */
function weightsAlone(root, { fail, options }) {
  const { layers, isOrdered } = storedLayers(root, fail);
  /** @type {import('./assemble.js').Step[][]} */
  const cells = [];
  const matrices = [];
  const notes = ["activations are not in a file of weights: taken as Keras's defaults, tanh and sigmoid; a whole model, model.save(), has them"];
  for (const { name, kind, weights } of layers) {
    if (weights.length === 0) continue;
    if (weights.length > 1 && weights[1].shape.length === 2) cells.push([cellOf(name, weights, fail)]);
    else if (weights.length === 1 && weights[0].shape.length === 2 && /emb/.test(kind)) matrices.push({ name: `${name} embedding`, weight: weights[0] });
    else matrices.push({ name, ...denseOf(name, weights, fail) });
  }
  if (cells.length === 0) fail(`no LSTM, GRU or SimpleRNN among its layers: ${layers.slice(0, 6).map(({ name }) => nameOf(name)).join(', ') || 'none'}`);
  const steps = ordered(cells, matrices, isOrdered, fail, notes).flat();
  withActivations(steps, options.activation, fail);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const output = first.type === 'embedding' && last.type === 'dense' && first.weight.rows === last.weight.rows ? /** @type {const} */ ('classes') : undefined;
  return { format: 'Keras', steps, output, notes, names: options.names, tokens: options.names !== undefined && first.type !== 'embedding' };
}

/**
 * @param {string} name
 * @param {import('./Weight.js').Weight[]} weights of one direction, or of two
 * @param {import('./ByteReader.js').Fail} fail
 * @returns {import('./assemble.js').CellStep}
 */
function cellOf(name, weights, fail) {
  const isTwo = weights.length > 3;
  const parts = isTwo ? [weights.slice(0, weights.length / 2), weights.slice(weights.length / 2)] : [weights];
  const [, recurrent, bias] = parts[0];
  const gates = recurrent.columns / recurrent.rows;
  const kind = /** @type {('lstm' | 'gru' | 'rnn')[]} */ (['lstm', 'gru', 'rnn']).find((each) => GATES[each] === gates)
    ?? fail(`${nameOf(name)}: recurrent weights of ${recurrent.shape.join(' x ')}: LSTM has 4, GRU 3 and SimpleRNN 1 times as many columns as rows`);
  const options = kind === 'gru' && bias?.shape.length !== 1 ? { resetAfter: true } : {};
  return { type: 'cell', name, kind, hiddenSize: recurrent.rows, options, directions: parts.map((part) => directionOf(name, kind, part, fail)) };
}
