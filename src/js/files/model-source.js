// model-source.js: a model's file from wherever it is.
import { assertNotAborted, unlessAborted } from '../core/abort.js';
import { abortSignal, optional, readOptions } from '../core/check.js';
import { FileFormatError } from '../core/errors.js';
import { isBytes, readSource, takeOver } from '../core/source.js';

/** Longer files open nowhere: a module has 4 GB of memory at most. */
const LIMIT = 2 ** 32;

/**
 * How a file is opened.
 * @typedef {object} OpenOptions
 * @property {AbortSignal} [signal] ends the reading, which rejects with its reason
 */

/**
 * The bytes of a model's file. Those that were given are given back at once, before their memory can change.
 * @param {unknown} source
 * @param {string} where the call, for messages
 * @param {unknown} [options]
 * @returns {ArrayBufferView | ArrayBufferLike | Promise<Uint8Array<ArrayBuffer>>}
 * @throws {import('../core/errors.js').ArgumentError} for unknown options
 */
export function readModelSource(source, where, options = {}) {
  takeOver(source);
  const { signal } = readOptions(where, options, { signal: optional(abortSignal) });
  if (isBytes(source)) {
    assertNotAborted(signal);
    return source;
  }
  return unlessAborted(signal, () =>
    readSource(source, `${where}: source`, { what: 'model', Failure: FileFormatError, signal, limit: LIMIT }));
}
