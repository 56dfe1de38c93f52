// worker-options.js: what openWorker is given of a Worker.
import { ArgumentError } from '../core/errors.js';
import { MODULE_LIMIT } from '../core/bytes.js';
import { refuse } from '../core/check.js';
import { isA } from '../core/realms.js';
import { addressOf, bodyOf, openSource, settle } from '../core/source.js';

/** Those that were given once: each has one library. @type {WeakSet<object>} */
const taken = new WeakSet();

/**
 * A Worker, or a function that starts one.
 * @type {import('../core/check.js').Reader<any>}
 */
export const workerReader = (value, path) => (typeof value === 'function' ? value : runningReader(value, path));

/**
 * A page's Worker, or one of node:worker_threads, of any realm.
 * @type {import('../core/check.js').Reader<any>}
 */
function runningReader(value, path) {
  const { postMessage, terminate, addEventListener, on, threadId } = /** @type {any} */ (value ?? {});
  const hears = typeof addEventListener === 'function' || typeof on === 'function';
  if (typeof postMessage !== 'function' || typeof terminate !== 'function' || !hears) {
    refuse(path, "a Worker of the script 'lstm-wasm/worker-main'", value);
  }
  if (threadId === -1) throw new ArgumentError(`${path} must be a Worker that runs, got one that has ended`);
  if (taken.has(/** @type {object} */ (value))) {
    throw new ArgumentError(`${path} must be a Worker of its own, got one that openWorker was given before`);
  }
  return value;
}

/** @param {object} worker which openWorker uses from now on */
export const take = (worker) => { taken.add(worker); };

/**
 * A Worker of the caller's function.
 * @param {() => unknown} start
 */
export async function startedBy(start) {
  const worker = runningReader(await start(), 'openWorker: what worker() gives');
  take(worker);
  return worker;
}

/** @type {import('../core/check.js').Reader<URL | string>} */
export function addressReader(value, path) {
  if (isA(value, 'URL')) return /** @type {URL} */ (value);
  if (typeof value !== 'string' || value === '') refuse(path, 'a URL or an address that is not empty', value);
  addressOf(value, path);
  return value;
}

/**
 * The module that was given, as it can be sent. The Worker looks at what is in it.
 * @param {unknown} given
 * @param {AbortSignal | undefined} signal
 */
export async function sendable(given, signal) {
  if (given === undefined || isA(given, 'WebAssembly.Module')) return given;
  const path = 'openWorker: wasm';
  const source = await settle(given, path);
  if (isA(source, 'WebAssembly.Module')) return source;
  const reading = { signal, limit: MODULE_LIMIT };
  return bodyOf(await openSource(source, path, reading, 'a WebAssembly.Module, '), path, reading);
}
