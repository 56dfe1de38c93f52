// int8.js: matrices of 8-bit weights with a scale a row, as they lie in files.
import { describe } from '../core/check.js';
import { FileFormatError } from '../core/errors.js';

/** @typedef {import('./safetensors.js').Tensor} Tensor */
/** @typedef {{ shape: number[], values: Float32Array }} FloatTensor */

const SCALE = '.scale';

/**
 * Each matrix of rounded floats as int8 with its scales beside it; vectors stay as they are.
 * @param {Map<string, Tensor>} tensors
 * @param {(largest: number) => number} scaleOf the scale of a row with this largest magnitude
 * @returns {Map<string, Tensor>}
 */
export function quantize(tensors, scaleOf) {
  /** @type {Map<string, Tensor>} */
  const result = new Map();
  for (const [name, { shape, values }] of tensors) {
    if (shape.length < 2) {
      result.set(name, { shape, values });
      continue;
    }
    const [rows, columns] = shape;
    const scales = new Float32Array(rows);
    const rounded = new Int8Array(values.length);
    for (let row = 0; row < rows; row++) {
      const [from, to] = [row * columns, (row + 1) * columns];
      let largest = 0;
      for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(values[i]));
      scales[row] = scaleOf(largest);
      if (scales[row] === 0) continue;
      for (let i = from; i < to; i++) rounded[i] = Math.round(values[i] / scales[row]);
    }
    result.set(name, { shape, values: rounded });
    result.set(name + SCALE, { shape: [rows], values: scales });
  }
  return result;
}

/**
 * Floats from a file's tensors: int8 times its scales.
 * @param {Map<string, Tensor>} tensors
 * @param {boolean} isQuantized whether the file says that it has int8
 * @param {string} where the call, for messages
 * @returns {Map<string, FloatTensor>}
 * @throws {FileFormatError} where int8 stands without its scales, or in a file that does not say so
 */
export function dequantize(tensors, isQuantized, where) {
  /** @type {Map<string, FloatTensor>} */
  const result = new Map();
  for (const [name, { shape, values }] of tensors) {
    const isScale = name.endsWith(SCALE) && tensors.get(name.slice(0, -SCALE.length))?.values instanceof Int8Array;
    if (isScale) continue;
    if (values instanceof Float32Array) {
      result.set(name, { shape, values });
      continue;
    }
    if (!isQuantized) {
      throw new FileFormatError(`${where}: tensor ${describe(name)} must be of dtype F32 in this file, got I8`);
    }
    const scale = tensors.get(name + SCALE);
    const [rows, columns] = shape;
    if (shape.length !== 2 || scale?.shape.join() !== `${rows}` || !(scale.values instanceof Float32Array)) {
      throw new FileFormatError(`${where}: tensor ${describe(name)} of dtype I8 needs an F32 tensor ${describe(name + SCALE)} of ${rows}`);
    }
    const scales = scale.values;
    result.set(name, { shape, values: Float32Array.from(values, (weight, i) => weight * scales[Math.floor(i / columns)]) });
  }
  return result;
}
