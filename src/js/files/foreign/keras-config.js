// keras-config.js: the layers of a Keras model as its configuration describes them, versions 1 to 3 of Keras and tfjs.
import { isObject } from '../../core/check.js';
import { nameOf } from '../../core/quote.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */
/** More than this is no chain of layers. */
const MOST_LAYERS = 2 ** 10;

/** @typedef {{ type: string, name: string, snake: string, config: Record<string, any> }} KerasLayer */

/**
 * @param {unknown} model what model_config or config.json has
 * @param {Fail} fail
 * @returns {KerasLayer[]} in their order, one behind the other
 */
export function layersOf(model, fail) {
  if (!isObject(model)) return fail('a Keras model whose configuration is no object');
  const type = String(model.class_name);
  const { config } = model;
  const list = Array.isArray(config) ? config : isObject(config) && Array.isArray(config.layers) ? config.layers : undefined;
  if (!list || !['Sequential', 'Functional', 'Model'].includes(type)) {
    return fail(`a Keras model of class ${nameOf(type)}: Sequential and Functional are known, whose layers are in the file`);
  }
  if (list.length > MOST_LAYERS) fail(`a Keras model of ${list.length} layers, more than ${MOST_LAYERS}`);
  /** @type {Map<string, number>} */
  const counts = new Map();
  const layers = list.map((layer) => {
    const own = isObject(layer) && isObject(layer.config) ? layer.config : fail('a Keras layer without a configuration');
    const name = String(own.name ?? layer.name ?? '');
    const kind = String(layer.class_name);
    const plain = kind.replace(/\W+/g, '').replace(/(.)([A-Z][a-z]+)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
    const count = counts.get(plain) ?? 0;
    counts.set(plain, count + 1);
    return { type: kind, name, snake: count ? `${plain}_${count}` : plain, config: own, inbound: type === 'Sequential' ? undefined : layer.inbound_nodes };
  });
  return type === 'Sequential' ? layers : chained(layers, fail);
}

/**
 * The layers of a graph, where each reads what one other makes.
 * @param {(KerasLayer & { inbound: unknown })[]} layers
 * @param {Fail} fail
 * @returns {KerasLayer[]}
 */
function chained(layers, fail) {
  const names = new Set(layers.map(({ name }) => name));
  const sources = layers.map(({ inbound }) => sourcesIn(inbound, names, 0));
  layers.forEach(({ name }, i) => {
    if (sources[i].length > 1) fail(`layer ${nameOf(name)} reads several, ${sources[i].map(nameOf).join(' and ')}: only models whose layers make one chain can be opened`);
  });
  const starts = layers.filter((_, i) => sources[i].length === 0);
  if (starts.length !== 1) fail(`a model of ${starts.length} inputs, ${starts.slice(0, 4).map(({ name }) => nameOf(name)).join(', ')}: only models of one can be opened`);
  const chain = [starts[0]];
  for (let last = starts[0]; chain.length <= layers.length;) {
    const next = layers.filter((_, i) => sources[i][0] === last.name);
    if (next.length === 0) break;
    if (next.length > 1) fail(`layer ${nameOf(last.name)} is read by several, ${next.map(({ name }) => nameOf(name)).join(' and ')}: only models whose layers make one chain can be opened`);
    [last] = next;
    chain.push(last);
  }
  if (chain.length !== layers.length) fail('a model whose layers make no chain');
  return chain;
}

/**
 * The layers that are named in a node: [name, node, tensor, ...] in Keras 2, keras_history: [name, node, tensor] in Keras 3.
 * @param {unknown} value
 * @param {Set<string>} names
 * @param {number} depth
 * @returns {string[]}
 */
function sourcesIn(value, names, depth) {
  if (depth > 12) return [];
  if (Array.isArray(value)) {
    const [name, node] = value;
    if (typeof name === 'string' && typeof node === 'number') return names.has(name) ? [name] : [];
    return [...new Set(value.flatMap((inside) => sourcesIn(inside, names, depth + 1)))];
  }
  return isObject(value) ? [...new Set(Object.values(value).flatMap((inside) => sourcesIn(inside, names, depth + 1)))] : [];
}
