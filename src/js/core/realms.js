// realms.js: what comes from an iframe, jsdom or node:vm is no instance of the classes here, and as good. Things are
// told by what they are instead.

/**
 * Is it one of the language's own kinds of object, of whatever realm?
 * @param {unknown} value
 * @param {string} name 'Float32Array', 'RegExp', 'WebAssembly.Module'
 */
export const isA = (value, name) => Object.prototype.toString.call(value) === `[object ${name}]`;

/**
 * Was the memory of this buffer, or of this view of one, handed over to another thread?
 * @param {ArrayBufferView | ArrayBufferLike} value
 */
export function isDetached(value) {
  if (value.byteLength > 0) return false;
  try {
    // No view can be made of what is detached; `detached` itself is younger than the engines that are supported.
    new Uint8Array(ArrayBuffer.isView(value) ? value.buffer : value);
    return false;
  } catch {
    return true;
  }
}
