// ways-to-start.js: how the Worker's script comes to run: from its file, else from the copy in the package.
import { builtin } from '../core/builtin.js';
import { LstmError } from '../core/errors.js';
import { addressOf } from '../core/source.js';
import { trusted, wantsTrust } from './trusted-script.js';
import { startedBy } from './worker-options.js';

const SCRIPT = './worker-main.js';

/**
 * @typedef {object} Way
 * @property {string} from for messages
 * @property {() => any} start gives a Worker, or a promise of one; it is called once
 * @property {boolean} [isGiven] it is the caller's, who says whether the process waits for it
 * @property {() => void} [over] when it has answered, or failed
 */

/**
 * @param {any} worker of the caller, or the caller's function that starts one
 * @param {URL | string | undefined} url of the script, where the caller knows it
 * @returns {Way[]} the best first
 */
export function waysToStart(worker, url) {
  if (typeof worker === 'function') return [{ from: 'what worker() gives', start: () => startedBy(worker) }];
  if (worker) return [{ from: 'the one that was given', start: () => worker, isGiven: true }];
  if (typeof Worker === 'function') return url === undefined ? ownWorkers() : givenWorkers(url);
  const threads = /** @type {any} */ (globalThis).process?.getBuiltinModule?.('node:worker_threads');
  if (typeof threads?.Worker !== 'function') {
    throw new LstmError("openWorker: there are no Workers here, as in a service worker; use load() of 'lstm-wasm', "
      + 'or open the Worker in a page');
  }
  return threadsOf(threads, url);
}

/** In a page, in Deno, in Bun. @returns {Way[]} */
function ownWorkers() {
  const start = () => {
    try {
      // Bundlers recognise a Worker by exactly these words.
      return new Worker(new URL('./worker-main.js', import.meta.url), { type: 'module' });
    } catch (error) {
      const file = wantsTrust(error) && beside(import.meta.url, SCRIPT);
      if (!file) throw error;
      return new Worker(trusted(file.href), { type: 'module' });
    }
  };
  return [{ from: 'its file', start }, fromBlob('the copy in the package', copiedScript)];
}

/**
 * @param {URL | string} url
 * @returns {Way[]}
 */
function givenWorkers(url) {
  const { location } = /** @type {any} */ (globalThis);
  const place = addressOf(url, 'openWorker: url');
  const address = typeof place === 'string' ? fileOf(place) : place;
  const way = { from: address.href, start: () => new Worker(trusted(address.href), { type: 'module' }) };
  if (location === undefined || address.origin === location.origin) return [way];
  // A page may not start a script of another origin, but one of its own that imports it.
  return [way, fromBlob('a script of the page that imports it', () => `import ${JSON.stringify(address.href)};`, ['module'])];
}

/**
 * @param {string} from
 * @param {() => string | Promise<string>} scriptOf
 * @param {WorkerType[]} types to be tried: Deno has modules only, older Firefox classic scripts only
 * @returns {Way}
 */
function fromBlob(from, scriptOf, types = ['classic', 'module']) {
  /** @type {string} */
  let address;
  return {
    from,
    start: async () => {
      address = URL.createObjectURL(new Blob([await scriptOf()], { type: 'text/javascript' }));
      const script = trusted(address);
      try {
        return new Worker(script, { type: types[0] });
      } catch (error) {
        if (types.length === 1) throw error;
        return new Worker(script, { type: types[1] });
      }
    },
    over: () => URL.revokeObjectURL(address),
  };
}

/**
 * @param {any} threads node:worker_threads
 * @param {URL | string | undefined} url
 * @returns {Way[]}
 */
function threadsOf({ Worker: Thread }, url) {
  // The flags of the process are for its own script.
  const options = { execArgv: [], name: 'lstm-wasm' };
  if (url !== undefined) {
    const isPath = typeof url === 'string' && !/^[a-z][a-z\d+.-]+:/i.test(url);
    const file = isPath ? fileOf(url) : new URL(url);
    return [{ from: String(url), start: () => new Thread(file, options) }];
  }
  const file = beside(import.meta.url, SCRIPT);
  return [
    { from: file?.href ?? 'its file, whose address is not known here', start: () => new Thread(file, options) },
    { from: 'the copy in the package', start: async () => new Thread(await copiedScript(), { ...options, eval: true }) },
  ];
}

/** @param {string} path of Node @returns {URL} */
const fileOf = (path) => builtin('node:url').pathToFileURL(path);

/**
 * An address that bundlers do not see: they would put the Worker's script there as a mere file, once more.
 * @param {string | undefined} base
 * @param {string} file
 * @returns {URL | undefined}
 */
function beside(base, file) {
  try {
    return new URL(file, base);
  } catch {
    return undefined;
  }
}

/** The Worker's script as a classic one. */
async function copiedScript() {
  return (await import('../../../dist/copies/lstm-worker.js')).default;
}
