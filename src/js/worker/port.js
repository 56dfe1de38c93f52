// port.js: a Worker's line, the same for a page's Worker and for a thread of Node.
import { messageOf } from '../core/errors.js';

/**
 * @typedef {object} PortOfWorker
 * @property {import('./worker-protocol.js').Port} port
 * @property {() => void} end
 * @property {(waits: boolean) => void} [hold] does a call wait for its answer? Only then the process goes on for the Worker
 */

/**
 * Nothing here leads to the connection, which may be forgotten.
 * @param {any} worker
 * @param {boolean} [isGiven] the caller's own: whether the process waits for it is theirs to say
 * @returns {PortOfWorker}
 */
export function portOf(worker, isGiven) {
  const hold = !isGiven && typeof worker.unref === 'function'
    ? (/** @type {boolean} */ waits) => { if (waits) worker.ref(); else worker.unref(); }
    : undefined;
  return { port: typeof worker.addEventListener === 'function' ? worker : threadPort(worker), end: () => worker.terminate(), hold };
}

/**
 * @param {any} thread a Worker of node:worker_threads
 * @returns {import('./worker-protocol.js').Port}
 */
function threadPort(thread) {
  return {
    postMessage: (message, transfer) => thread.postMessage(message, transfer),
    addEventListener(type, listener) {
      if (type === 'message') thread.on('message', (/** @type {unknown} */ data) => listener({ data }));
      else thread.on(type, (/** @type {unknown} */ error) => listener({ message: messageOf(error), error }));
      if (type === 'error') thread.on('exit', (/** @type {number} */ code) => listener({ message: `it ended with exit code ${code}` }));
    },
  };
}
