// ByteReader.js: numbers and pieces of a foreign file, from front to back. What is behind its end is the file's fault.
import { TextDecoder } from '../../core/builtin.js';

/** @typedef {(reason: string) => never} Fail */

export class ByteReader {
  #view;
  #fail;

  /**
   * @param {Uint8Array} bytes
   * @param {Fail} fail
   * @param {number} [at] the next byte
   */
  constructor(bytes, fail, at = 0) {
    this.bytes = bytes;
    this.at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fail = fail;
  }

  get left() {
    return this.bytes.length - this.at;
  }

  /** The place of so many bytes, which are passed. @param {number} length */
  skip(length) {
    const { at } = this;
    if (!(length >= 0 && at >= 0 && at + length <= this.bytes.length)) {
      this.#fail(`damaged or cut off: ${length} bytes at ${at} of ${this.bytes.length}`);
    }
    this.at = at + length;
    return at;
  }

  u8() {
    return this.#view.getUint8(this.skip(1));
  }

  u16() {
    return this.#view.getUint16(this.skip(2), true);
  }

  u32() {
    return this.#view.getUint32(this.skip(4), true);
  }

  i32() {
    return this.#view.getInt32(this.skip(4), true);
  }

  f64(littleEndian = true) {
    return this.#view.getFloat64(this.skip(8), littleEndian);
  }

  /** Eight bytes that are a place or a length: more than a double counts is none. */
  u64() {
    const value = this.#view.getBigUint64(this.skip(8), true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
  }

  /** Little-endian, 1 to 8 bytes. @param {number} size */
  unsigned(size) {
    let value = 0;
    const at = this.skip(size);
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[at + i];
    return value;
  }

  /** A view of the file, no copy. @param {number} length */
  take(length) {
    const at = this.skip(length);
    return this.bytes.subarray(at, at + length);
  }

  /** @param {number} length */
  text(length) {
    return decode(this.take(length));
  }

  /** Up to a sign, which is passed. @param {number} sign */
  until(sign) {
    const end = this.bytes.indexOf(sign, this.at);
    if (end < 0) this.#fail(`damaged or cut off: no end of what begins at byte ${this.at}`);
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }
}

/** @param {Uint8Array} bytes */
export const decode = (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
