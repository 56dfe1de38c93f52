// assemble.js: what an importer has found, layer by layer, as a file of this library.
//
// A foreign model is a list of steps from its input up. Embedding and cells are taken as they are; a dense layer becomes
//   the head, where it is the last: softmax is `classes`, sigmoid `labels`, none `values`;
//   a feedforward layer, where it is followed by tanh or relu;
//   a part of what it feeds, where nothing follows it: W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2).
import { FileFormatError } from '../../core/errors.js';
import { nameOf } from '../../core/quote.js';
import { VERSION } from '../model-metadata.js';
import { writeSafetensors } from '../safetensors.js';
import { describeNames } from './names.js';
import { isStill } from './own-metadata.js';
import { Weight } from './Weight.js';

/**
 * One way of a cell through a sequence, in PyTorch's layouts and order of gates.
 * @typedef {object} Direction
 * @property {Weight} weight_ih (G H, D)
 * @property {Weight} weight_hh (G H, H or P)
 * @property {Weight} [bias_ih] (G H)
 * @property {Weight} [bias_hh] (G H)
 * @property {Weight} [weight_hr] (P, H)
 * @property {Weight} [weight_ch] (3 H)
 * @property {Weight} [h0]
 * @property {Weight} [c0]
 */

/** @typedef {'linear' | 'tanh' | 'relu' | 'softmax' | 'sigmoid'} Activation */
/** @typedef {{ type: 'embedding', name: string, weight: Weight }} EmbeddingStep (V, E) */
/** @typedef {{ type: 'dense', name: string, weight: Weight, bias?: Weight, activation: Activation }} DenseStep (out, in) */
/**
 * @typedef {object} CellStep
 * @property {'cell'} type
 * @property {string} name
 * @property {'lstm' | 'gru' | 'rnn'} kind
 * @property {number} hiddenSize
 * @property {Record<string, unknown>} options of the layer, as createNetwork takes them
 * @property {Direction[]} directions
 */
/** @typedef {EmbeddingStep | DenseStep | CellStep} Step */

/**
 * @typedef {object} ForeignModel
 * @property {string} format 'PyTorch'
 * @property {Step[]} steps
 * @property {boolean} [tokens] the first cell reads one-hot vectors
 * @property {'classes' | 'labels' | 'values'} [output] what the last dense layer is, where its activation does not say
 * @property {string[]} [names] of the tokens
 * @property {string[]} [notes] what somebody has to know who uses it
 * @property {import('./own-metadata.js').Own} [own] what this library wrote into the file
 */

/** How often what is folded may be larger than its parts: a product of two thin matrices is a huge one. */
const LARGER = 4;
/** Multiplications of one product: a second or two. */
const MOST_PRODUCTS = 2 ** 31;
/** Of a token that never comes: its probability is below 1e-40. */
const NEVER = -100;

/**
 * @param {ForeignModel} model
 * @param {string} where the call, for messages
 * @returns {Uint8Array<ArrayBuffer>} a file
 */
export function assemble({ format, steps: given, tokens = false, output, names, notes = [], own: written }, where) {
  const fail = (/** @type {string} */ reason) => {
    throw new FileFormatError(`${where}: ${reason}`);
  };
  checkSizes(given, fail);
  let steps = folded(given, fail);
  if (!steps.some(({ type }) => type !== 'embedding')) fail(`a ${format} file of an embedding alone: no network`);
  const known = names && describeNames(names, steps, { tokens, output });
  if (known?.added) steps = withOneMore(steps);
  /** @type {Map<string, import('../safetensors.js').Tensor>} */
  const tensors = new Map();
  const [first] = steps;
  if (first.type === 'embedding') {
    add(tensors, 'embedding.weight', first.weight);
    steps = steps.slice(1);
  }
  const size = inputOf(steps[0]);
  const input = first.type === 'embedding' ? { tokens: first.weight.rows, embedding: size }
    : tokens || known ? { tokens: size } : { size };
  const last = steps[steps.length - 1];
  const head = last.type === 'dense' && last.activation !== 'tanh' && last.activation !== 'relu' ? last : undefined;
  const layers = steps.slice(0, head ? -1 : undefined).map((step, l) => addLayer(tensors, step, l, fail));
  if (layers.length === 0) fail(`a ${format} file of a single linear layer: no network of cells`);
  if (head) {
    add(tensors, 'head.weight', head.weight);
    add(tensors, 'head.bias', head.bias ?? zeros(head.weight.rows));
  }
  const found = { input, layers, output: head ? { [known ? 'classes' : outputOf(head, output)]: head.weight.rows } : null, seed: 0 };
  const own = written && !known && isStill(written, found) ? written : undefined;
  const config = own ? withOwn(tensors, own) : found;
  const metadata = new Map([
    ['format', 'pt'],
    ['lstm_wasm', VERSION],
    ['config', JSON.stringify(config)],
    ...(own?.metadata ?? known?.metadata ?? []),
    ['origin', JSON.stringify({ format, ...(!own && notes.length > 0 && { notes }) })],
  ]);
  return writeSafetensors({ metadata, tensors });
}

/** @param {DenseStep} head @param {ForeignModel['output']} output */
const outputOf = ({ activation }, output) =>
  (activation === 'softmax' ? 'classes' : activation === 'sigmoid' ? 'labels' : output ?? 'values');

/** How long the vectors are that a step reads. @param {Step} step */
export const inputOf = (step) => (step.type === 'cell' ? step.directions[0].weight_ih.columns
  : step.type === 'dense' ? step.weight.columns : 0);

/** And those that it makes. @param {Step} step */
export function sizeOf(step) {
  if (step.type === 'embedding') return step.weight.columns;
  if (step.type === 'dense') return step.weight.rows;
  const [{ weight_hr }] = step.directions;
  return (weight_hr ? weight_hr.rows : step.hiddenSize) * step.directions.length;
}

/** @param {readonly Step[]} steps @param {import('./ByteReader.js').Fail} fail */
function checkSizes(steps, fail) {
  if (steps.length === 0) fail('no layers');
  steps.forEach((step, s) => {
    if (s === 0) return;
    const before = steps[s - 1];
    if (step.type === 'embedding') fail(`${nameOf(step.name)}: an embedding that is not the first layer`);
    if (inputOf(step) !== sizeOf(before)) {
      fail(`${nameOf(step.name)} reads ${inputOf(step)} numbers, ${nameOf(before.name)} before it makes ${sizeOf(before)}`);
    }
  });
}

/** @param {readonly Step[]} given @param {import('./ByteReader.js').Fail} fail @returns {Step[]} */
function folded(given, fail) {
  /** @type {Step[]} */
  const steps = [];
  for (const step of given) {
    const before = steps[steps.length - 1];
    if (step.type === 'dense' && step.activation === 'linear' && before?.type === 'embedding') {
      // E' = E W^T + b: each row is what the layer makes of it.
      steps[steps.length - 1] = { ...before, weight: plusRow(product(before.weight, step.weight.transposed, fail), step.bias) };
    } else if (before?.type === 'dense' && before.activation === 'linear') {
      steps[steps.length - 1] = after(before, step, fail);
    } else {
      if (before?.type === 'dense' && !['tanh', 'relu'].includes(before.activation)) {
        fail(`${nameOf(before.name)}: its ${before.activation} must be the last of the model, ${nameOf(step.name)} follows it`);
      }
      steps.push(step);
    }
  }
  return steps;
}

/** A linear layer and what it feeds, as one. @param {DenseStep} linear @param {Step} step @param {import('./ByteReader.js').Fail} fail @returns {Step} */
function after(linear, step, fail) {
  if (step.type === 'embedding') return fail(`${nameOf(step.name)}: an embedding that is not the first layer`);
  if (step.type === 'dense') {
    return { ...step, weight: product(step.weight, linear.weight, fail), bias: sum(times(step.weight, linear.bias), step.bias) };
  }
  return {
    ...step,
    directions: step.directions.map((direction) => ({
      ...direction,
      weight_ih: product(direction.weight_ih, linear.weight, fail),
      bias_ih: sum(times(direction.weight_ih, linear.bias), direction.bias_ih),
    })),
  };
}

/** (R, K) (K, C). @param {Weight} a @param {Weight} b @param {import('./ByteReader.js').Fail} fail */
function product(a, b, fail) {
  const [R, K, C] = [a.rows, a.columns, b.columns];
  if (R * C > LARGER * (R * K + K * C) + 2 ** 16) {
    fail(`two linear layers in a row, ${R} x ${K} and ${K} x ${C}, would be one of ${R} x ${C}: put tanh or relu between them, or make them one`);
  }
  if (R * K * C > MOST_PRODUCTS) fail(`two linear layers in a row, ${R} x ${K} and ${K} x ${C}, take too long to become one: make them one where they come from`);
  return new Weight([R, C], () => {
    const [x, y, row] = [a.values, b.values, new Float64Array(C)];
    const values = new Float32Array(R * C);
    for (let r = 0; r < R; r++) {
      row.fill(0);
      for (let k = 0; k < K; k++) for (let c = 0; c < C; c++) row[c] += x[r * K + k] * y[k * C + c];
      values.set(row, r * C);
    }
    return values;
  });
}

/** W b. @param {Weight} weight @param {Weight | undefined} bias */
const times = (weight, bias) => (bias ? new Weight([weight.rows], () => {
  const [w, b, K] = [weight.values, bias.values, weight.columns];
  return Float32Array.from({ length: weight.rows }, (_, r) => {
    let total = 0;
    for (let k = 0; k < K; k++) total += w[r * K + k] * b[k];
    return total;
  });
}) : undefined);

/** @param {Weight | undefined} a @param {Weight | undefined} b */
const sum = (a, b) => (a && b ? new Weight(a.shape, () => a.values.map((value, i) => value + b.values[i])) : a ?? b);

/** @param {Weight} weight @param {Weight | undefined} bias */
const plusRow = (weight, bias) => (bias
  ? new Weight(weight.shape, () => weight.values.map((value, i) => value + bias.values[i % weight.columns])) : weight);

/** @param {number} length */
const zeros = (length) => Weight.of([length], new Float32Array(length));

/** @param {Map<string, import('../safetensors.js').Tensor>} tensors @param {string} name @param {Weight} weight */
const add = (tensors, name, weight) => tensors.set(name, { shape: [...weight.shape], values: weight.values });

/**
 * @param {Map<string, import('../safetensors.js').Tensor>} tensors
 * @param {Step} step
 * @param {number} l its number
 * @param {import('./ByteReader.js').Fail} fail
 * @returns {Record<string, unknown>} the layer's options
 */
function addLayer(tensors, step, l, fail) {
  if (step.type === 'dense') {
    if (step.activation !== 'tanh' && step.activation !== 'relu') fail(`${nameOf(step.name)}: its ${step.activation} must be the last of the model`);
    add(tensors, `weight_ih_l${l}`, step.weight);
    if (step.bias) add(tensors, `bias_ih_l${l}`, step.bias);
    const { activation, weight, bias } = step;
    return { kind: 'feedforward', hiddenSize: weight.rows, bias: bias !== undefined, ...(activation === 'relu' && { activation }) };
  }
  if (step.type !== 'cell') return fail(`${nameOf(step.name)}: an embedding that is not the first layer`);
  const { kind, hiddenSize, options, directions } = step;
  const bias = directions.some(({ bias_ih, bias_hh }) => bias_ih || bias_hh);
  const trainableState = directions.some(({ h0, c0 }) => h0 || c0);
  const isLstm = kind === 'lstm';
  directions.forEach((direction, d) => {
    const end = `_l${l}${d === 1 ? '_reverse' : ''}`;
    const { weight_ih, weight_hh, weight_ch, weight_hr, bias_ih, bias_hh, h0, c0 } = direction;
    const rows = weight_ih.rows;
    const parts = {
      weight_ih, weight_hh, weight_ch, weight_hr,
      ...(bias && { bias_ih: bias_ih ?? zeros(rows), bias_hh: bias_hh ?? zeros(rows) }),
      ...(trainableState && { h0: h0 ?? zeros(weight_hh.columns), ...(isLstm && { c0: c0 ?? zeros(hiddenSize) }) }),
    };
    for (const [name, weight] of Object.entries(parts)) if (weight) add(tensors, name + end, weight);
  });
  const projection = directions[0].weight_hr?.rows;
  return {
    kind, hiddenSize, bias, ...options, ...(projection && { projection }), ...(trainableState && { trainableState }),
    ...(directions.length === 2 && { bidirectional: true }),
  };
}

/**
 * What the network's description asks for beyond what was found: a head that is the embedding, and states that were learnt and lie
 * elsewhere, or are zeros.
 * @param {Map<string, import('../safetensors.js').Tensor>} tensors
 * @param {import('./own-metadata.js').Own} own
 * @returns {Record<string, any>} the description
 */
function withOwn(tensors, { config, start }) {
  config.layers.forEach((/** @type {Record<string, any>} */ layer, /** @type {number} */ l) => {
    if (layer.trainableState !== true) return;
    for (const name of layer.kind === 'lstm' ? ['h', 'c'] : ['h']) {
      for (const end of layer.bidirectional ? [`_l${l}`, `_l${l}_reverse`] : [`_l${l}`]) {
        const given = start[name + end];
        const values = Float32Array.from(Array.isArray(given) ? given : { length: layer.hiddenSize }, (value) => value ?? 0);
        if (!tensors.has(`${name}0${end}`)) tensors.set(`${name}0${end}`, { shape: [values.length], values });
      }
    }
  });
  if (config.output?.tied !== true) return config;
  const [embedding, head] = ['embedding.weight', 'head.weight'].map((name) => tensors.get(name)?.values);
  const isTied = head !== undefined && head.length === embedding?.length && head.every((value, i) => value === embedding[i]);
  if (isTied) tensors.delete('head.weight');
  return isTied ? config : { ...config, output: { classes: config.output.classes } };
}

/** With a token more, which never comes: of a vocabulary without an end. @param {Step[]} steps @returns {Step[]} */
function withOneMore(steps) {
  const more = (/** @type {Weight} */ weight, /** @type {number} */ value) => new Weight([weight.rows + 1, ...weight.shape.slice(1)], () => {
    const values = new Float32Array(weight.count + weight.count / weight.rows).fill(value);
    values.set(weight.values);
    return values;
  });
  return steps.map((step, s) => {
    if (step.type === 'embedding') return { ...step, weight: more(step.weight, 0) };
    if (s < steps.length - 1) {
      if (s > 0 || step.type !== 'cell') return step;
      const directions = step.directions.map((way) => ({ ...way, weight_ih: more(way.weight_ih.transposed, 0).transposed }));
      return { ...step, directions };
    }
    if (step.type !== 'dense') return step;
    return { ...step, weight: more(step.weight, 0), bias: more(step.bias ?? zeros(step.weight.rows), NEVER) };
  });
}
