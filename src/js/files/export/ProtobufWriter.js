// ProtobufWriter.js: a message of Protocol Buffers, field by field (protobuf.dev/programming-guides/encoding). protobuf.js in
// foreign/ reads them.
import { TextEncoder } from '../../core/builtin.js';

const VARINT = 0;
const BYTES = 2;
const FLOAT = 5;

export class ProtobufWriter {
  /** @type {Uint8Array[]} */
  #parts = [];
  #length = 0;

  /** How many bytes it has so far. */
  get length() {
    return this.#length;
  }

  /** @param {number} field @param {number} value whole */
  number(field, value) {
    return this.#add(varint(field * 8 + VARINT), varint(value));
  }

  /** @param {number} field @param {number} value */
  float(field, value) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#add(varint(field * 8 + FLOAT), bytes);
  }

  /** @param {number} field @param {Uint8Array} bytes kept as they are until they are written */
  bytes(field, bytes) {
    return this.#add(varint(field * 8 + BYTES), varint(bytes.length), bytes);
  }

  /** @param {number} field @param {string} text */
  text(field, text) {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  /** @param {number} field @param {ProtobufWriter} message */
  message(field, message) {
    return this.#add(varint(field * 8 + BYTES), varint(message.#length), ...message.#parts);
  }

  /** @returns {Uint8Array<ArrayBuffer>} */
  write() {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** @param {Uint8Array[]} parts */
  #add(...parts) {
    for (const part of parts) {
      this.#parts.push(part);
      this.#length += part.length;
    }
    return this;
  }
}

/** Seven bits a byte, the least first; of all but the last the eighth is set. Two's complement of 64 bits. @param {number} value */
function varint(value) {
  const bytes = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) + 128);
  return Uint8Array.from([...bytes, Number(left)]);
}
