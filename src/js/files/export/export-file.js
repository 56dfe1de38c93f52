// export-file.js: a file of this library's own as files of another framework. Each writer is loaded when it is asked for.
import { oneOf } from '../../core/check.js';
import { readOwnFile } from './own-file.js';

/**
 * Writes files of a model, by their names.
 * @typedef {(file: import('./own-file.js').OwnFile, where: string) => Record<string, Uint8Array<ArrayBuffer>>} Exporter
 */

/** @type {Record<'onnx' | 'torch' | 'keras', () => Promise<{ write: Exporter }>>} */
const exporters = {
  onnx: () => import('./to-onnx.js'),
  torch: () => import('./to-torch.js'),
  keras: () => import('./to-keras.js'),
};

/**
 * @param {Uint8Array} bytes that save() gave
 * @param {unknown} format
 * @param {string} where the call, for messages
 * @returns {Promise<import('../export-model.js').ExportedModel>}
 * @throws {import('../../core/errors.js').ArgumentError} for what the format does not have
 */
export async function exportFile(bytes, format, where) {
  const known = oneOf(/** @type {('onnx' | 'torch' | 'keras')[]} */ (Object.keys(exporters)))(format, `${where}: format`);
  const { write } = await exporters[known]();
  return { format: known, files: write(readOwnFile(bytes, where), where) };
}
