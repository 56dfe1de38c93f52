/** What runs in the Worker that `openWorker` starts: one script, which imports nothing while it runs. */
import { assertCompiles, choose } from '../core/engine.js';
import { LstmError } from '../core/errors.js';
import { inflate } from '../core/inflate.js';
import { loadModule } from '../core/load.js';
import { urlOf } from '../core/module-files.js';
import { Lstm } from '../models/Lstm.js';
import { WorkerServer } from './WorkerServer.js';

/** @typedef {import('../core/Wasm.js').Variant} Variant */

/**
 * @param {import('../core/load.js').LoadOptions} options
 * @param {Partial<Record<Variant, string>>} [files] where the page would look for the modules
 * @param {string} [copy] the module, where no file has it, as the package has it inside
 */
async function load(options, files = {}, copy) {
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

/** The page, or the parent thread. @returns {import('./worker-protocol.js').Port} */
function findPort() {
  const { postMessage, document, process } = /** @type {any} */ (globalThis);
  const port = typeof postMessage === 'function' ? globalThis : process?.getBuiltinModule?.('node:worker_threads').parentPort;
  if (port && !document) return port;
  throw new LstmError("'lstm-wasm/worker-main' is the script of a Worker, and was started outside of one");
}

/** @param {import('../core/engine.js').Asked} asked */
function chooseHere(asked) {
  assertCompiles();
  return choose(asked);
}

new WorkerServer(findPort(), load, chooseHere);
