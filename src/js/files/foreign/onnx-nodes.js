// onnx-nodes.js: what each node of a graph of ONNX makes of what the layers so far compute: see onnx-graph.js.
import { nameOf } from '../../core/quote.js';
import { Weight } from './Weight.js';

/** @typedef {import('./onnx-file.js').Node} Node */
/** @typedef {import('./assemble.js').Step} Step */
/** @typedef {import('./ByteReader.js').Fail} Fail */
/** @typedef {{ kind: 'shape', isZero: boolean }} Shape */
/**
 * @typedef {object} Data
 * @property {'data'} kind
 * @property {string} root the graph's input
 * @property {string[]} axes
 * @property {Step[]} steps
 * @property {string[]} [whole] the axes before T and B became N
 * @property {number} [part] of two directions the one that it is
 * @property {boolean} [isEnd] is it the state after the last step?
 * @property {boolean} [isLast] is it of the last step alone?
 * @property {boolean} [isCut] is it a part of an input: a state of one layer, of all that are given?
 * @property {boolean} [tokens] was it made one-hot?
 */
/** @typedef {Weight | Shape | Data} Value */
/** @typedef {{ values: Map<string, Value>, notes: string[], fail: Fail, list: (node: Node, name: string, index: number) => number[] | undefined }} About */

/** Of values that they do not change when a model predicts. */
const SAME = ['Identity', 'Cast', 'Dropout', 'CastLike'];
const ACTIVATIONS = /** @type {Record<string, import('./assemble.js').Activation>} */ ({ Tanh: 'tanh', Relu: 'relu', Sigmoid: 'sigmoid', Softmax: 'softmax', LogSoftmax: 'softmax' });
/** What runs a graph of its own. */
export const LOOPS = /^(Loop|Scan|If)$/;
const MOST_STEPS = 2 ** 10;
const MOST_AXES = 8;

/** @param {Step[]} steps @param {Step} step @param {Fail} fail */
export function grown(steps, step, fail) {
  if (steps.length >= MOST_STEPS) fail(`more than ${MOST_STEPS} layers`);
  return [...steps, step];
}

/** How many directions the last cell has. @param {Data} data */
const directionsOf = ({ steps }) => {
  const last = steps[steps.length - 1];
  return last?.type === 'cell' ? last.directions.length : 1;
};

/** @param {Node} node @param {(Value | undefined)[]} given @param {About} about @returns {Value} */
export function throughNode(node, given, about) {
  const { fail } = about;
  const name = nameOf(node.name);
  if (SAME.includes(node.type)) return /** @type {Value} */ (given[0]);
  const make = Object.hasOwn(makers, node.type) ? makers[node.type] : undefined;
  if (!make) {
    return fail(`node ${name} is a ${nameOf(node.type)}, which this library does not have${LOOPS.test(node.type)
      ? ": a cell that was converted step by step: open the file of the framework that it comes from" : `: it opens LSTM, GRU, RNN, ${known}`}`);
  }
  const isData = (/** @type {Value | undefined} */ value) => value !== undefined && !(value instanceof Weight) && value.kind === 'data';
  const at = given.findIndex(isData);
  const data = /** @type {Data} */ (given[at]);
  if (data.isCut && !['Slice', 'Gather', 'Squeeze', 'Unsqueeze', 'Reshape'].includes(node.type)) {
    fail(`node ${name}: ${node.type} of a part of the input ${nameOf(data.root)}: a cell that was written out step by step: open the file of the framework that it comes from`);
  }
  if (node.type !== 'Concat' && given.filter(isData).length > 1) fail(`node ${name} puts two things together that the model computes, ${node.type}: only models whose layers make one chain can be opened`);
  const made = make({ node, name, data, given, at, ...about });
  if (made.axes.length > MOST_AXES) fail(`node ${name} makes ${made.axes.length} axes, more than ${MOST_AXES}`);
  return made;
}

/** @typedef {About & { node: Node, name: string, data: Data, given: (Value | undefined)[], at: number }} Call */

/** @type {Record<string, (call: Call) => Data>} */
const makers = {
  Gather(call) {
    const { node, name, data, given, at, fail } = call;
    const axis = node.attributes.get('axis')?.number(3) ?? 0;
    const [table, index] = given;
    if (at === 1 && table instanceof Weight) {
      if (table.shape.length !== 2 || axis !== 0 || data.steps.length > 0) fail(`node ${name}: an embedding must be a matrix whose rows the input gives`);
      return { ...data, axes: [...data.axes, 'F'], steps: [{ type: 'embedding', name: node.name, weight: table }] };
    }
    const places = index instanceof Weight && index.count === 1 ? index.values[0] : fail(`node ${name}: what it takes must be one constant place`);
    const { shape } = /** @type {Weight} */ (index);
    return picked(call, axis < 0 ? axis + data.axes.length : axis, places, shape.length === 0);
  },
  Slice(call) {
    const { node, name, data, list, fail } = call;
    const [starts, ends] = [list(node, 'starts', 1), list(node, 'ends', 2)];
    const axes = list(node, 'axes', 3) ?? starts?.map((_, i) => i);
    if (!starts || !ends || !axes || (list(node, 'steps', 4) ?? []).some((step) => step !== 1)) return fail(`node ${name}: what it cuts must be constant, in steps of 1`);
    let made = data;
    axes.forEach((given, i) => {
      const axis = given < 0 ? given + data.axes.length : given;
      const isWhole = starts[i] === 0 && ends[i] > 2 ** 30;
      if (isWhole) return;
      made = picked({ ...call, data: made }, axis, ends[i] - starts[i] === 1 || starts[i] === -1 ? starts[i] : NaN, false);
    });
    return made;
  },
  Transpose({ node, name, data, fail }) {
    const perm = node.attributes.get('perm')?.numbers(8) ?? data.axes.map((_, i) => data.axes.length - 1 - i);
    if (perm.length !== data.axes.length || new Set(perm).size !== perm.length) fail(`node ${name}: an order of ${perm.join(', ')} does not fit axes ${data.axes.join(', ')}`);
    return { ...data, axes: perm.map((from) => data.axes[from]) };
  },
  Squeeze({ node, name, data, list, fail }) {
    const axes = list(node, 'axes', 1)?.map((axis) => (axis < 0 ? axis + data.axes.length : axis)) ?? data.axes.flatMap((axis, i) => (axis === '1' || (axis === 'D' && directionsOf(data) === 1) ? [i] : []));
    for (const axis of axes) {
      const letter = data.axes[axis];
      if (letter === 'T' || letter === 'F' || letter === 'N' || (letter === 'D' && directionsOf(data) > 1 && data.part === undefined)) fail(`node ${name}: it takes axis ${axis} of ${data.axes.join(', ')} away, which is not of length 1`);
    }
    return { ...data, axes: data.axes.filter((_, i) => !axes.includes(i)) };
  },
  Unsqueeze({ node, name, data, list, fail }) {
    const axes = list(node, 'axes', 1) ?? fail(`node ${name}: its axes must be constant`);
    const made = [...data.axes];
    for (const axis of axes) made.splice(axis < 0 ? axis + made.length + 1 : axis, 0, '1');
    return { ...data, axes: made };
  },
  Reshape({ node, name, data, list, fail }) {
    const { axes, whole } = data;
    const wanted = list(node, 'shape', 1);
    const isMerged = axes[axes.length - 1] === 'F' && axes[axes.length - 2] === 'D';
    const isSingle = axes.includes('D') && directionsOf(data) === 1;
    const rank = wanted?.length ?? (axes[0] === 'N' ? whole?.length : isMerged || isSingle ? axes.length - 1 : axes.length);
    if (data.steps.length === 0 || rank === axes.length) return data;
    if (axes[0] === 'N' && whole && rank === whole.length) return { ...data, axes: whole, whole: undefined };
    if (isMerged && rank === axes.length - 1) return { ...data, axes: [...axes.slice(0, -2), 'F'] };
    if (isSingle && rank === axes.length - 1) return { ...data, axes: axes.filter((axis) => axis !== 'D') };
    const plain = isMerged ? [...axes.slice(0, -2), 'F'] : isSingle ? axes.filter((axis) => axis !== 'D') : axes;
    if (rank === 2 && plain.length === 3 && plain[2] === 'F') return { ...data, axes: ['N', 'F'], whole: plain };
    if (rank === plain.length + 1 || rank === 3) return fail(`node ${name}: a shape of ${wanted?.join(', ') ?? rank} of axes ${axes.join(', ')} mixes steps, directions or sequences`);
    return fail(`node ${name}: a shape of ${wanted?.join(', ') ?? rank} of axes ${axes.join(', ')} is not known`);
  },
  Flatten({ node, name, data, fail }) {
    const axis = node.attributes.get('axis')?.number(3) ?? 1;
    if (data.axes.length === 2 && axis === 1) return data;
    return fail(`node ${name}: Flatten of axes ${data.axes.join(', ')} would make steps into one vector`);
  },
  Concat({ node, name, data, given, fail }) {
    const parts = given.map((value) => (value && !(value instanceof Weight) && value.kind === 'data' ? value : fail(`node ${name}: what it puts together must be the two directions of one cell`)));
    const axis = node.attributes.get('axis')?.number(3) ?? 0;
    const isBoth = parts.length === 2 && parts.every(({ steps, axes }, i) => parts[i].part === i && steps[steps.length - 1] === data.steps[data.steps.length - 1]
      && axes.join() === data.axes.join()) && data.axes[axis < 0 ? axis + data.axes.length : axis] === 'F';
    if (!isBoth) fail(`node ${name} puts ${parts.length} things together that are not the two directions of one cell, in their order: only models whose layers make one chain can be opened`);
    if (parts.some(({ isLast }) => isLast)) fail(`node ${name} puts the ends of two directions together, the last step of one and the first of the other, which no layer here does: read the last step of all outputs, or one direction`);
    return { ...data, part: undefined };
  },
  OneHot({ name, data, fail }) {
    if (data.steps.length > 0) fail(`node ${name}: OneHot must read the model's input`);
    return { ...data, axes: [...data.axes, 'F'], tokens: true };
  },
  MatMul(call) {
    const { name, given, at, fail } = call;
    const weight = given[1];
    if (at !== 0 || !(weight instanceof Weight) || weight.shape.length !== 2) return fail(`node ${name}: MatMul must be of what the model computes and a constant matrix`);
    return dense(call, weight.transposed);
  },
  Gemm(call) {
    const { node, name, given, at, fail } = call;
    const { attributes } = node;
    const [, weight, bias] = given;
    const factor = (/** @type {string} */ key) => attributes.get(key)?.number(2, 1) ?? 1;
    if (at !== 0 || !(weight instanceof Weight) || weight.shape.length !== 2 || attributes.get('transA')?.number(3) || factor('alpha') !== 1 || factor('beta') !== 1 || (bias && !(bias instanceof Weight))) {
      return fail(`node ${name}: Gemm must be x W + b with a constant matrix and bias, alpha and beta 1`);
    }
    return dense(call, attributes.get('transB')?.number(3) ? weight : weight.transposed, /** @type {Weight | undefined} */ (bias));
  },
  Add({ node, name, data, given, at, fail }) {
    const bias = given[1 - at];
    const last = data.steps[data.steps.length - 1];
    const length = bias instanceof Weight ? bias.count : 0;
    if (!(bias instanceof Weight) || last?.type !== 'dense' || last.activation !== 'linear' || last.bias || length !== last.weight.rows || bias.shape[bias.shape.length - 1] !== length) {
      return fail(`node ${name}: ${node.type} must be a bias of ${last?.type === 'dense' ? last.weight.rows : 'a MatMul'}, behind it, got ${bias instanceof Weight ? bias.shape.join(' x ') || 'a number' : 'no constant'}`);
    }
    return { ...data, steps: [...data.steps.slice(0, -1), { ...last, bias: new Weight([length], () => bias.values) }] };
  },
};
for (const [type, activation] of Object.entries(ACTIVATIONS)) {
  makers[type] = ({ node, name, data, notes, fail }) => {
    const last = data.steps[data.steps.length - 1];
    if (last?.type !== 'dense' || last.activation !== 'linear') fail(`node ${name}: ${type} must stand behind a linear layer`);
    const axis = node.attributes.get('axis')?.number(3) ?? -1;
    if (activation === 'softmax' && axis !== -1 && data.axes[axis] !== 'F') fail(`node ${name}: ${type} over axis ${axis} of ${data.axes.join(', ')}, expected the last`);
    if (type === 'LogSoftmax') notes.push(`${node.name}: LogSoftmax: probabilities here, their logarithms there`);
    return { ...data, steps: [...data.steps.slice(0, -1), { .../** @type {import('./assemble.js').DenseStep} */ (last), activation }] };
  };
}
const known = Object.keys(makers).join(', ');

/** @param {Call} call @param {Weight} weight (out, in) @param {Weight} [bias] @returns {Data} */
function dense({ node, name, data, fail }, weight, bias) {
  if (data.axes[data.axes.length - 1] !== 'F' || data.part !== undefined || (data.axes.includes('D') && directionsOf(data) > 1)) fail(`node ${name}: it must read both directions of a cell, joined, got axes ${data.axes.join(', ')}`);
  if (bias && (bias.count !== weight.rows || bias.shape[bias.shape.length - 1] !== weight.rows)) fail(`node ${name}: its bias must be of ${weight.rows}, got ${bias.shape.join(' x ')}`);
  const step = /** @type {Step} */ ({ type: 'dense', name: node.name, weight, bias: bias && new Weight([weight.rows], () => bias.values), activation: 'linear' });
  return { ...data, steps: grown(data.steps, step, fail) };
}

/** One place of an axis. @param {Call} call @param {number} axis @param {number} place @param {boolean} isRemoved is the axis gone then? @returns {Data} */
function picked({ node, name, data, fail }, axis, place, isRemoved) {
  const letter = data.axes[axis];
  const axes = isRemoved ? data.axes.filter((_, i) => i !== axis) : data.axes.map((one, i) => (i === axis ? '1' : one));
  if (data.steps.length === 0) return { ...data, axes, isCut: true };
  if (!data.steps.some(({ type }) => type === 'cell')) fail(`node ${name}: ${node.type} of one step of what the model reads: a cell that was written out step by step: open the file of the framework that it comes from`);
  const count = directionsOf(data);
  const way = place < 0 ? place + count : place;
  if (letter === 'D' && way >= 0 && way < count) return { ...data, axes, part: count > 1 ? way : undefined };
  if (letter === 'T' && place === -1) return { ...data, axes, isLast: true };
  return fail(`node ${name}: ${node.type} takes place ${Number.isNaN(place) ? 'after place' : place} of axis ${letter ?? axis}: the last step is known, and a direction`);
}
