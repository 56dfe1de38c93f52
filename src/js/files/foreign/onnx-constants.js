// onnx-constants.js: what a graph computes of constants alone, as weights that are put together from parts.
import { Weight } from './Weight.js';

/** @typedef {import('./onnx-file.js').Node} Node */

const MOST_AXES = 8;

/**
 * @param {Node} node
 * @param {Weight[]} inputs
 * @param {{ allowance: import('./Weight.js').Allowance, list: (node: Node, name: string, index: number) => number[] | undefined }} about
 *   `list`: numbers that are an attribute or an input, in late versions
 * @returns {Weight | undefined} undefined: not known
 */
export function folded(node, inputs, { allowance, list }) {
  const [first, second, third] = inputs;
  const axis = node.attributes.get('axis')?.number(3) ?? 0;
  const reshaped = (/** @type {number[]} */ shape) => new Weight(shape, () => first.values);
  switch (node.type) {
    case 'Identity':
    case 'Cast':
      return first;
    case 'Unsqueeze': {
      const axes = list(node, 'axes', 1) ?? [];
      const rank = first.shape.length + axes.length;
      if (rank > MOST_AXES) return undefined;
      const at = new Set(axes.map((one) => (one < 0 ? one + rank : one)));
      let from = 0;
      return reshaped(Array.from({ length: rank }, (_, i) => (at.has(i) ? 1 : first.shape[from++])));
    }
    case 'Squeeze': {
      const axes = list(node, 'axes', 1)?.map((one) => (one < 0 ? one + first.shape.length : one));
      return reshaped(first.shape.filter((length, i) => (axes ? !axes.includes(i) : length !== 1)));
    }
    case 'Reshape': {
      if (second === undefined || second.count > MOST_AXES) return undefined;
      const wanted = [...second.values].map((length, i) => (length === 0 ? first.shape[i] : length));
      const known = wanted.reduce((product, length) => (length < 0 ? product : product * length), 1);
      const shape = wanted.map((length) => (length < 0 ? first.count / known : length));
      return shape.reduce((product, length) => product * length, 1) === first.count ? reshaped(shape) : undefined;
    }
    case 'Transpose': {
      const perm = node.attributes.get('perm')?.numbers(8) ?? first.shape.map((_, i) => first.shape.length - 1 - i);
      if (first.shape.length !== 2 || perm.join() !== '1,0') return undefined;
      return new Weight([first.columns, first.rows], () => {
        allowance.take(first.count);
        return first.transposed.values;
      });
    }
    case 'Concat': {
      if (inputs.some((weight) => weight.shape.length !== first.shape.length)) return undefined;
      const at = axis < 0 ? axis + first.shape.length : axis;
      const shape = first.shape.map((length, i) => (i === at ? inputs.reduce((sum, weight) => sum + weight.shape[at], 0) : length));
      const outer = shape.slice(0, at).reduce((product, length) => product * length, 1);
      return new Weight(shape, () => {
        const count = shape.reduce((product, length) => product * length, 1);
        allowance.take(count);
        const all = new Float32Array(count);
        let to = 0;
        for (let o = 0; o < outer; o++) {
          for (const { values } of inputs) {
            const length = values.length / outer;
            all.set(values.subarray(o * length, (o + 1) * length), to);
            to += length;
          }
        }
        return all;
      });
    }
    case 'Slice': {
      const [starts, ends] = [list(node, 'starts', 1), list(node, 'ends', 2)];
      const [at = 0] = list(node, 'axes', 3) ?? [];
      const [step = 1] = list(node, 'steps', 4) ?? [];
      if (starts?.length !== 1 || ends?.length !== 1 || at !== 0 || step !== 1) return undefined;
      const clamp = (/** @type {number} */ place) => Math.max(0, Math.min(first.rows, place < 0 ? place + first.rows : place));
      const [from, to] = [clamp(starts[0]), clamp(ends[0])];
      const length = first.count / first.rows;
      const rows = Math.max(0, to - from);
      return new Weight([rows, ...first.shape.slice(1)], () => {
        allowance.take(rows * length);
        return first.values.slice(from * length, (from + rows) * length);
      });
    }
    case 'DequantizeLinear': {
      // (q - zero) scale, of the whole or of each row of an axis.
      const along = axis < 0 ? axis + first.shape.length : node.attributes.has('axis') ? axis : 1;
      const length = second.count === 1 ? 1 : first.shape[along];
      if (second.count !== 1 && second.count !== length) return undefined;
      const inner = first.shape.slice(along + 1).reduce((product, size) => product * size, 1);
      return new Weight(first.shape, () => {
        allowance.take(first.count);
        const [q, scale, zero] = [first.values, second.values, third?.values];
        return q.map((value, i) => {
          const at = length === 1 ? 0 : Math.floor(i / inner) % length;
          return (value - (zero?.[at] ?? 0)) * scale[at];
        });
      });
    }
    default:
      return undefined;
  }
}
