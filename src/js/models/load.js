// load.js: the library, on a module of its own.
import { loadModule } from '../core/load.js';
import { copyOf } from '../core/module-copies.js';
import { urlOf } from '../core/module-files.js';
import { Lstm } from './Lstm.js';

/**
 * Loads the library: everything after it is synchronous. Each call makes an instance with a memory of its own.
 * @param {import('../core/load.js').LoadOptions} [options]
 * @returns {Promise<Lstm>}
 * @throws {import('../core/errors.js').ArgumentError} for unknown options or values, and for a source that cannot be read
 * @throws {import('../core/errors.js').LstmError} where WebAssembly or the forced variant is not supported, or the module
 *   cannot be had
 */
export async function load(options = {}) {
  return new Lstm(await loadModule(options, { urlOf, copyOf }));
}
