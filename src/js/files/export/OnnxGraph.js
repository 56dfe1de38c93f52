// OnnxGraph.js: a graph of ONNX (onnx/onnx.proto), node by node, and the file of it.
import { ProtobufWriter } from './ProtobufWriter.js';

/** What ONNX Runtime 1.8 (2021) and all later ones read. */
const IR_VERSION = 8;
const OPSET = 14;
/** TensorProto.DataType */
const TYPES = { float: 1, int64: 7 };
/** AttributeProto.AttributeType */
const OF_FLOAT = 1;
const OF_INT = 2;
const OF_STRING = 3;
const OF_INTS = 7;
const OF_STRINGS = 8;

/** A size, or the name of one that every run may have its own of. @typedef {number | string} Size */
/** @typedef {number | string | readonly number[] | readonly string[] | { float: number }} Attribute whole numbers, unless `float` */

export class OnnxGraph {
  #graph = new ProtobufWriter();
  /** By name. @type {Map<string, ProtobufWriter>} */
  #tensors = new Map();
  /** @type {ProtobufWriter[]} */
  #inputs = [];
  /** @type {ProtobufWriter[]} */
  #outputs = [];
  #count = 0;

  /**
   * @param {string} type
   * @param {readonly string[]} inputs '' where one is left out; not at the end
   * @param {Record<string, Attribute>} [attributes]
   * @param {readonly string[]} [outputs] their names
   * @returns {string} the first output
   */
  node(type, inputs, attributes = {}, outputs = [`${type.toLowerCase()}_${this.#count}`]) {
    const node = new ProtobufWriter();
    for (const name of inputs) node.text(1, name);
    for (const name of outputs) node.text(2, name);
    node.text(3, `${outputs[0]}/${type}`).text(4, type);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attributeOf(name, value));
    this.#graph.message(1, node);
    this.#count++;
    return outputs[0];
  }

  /** A constant; what has the name of another takes its place. @param {string} name @param {readonly number[]} shape @param {Float32Array} values @returns {string} its name */
  floats(name, shape, values) {
    return this.#tensor(name, shape, 'float', values);
  }

  /** A list of whole numbers, constant. @param {string} name @param {readonly number[]} values @returns {string} its name */
  wholes(name, values) {
    return this.#tensor(name, [values.length], 'int64', BigInt64Array.from(values, BigInt));
  }

  /** @param {string} name @param {'float' | 'int64'} type @param {readonly Size[]} shape @returns {string} its name */
  input(name, type, shape) {
    this.#inputs.push(valueOf(name, type, shape));
    return name;
  }

  /** @param {string} name @param {readonly Size[]} shape */
  output(name, shape) {
    this.#outputs.push(valueOf(name, 'float', shape));
  }

  /**
   * @param {object} about
   * @param {string} about.name
   * @param {string} about.text what somebody reads who opens it in a viewer
   * @param {string} about.version of this library
   * @param {ReadonlyMap<string, string>} about.metadata
   * @returns {Uint8Array<ArrayBuffer>}
   */
  write({ name, text, version, metadata }) {
    const graph = this.#graph.text(2, name);
    for (const tensor of this.#tensors.values()) graph.message(5, tensor);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    const model = new ProtobufWriter().number(1, IR_VERSION).text(2, 'lstm-wasm').text(3, version).text(6, text).message(7, graph)
      .message(8, new ProtobufWriter().text(1, '').number(2, OPSET));
    for (const [key, value] of metadata) model.message(14, new ProtobufWriter().text(1, key).text(2, value));
    return model.write();
  }

  /**
   * @param {string} name
   * @param {readonly number[]} shape
   * @param {keyof typeof TYPES} type
   * @param {Float32Array | BigInt64Array} values
   */
  #tensor(name, shape, type, values) {
    const tensor = new ProtobufWriter();
    for (const length of shape) tensor.number(1, length);
    tensor.number(2, TYPES[type]).text(8, name).bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.#tensors.set(name, tensor);
    return name;
  }
}

/** @param {string} name @param {Attribute} value */
function attributeOf(name, value) {
  const attribute = new ProtobufWriter().text(1, name);
  if (typeof value === 'number') return attribute.number(3, value).number(20, OF_INT);
  if (typeof value === 'string') return attribute.text(4, value).number(20, OF_STRING);
  if ('float' in value) return attribute.float(2, value.float).number(20, OF_FLOAT);
  for (const one of value) {
    if (typeof one === 'number') attribute.number(8, one);
    else attribute.text(9, one);
  }
  return attribute.number(20, typeof value[0] === 'number' ? OF_INTS : OF_STRINGS);
}

/** @param {string} name @param {keyof typeof TYPES} type @param {readonly Size[]} shape */
function valueOf(name, type, shape) {
  const axes = new ProtobufWriter();
  for (const size of shape) {
    axes.message(1, typeof size === 'number' ? new ProtobufWriter().number(1, size) : new ProtobufWriter().text(2, size));
  }
  const tensor = new ProtobufWriter().number(1, TYPES[type]).message(2, axes);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
