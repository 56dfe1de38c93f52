// export-elsewhere.js: stands in a Worker's script for export/export-file.js: that script is one file, and imports nothing.
import { LstmError } from '../core/errors.js';

/** @returns {Promise<never>} */
export async function exportFile() {
  throw new LstmError("export: a Worker's script does not have what writes other frameworks' files: export through what openWorker gave, or "
    + "import { load } from 'lstm-wasm' in a Worker of type 'module'");
}
