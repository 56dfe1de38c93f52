/**
 * What the page and the Worker say to each other.
 *
 * The page asks, the Worker answers each request exactly once:
 *
 *     page -> Worker   { id, method, target, args }
 *     Worker -> page   { id, value }  or  { id, error: { name, code, message } }
 *
 * `target` is the number of a model, a reading, a stream or a training, 0 for the library itself. The page numbers
 * them, so it can send the next request before the answer to the last one has come. Nothing is pushed: a report of a
 * training is the answer to `trainingNext`, what is written is to `streamNext`, so a slow page is never flooded.
 */

/** The methods a request may name. */
const METHODS = Object.freeze([
  'load', 'createCharModel', 'openCharModel',
  'predict', 'generate', 'score', 'trace', 'complete', 'evaluate', 'quantize', 'save', 'checkpoint', 'dispose',
  'read', 'push', 'branch', 'stream', 'streamNext', 'streamStop',
  'train', 'trainingNext', 'trainingAbort', 'trainingStop',
]);

/**
 * @typedef {object} Request
 * @property {number} id
 * @property {string} method   one of METHODS
 * @property {number} target   number of what is asked, 0 for the library
 * @property {unknown[]} args
 */

/**
 * @typedef {object} ErrorReply
 * @property {string} name
 * @property {string} code
 * @property {string} message
 */

/**
 * @typedef {object} Reply
 * @property {number} id
 * @property {unknown} [value]
 * @property {ErrorReply} [error]
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
  return typeof message === 'object' && message !== null && Number.isSafeInteger(message.id)
    && METHODS.includes(message.method) && Number.isSafeInteger(message.target) && Array.isArray(message.args);
}

/**
 * @param {any} message
 * @returns {message is Reply}
 */
export function isReply(message) {
  return typeof message === 'object' && message !== null && Number.isSafeInteger(message.id)
    && (!('error' in message) || isErrorReply(message.error));
}

/**
 * @param {any} error
 * @returns {error is ErrorReply}
 */
function isErrorReply(error) {
  return typeof error === 'object' && error !== null && typeof error.name === 'string'
    && typeof error.code === 'string' && typeof error.message === 'string';
}

/**
 * An error as it crosses: a thrown value of any kind becomes three strings.
 *
 * @param {any} error
 * @returns {ErrorReply}
 */
export function errorReply(error) {
  if (!(error instanceof Error)) return { name: 'LstmError', code: '', message: String(error) };
  return { name: error.name, code: String(/** @type {any} */ (error).code ?? ''), message: error.message };
}

/**
 * The memory of the arrays in an answer, which is handed over and not copied.
 *
 * @param {unknown} value   plain data
 * @returns {ArrayBuffer[]}
 */
export function buffersOf(value) {
  if (ArrayBuffer.isView(value)) return [/** @type {ArrayBuffer} */ (value.buffer)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersOf);
}
