// protobuf.js: messages of Protocol Buffers, field by field (protobuf.dev/programming-guides/encoding).
import { decode } from './ByteReader.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */
/** A field's value: a number, or its bytes. @typedef {number | Uint8Array} Value */

/** So many fields are read of one file. */
const MOST_FIELDS = 2 ** 22;

export class Protobuf {
  #fail;
  #left = MOST_FIELDS;

  /** @param {Fail} fail */
  constructor(fail) {
    this.#fail = fail;
  }

  /**
   * The fields of a message, each a list.
   * @param {Uint8Array} bytes
   * @returns {Message}
   */
  read(bytes) {
    /** @type {Map<number, Value[]>} */
    const fields = new Map();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const varint = () => {
      // 64 bits, two's complement: numbers beyond 2^53 are rounded, -1 is ten bytes.
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        if (at >= bytes.length) this.#fail('damaged or cut off: a message of protobuf ends in a number');
        const byte = bytes[at++];
        value |= BigInt(byte & 127) << shift;
        if (byte < 128) return Number(BigInt.asIntN(64, value));
      }
      return this.#fail('damaged: a number of more than 64 bits');
    };
    const skip = (/** @type {number} */ length) => {
      if (!(length >= 0 && at + length <= bytes.length)) this.#fail(`damaged or cut off: a field of ${length} bytes, ${bytes.length - at} are left`);
      at += length;
      return at - length;
    };
    while (at < bytes.length) {
      if (--this.#left < 0) this.#fail(`more than ${MOST_FIELDS} fields`);
      const tag = varint();
      const [field, type] = [Math.floor(tag / 8), ((tag % 8) + 8) % 8];
      /** @type {Value} */
      let value;
      if (type === 0) value = varint();
      else if (type === 1) value = view.getFloat64(skip(8), true);
      else if (type === 5) value = view.getFloat32(skip(4), true);
      else if (type === 2) {
        const length = varint();
        value = bytes.subarray(skip(length), at);
      } else {
        return this.#fail(`damaged: a field of protobuf's type ${type}`);
      }
      const known = fields.get(field);
      if (known) known.push(value);
      else fields.set(field, [value]);
    }
    return new Message(fields, this);
  }
}

class Message {
  #fields;
  #reader;

  /** @param {Map<number, Value[]>} fields @param {Protobuf} reader */
  constructor(fields, reader) {
    this.#fields = fields;
    this.#reader = reader;
  }

  /** @param {number} field */
  has(field) {
    return this.#fields.has(field);
  }

  /** @param {number} field @param {number} [otherwise] */
  number(field, otherwise = 0) {
    const all = this.#fields.get(field);
    const last = all?.[all.length - 1];
    return typeof last === 'number' ? last : otherwise;
  }

  /** @param {number} field @returns {Uint8Array} */
  bytes(field) {
    const all = this.#fields.get(field);
    const last = all?.[all.length - 1];
    return last instanceof Uint8Array ? last : new Uint8Array();
  }

  /** @param {number} field */
  text(field) {
    return decode(this.bytes(field));
  }

  /** @param {number} field @returns {string[]} */
  texts(field) {
    return (this.#fields.get(field) ?? []).flatMap((value) => (value instanceof Uint8Array ? [decode(value)] : []));
  }

  /** @param {number} field @returns {Message[]} */
  messages(field) {
    return (this.#fields.get(field) ?? []).flatMap((value) => (value instanceof Uint8Array ? [this.#reader.read(value)] : []));
  }

  /**
   * A repeated field of numbers, packed or not.
   * @param {number} field
   * @param {'varint' | 'float' | 'double'} [type]
   * @returns {number[]}
   */
  numbers(field, type = 'varint') {
    return (this.#fields.get(field) ?? []).flatMap((value) => {
      if (typeof value === 'number') return [value];
      if (type === 'varint') return varintsIn(value);
      const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
      const width = type === 'float' ? 4 : 8;
      return Array.from({ length: Math.floor(value.length / width) }, (_, i) => (width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true)));
    });
  }
}

/** @param {Uint8Array} bytes */
function varintsIn(bytes) {
  const values = [];
  for (let at = 0; at < bytes.length;) {
    let value = 0n;
    let shift = 0n;
    while (at < bytes.length && bytes[at] > 127 && shift < 63n) {
      value |= BigInt(bytes[at++] & 127) << shift;
      shift += 7n;
    }
    if (at < bytes.length) value |= BigInt(bytes[at++] & 127) << shift;
    values.push(Number(BigInt.asIntN(64, value)));
  }
  return values;
}

/** @typedef {Message} ProtobufMessage */
