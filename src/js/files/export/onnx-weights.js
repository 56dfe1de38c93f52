// onnx-weights.js: a layer as ONNX's LSTM, GRU or RNN takes it (onnx/docs/Operators.md), and which have none there.
//   W (ways, G H, D)  R (ways, G H, H)  B (ways, 2 G H)  P (ways, 3 H)  gates i, o, f, c of an LSTM, z, r, h of a GRU
import { ArgumentError } from '../../core/errors.js';

/** @typedef {import('../../network/cell-options.js').LayerConfig} LayerConfig */
/** @typedef {import('./own-file.js').FloatTensor} FloatTensor */
/** @typedef {{ shape: number[], values: Float32Array }} Matrix */

/** The place here of each gate there; none: zeros, of a gate that is never asked. */
const NONE = -1;
const ORDERS = {
  lstm: { gates: [0, 3, 1, 2], peepholes: [0, 2, 1] },
  // Coupled, f = 1 - i: here are i, g, o.
  coupled: { gates: [0, 2, NONE, 1], peepholes: [0, 1, NONE] },
  gru: { gates: [1, 0, 2], peepholes: [] },
  rnn: { gates: [0], peepholes: [] },
};

/** What an LSTM here can have and there not. @type {Record<string, unknown[]>} */
const NOT_THERE = {
  peephole: ['full'], inputGate: [false], forgetGate: [false], outputGate: [false], inputActivation: [false],
  outputActivation: [false], fullGateRecurrence: [true], layerNorm: [true, 'products'], multiplicative: ['diagonal'],
};

/**
 * @param {LayerConfig} layer
 * @param {number} l
 * @param {string} where the call, for messages
 * @throws {ArgumentError} where ONNX has no such layer
 */
export function assertInOnnx(layer, l, where) {
  const values = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (layer));
  const fail = (/** @type {string} */ what) => {
    throw new ArgumentError(`${where}: layers[${l}] ${what}, which ONNX has not: export('torch') writes it out as a module of PyTorch's`);
  };
  const { kind, bidirectional } = layer;
  if (kind === 'four-gate' || kind === 'tdnn') fail(`is a ${kind}`);
  if (kind === 'feedforward' && bidirectional) fail('is a feedforward that is bidirectional');
  if (values.projection !== undefined) fail(`has a projection of ${values.projection}`);
  for (const [name, others] of Object.entries(NOT_THERE)) {
    if (others.includes(values[name])) fail(`has ${name} ${values[name]}`);
  }
}

/**
 * @param {LayerConfig} layer lstm, gru or rnn
 * @param {number} l
 * @param {number} D how long the vectors are that it reads
 * @param {(name: string) => Float32Array} valuesOf a tensor here
 * @returns {{ type: string, attributes: Record<string, import('./OnnxGraph.js').Attribute>, W: Matrix, R: Matrix, B?: Matrix, P?: Matrix, h0?: Matrix,
 *   c0?: Matrix }}
 */
export function onnxCell(layer, l, D, valuesOf) {
  const { kind, hiddenSize: H, bias, bidirectional = false } = layer;
  const values = /** @type {Record<string, any>} */ (layer);
  const { gates, peepholes } = ORDERS[values.coupled ? 'coupled' : /** @type {'lstm' | 'gru' | 'rnn'} */ (kind)];
  const ends = bidirectional ? [`_l${l}`, `_l${l}_reverse`] : [`_l${l}`];
  const rows = gates.length * H;
  const of = (/** @type {string} */ name, /** @type {readonly number[]} */ order) =>
    ends.map((end) => reordered(valuesOf(name + end), order));
  const starts = (/** @type {string} */ name) => ({ shape: [ends.length, 1, H], values: joined(ends.map((end) => valuesOf(name + end))) });
  const isRelu = values.activation === 'relu';
  return {
    type: kind.toUpperCase(),
    attributes: {
      hidden_size: H,
      direction: bidirectional ? 'bidirectional' : 'forward',
      ...(isRelu && { activations: ends.map(() => 'Relu') }),
      ...(values.clip !== undefined && { clip: { float: values.clip } }),
      ...(values.resetAfter && { linear_before_reset: 1 }),
      ...(values.coupled && { input_forget: 1 }),
    },
    W: { shape: [ends.length, rows, D], values: joined(of('weight_ih', gates)) },
    R: { shape: [ends.length, rows, H], values: joined(of('weight_hh', gates)) },
    ...(bias && { B: {
      shape: [ends.length, 2 * rows],
      values: joined(ends.flatMap((end) => ['bias_ih', 'bias_hh'].map((name) => reordered(valuesOf(name + end), gates)))),
    } }),
    ...(values.peephole && { P: { shape: [ends.length, 3 * H], values: joined(of('weight_ch', peepholes)) } }),
    ...(values.trainableState && { h0: starts('h0'), ...(kind === 'lstm' && { c0: starts('c0') }) }),
  };
}

/**
 * Blocks in another order, with zeros where there is none.
 * @param {Float32Array} values
 * @param {readonly number[]} order the place of each now
 */
function reordered(values, order) {
  const length = values.length / order.filter((from) => from !== NONE).length;
  const made = new Float32Array(length * order.length);
  order.forEach((from, to) => from !== NONE && made.set(values.subarray(from * length, (from + 1) * length), to * length));
  return made;
}

/** @param {readonly Float32Array[]} arrays */
function joined(arrays) {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of arrays) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}

/** @param {FloatTensor} matrix (rows, columns) @returns {Matrix} (columns, rows) */
export function transposed({ shape: [rows, columns], values }) {
  const made = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) made[c * rows + r] = values[r * columns + c];
  return { shape: [columns, rows], values: made };
}
