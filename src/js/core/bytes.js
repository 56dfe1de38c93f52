// bytes.js: bytes that come in parts, and what they look like.
import { describe } from './check.js';
import { isA } from './realms.js';

/** Bytes. A module has a fifth of a megabyte; what is longer than this is none. */
export const MODULE_LIMIT = 2 ** 26;

/**
 * All that a stream gives.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {number} [limit] of bytes
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function readAll(reader, limit = Infinity) {
  /** @type {Uint8Array[]} */
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    // A Response may be made of any stream.
    const isPart = isA(value, 'Uint8Array');
    if (isPart) length += value.byteLength;
    if (!isPart || length > limit) {
      reader.cancel().catch(() => {});
      throw new Error(isPart ? `it has more than ${limit} bytes` : `its stream must give Uint8Arrays, got ${describe(value)}`);
    }
    if (value.byteLength > 0) parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/**
 * Is it a page? Many servers answer one, with 200, for an address at which there is nothing.
 * @param {Uint8Array} bytes
 */
export function isHtml(bytes) {
  // Latin-1 of the first bytes; a byte order mark is three of its characters.
  const head = String.fromCharCode(...bytes.subarray(0, 1024));
  // A comment has one end: with a choice of several, a head full of them would take exponentially long.
  return /^(\xef\xbb\xbf)?\s*(<!--((?!-->)[^])*-->\s*)*<(!doctype|html)\b/i.test(head);
}

/**
 * What is wrong with the content of a source, if it can be seen before it is read.
 * @param {Uint8Array} bytes
 * @param {string} what 'module'
 * @returns {string | undefined}
 */
export function faultOf(bytes, what) {
  if (bytes.length === 0) return 'it is empty';
  return isHtml(bytes) ? `the server answered a page, HTML, where the ${what} should be` : undefined;
}
