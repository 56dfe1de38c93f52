// keras-weights.js: where the weights of each layer lie in Keras's HDF5 files.
//
//   Keras 3, and .keras of 2.12 on   layers/LAYER/vars/0, 1, 2; of a cell LAYER/cell/vars, of a wrapper LAYER/layer/vars, or
//                                    LAYER/forward_layer/cell/vars and backward_layer. LAYER is the class in snake_case with a
//                                    number, in the order of the model; vars says the layer's own name, in late versions
//   before, and .h5                  LAYER, the layer's own name, with the attribute weight_names, the paths of its weights;
//                                    layer_names of the file, in the order of the model
import { nameOf } from '../../core/quote.js';
import { Weight } from './Weight.js';

/** @typedef {import('./Hdf5.js').Group} Group */
/** @typedef {import('./ByteReader.js').Fail} Fail */
/** The weights of a layer, in its order. @typedef {{ name: string, kind: string, isNamed: boolean, weights: Weight[] }} StoredLayer `kind`: what its names say of its class; `isNamed`: its name is the layer's own */

/**
 * @param {Group} root
 * @param {Fail} fail
 * @returns {{ layers: StoredLayer[], isOrdered: boolean }}
 */
export function storedLayers(root, fail) {
  const old = groupIn(root, 'model_weights') ?? root;
  const names = old.attributes.get('layer_names') ?? chunksOf(old, 'layer_names');
  if (Array.isArray(names)) return { layers: names.map((name) => oldLayer(old, String(name), fail)), isOrdered: true };
  const folder = groupIn(root, 'layers') ?? groupIn(root, '_layer_checkpoint_dependencies');
  if (!folder) return fail(`an HDF5 file without layers, as Keras writes them: it has ${root.names.slice(0, 6).map(nameOf).join(', ') || 'nothing'}`);
  const layers = folder.names.map((key) => {
    const group = groupIn(folder, key);
    const own = group && nameIn(group);
    const isNamed = typeof own === 'string';
    return { name: isNamed ? own : key, kind: key, isNamed, weights: group ? weightsIn(group, 0) : [] };
  });
  return { layers, isOrdered: false };
}

/** @param {Group} group @param {string} name */
function groupIn(group, name) {
  const found = group.get(name);
  return found && !(found instanceof Weight) ? found : undefined;
}

/** The name that a layer of Keras 3 says of itself. @param {Group} group */
const nameIn = (group) => groupIn(group, 'vars')?.attributes.get('name');

/** Lists that are too long for one attribute are written as several. @param {Group} group @param {string} name */
function chunksOf(group, name) {
  if (!group.attributes.has(`${name}0`)) return undefined;
  const all = [];
  for (let i = 0; group.attributes.has(`${name}${i}`); i++) all.push(.../** @type {string[]} */ (group.attributes.get(`${name}${i}`)));
  return all;
}

/** @param {Group} root @param {string} name @param {Fail} fail @returns {StoredLayer} */
function oldLayer(root, name, fail) {
  const group = groupIn(root, name);
  if (!group) return fail(`its layer ${nameOf(name)} is missing`);
  const paths = group.attributes.get('weight_names') ?? chunksOf(group, 'weight_names') ?? [];
  const weights = [...paths].map((path) => {
    /** @type {Group | Weight | undefined} */
    let at = group;
    for (const part of String(path).split('/')) at = at && !(at instanceof Weight) ? at.get(part) : undefined;
    return at instanceof Weight ? at : fail(`${nameOf(name)}: its weight ${nameOf(String(path))} is missing`);
  });
  return { name, kind: `${name} ${[...paths].join(' ')}`, isNamed: true, weights };
}

/** @param {Group} group @param {number} depth @returns {Weight[]} */
function weightsIn(group, depth) {
  if (depth > 4) return [];
  const vars = groupIn(group, 'vars');
  const own = vars ? vars.names.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b)).map((name) => vars.get(name)) : [];
  const inside = ['cell', 'layer', 'forward_layer', 'backward_layer'].flatMap((name) => {
    const part = groupIn(group, name);
    return part ? weightsIn(part, depth + 1) : [];
  });
  return [...own.filter((weight) => weight instanceof Weight), ...inside];
}

/**
 * The weights of a layer of the model. What a layer is called in a file of Keras 3 may be what another is called in the model:
 * names count only where the file says that they are the layers' own.
 * @param {StoredLayer[]} layers
 * @param {{ name: string, snake: string }} layer `snake`: the class in snake_case, with a number from the second on
 * @returns {Weight[] | undefined}
 */
export function weightsOf(layers, { name, snake }) {
  const isNamed = layers.some((stored) => stored.isNamed);
  const found = layers.find((stored) => (isNamed ? stored.isNamed && stored.name === name : stored.kind === snake));
  return (found ?? layers.find((stored) => !isNamed && stored.kind === name))?.weights;
}
