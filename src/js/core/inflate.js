// inflate.js: bytes that were deflated and written as base64, so that they can stand in JavaScript.
import { builtin } from './builtin.js';
import { readAll } from './bytes.js';

/**
 * @param {string} base64 of raw deflated bytes
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function inflate(base64) {
  const deflated = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  // jsdom has no streams, and Node's zlib.
  const zlib = builtin('node:zlib');
  if (typeof DecompressionStream !== 'function' && zlib) return new Uint8Array(zlib.inflateRawSync(deflated));
  const { readable, writable } = new DecompressionStream('deflate-raw');
  const writer = writable.getWriter();
  // What is wrong with the bytes is told by the reader.
  Promise.all([writer.write(deflated), writer.close()]).catch(() => {});
  return readAll(readable.getReader());
}
