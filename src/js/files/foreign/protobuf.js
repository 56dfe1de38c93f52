// protobuf.js: messages of Protocol Buffers, field by field (protobuf.dev/programming-guides/encoding).
import { decode } from './ByteReader.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */
/** A field's value: a number, or its bytes. @typedef {number | Uint8Array} Value */

/** So many fields are read of one file: those of a thousand layers. */
const MOST_FIELDS = 2 ** 19;

export class Protobuf {
  #fail;
  #left = MOST_FIELDS;

  /** @param {Fail} fail */
  constructor(fail) {
    this.#fail = fail;
  }

  /** @param {number} most @returns {never} */
  refuseNumbers(most) {
    return this.#fail(`more than ${most} numbers where a shape or a tensor has no more`);
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
      const number = readVarint(bytes, at);
      if (!number) return this.#fail('damaged or cut off: a message of protobuf ends in a number, or has one of more than 64 bits');
      at = number.end;
      return number.value;
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
   * @param {{ type?: 'varint' | 'float' | 'double', most?: number }} [about] `most`: how many there may be; default: a shape's
   * @returns {number[]}
   */
  numbers(field, { type = 'varint', most = 64 } = {}) {
    const all = this.#fields.get(field) ?? [];
    const values = all.flatMap((value) => {
      if (typeof value === 'number') return [value];
      const width = type === 'varint' ? 1 : type === 'float' ? 4 : 8;
      // A number has ten bytes at most, which are counted before they are read.
      if (value.length > most * (width === 1 ? 10 : width)) return this.#reader.refuseNumbers(most);
      if (type === 'varint') return varintsIn(value);
      const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
      return Array.from({ length: Math.floor(value.length / width) }, (_, i) => (width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true)));
    });
    return values.length > most ? this.#reader.refuseNumbers(most) : values;
  }
}

/**
 * 64 bits, two's complement: numbers beyond 2^53 are rounded, -1 is ten bytes.
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {{ value: number, end: number } | undefined} undefined where it does not end
 */
function readVarint(bytes, at) {
  let small = 0;
  for (let i = 0, scale = 1; i < 7 && at + i < bytes.length; i++, scale *= 128) {
    small += (bytes[at + i] & 127) * scale;
    if (bytes[at + i] < 128) return { value: small, end: at + i + 1 };
  }
  let value = 0n;
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    value |= BigInt(bytes[at + i] & 127) << BigInt(7 * i);
    if (bytes[at + i] < 128) return { value: Number(BigInt.asIntN(64, value)), end: at + i + 1 };
  }
  return undefined;
}

/** @param {Uint8Array} bytes */
function varintsIn(bytes) {
  const values = [];
  for (let at = 0; at < bytes.length;) {
    const number = readVarint(bytes, at);
    if (!number) break;
    values.push(number.value);
    at = number.end;
  }
  return values;
}

/** @typedef {Message} ProtobufMessage */
