// keras-steps.js: Keras's layers as those of this library: what each option becomes, and what cannot be.
import { isObject } from '../../core/check.js';
import { nameOf } from '../../core/quote.js';
import { directionOf, denseOf } from './keras-cells.js';
import { Weight } from './Weight.js';

/** @typedef {import('./assemble.js').Step} Step */
/** @typedef {import('./keras-config.js').KerasLayer} KerasLayer */
/** @typedef {(layer: KerasLayer) => Weight[] | undefined} Find the weights of a layer */

const CELLS = /** @type {Record<string, 'lstm' | 'gru' | 'rnn'>} */ ({ LSTM: 'lstm', GRU: 'gru', SimpleRNN: 'rnn' });
/** What does nothing to numbers when a model predicts. */
const NOTHING = ['InputLayer', 'Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout', 'ActivityRegularization'];
const ACTIVATIONS = ['linear', 'tanh', 'relu', 'softmax', 'sigmoid'];
/** A matrix of this size is made of a normalisation. */
const WIDEST = 2 ** 12;

/**
 * @param {KerasLayer[]} layers
 * @param {Find} find
 * @param {import('./ByteReader.js').Fail} fail
 * @returns {{ steps: Step[], notes: string[] }}
 */
export function stepsOf(layers, find, fail) {
  /** @type {Step[]} */
  const steps = [];
  /** @type {string[]} */
  const notes = [];
  const about = { find, fail, notes, steps };
  for (const layer of layers) {
    const { type, name, config } = layer;
    if (NOTHING.includes(type)) continue;
    const make = Object.hasOwn(makers, type) ? makers[type] : undefined;
    if (!make) fail(`layer ${nameOf(name)} is a ${nameOf(type)}, which this library does not have: it opens ${known}`);
    steps.push(...make(layer, config, about));
  }
  return { steps, notes };
}

/** @typedef {{ find: Find, fail: import('./ByteReader.js').Fail, notes: string[], steps: Step[] }} About `steps`: those before */

/** @type {Record<string, (layer: KerasLayer, config: Record<string, any>, about: About) => Step[]>} */
const makers = {
  Embedding(layer, { mask_zero: isMasked }, { find, fail, notes }) {
    const { name } = layer;
    const [weight] = weightsFor(layer, find, fail);
    if (weight.shape.length !== 2) fail(`${nameOf(name)}: an embedding must be a matrix, got ${weight.shape.join(' x ')}`);
    if (isMasked) notes.push(`${name}: mask_zero: leave the zeros out of what the network is given`);
    return [{ type: 'embedding', name, weight }];
  },
  Masking({ name }, { mask_value: value }, { notes }) {
    notes.push(`${name}: steps of ${value} are left out in Keras: leave them out of what the network is given`);
    return [];
  },
  Dense: (layer, config, { find, fail }) =>
    [{ type: 'dense', name: layer.name, ...denseOf(layer.name, weightsFor(layer, find, fail), fail), activation: activationOf(layer.name, config, fail) }],
  TimeDistributed(layer, { layer: inner }, about) {
    const { class_name: type, config } = isObject(inner) ? /** @type {any} */ (inner) : {};
    if (NOTHING.includes(type)) return [];
    if (type !== 'Dense') about.fail(`layer ${nameOf(layer.name)} is a TimeDistributed ${nameOf(String(type))}: of a Dense it can be opened`);
    return makers.Dense(layer, config, about);
  },
  Activation: (layer, config, about) => [...activated(layer.name, activationOf(layer.name, config, about.fail), about)],
  Softmax: (layer, _, about) => [...activated(layer.name, 'softmax', about)],
  ReLU(layer, { max_value: most, negative_slope: slope = 0, threshold = 0 }, about) {
    if ((most ?? undefined) !== undefined || Number(slope) !== 0 || Number(threshold) !== 0) about.fail(`layer ${nameOf(layer.name)}: a ReLU with max_value, negative_slope or threshold is not known`);
    return [...activated(layer.name, 'relu', about)];
  },
  BatchNormalization(layer, { scale = true, center = true, epsilon = 1e-3, axis }, { find, fail }) {
    const parts = [...weightsFor(layer, find, fail)];
    const gamma = scale ? parts.shift() : undefined;
    const beta = center ? parts.shift() : undefined;
    const [mean, variance] = parts;
    const last = Array.isArray(axis) ? axis[axis.length - 1] : axis;
    if (parts.length !== 2 || ![-1, 2, undefined].includes(last)) fail(`${nameOf(layer.name)}: a BatchNormalization over axis ${last} with ${parts.length} statistics is not known`);
    const size = mean.count;
    if (size > WIDEST) fail(`${nameOf(layer.name)}: a BatchNormalization of ${size} numbers, more than ${WIDEST}`);
    // gamma (x - mean) / sqrt(variance + epsilon) + beta, a diagonal matrix and a bias.
    const factor = (/** @type {number} */ i) => (gamma ? gamma.values[i] : 1) / Math.sqrt(variance.values[i] + Number(epsilon));
    const weight = new Weight([size, size], () => {
      const values = new Float32Array(size * size);
      for (let i = 0; i < size; i++) values[i * size + i] = factor(i);
      return values;
    });
    const bias = new Weight([size], () => Float32Array.from({ length: size }, (__, i) => (beta ? beta.values[i] : 0) - factor(i) * mean.values[i]));
    return [{ type: 'dense', name: layer.name, weight, bias, activation: 'linear' }];
  },
  Bidirectional(layer, config, { find, fail, notes }) {
    const { layer: inner, backward_layer: back, merge_mode: mode = 'concat' } = config;
    const { class_name: type, config: own } = isObject(inner) ? /** @type {any} */ (inner) : {};
    const kind = Object.hasOwn(CELLS, type) ? CELLS[type] : fail(`layer ${nameOf(layer.name)} is a Bidirectional ${nameOf(String(type))}: of LSTM, GRU and SimpleRNN it can be opened`);
    if (isObject(back) && (back.class_name !== type || /** @type {any} */ (back.config)?.units !== own.units)) fail(`layer ${nameOf(layer.name)}: its two directions must be alike`);
    if (!['concat', 'sum', 'ave'].includes(mode)) fail(`layer ${nameOf(layer.name)}: merge_mode ${nameOf(String(mode))} is not known: concat, sum and ave are`);
    if (!own.return_sequences) {
      fail(`layer ${nameOf(layer.name)}: Bidirectional with return_sequences false joins the last step of one direction and the first of the other, `
        + 'which no layer here does: train it with return_sequences=True and read the last step, or one direction');
    }
    const weights = weightsFor(layer, find, fail);
    const half = weights.length / 2;
    const directions = [weights.slice(0, half), weights.slice(half)].map((part) => directionOf(layer.name, kind, part, fail));
    const size = Number(own.units);
    const cell = cellOf(layer.name, kind, own, directions, fail, notes);
    if (mode === 'concat') return [cell];
    if (size > WIDEST) fail(`layer ${nameOf(layer.name)}: merge_mode ${mode} of ${size} units, more than ${WIDEST}`);
    const weight = new Weight([size, 2 * size], () => {
      const values = new Float32Array(2 * size * size);
      for (let i = 0; i < 2 * size; i++) values[(i % size) * 2 * size + i] = mode === 'ave' ? 0.5 : 1;
      return values;
    });
    return [cell, { type: 'dense', name: layer.name, weight, activation: 'linear' }];
  },
};
for (const [type, kind] of Object.entries(CELLS)) {
  makers[type] = (layer, config, { find, fail, notes }) => {
    if (config.go_backwards) fail(`layer ${nameOf(layer.name)}: go_backwards is not known: give the network its sequences from their end`);
    if (!config.return_sequences) notes.push(`${layer.name}: return_sequences is false: what Keras answers is the output of the last step`);
    return [cellOf(layer.name, kind, config, [directionOf(layer.name, kind, weightsFor(layer, find, fail), fail)], fail, notes)];
  };
}
const known = Object.keys(makers).join(', ');

/** @param {KerasLayer} layer @param {Find} find @param {import('./ByteReader.js').Fail} fail */
function weightsFor(layer, find, fail) {
  const weights = find(layer);
  return weights && weights.length > 0 ? weights : fail(`layer ${nameOf(layer.name)} has no weights in the file`);
}

/**
 * @param {string} name
 * @param {'lstm' | 'gru' | 'rnn'} kind
 * @param {Record<string, any>} config
 * @param {import('./assemble.js').Direction[]} directions
 * @param {import('./ByteReader.js').Fail} fail
 * @param {string[]} notes
 * @returns {import('./assemble.js').CellStep}
 */
function cellOf(name, kind, config, directions, fail, notes) {
  const inner = wordOf(config.activation ?? 'tanh');
  const gate = wordOf(config.recurrent_activation ?? 'sigmoid');
  if (kind !== 'rnn' && gate !== 'sigmoid') {
    fail(`layer ${nameOf(name)}: recurrent_activation ${nameOf(gate)} is not known, only sigmoid${gate === 'hard_sigmoid'
      ? ', which Keras has had by itself since version 2.3: train it some epochs more with recurrent_activation="sigmoid" and save it anew' : ''}`);
  }
  const isLinear = kind === 'lstm' && inner === 'linear';
  if (inner !== 'tanh' && !isLinear && !(kind === 'rnn' && inner === 'relu')) {
    fail(`layer ${nameOf(name)}: activation ${nameOf(inner)} of ${kind === 'rnn' ? 'a SimpleRNN' : `an ${kind.toUpperCase()}`} is not known: ${kind === 'gru' ? 'tanh is' : kind === 'rnn' ? 'tanh and relu are' : 'tanh and linear are'}`);
  }
  if (config.stateful) notes.push(`${name}: stateful: carry the state yourself, run(inputs, { state })`);
  const [{ weight_hh, bias_ih, bias_hh }] = directions;
  const resetAfter = kind === 'gru' && (bias_ih ? bias_hh !== undefined : config.reset_after !== false);
  if (kind === 'gru' && bias_ih && config.reset_after !== undefined && Boolean(config.reset_after) !== resetAfter) fail(`layer ${nameOf(name)}: reset_after ${config.reset_after} does not fit its bias`);
  const options = {
    ...(isLinear && { inputActivation: false, outputActivation: false }),
    ...(kind === 'rnn' && inner === 'relu' && { activation: 'relu' }),
    ...(resetAfter && { resetAfter }),
  };
  return { type: 'cell', name, kind, hiddenSize: weight_hh.columns, options, directions };
}

/** An activation by name: Keras 3 may write an object. @param {unknown} given */
function wordOf(given) {
  const { config, class_name: type } = isObject(given) ? /** @type {any} */ (given) : {};
  return typeof given === 'string' ? given : String(typeof config === 'string' ? config : type);
}

/** @param {string} name @param {Record<string, any>} config @param {import('./ByteReader.js').Fail} fail @returns {import('./assemble.js').Activation} */
function activationOf(name, { activation }, fail) {
  const word = wordOf(activation ?? 'linear');
  if (!ACTIVATIONS.includes(word)) fail(`layer ${nameOf(name)}: activation ${nameOf(word)} is not known: ${ACTIVATIONS.join(', ')} are`);
  return /** @type {import('./assemble.js').Activation} */ (word);
}

/** An activation that is a layer of its own belongs to the linear layer before it. @param {string} name @param {import('./assemble.js').Activation} activation @param {About} about */
function activated(name, activation, { steps, fail }) {
  const last = steps[steps.length - 1];
  if (activation === 'linear') return [];
  if (last?.type !== 'dense' || last.activation !== 'linear') return fail(`layer ${nameOf(name)}: ${activation} must stand behind a Dense without an activation`);
  last.activation = activation;
  return [];
}
