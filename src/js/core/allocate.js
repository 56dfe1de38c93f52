// allocate.js: typed arrays whose length is the caller's, and may be more than there is room for.
import { OutOfMemoryError } from './errors.js';

/**
 * @template {ArrayBufferView} T
 * @param {new (length: number) => T} Type of a typed array
 * @param {number} length
 * @param {string} where the call, for the message
 * @param {string} [what] what the length is, for the message
 * @returns {T}
 * @throws {OutOfMemoryError}
 */
export function allocate(Type, length, where, what = `${length} numbers`) {
  try {
    return new Type(length);
  } catch {
    throw new OutOfMemoryError(`${where}: not enough memory for ${what}`);
  }
}
