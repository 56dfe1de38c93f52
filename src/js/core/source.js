// source.js: reads what a caller gives as a file: bytes, a Blob or File, a Response, a URL, a string address, or a promise of
// any of these. In Node an address may be a path.
import { builtin } from './builtin.js';
import { readBytes, refuse } from './check.js';
import { faultOf, readAll } from './bytes.js';
import { ArgumentError, messageOf } from './errors.js';
import { quote } from './quote.js';
import { isA } from './realms.js';

/** @typedef {ArrayBuffer | ArrayBufferView | SharedArrayBuffer | Blob | Response | URL | string} FileSource */

/**
 * What is read: a file, or a compiled thing in its place, or a promise of either.
 * @typedef {FileSource | PromiseLike<FileSource>} Source
 */

/**
 * What is known of a source when it was opened: its bytes, or a response whose body is still to come.
 * @typedef {object} Opened
 * @property {string} from where it comes from, for messages
 * @property {Uint8Array<ArrayBuffer>} [bytes]
 * @property {Response} [response]
 * @property {boolean} [isFetched] the response was asked for here, and ends with the signal
 */

/**
 * @typedef {object} Reading
 * @property {AbortSignal} [signal]
 * @property {number} limit of bytes: longer is no file of this kind
 */

const kinds = 'an ArrayBuffer, a typed array, a Blob, a Response, a URL, an address';

/**
 * What a message tells of an error from outside: with its cause, where Node's fetch has the reason, and on one line.
 * @param {unknown} error
 */
export function reasonOf(error) {
  const { cause } = /** @type {Partial<Error>} */ (error ?? {});
  const message = messageOf(error);
  const reason = cause === undefined || message.includes(messageOf(cause)) ? message : `${message} (${messageOf(cause)})`;
  return reason.replace(/^load: /, '').replace(/\p{C}+/gu, ' ').trim();
}

/**
 * @param {unknown} source
 * @returns {source is ArrayBufferView | ArrayBufferLike} bytes that are there already
 */
export const isBytes = (source) =>
  ArrayBuffer.isView(source) || isA(source, 'ArrayBuffer') || isA(source, 'SharedArrayBuffer');

/**
 * Throws at once where something is no source at all, nor a promise that may give one.
 * @param {unknown} source
 * @param {string} path how the caller would write it: 'inspect: source'
 * @throws {ArgumentError}
 */
export function assertSource(source, path) {
  const isOne = isBytes(source) || typeof source === 'string' || typeof (/** @type {any} */ (source)?.then) === 'function'
    || ['Blob', 'File', 'Response', 'URL'].some((name) => isA(source, name));
  if (!isOne) refuse(path, `${kinds} or a promise of one`, source);
}

/**
 * A promise that was handed over is nobody else's: where it is not waited for, because something else is wrong, its rejection
 * is no error of the program.
 * @param {unknown} source
 */
export function takeOver(source) {
  if (isA(source, 'Promise')) Promise.resolve(source).catch(() => {});
}

/**
 * The source itself, where a promise of one may have been given.
 * @param {unknown} source
 * @param {string} path how the caller would write it: 'load: wasm'
 * @returns {Promise<unknown>}
 */
export async function settle(source, path) {
  try {
    return await source;
  } catch (cause) {
    throw new ArgumentError(`${path} must be ${kinds} or a promise of one, got a promise that was rejected: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * @param {unknown} source no promise
 * @param {string} path how the caller would write it: 'load: wasm'
 * @param {Reading} reading
 * @param {string} [others] what else may be given, for the message
 * @returns {Promise<Opened>}
 * @throws {ArgumentError}
 */
export async function openSource(source, path, reading, others = '') {
  if (isA(source, 'Response')) return openResponse(/** @type {Response} */ (source), path, reading);
  if (isA(source, 'Blob') || isA(source, 'File')) return openBlob(/** @type {Blob} */ (source), path, reading);
  if (isA(source, 'URL') || typeof source === 'string') {
    const address = addressOf(/** @type {URL | string} */ (source), path);
    try {
      return await openAddress(address, reading);
    } catch (cause) {
      throw new ArgumentError(`${path} must be an address that can be read, got ${nameOf(address)}: ${reasonOf(cause)}`, { cause });
    }
  }
  return { from: `the bytes given as ${nameIn(path)}`, bytes: readBytes(source, path, `${others}${kinds} or a promise of one`) };
}

/**
 * All of a source's bytes, which are neither none nor a page's.
 * @param {unknown} source
 * @param {string} path how the caller would write it: 'open: source'
 * @param {Reading & { what: string, Failure: new (message: string, options?: ErrorOptions) => Error }} reading `what` it is:
 *   'model'; and what is thrown where it is another thing
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function readSource(source, path, { what, Failure, ...reading }) {
  const opened = await openSource(await settle(source, path), path, reading);
  const bytes = await bodyOf(opened, path, reading);
  const fault = faultOf(bytes, what);
  if (fault) throw new Failure(`${path.split(':')[0]}: cannot read the ${what} from ${opened.from}: ${fault}`);
  return bytes;
}

/**
 * The bytes of an opened source.
 * @param {Opened} opened
 * @param {string} path
 * @param {Reading} reading
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function bodyOf({ bytes, response, from }, path, { signal, limit }) {
  if (!response) return /** @type {Uint8Array<ArrayBuffer>} */ (bytes);
  try {
    // As of Node's older fetch libraries: a body that is no stream of the web.
    if (typeof response.body?.getReader !== 'function') return new Uint8Array(await response.arrayBuffer());
    const reader = response.body.getReader();
    const stop = () => { reader.cancel().catch(() => {}); };
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    try {
      return await readAll(reader, limit);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  } catch (cause) {
    throw new ArgumentError(`${path} must be a file that can be read, got ${from}, which cannot: ${reasonOf(cause)}`, { cause });
  }
}

/** `wasm` of 'load: wasm'. @param {string} path */
const nameIn = (path) => `\`${path.slice(path.lastIndexOf(' ') + 1)}\``;

/** @param {URL | string} address */
const nameOf = (address) => {
  const given = isA(address, 'URL') ? /** @type {URL} */ (address).href : /** @type {string} */ (address);
  const text = /^[a-z][a-z\d+.-]+:[!-~]+$/i.test(given) ? given : quote(given);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};

/**
 * Where an address leads from here.
 * @param {URL | string} source
 * @param {string} path
 * @returns {URL | string} a string is a path of Node
 */
export function addressOf(source, path) {
  if (source === '') refuse(path, 'an address that is not empty', source);
  const { document, location } = /** @type {any} */ (globalThis);
  const base = document?.baseURI ?? location?.href;
  try {
    if (typeof source !== 'string') return new URL(source.href);
    // One letter and a colon is a drive.
    if (/^[a-z][a-z\d+.-]+:/i.test(source)) return new URL(source);
    if (base !== undefined) return new URL(source, base);
  } catch {
    refuse(path, base === undefined ? 'an address' : `an address, absolute or relative to ${nameOf(base)}`, source);
  }
  if (!builtin('node:fs/promises')) refuse(path, 'an absolute address, as there is no page here', source);
  return /** @type {string} */ (source);
}

/**
 * @param {URL | string} address
 * @param {Reading} reading
 * @returns {Promise<Opened>}
 * @throws {unknown} the reason alone
 */
export async function openAddress(address, { signal, limit }) {
  const from = nameOf(address);
  const files = builtin('node:fs/promises');
  const isFile = typeof address === 'string' || address.protocol === 'file:';
  if (isFile && files) {
    const { size } = await files.stat(address);
    assertSize(size, limit);
    const buffer = await files.readFile(address, { signal });
    return { from, bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) };
  }
  const response = await fetch(address, { signal });
  return { from, response: assertAnswer(response, limit), isFetched: true };
}

/**
 * @param {Response} response
 * @param {string} path
 * @param {Reading} reading
 * @returns {Opened}
 */
function openResponse(response, path, { limit }) {
  const from = response.url ? nameOf(response.url) : `the Response given as ${nameIn(path)}`;
  if (response.bodyUsed || /** @type {any} */ (response.body)?.locked) {
    throw new ArgumentError(`${path} must be a Response whose body was not read yet, got ${from}, whose body was`);
  }
  try {
    return { from, response: assertAnswer(response, limit) };
  } catch (cause) {
    throw new ArgumentError(`${path} must be a Response that is ok, got ${from}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * @param {Response} response
 * @param {number} limit
 * @throws {Error} where it is none with a file in it
 */
function assertAnswer(response, limit) {
  const { ok, status, statusText, headers, type } = response;
  try {
    if (type === 'opaque') throw new Error("the answer of another origin cannot be read: fetch it with mode 'cors'");
    if (!ok) throw new Error(`the server answered ${status} ${statusText}`.trim());
    assertSize(Number(headers?.get('content-length') ?? 0), limit);
  } catch (error) {
    response.body?.cancel?.().catch(() => {});
    throw error;
  }
  return response;
}

/** @param {number} size @param {number} limit */
function assertSize(size, limit) {
  if (size > limit) throw new Error(`it has ${size} bytes, more than the ${limit} that can be of use`);
}

/**
 * @param {Blob} blob
 * @param {string} path
 * @param {Reading} reading
 * @returns {Promise<Opened>}
 */
async function openBlob(blob, path, { limit }) {
  const { name } = /** @type {Partial<File>} */ (blob);
  const from = typeof name === 'string' ? `the File ${quote(name.slice(0, 80))}` : `the Blob given as ${nameIn(path)}`;
  try {
    assertSize(blob.size, limit);
    return { from, bytes: new Uint8Array(await contentOf(blob)) };
  } catch (cause) {
    throw new ArgumentError(`${path} must be a Blob or File that can be read, got ${from}: ${reasonOf(cause)}`, { cause });
  }
}

/** @param {Blob} blob @returns {Promise<ArrayBuffer>} */
function contentOf(blob) {
  if (typeof blob.arrayBuffer === 'function' || typeof FileReader !== 'function') return blob.arrayBuffer();
  // As of jsdom.
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(/** @type {ArrayBuffer} */ (reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}
