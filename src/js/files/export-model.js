// export-model.js: a model as another framework's files. What writes them is loaded when it is asked for.
import { LstmError } from '../core/errors.js';
import { reasonOf } from '../core/source.js';
import { asOwn } from './own-errors.js';

/**
 * A model as files of another framework.
 * @typedef {object} ExportedModel
 * @property {'onnx' | 'torch' | 'keras'} format
 * @property {Record<string, Uint8Array<ArrayBuffer>>} files by their names, which belong together: 'model.onnx' for whole
 *   sequences and 'model-step.onnx' for single steps; 'model.py', a program of Python's that reads 'model.safetensors' beside it
 */

/**
 * @param {Uint8Array | Promise<Uint8Array>} bytes what save() gave
 * @param {unknown} format
 * @returns {Promise<ExportedModel>}
 * @throws {import('../core/errors.js').ArgumentError} for what the format does not have
 */
export async function exportModel(bytes, format) {
  const { exportFile } = await import('./export/export-file.js').catch((cause) => {
    throw new LstmError(`export: what writes other frameworks' files lies beside the library. Loading it failed: ${reasonOf(cause)}. All files of the `
      + "package's folder dist must be there; a service worker loads no scripts later: export in the page", { cause });
  });
  try {
    return await exportFile(await bytes, format, 'export');
  } catch (error) {
    throw asOwn(error);
  }
}
