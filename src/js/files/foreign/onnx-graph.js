// onnx-graph.js: a graph of ONNX as layers one behind the other.
//
// The graph is gone through once, in its order. Every value is one of three: a constant; something that was made of shapes, as
// the zeros that a state starts from; or what the layers so far make of the input, with the names of its axes:
//   T steps, B sequences, D directions, F what a step has, 1 an axis of one, N = T B in one; a, b those of the input, of which
//   the first cell tells which is T
import { nameOf } from '../../core/quote.js';
import { cellOf, isCell } from './onnx-cells.js';
import { folded } from './onnx-constants.js';
import { LOOPS, grown, throughNode } from './onnx-nodes.js';
import { Weight } from './Weight.js';

/** @typedef {import('./onnx-file.js').Node} Node */
/** @typedef {import('./ByteReader.js').Fail} Fail */
/** @typedef {import('./onnx-nodes.js').Value} Value */
/** @typedef {import('./onnx-nodes.js').Data} Data */
/** @typedef {import('./onnx-nodes.js').About} About */

/** More than this is no state that a cell starts from. */
const MOST_ZEROS = 2 ** 20;
const MOST_LISTED = 2 ** 16; // numbers in an attribute
/** What makes zeros of zeros. */
const ZERO_TO_ZERO = /^(Identity|Cast|CastLike|Expand|Tile|Slice|Gather|Concat|Unsqueeze|Squeeze|Reshape|Transpose|Mul)$/;

/**
 * @param {import('./onnx-file.js').Graph} graph
 * @param {{ fail: Fail, allowance: import('./Weight.js').Allowance, isOwn?: boolean }} about `isOwn`: of this library, whose networks
 *   may have no memory
 * @returns {{ steps: import('./assemble.js').Step[], notes: string[], tokens: boolean }}
 */
export function stepsOf({ nodes, constants, inputs, outputs, tensor }, { fail, allowance, isOwn = false }) {
  /** @type {Map<string, Value>} */
  const values = new Map(constants);
  /** @type {string[]} */
  const notes = [];
  for (const [name, { rank, isWhole }] of inputs) {
    if (values.has(name)) continue;
    const axes = isWhole ? ['a', 'b'].slice(2 - Math.max(1, Math.min(2, rank))) : [...['a', 'b'].slice(2 - Math.max(1, Math.min(2, rank - 1))), 'F'];
    values.set(name, { kind: 'data', root: name, axes, steps: [] });
  }
  const list = (/** @type {Node} */ node, /** @type {string} */ name, /** @type {number} */ index) => {
    const attribute = node.attributes.get(name);
    if (attribute) return attribute.numbers(8);
    const value = values.get(node.inputs[index]);
    return value instanceof Weight && value.count < 64 ? [...value.values] : undefined;
  };
  const about = { values, notes, fail, list };
  for (const node of nodes) {
    const given = node.inputs.map((name) => values.get(name));
    const data = given.filter((value) => value !== undefined && !(value instanceof Weight) && value.kind === 'data');
    const set = (/** @type {(Value | undefined)[]} */ made) => node.outputs.forEach((name, i) => { if (name && made[i]) values.set(name, made[i]); });
    if (node.type === 'Constant') set([constantOf(node, tensor)]);
    else if (isCell(node.type)) set(throughCell(node, given, about));
    else if (node.type === 'Shape' || node.type === 'Size') set([{ kind: 'shape', isZero: false }]);
    else if (data.length === 0 && !LOOPS.test(node.type)) set([withoutData(node, given, { allowance, list, tensor })]);
    else set([throughNode(node, given, about)]);
  }
  return resultOf(outputs, values, { notes, fail, isOwn });
}

/** @param {Node} node @param {(tensor: any) => Weight} tensor @returns {Value} */
function constantOf({ attributes }, tensor) {
  const value = attributes.get('value')?.messages(5)[0];
  if (value) return tensor(value);
  const [float, whole] = [attributes.get('value_float'), attributes.get('value_int')];
  if (float || whole) return Weight.of([], Float32Array.of(float ? float.number(2) : whole?.number(3) ?? 0));
  const all = attributes.get('value_ints')?.numbers(8, { most: MOST_LISTED }) ?? attributes.get('value_floats')?.numbers(7, { type: 'float', most: MOST_LISTED });
  return all ? Weight.of([all.length], Float32Array.from(all)) : { kind: 'shape', isZero: false };
}

/**
 * @param {Node} node
 * @param {(Value | undefined)[]} given
 * @param {Parameters<typeof folded>[2] & { tensor: (tensor: any) => Weight }} about
 * @returns {Value}
 */
function withoutData(node, given, about) {
  const weights = given.filter((value) => value instanceof Weight);
  if (weights.length === given.length && weights.length > 0) {
    const made = folded(node, weights, about);
    if (made) return made;
  }
  const [first] = given;
  // The state that was learnt, for as many sequences as there are.
  if (node.type === 'Expand' && first instanceof Weight && !isZeros(first)) return first;
  const parts = node.type === 'Concat' ? given : [first];
  const isZero = node.type === 'ConstantOfShape'
    ? isZeros(constantOf(node, about.tensor)) || !node.attributes.has('value')
    : ZERO_TO_ZERO.test(node.type) && parts.every(isZeros);
  return { kind: 'shape', isZero };
}

/** Of arrays that were looked at: many nodes may ask for one. @type {WeakMap<Float32Array, boolean>} */
const known = new WeakMap();

/** @param {Value | undefined} value */
function isZeros(value) {
  if (!(value instanceof Weight)) return value !== undefined && value.kind === 'shape' && value.isZero;
  if (value.count >= MOST_ZEROS) return false;
  const { values } = value;
  const answer = known.get(values) ?? values.every((one) => one === 0);
  known.set(values, answer);
  return answer;
}

/** @param {Node} node @param {(Value | undefined)[]} given @param {About} about @returns {Value[]} */
function throughCell(node, given, { fail, notes }) {
  const name = nameOf(node.name);
  const [x] = given;
  const data = x && !(x instanceof Weight) && x.kind === 'data' ? x : fail(`${name}: its input must be what the model reads, got ${x ? 'a constant' : 'nothing'}`);
  const layout = node.attributes.get('layout')?.number(3) ?? 0;
  const expected = layout ? ['B', 'T', 'F'] : ['T', 'B', 'F'];
  const { axes } = data;
  const isFirst = !data.steps.some(({ type }) => type === 'cell');
  const fits = axes.length === 3 && axes.every((axis, i) => axis === expected[i] || (isFirst && i < 2 && axis !== 'F') || (axis === '1' && expected[i] === 'B'));
  if (!fits || data.part !== undefined || data.isLast || data.isCut) {
    fail(`${name}: its input must have the axes ${expected.join(', ')}${data.isLast || !axes.includes('T') ? ', all steps of a sequence' : ''}, got ${axes.join(', ')}`);
  }
  const constant = (/** @type {number} */ index) => {
    const value = given[index];
    if (value === undefined || value instanceof Weight) return value;
    return fail(`${name}: its input ${index} must be constant`);
  };
  const state = (/** @type {number} */ index) => {
    const value = given[index];
    if (value === undefined || isZeros(value)) return undefined;
    if (value instanceof Weight) return value;
    if (value.kind === 'data' && value.steps.length === 0) {
      const note = `the state that ${value.root} gives: run(inputs, { state })`;
      if (!notes.includes(note)) notes.push(note);
      return undefined;
    }
    return fail(`${name}: the state that it starts from must be constant, or an input of the model`);
  };
  const cell = cellOf(node, constant, state, fail);
  if (given[4]) notes.push(`${node.name}: lengths of sequences: give each at its own length`);
  const steps = grown(data.steps, cell, fail);
  const made = { ...data, steps };
  const end = { ...made, axes: layout ? ['B', 'D', 'F'] : ['D', 'B', 'F'], isEnd: true, isLast: true };
  return [{ ...made, axes: layout ? ['B', 'T', 'D', 'F'] : ['T', 'D', 'B', 'F'] }, end, { kind: 'shape', isZero: false }];
}

/** @param {string[]} outputs @param {Map<string, Value>} values @param {{ notes: string[], fail: Fail, isOwn: boolean }} about */
function resultOf(outputs, values, { notes, fail, isOwn }) {
  const found = outputs.map((name) => values.get(name)).filter((value) => value !== undefined && !(value instanceof Weight) && value.kind === 'data' && value.steps.length > 0);
  const data = /** @type {Data[]} */ (found);
  const [best] = [...data.filter(({ isEnd }) => !isEnd), ...data];
  if (!best || !(isOwn || best.steps.some(({ type }) => type === 'cell'))) return fail('no LSTM, GRU or RNN between what the model reads and what it answers');
  const others = data.filter(({ isEnd, steps }) => !isEnd && steps !== best.steps && !steps.every((step, i) => step === best.steps[i]));
  if (others.length > 0) fail(`it has ${others.length + 1} answers, ${outputs.slice(0, 4).map(nameOf).join(', ')}: a network has one`);
  if (best.part !== undefined) fail('it answers one of two directions: a network answers both');
  if (best.isLast) notes.push('it answers a whole sequence: the output of the last step');
  return { steps: best.steps, notes, tokens: best.tokens === true };
}
