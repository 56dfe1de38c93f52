// onnx-cells.js: the LSTM, GRU and RNN of ONNX in PyTorch's layouts (onnx/docs/Operators.md). W (D, G H, in), R (D, G H, H),
// B (D, 2 G H), P (D, 3 H); gates i, o, f, c of an LSTM, z, r, h of a GRU.
import { nameOf } from '../../core/quote.js';

/** @typedef {import('./Weight.js').Weight} Weight */
/** @typedef {import('./onnx-file.js').Node} Node */
/** @typedef {import('./ByteReader.js').Fail} Fail */

const KINDS = {
  LSTM: { kind: /** @type {const} */ ('lstm'), order: [0, 2, 3, 1], activations: ['Sigmoid', 'Tanh', 'Tanh'] },
  GRU: { kind: /** @type {const} */ ('gru'), order: [1, 0, 2], activations: ['Sigmoid', 'Tanh'] },
  RNN: { kind: /** @type {const} */ ('rnn'), order: [0], activations: ['Tanh'] },
};

/** @param {string} type @returns {type is keyof typeof KINDS} */
export const isCell = (type) => Object.hasOwn(KINDS, type);

/**
 * @param {Node} node
 * @param {(index: number) => Weight | undefined} constant what is given as an input, where it is constant
 * @param {(index: number) => Weight | undefined} state likewise, of what the first step starts from; undefined: zeros
 * @param {Fail} fail
 * @returns {import('./assemble.js').CellStep}
 */
export function cellOf(node, constant, state, fail) {
  const { kind, order, activations } = KINDS[/** @type {keyof typeof KINDS} */ (node.type)];
  const name = nameOf(node.name);
  const direction = node.attributes.get('direction')?.text(4) || 'forward';
  if (direction !== 'forward' && direction !== 'bidirectional') fail(`${name}: direction ${nameOf(direction)} is not known: give the network its sequences from their end, and the model forward`);
  const count = direction === 'forward' ? 1 : 2;
  const [W, R, B, P] = [1, 2, 3, 7].map((index) => constant(index));
  const hiddenSize = R?.shape[2] ?? 0;
  const rows = order.length * hiddenSize;
  const fits = W?.shape.length === 3 && R?.shape.join() === [count, rows, hiddenSize].join() && W.shape[0] === count && W.shape[1] === rows
    && (!B || B.shape.join() === [count, 2 * rows].join()) && (!P || P.shape.join() === [count, 3 * hiddenSize].join());
  if (!fits || !W || !R) {
    return fail(`${name}: the weights of ${node.type} do not have its shapes: ${[W, R, B, P].map((weight) => weight?.shape.join(' x ') ?? 'none').join(', ')}`);
  }
  const options = optionsOf(node, kind, activations, count, name, fail);
  const [h, c] = [state(5), kind === 'lstm' ? state(6) : undefined];
  for (const start of [h, c]) if (start && start.shape.join() !== [count, 1, hiddenSize].join()) fail(`${name}: it starts from a state of ${start.shape.join(' x ')}, known is ${count} x 1 x ${hiddenSize}`);
  const directions = Array.from({ length: count }, (_, d) => {
    const both = B?.item(d);
    const gates = order.length;
    // Coupled, f = 1 - i: there is no forget gate.
    const own = 'coupled' in options ? order.filter((gate) => gate !== 2) : order;
    const turned = (/** @type {Weight} */ weight) => weight.reordered(own, gates);
    const half = (/** @type {Weight} */ bias, /** @type {number} */ from) => bias.reordered(own.map((gate) => gate + from), 2 * gates);
    return {
      weight_ih: turned(W.item(d)),
      weight_hh: turned(R.item(d)),
      ...(both && { bias_ih: half(both, 0), bias_hh: half(both, gates) }),
      // Peepholes stand in the order i, o, f, here i, f, o.
      ...(P && { weight_ch: P.item(d).reordered('coupled' in options ? [0, 1] : [0, 2, 1], 3) }),
      ...(h && { h0: h.item(d).item(0) }),
      ...(c && { c0: c.item(d).item(0) }),
    };
  });
  return { type: 'cell', name: node.name, kind, hiddenSize, options: { ...options, ...(P && { peephole: 'diagonal' }) }, directions };
}

/**
 * @param {Node} node
 * @param {'lstm' | 'gru' | 'rnn'} kind
 * @param {string[]} usual
 * @param {number} count of directions
 * @param {string} name
 * @param {Fail} fail
 */
function optionsOf({ attributes, type }, kind, usual, count, name, fail) {
  const given = attributes.get('activations')?.texts(9) ?? [];
  const all = given.length > 0 ? given.map((word) => word.toLowerCase()) : Array.from({ length: count }, () => usual).flat().map((word) => word.toLowerCase());
  const own = all.slice(0, usual.length);
  const isRelu = kind === 'rnn' && own[0] === 'relu';
  if (all.join() !== Array.from({ length: count }, () => own).flat().join()) fail(`${name}: its two directions must have the same activations, got ${all.map(nameOf).join(', ')}`);
  if (!isRelu && own.join() !== usual.join().toLowerCase()) {
    fail(`${name}: activations ${own.map(nameOf).join(', ')} of ${type} are not known: ${usual.join(', ')}${kind === 'rnn' ? ' or Relu' : ''} is`);
  }
  const clip = attributes.get('clip')?.number(2) ?? 0;
  return {
    ...(isRelu && { activation: 'relu' }),
    ...(kind === 'gru' && attributes.get('linear_before_reset')?.number(3) && { resetAfter: true }),
    ...(kind === 'lstm' && attributes.get('input_forget')?.number(3) && { coupled: true }),
    ...(clip > 0 && { clip }),
  };
}
