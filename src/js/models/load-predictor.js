// load-predictor.js: the library that only predicts, on a module of its own.
import { loadModule } from '../core/load.js';
import { copyOf } from '../core/predict-copies.js';
import { urlOf } from '../core/predict-files.js';
import { Predictor } from './Predictor.js';

/**
 * Loads the library that only predicts: half of the whole one's bytes. After it, all but `open` is synchronous. Each call
 * makes an instance with a memory of its own.
 * @param {import('../core/load.js').LoadOptions} [options] `wasm`: a module of lstm-wasm/predict, or one of the whole library
 * @returns {Promise<Predictor>}
 * @throws {import('../core/errors.js').ArgumentError} for unknown options or values, and for a source that cannot be read
 * @throws {import('../core/errors.js').LstmError} where WebAssembly or the forced variant is not supported, or the module
 *   cannot be had
 */
export async function loadPredictor(options = {}) {
  return new Predictor(await loadModule(options, { urlOf, copyOf }));
}
