// int8.js: matrices of 8-bit weights with a scale a row, as they lie in files.
import { describe } from '../core/check.js';
import { FileFormatError } from '../core/errors.js';

/** @typedef {import('./safetensors.js').Tensor} Tensor */
/** @typedef {{ shape: number[], values: Float32Array }} FloatTensor */
/** @typedef {Record<string, Float32Array>} Scales of the rows of matrices, by name */

const SCALE = '.scale';

/**
 * The name of the matrix that a tensor of this name has the scales of, if there is such a matrix.
 * @param {string} name
 */
export const scaledBy = (name) => (name.endsWith(SCALE) ? name.slice(0, -SCALE.length) : '');

/**
 * Each matrix of rounded floats as int8 with its scales beside it; vectors stay as they are.
 * @param {Map<string, Tensor>} tensors
 * @param {{ int8Scales?: Scales, int8Scale(largest: number): number }} network the scales of its rows, where they came
 *   with its weights; else that of a row with this largest magnitude
 * @returns {Map<string, Tensor>}
 */
export function quantize(tensors, network) {
  /** @type {Map<string, Tensor>} */
  const result = new Map();
  for (const [name, { shape, values }] of tensors) {
    if (shape.length < 2) {
      result.set(name, { shape, values });
      continue;
    }
    const [rows, columns] = shape;
    const largestOf = (/** @type {number} */ row) => {
      let largest = 0;
      for (let i = row * columns; i < (row + 1) * columns; i++) largest = Math.max(largest, Math.abs(values[i]));
      return largest;
    };
    const scales = network.int8Scales?.[name]
      ?? Float32Array.from({ length: rows }, (_, row) => network.int8Scale(largestOf(row)));
    const rounded = values.map((value, i) => Math.round(value / (scales[Math.floor(i / columns)] || 1)));
    result.set(name, { shape, values: Int8Array.from(rounded) });
    result.set(name + SCALE, { shape: [rows], values: scales });
  }
  return result;
}

/**
 * Floats from a file's tensors: int8 times its scales.
 * @param {Map<string, Tensor>} tensors
 * @param {(name: string) => boolean} isInt8 does the file say of a tensor's network that it has int8?
 * @param {string} where the call, for messages
 * @returns {{ tensors: Map<string, FloatTensor>, scales: Scales }}
 * @throws {FileFormatError} where int8 stands without its scales, or in a file that does not say so, or floats in one that
 *   does
 */
export function dequantize(tensors, isInt8, where) {
  /** @type {Map<string, FloatTensor>} */
  const result = new Map();
  /** @type {[string, Float32Array][]} */
  const all = [];
  for (const [name, { shape, values }] of tensors) {
    if (tensors.get(scaledBy(name))?.values instanceof Int8Array) continue;
    if (values instanceof Float32Array) {
      if (isInt8(name) && shape.length > 1) {
        const what = 'must be of dtype I8 in a file of 8-bit weights, got F32';
        throw new FileFormatError(`${where}: tensor ${describe(name)} ${what}`);
      }
      result.set(name, { shape, values });
      continue;
    }
    if (!isInt8(name)) {
      throw new FileFormatError(`${where}: tensor ${describe(name)} must be of dtype F32 in this file, got I8`);
    }
    const scale = tensors.get(name + SCALE);
    const [rows, columns] = shape;
    if (shape.length !== 2 || scale?.shape.join() !== `${rows}` || !(scale.values instanceof Float32Array)) {
      throw new FileFormatError(`${where}: tensor ${describe(name)} of dtype I8 needs an F32 tensor ${describe(name + SCALE)} of ${rows}`);
    }
    const scales = scale.values;
    all.push([name, scales]);
    result.set(name, { shape, values: Float32Array.from(values, (weight, i) => weight * scales[Math.floor(i / columns)]) });
  }
  return { tensors: result, scales: Object.fromEntries(all) };
}
