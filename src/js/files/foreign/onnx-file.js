// onnx-file.js: an ONNX model (onnx/onnx.proto): its graph's nodes, with the tensors that are given, in this file or beside it.
import { nameOf } from '../../core/quote.js';
import { stepsOf } from './onnx-graph.js';
import { WIDTHS, toFloats } from './numbers.js';
import { ownIn } from './own-metadata.js';
import { Protobuf } from './protobuf.js';
import { Allowance, Weight } from './Weight.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */
/** @typedef {import('./protobuf.js').ProtobufMessage} Message */
/** @typedef {{ shape: number[], type: number }} ValueType */
/**
 * @typedef {object} Node
 * @property {string} type
 * @property {string} name
 * @property {string[]} inputs '' where one is left out
 * @property {string[]} outputs
 * @property {Map<string, Message>} attributes
 */
/**
 * @typedef {object} Graph
 * @property {Node[]} nodes
 * @property {Map<string, Weight>} constants
 * @property {Map<string, { rank: number, isWhole: boolean }>} inputs
 * @property {string[]} outputs
 * @property {(tensor: Message) => Weight} tensor
 */

/** TensorProto.DataType. @type {Record<number, string>} */
const TYPES = { 1: 'F32', 2: 'U8', 3: 'I8', 5: 'I16', 6: 'I32', 7: 'I64', 9: 'BOOL', 10: 'F16', 11: 'F64', 16: 'BF16' };

/** @type {import('./import-model.js').Importer} */
export async function read(bytes, { fail, options, beside }) {
  const model = new Protobuf(fail).read(bytes);
  const [graph] = model.messages(7);
  if (!graph) return fail('an ONNX file without a graph');
  const given = graph.messages(5);
  const files = await filesOf(given, beside);
  const length = [...files.values()].reduce((sum, file) => sum + file.length, bytes.length);
  const allowance = new Allowance(length, fail);
  const tensor = (/** @type {Message} */ message) => tensorOf(message, files, allowance, fail);
  const constants = new Map(given.map((message) => [message.text(8), tensor(message)]));
  const inputs = new Map(graph.messages(11).map((value) => {
    const type = value.messages(2)[0]?.messages(1)[0];
    const shape = type?.messages(2)[0];
    return [value.text(1), { rank: shape ? shape.messages(1).length : 0, isWhole: [6, 7].includes(type?.number(1) ?? 0) }];
  }));
  const nodes = graph.messages(1).map((node) => ({
    type: node.text(4),
    name: node.text(3) || node.texts(2)[0] || node.text(4),
    inputs: node.texts(1),
    outputs: node.texts(2),
    attributes: new Map(node.messages(5).map((attribute) => [attribute.text(1), attribute])),
  }));
  const own = ownIn(new Map(model.messages(14).map((entry) => [entry.text(1), entry.text(2)])), fail);
  // The head of a mixture is linear, and what its answer becomes a part of our own.
  const split = own?.config.output?.mixture ? nodes.findIndex(({ outputs }) => outputs[0] === 'mixture_weights') : -1;
  const outputs = split >= 0 ? nodes[split].inputs.slice(0, 1) : graph.messages(12).map((value) => value.text(1));
  const read = stepsOf({ nodes: split >= 0 ? nodes.slice(0, split) : nodes, constants, inputs, outputs, tensor }, { fail, allowance, isOwn: own !== undefined });
  const tokens = read.tokens || options.names !== undefined;
  return { format: 'ONNX', ...read, tokens, names: options.names, own };
}

/** What lies beside the file. @param {Message[]} tensors @param {(name: string) => Promise<Uint8Array>} beside */
async function filesOf(tensors, beside) {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  for (const message of tensors) {
    const name = externalOf(message)?.location;
    if (name && !files.has(name)) files.set(name, await beside(name));
  }
  return files;
}

/** @param {Message} message @returns {Record<string, string> | undefined} */
const externalOf = (message) => (message.number(14) === 1
  ? Object.fromEntries(message.messages(13).map((entry) => [entry.text(1), entry.text(2)])) : undefined);

/**
 * @param {Message} message
 * @param {Map<string, Uint8Array>} files
 * @param {Allowance} allowance
 * @param {Fail} fail
 */
function tensorOf(message, files, allowance, fail) {
  const name = nameOf(message.text(8) || 'a constant');
  const shape = message.numbers(1);
  const type = TYPES[message.number(2)];
  const count = shape.reduce((product, length) => product * length, 1);
  return new Weight(shape, () => {
    if (!type) return fail(`tensor ${name} has numbers of type ${message.number(2)}: save it as float32`);
    if (!shape.every((length) => length >= 0)) return fail(`tensor ${name} has no valid shape: ${shape.join(' x ')}`);
    allowance.take(count);
    const external = externalOf(message);
    const raw = external ? files.get(external.location)?.subarray(Number(external.offset ?? 0)) : message.has(9) ? message.bytes(9) : undefined;
    if (raw) {
      if (raw.length < count * WIDTHS[type]) return fail(`tensor ${name} of ${shape.join(' x ')} needs ${count * WIDTHS[type]} bytes, got ${raw.length}`);
      return toFloats(raw, type, { count });
    }
    const listed = type === 'F32' ? message.numbers(4, { type: 'float', most: count })
      : type === 'F64' ? message.numbers(10, { type: 'double', most: count }) : message.numbers(type === 'I64' ? 7 : 5, { most: count });
    if (listed.length !== count) return fail(`tensor ${name} of ${shape.join(' x ')} needs ${count} numbers, got ${listed.length}`);
    if (type !== 'F16' && type !== 'BF16') return Float32Array.from(listed);
    return toFloats(new Uint8Array(Uint16Array.from(listed).buffer), type);
  });
}
