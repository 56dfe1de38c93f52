/**
 * What the page and the Worker say to each other.
 *
 * The page asks, the Worker answers each request exactly once:
 *
 *     page -> Worker   { id, method, target, args, makes? }
 *     Worker -> page   { id, value }  or  { id, error: what describeThrown gives }
 *
 * `target` is the number of the object that is asked, 0 for the library itself; `makes` is the one that what is made will
 * have. The page numbers them, so it can send the next request before the answer to the last one has come; requests are
 * numbered from 1, each one more than the one before. Nothing is pushed: the reports of a training and the characters of a
 * stream are answers to `next`, so a slow page is never flooded.
 */
import { isCallName } from './calls.js';

/**
 * @typedef {object} Request
 * @property {number} id
 * @property {string} method   a name in the table of calls
 * @property {number} target
 * @property {unknown[]} args
 * @property {number} [makes]
 */

/**
 * @typedef {object} Reply
 * @property {number} id
 * @property {unknown} [value]
 * @property {import('./worker-errors.js').Thrown[]} [error]
 */

/**
 * What both sides need of a Worker, a Worker's global scope or a MessagePort.
 *
 * @typedef {object} Port
 * @property {(message: unknown, transfer: Transferable[]) => void} postMessage
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 */

/**
 * Is this a request? The page is the Worker's only peer, but a stray message (of a browser extension, say) is none.
 *
 * @param {any} message
 * @returns {message is Request}
 */
export function isRequest(message) {
  return typeof message === 'object' && message !== null && isCallName(message.method) && Array.isArray(message.args)
    && [message.id, message.target, message.makes ?? 0].every((number) => Number.isSafeInteger(number) && number >= 0);
}

/**
 * @param {any} message
 * @returns {message is Reply}
 */
export function isReply(message) {
  return typeof message === 'object' && message !== null && Number.isSafeInteger(message.id);
}

/**
 * The memory that can be handed over with a value: that of its typed arrays, but no part of a larger or shared memory.
 *
 * @param {unknown} value plain data
 * @returns {ArrayBuffer[]}
 */
export function buffersOf(value) {
  /** @type {Set<object>} */
  const seen = new Set();
  /** @type {Set<ArrayBuffer>} */
  const buffers = new Set();
  /** @param {unknown} part */
  const visit = (part) => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return;
    seen.add(part);
    if (!ArrayBuffer.isView(part)) return Object.values(part).forEach(visit);
    const { buffer, byteLength } = part;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffers.add(buffer);
  };
  visit(value);
  return [...buffers];
}
