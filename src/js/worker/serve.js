// serve.js: what makes a Worker answer `openWorker`. It imports nothing while it runs.
import { assertCompiles, choose } from '../core/engine.js';
import { LstmError } from '../core/errors.js';
import { inflate } from '../core/inflate.js';
import { loadModule } from '../core/load.js';
import { urlOf } from '../core/module-files.js';
import { Lstm } from '../models/Lstm.js';
import { WorkerServer } from './WorkerServer.js';

/** @typedef {import('../core/Wasm.js').Variant} Variant */

/**
 * Loads the library: everything after it is synchronous. Each call makes an instance with a memory of its own. There are no
 * copies of the modules here: where a module's file cannot be had, give it as `wasm`.
 * @param {import('../core/load.js').LoadOptions} [options]
 * @returns {Promise<Lstm>}
 * @throws {import('../core/errors.js').ArgumentError} for unknown options or values, and for a source that cannot be read
 * @throws {LstmError} where WebAssembly or the forced variant is not supported, or the module cannot be had
 */
export async function loadWithoutCopies(options = {}) {
  return new Lstm(await loadModule(options, { urlOf }));
}

/**
 * @param {import('../core/load.js').LoadOptions} options
 * @param {Partial<Record<Variant, string>>} [files] where the page would look for the modules
 * @param {string} [copy] the module, where no file has it, as the package has it inside
 */
async function loadFor(options, files = {}, copy) {
  if (copy !== undefined) return new Lstm(await loadModule({ ...options, wasm: await inflate(copy) }, { urlOf }));
  const known = (/** @type {Variant} */ variant) => urlOf(variant) ?? addressOf(files[variant]);
  return new Lstm(await loadModule(options, { urlOf: known }));
}

/** @param {string | undefined} text */
function addressOf(text) {
  try {
    return text === undefined ? undefined : new URL(text);
  } catch {
    return undefined; // of a server: relative
  }
}

/** The page, or the parent thread. @returns {import('./worker-protocol.js').Port | undefined} */
function findPort() {
  const { postMessage, document, process } = /** @type {any} */ (globalThis);
  const port = typeof postMessage === 'function' ? globalThis : process?.getBuiltinModule?.('node:worker_threads').parentPort;
  return document ? undefined : port ?? undefined;
}

/** @param {import('../core/engine.js').Asked} asked */
function chooseHere(asked) {
  assertCompiles();
  return choose(asked);
}

let serves = false;

/**
 * From now on this Worker answers `openWorker({ worker })`, which loads a library of its own in it. Other messages are left to
 * the Worker's own listeners. Call it while the Worker's script starts: what is sent to a Worker that does not listen yet is lost.
 *
 * @returns {void}
 * @throws {LstmError} outside of a Worker, and where it was called before
 */
export function serve() {
  serveAs('serve: only a Worker can answer openWorker, and this is none');
}

/** @param {string} outside what is said outside of a Worker */
export function serveAs(outside) {
  const port = findPort();
  if (!port) throw new LstmError(outside);
  if (serves) throw new LstmError('serve: this Worker answers openWorker already');
  serves = true;
  new WorkerServer(port, loadFor, chooseHere);
}
