// One step of a character model as an ONNX file: LSTM layers, then MatMul, Add and Softmax, with random weights.
// A protobuf message is a list of fields, each a number, a wire type (0: whole number, 2: bytes) and the value; the
// numbers are those of onnx.proto.

import { symbols } from '../cases.js';

/** @param {number} value a whole number, seven bits a byte, the lowest first */
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}

/** @param {number} number of the field @param {number | string | Uint8Array} value */
function field(number, value) {
  if (typeof value === 'number') return Buffer.concat([varint(8 * number), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(8 * number + 2), varint(bytes.length), bytes]);
}

/** @param {...(Uint8Array | Uint8Array[])} fields */
const message = (...fields) => Buffer.concat(fields.flat());

const opsetVersion = 14;
const irVersion = 8;
const float = 1;
const int = 2;

/**
 * NodeProto.
 * @param {string} type
 * @param {string[]} inputs
 * @param {string[]} outputs
 * @param {Record<string, number>} integers its attributes
 */
const node = (type, inputs, outputs, integers = {}) => message(
  inputs.map((name) => field(1, name)),
  outputs.map((name) => field(2, name)),
  field(4, type),
  Object.entries(integers).map(([name, value]) => field(5, message(field(1, name), field(3, value), field(20, int)))),
);

/** TensorProto. @param {string} name @param {number[]} shape @param {number} bound of its values */
function tensor(name, shape, bound) {
  const length = shape.reduce((product, n) => product * n);
  const values = Float32Array.from({ length }, () => (2 * Math.random() - 1) * bound);
  const bytes = new Uint8Array(values.buffer);
  return message(shape.map((n) => field(1, n)), field(2, float), field(8, name), field(9, bytes));
}

/** ValueInfoProto. @param {string} name @param {number[]} shape */
function value(name, shape) {
  const dimensions = message(shape.map((n) => field(1, message(field(1, n)))));
  return message(field(1, name), field(2, message(field(1, message(field(1, float), field(2, dimensions))))));
}

/**
 * Inputs: x (1, 1, symbols), h0, c0, h1, c1, ... (1, 1, hidden).
 * Outputs: probabilities (1, 1, symbols), h0_next, c0_next, ... (1, 1, hidden).
 * @param {{ layers: number, hidden: number }} size
 * @returns {Uint8Array} a ModelProto
 */
export function createModel({ layers, hidden }) {
  const bound = 1 / Math.sqrt(hidden);
  const layerNumbers = Array.from({ length: layers }, (_, layer) => layer);
  const states = layerNumbers.flatMap((layer) => [`h${layer}`, `c${layer}`]);
  const nodes = layerNumbers.map((l) => node('LSTM',
    [l ? `h${l - 1}_next` : 'x', `w${l}`, `r${l}`, `b${l}`, '', `h${l}`, `c${l}`], ['', `h${l}_next`, `c${l}_next`],
    { hidden_size: hidden }));
  nodes.push(
    node('MatMul', [`h${layers - 1}_next`, 'head'], ['product']),
    node('Add', ['product', 'head_bias'], ['logits']),
    node('Softmax', ['logits'], ['probabilities']),
  );
  const weights = layerNumbers.flatMap((l) => [
    tensor(`w${l}`, [1, 4 * hidden, l ? hidden : symbols], bound),
    tensor(`r${l}`, [1, 4 * hidden, hidden], bound),
    tensor(`b${l}`, [1, 8 * hidden], bound),
  ]);
  weights.push(tensor('head', [hidden, symbols], bound), tensor('head_bias', [symbols], bound));
  const graph = message(
    nodes.map((bytes) => field(1, bytes)),
    field(2, 'characters'),
    weights.map((bytes) => field(5, bytes)),
    field(11, value('x', [1, 1, symbols])),
    states.map((name) => field(11, value(name, [1, 1, hidden]))),
    field(12, value('probabilities', [1, 1, symbols])),
    states.map((name) => field(12, value(`${name}_next`, [1, 1, hidden]))),
  );
  return message(field(1, irVersion), field(7, graph), field(8, message(field(1, ''), field(2, opsetVersion))));
}
