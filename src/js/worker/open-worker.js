// open-worker.js: starts a Worker with the library in it: a page's, or a thread of Node.
import { unlessAborted } from '../core/abort.js';
import { abortSignal, optional, readOptions } from '../core/check.js';
import { ArgumentError, LstmError, messageOf } from '../core/errors.js';
import { importCopy } from '../core/module-copies.js';
import { urlOf } from '../core/module-files.js';
import { takeOver } from '../core/source.js';
import { threadsReader } from '../core/threads.js';
import { addressReader, sendable, take, workerReader } from './worker-options.js';
import { waysToStart } from './ways-to-start.js';
import { portOf } from './port.js';
import { WorkerConnection } from './WorkerConnection.js';
import { WorkerLstm } from './WorkerLstm.js';

/** @typedef {import('./ways-to-start.js').Way} Way */
/** @typedef {import('../core/load.js').LoadOptions} LoadOptions */

/**
 * @typedef {object} WorkerPlace
 * @property {AnyWorker | (() => AnyWorker | Promise<AnyWorker>)} [worker] a function that starts a Worker of the script
 *   `lstm-wasm/worker-main`, or of one of your own that calls `serve` of lstm-wasm/serve: a page's Worker, or one of
 *   node:worker_threads. It is called for this one, and for each other that a training takes. Or a Worker that runs already,
 *   which trains alone. Either is the library's from then on: it ends with terminate(), and where openWorker rejects
 * @property {URL | string} [url] where that script is, if it is not found by itself; in Node also a path. Not with `worker`
 */

/**
 * A page's Worker, or one of node:worker_threads.
 * @typedef {{ postMessage: (message: any, transfer: any) => void, terminate: () => unknown }} AnyWorker
 */

/**
 * @typedef {object} WorkerThreads
 * @property {number} [threads] Workers that train as one, where a training does not say: see the option `threads` of train. They
 *   start when a training needs them, as this one did, need no headers and no SharedArrayBuffer, and end with this Worker; 1 to 64.
 *   Default: the cores there are where steps are long enough. Where `worker` is a Worker and no function, there is 1
 */

/** Which module is loaded, and where the Worker comes from. @typedef {LoadOptions & WorkerPlace & WorkerThreads} OpenWorkerOptions */

/** What crosses to the Worker. @typedef {Pick<LoadOptions, 'variant' | 'integrity'> & { wasm?: unknown }} Request */

const HELP = 'pass `url`, the address of lstm-wasm/worker-main where your server has it, or `worker`, a function that starts a Worker of that script';

/**
 * Starts a Worker and loads the library in it. The script and the module are asked for as files beside this one; where
 * there are none, or a page of another origin may not use them, copies in the package take their place. In Node and Bun
 * only a call that waits for its answer keeps the process from ending, except with a `worker` that runs already, which
 * keeps it as ever: until it ends.
 *
 * @param {OpenWorkerOptions} [options] as for `load`, and `worker` or `url`
 * @returns {Promise<WorkerLstm>}
 * @throws {ArgumentError} for unknown options or values
 * @throws {LstmError} where there are no Workers, none can start, or the library cannot be loaded in it
 */
export async function openWorker(options = {}) {
  takeOver(options?.wasm);
  const asItIs = (/** @type {any} */ value) => value; // read in the Worker, by `load`
  const { signal, worker, url, wasm, variant, integrity, threads } = readOptions('openWorker', options, {
    variant: asItIs,
    wasm: asItIs,
    integrity: asItIs,
    signal: optional(abortSignal),
    worker: optional(workerReader),
    url: optional(addressReader),
    threads: optional(threadsReader),
  });
  if (worker && url) throw new ArgumentError('openWorker: worker and url exclude each other: the Worker has its script already');
  const running = typeof worker === 'function' ? undefined : worker;
  if (running && threads !== undefined && threads > 1) {
    throw new ArgumentError(`openWorker: threads must be 1 or absent where worker is one Worker, got ${threads}: `
      + 'give a function that starts a Worker, which is called for each');
  }
  const ways = () => waysToStart(worker, url);
  const first = ways();
  if (running) take(running);
  try {
    return await unlessAborted(signal, async () => {
      const request = { variant, integrity, wasm: await sendable(wasm, signal) };
      const began = performance.now();
      const { lstm, way } = await connect(first, request, signal);
      const { connection } = lstm;
      connection.threads = running ? 1 : threads;
      if (!running) {
        const another = { ...request, variant: lstm.variant };
        const start = async (/** @type {AbortSignal} */ stop) => (await connect(ways().slice(way), another, stop)).lstm;
        connection.recruit = recruiterOf(start, performance.now() - began);
      }
      return lstm;
    });
  } catch (error) {
    running?.terminate();
    throw error;
  }
}

/**
 * Others start as this one did, when a training asks for them.
 * @param {(signal: AbortSignal) => Promise<WorkerLstm>} start
 * @param {number} took this one to start: milliseconds
 * @returns {(connection: WorkerConnection, wanted: import('./team/Crew.js').Wanted) => Promise<void>}
 */
function recruiterOf(start, took) {
  /** @type {import('./team/recruit.js').Recruits} */
  let recruits;
  return async (connection, wanted) => {
    const team = await import('./team/recruit.js');
    if (!recruits) {
      recruits = team.noRecruits();
      // They end with it, and do not keep it from being forgotten.
      connection.closed.then(() => team.end(recruits));
    }
    const known = new WeakRef(connection);
    return team.recruit(recruits, wanted, { start, took, lead: () => team.leadOf(known) });
  };
}

/**
 * One way after another, until a Worker answers.
 * @param {Way[]} ways
 * @param {Request} request
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<{ lstm: WorkerLstm, way: number }>} `way`: which it was
 */
async function connect(ways, request, signal) {
  const reasons = [];
  let cause;
  for (const [way, how] of ways.entries()) {
    try {
      return { lstm: await tryWay(how, request, signal), way };
    } catch (error) {
      if (!(error instanceof NotStarted) || signal?.aborted) throw error instanceof NotStarted ? error.cause : error;
      cause ??= error.cause;
      reasons.push(`from ${how.from}: ${messageOf(error.cause)}`);
    }
  }
  throw new LstmError(`openWorker: the Worker could not start ${reasons.join('; nor ')}; ${HELP}`, { cause });
}

/** The Worker, or its script, never answered. */
class NotStarted extends Error {}

/**
 * @param {Way} way
 * @param {Request} request
 * @param {AbortSignal | undefined} signal
 * @throws {NotStarted}
 */
async function tryWay({ start, isGiven, over }, request, signal) {
  /** @type {any} */
  let worker;
  try {
    worker = await start();
  } catch (cause) {
    throw cause instanceof ArgumentError ? cause : new NotStarted('', { cause });
  }
  const { port, end, hold } = portOf(worker, isGiven);
  const connection = new WorkerConnection(port, end, hold);
  const stop = () => connection.close('openWorker was aborted');
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const { variant } = (await loadIn(connection, request)) ?? {};
    if (typeof variant === 'string') return new WorkerLstm(connection, variant);
    connection.close("it does not answer as the script 'lstm-wasm/worker-main' does");
    throw connection.failure;
  } catch (error) {
    if (connection.failure) throw new NotStarted('', { cause: error });
    connection.close('the Worker could not load the library', error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    over?.();
  }
}

/**
 * @param {WorkerConnection} connection
 * @param {Request} request
 * @returns {Promise<{ variant: import('../core/Wasm.js').Variant } | undefined>} undefined: from a script of others
 */
async function loadIn(connection, request) {
  const files = { relaxed: urlOf('relaxed')?.href, simd: urlOf('simd')?.href, scalar: urlOf('scalar')?.href };
  try {
    return await connection.call('load', 0, [request, files]);
  } catch (error) {
    if (request.wasm !== undefined || connection.failure || error instanceof ArgumentError) throw error;
    // A Worker's script imports nothing: the page does.
    const copy = await copyFor(connection, request).catch(() => undefined);
    if (!copy) throw error;
    return connection.call('load', 0, [request, files, copy.default]);
  }
}

/**
 * @param {WorkerConnection} connection
 * @param {Request} request
 */
async function copyFor(connection, { variant = 'auto' }) {
  return importCopy(await connection.call('choose', 0, [variant]));
}
