// Reads the safetensors files of this folder. Apart from the library, so that its own reader is not its own judge.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('.', import.meta.url);

/**
 * @typedef {Float32Array | Uint8Array} Values
 * @typedef {{ name: string, case: any, tensors: Record<string, Values>, shapes: Record<string, number[]> }} Reference
 */

/**
 * Layout: u64 header length, JSON header { name: { dtype, shape, data_offsets } }, data; all little-endian.
 * @param {Uint8Array} bytes
 * @returns {{ metadata: Record<string, string>, tensors: Record<string, Values>, shapes: Record<string, number[]> }}
 */
export function readSafetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = 8 + Number(view.getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, dataStart));
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(header);
  /** @type {Record<string, Values>} */
  const tensors = {};
  /** @type {Record<string, number[]>} */
  const shapes = {};
  for (const [name, { dtype, shape, data_offsets: [begin, end] }] of Object.entries(entries)) {
    if (dtype !== 'F32' && dtype !== 'U8') throw new Error(`${name}: dtype F32 or U8 expected, got ${dtype}`);
    const data = Uint8Array.from(bytes.subarray(dataStart + begin, dataStart + end));
    tensors[name] = dtype === 'F32' ? new Float32Array(data.buffer) : data;
    shapes[name] = shape;
    const count = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    const { length } = tensors[name];
    if (length !== count) throw new Error(`${name}: ${count} values expected, got ${length}`);
  }
  return { metadata, tensors, shapes };
}

/**
 * Every reference file whose name starts with `prefix`.
 * @param {'network' | 'cell' | 'training' | 'equation' | 'flow' | 'optimizer' | 'pair'} prefix
 * @returns {Reference[]}
 */
export function references(prefix) {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${prefix}-`) && name.endsWith('.safetensors'));
  if (names.length === 0) throw new Error(`no reference files ${prefix}-*.safetensors: run generate.py`);
  return names.sort().map((name) => {
    const { metadata, tensors, shapes } = readSafetensors(readFileSync(new URL(name, folder)));
    return { name: name.replace('.safetensors', ''), case: JSON.parse(metadata.case), tensors, shapes };
  });
}

/**
 * The cases of onnx.safetensors, each as if it were a file.
 * @returns {Reference[]}
 */
export function onnxReferences() {
  const { metadata, tensors, shapes } = readSafetensors(readFileSync(new URL('onnx.safetensors', folder)));
  return Object.entries(JSON.parse(metadata.cases)).map(([name, it]) => {
    const own = Object.keys(tensors).filter((tensor) => tensor.startsWith(`${name}/`));
    const under = (/** @type {Record<string, any>} */ all) => (
      Object.fromEntries(own.map((tensor) => [tensor.slice(name.length + 1), all[tensor]])));
    return { name, case: it, tensors: under(tensors), shapes: under(shapes) };
  });
}

/**
 * The tensors named `prefix.*`, under their names without it.
 * @param {Reference} reference
 * @param {string} prefix
 * @returns {Record<string, Values>}
 */
export function group({ tensors }, prefix) {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith(`${prefix}.`))
    .map(([name, values]) => [name.slice(prefix.length + 1), values]));
}
