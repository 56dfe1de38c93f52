// foreign-elsewhere.js: stands in a Worker's script for foreign/import-model.js: that script is one file, and imports nothing.
import { FileFormatError } from '../core/errors.js';

/**
 * @param {Uint8Array} _bytes
 * @param {string} _kind
 * @param {{ where: string }} asked
 * @returns {Promise<never>}
 */
export async function importModel(_bytes, _kind, { where }) {
  throw new FileFormatError(`${where}: a file of another framework, whose importer is not in a Worker's script: open it through `
    + "openWorker's open(), or import { load } from 'lstm-wasm' in a Worker of type 'module'");
}
