// create-ensemble.js: an ensemble of models that are there. Loaded when it is asked for, and bundled apart: the classes of the
// library are handed to it.
import { describe, isList, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';

/** @typedef {import('../tokens/face.js').AnyVocabulary} AnyVocabulary */
/** @typedef {import('../TrainableNetwork.js').TrainableNetwork} TrainableNetwork */
/** @typedef {{ network: TrainableNetwork, vocabulary: AnyVocabulary }} Member */
/** @typedef {import('../tokens/SequenceModel.js').SequenceModel<any, any>} Model */
/** @typedef {(config: import('../../network/network-options.js').NetworkConfig) => TrainableNetwork} NewNetwork */

/**
 * @typedef {object} Library
 * @property {typeof import('../tokens/SequenceModel.js').SequenceModel} SequenceModel
 * @property {typeof import('./Ensemble.js').Ensemble} Ensemble
 * @property {typeof import('./EnsembleNetwork.js').EnsembleNetwork} EnsembleNetwork
 * @property {NewNetwork} newNetwork in the module where the ensemble is
 */

const where = 'createEnsemble';
/** ENSEMBLE_MAX of network/ensemble.h. */
const MOST = 64;

/**
 * Copies of the models' networks, whatever module they are in. The networks of an ensemble join one by one.
 * @param {unknown} given
 * @param {Library} library
 * @returns {import('./Ensemble.js').Ensemble<any>}
 * @throws {ArgumentError | import('../../core/errors.js').OutOfMemoryError}
 */
export function createEnsemble(given, { SequenceModel, Ensemble, EnsembleNetwork, newNetwork }) {
  if (!isList(given)) refuse(`${where}: models`, 'a list of models', given);
  /** @type {Model[]} */
  const models = [.../** @type {Iterable<any>} */ (given)];
  models.forEach((model, i) => {
    if (!(model instanceof SequenceModel)) refuse(`${where}: models[${i}]`, 'a model of characters or tokens', model);
    assertAlike(models[0].held.vocabulary, model.held.vocabulary, i);
  });
  const members = models.flatMap(({ held: { network, vocabulary } }) =>
    (network.networks ?? [network]).map((/** @type {TrainableNetwork} */ one) => ({ network: one, vocabulary })));
  if (members.length < 2 || members.length > MOST) {
    throw new ArgumentError(`${where}: expected 2 to ${MOST} models, got ${members.length}`);
  }
  const [{ held: { vocabulary }, notes: { unknown } }] = models;
  const lines = models.every(({ notes }) => notes.lines);
  const network = EnsembleNetwork.of(members, (member) => copyOf(member, vocabulary, newNetwork));
  return new Ensemble(network, vocabulary.copy(), { ...(lines && { lines }), unknown });
}

/**
 * @param {AnyVocabulary} first
 * @param {AnyVocabulary} other
 * @param {number} i
 */
function assertAlike(first, other, i) {
  const { one, many } = first.words;
  const formOf = (/** @type {any} */ { form = {} }) => JSON.stringify(form);
  if (other.words.one !== one || formOf(first) !== formOf(other)) {
    const kindOf = (/** @type {AnyVocabulary} */ vocabulary) => `a model of ${vocabulary.words.many} ${formOf(vocabulary)}`.replace(' {}', '');
    throw new ArgumentError(`${where}: models[${i}] must be ${kindOf(first)}, as models[0] is, got ${kindOf(other)}`);
  }
  const missing = first.names.find((name) => other.tokenOf(name) === undefined);
  const more = other.names.find((name) => first.tokenOf(name) === undefined);
  if (missing === undefined && more === undefined) return;
  const got = [missing !== undefined && `one without ${describe(missing)}`, more !== undefined && `one with ${describe(more)}`];
  throw new ArgumentError(`${where}: models[${i}] must know the same ${many} as models[0], got ${got.filter(Boolean).join(', ')}: `
    + 'give the same alphabet, or vocabulary, to each where they are made');
}

/**
 * A network of its own, whose tokens have the numbers that another vocabulary gives them.
 * @param {Member} member
 * @param {AnyVocabulary} vocabulary of the same names
 * @param {NewNetwork} newNetwork
 */
function copyOf({ network, vocabulary: own }, vocabulary, newNetwork) {
  const order = vocabulary.names.map((name) => Number(own.tokenOf(name)));
  const copy = newNetwork(network.config);
  try {
    const { parameters, scales } = order.every((token, k) => token === k)
      ? { parameters: network.parameters(), scales: network.int8Scales } : inOrder(network, order);
    copy.setParameters(parameters);
    if (network.isQuantized) copy.roundToInt8(where, scales);
    return copy;
  } catch (error) {
    copy.dispose();
    throw error;
  }
}

/**
 * The parameters of a network as if its token order[k] were its token k, and the scales of 8-bit weights. What has a part for
 * each token, rows or columns, is what grows with their number.
 * @param {TrainableNetwork} network
 * @param {readonly number[]} order
 */
function inOrder(network, order) {
  const V = order.length;
  const { shapes } = network;
  const larger = network.resized(V + 1, where);
  const { shapes: grown } = larger;
  larger.dispose();
  const inRows = (/** @type {string} */ name) => grown[name][0] !== shapes[name][0];
  /** @param {Float32Array} values @param {number} inner numbers of a token side by side */
  const reordered = (values, inner) => values.map((_, i) => {
    const block = i - (i % (V * inner));
    return values[block + order[Math.floor((i - block) / inner)] * inner + (i % inner)];
  });
  const reorder = (/** @type {string} */ name, /** @type {Float32Array} */ values) => (
    grown[name].join() === shapes[name].join() ? values : reordered(values, inRows(name) ? shapes[name][1] ?? 1 : 1));
  const all = (/** @type {Record<string, Float32Array>} */ own, /** @type {typeof reorder} */ change) =>
    Object.fromEntries(Object.entries(own).map(([name, values]) => [name, change(name, values)]));
  const { int8Scales } = network;
  return {
    parameters: all(network.parameters(), reorder),
    scales: int8Scales && all(int8Scales, (name, values) => (inRows(name) ? reordered(values, 1) : values)),
  };
}
