// zip.js: the files in a zip, by its directory at the end (APPNOTE.TXT 4.3): stored as they are, or deflated. No encryption,
// no parts on several disks.
import { builtin } from '../../core/builtin.js';
import { readAll } from '../../core/bytes.js';
import { nameOf } from '../../core/quote.js';
import { ByteReader, decode } from './ByteReader.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */

const END = 0x06054b50;
const END_64 = 0x06064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const LONGEST_COMMENT = 2 ** 16;
const MOST_ENTRIES = 2 ** 16;
/** Numbers hardly deflate: what is inflated is not much more than the file. */
const SPARE = 2 ** 24;

export class Zip {
  /** @type {Map<string, { method: number, flags: number, size: number, whole: number, sum: number, at: number }>} */
  #entries = new Map();
  #bytes;
  #fail;
  #left;

  /**
   * @param {Uint8Array} bytes
   * @param {Fail} fail
   */
  constructor(bytes, fail) {
    this.#bytes = bytes;
    this.#fail = fail;
    this.#left = bytes.length + SPARE;
    this.#readDirectory();
  }

  get names() {
    return [...this.#entries.keys()];
  }

  /** @param {string} name */
  has(name) {
    return this.#entries.has(name);
  }

  /** @param {string} name @returns {Promise<Uint8Array>} */
  async read(name) {
    const entry = this.#entries.get(name);
    if (!entry) return this.#fail(`the zip has no file ${nameOf(name)}: it has ${this.names.slice(0, 6).map(nameOf).join(', ') || 'none'}`);
    const reader = new ByteReader(this.#bytes, this.#fail, entry.at);
    if (reader.u32() !== LOCAL) this.#fail(`the zip's file ${nameOf(name)} is not where its directory says`);
    reader.skip(22);
    const [nameLength, extraLength] = [reader.u16(), reader.u16()];
    reader.skip(nameLength + extraLength);
    const data = reader.take(entry.size);
    this.#left -= Math.max(entry.size, entry.whole);
    if (!(this.#left >= 0)) this.#fail(`the zip's file ${nameOf(name)} would have ${entry.whole} bytes, too many for so short a file`);
    if (entry.flags & 1) this.#fail(`the zip's file ${nameOf(name)} is encrypted`);
    if (entry.method === 0) return this.#whole(name, data, entry.sum);
    if (entry.method !== 8) this.#fail(`the zip's file ${nameOf(name)} is compressed by method ${entry.method}: only deflate (8) is known`);
    const whole = await inflate(data, entry.whole);
    if (whole.length !== entry.whole) this.#fail(`the zip's file ${nameOf(name)} has ${whole.length} bytes, its directory says ${entry.whole}`);
    return this.#whole(name, whole, entry.sum);
  }

  /** @param {string} name @param {Uint8Array} bytes @param {number} sum */
  #whole(name, bytes, sum) {
    if (crc32(bytes) !== sum) this.#fail(`damaged: the zip's file ${nameOf(name)} is not as it was written, by its checksum`);
    return bytes;
  }

  #readDirectory() {
    const bytes = this.#bytes;
    let end = bytes.length - 22;
    const least = Math.max(0, end - LONGEST_COMMENT);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    while (end >= least && view.getUint32(end, true) !== END) end -= 1;
    if (end < least) this.#fail('a zip without its directory: is the file cut off?');
    const reader = new ByteReader(bytes, this.#fail, end + 10);
    let count = reader.u16();
    reader.skip(4);
    let at = reader.u32();
    if (end >= 20 && view.getUint32(end - 20, true) === 0x07064b50) {
      const far = new ByteReader(bytes, this.#fail, end - 12);
      far.at = far.u64();
      if (far.u32() !== END_64) this.#fail('a zip whose directory is not where it says');
      far.skip(28);
      count = far.u64();
      far.skip(8);
      at = far.u64();
    }
    if (count > MOST_ENTRIES) this.#fail(`a zip of ${count} files: no model has so many`);
    reader.at = at;
    for (let i = 0; i < count; i++) this.#readEntry(reader);
  }

  /** @param {ByteReader} reader */
  #readEntry(reader) {
    if (reader.u32() !== ENTRY) this.#fail('a zip whose directory is damaged');
    reader.skip(4);
    const flags = reader.u16();
    const method = reader.u16();
    reader.skip(4);
    const sum = reader.u32();
    let [size, whole] = [reader.u32(), reader.u32()];
    const [nameLength, extraLength, commentLength] = [reader.u16(), reader.u16(), reader.u16()];
    reader.skip(8);
    let at = reader.u32();
    const name = decode(reader.take(nameLength));
    const extra = new ByteReader(reader.take(extraLength), this.#fail);
    while (extra.left >= 4) {
      const [id, length] = [extra.u16(), extra.u16()];
      const field = new ByteReader(extra.take(length), this.#fail);
      if (id !== 1) continue;
      if (whole === 0xffffffff) whole = field.u64();
      if (size === 0xffffffff) size = field.u64();
      if (at === 0xffffffff) at = field.u64();
    }
    reader.skip(commentLength);
    if (!this.#entries.has(name)) this.#entries.set(name, { method, flags, size, whole, sum, at });
  }
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let sum = -1;
  for (const byte of bytes) sum = (sum >>> 8) ^ CRC[(sum ^ byte) & 255];
  return ~sum >>> 0;
}

/** @param {Uint8Array} deflated @param {number} limit of bytes */
async function inflate(deflated, limit) {
  const zlib = builtin('node:zlib');
  if (typeof DecompressionStream !== 'function' && zlib) return new Uint8Array(zlib.inflateRawSync(deflated, { maxOutputLength: limit + 1 }));
  const { readable, writable } = new DecompressionStream('deflate-raw');
  const writer = writable.getWriter();
  // What is wrong with the bytes is told by the reader.
  Promise.all([writer.write(/** @type {Uint8Array<ArrayBuffer>} */ (deflated)), writer.close()]).catch(() => {});
  return readAll(readable.getReader(), limit);
}
