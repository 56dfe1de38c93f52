// Hdf5.js: HDF5 files as h5py writes them (HDF5 File Format Specification 3.0): superblocks 0 to 3, groups of symbol tables or
// links, contiguous and compact data sets of numbers, attributes of texts and numbers. What Keras writes; no chunks, no filters.
//
// O: a place in the file, of as many bytes as the superblock says; L: a length, likewise.
import { nameOf } from '../../core/quote.js';
import { ByteReader, decode } from './ByteReader.js';
import { readType } from './hdf5-type.js';
import { WIDTHS, toFloats } from './numbers.js';
import { Allowance, Weight } from './Weight.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */
/** @typedef {{ type: number, data: ByteReader }} Message of an object's header */

const DATASPACE = 1, LINK_INFO = 2, DATATYPE = 3, LINK = 6, LAYOUT = 8, FILTERS = 11, ATTRIBUTE = 12, CONTINUATION = 16, SYMBOL_TABLE = 17,
  ATTRIBUTE_INFO = 21;
/** So many objects, messages, names and texts are gone through, whatever leads to them: no circle, no file that is read again and again. */
const MOST = 2 ** 19;

/**
 * @typedef {object} Group
 * @property {string} path
 * @property {Map<string, string | string[] | number[]>} attributes
 * @property {string[]} names of what is in it
 * @property {(name: string) => Group | Weight | undefined} get
 */

export class Hdf5 {
  #bytes;
  #fail;
  #offset = 8;
  #length = 8;
  #root = 0;
  #allowance;
  #left = MOST;
  #texts;

  /**
   * @param {Uint8Array} bytes
   * @param {Fail} fail
   */
  constructor(bytes, fail) {
    this.#bytes = bytes;
    this.#fail = fail;
    this.#allowance = new Allowance(bytes.length, fail);
    this.#texts = 4 * bytes.length + MOST;
    const reader = this.#at(8);
    const version = reader.u8();
    if (version > 3) fail(`an HDF5 file of version ${version}: 0 to 3 are known`);
    if (version < 2) {
      reader.skip(4);
      this.#sizes(reader);
      reader.skip(version === 1 ? 13 : 9);
      reader.skip(4 * this.#offset);
      reader.skip(this.#offset);
    } else {
      this.#sizes(reader);
      reader.skip(1 + 3 * this.#offset);
    }
    this.#root = reader.unsigned(this.#offset);
  }

  /** @returns {Group} */
  get root() {
    return this.#group(this.#root, '', 0);
  }

  /** @param {ByteReader} reader */
  #sizes(reader) {
    [this.#offset, this.#length] = [reader.u8(), reader.u8()];
    if (![2, 4, 8].includes(this.#offset) || ![2, 4, 8].includes(this.#length)) this.#fail('damaged: an HDF5 file of unknown sizes');
  }

  #count() {
    if (--this.#left < 0) this.#fail(`damaged: more than ${MOST} parts`);
  }

  /** What a name or a text takes. @param {number} length */
  #take(length) {
    this.#count();
    this.#texts -= length;
    if (!(this.#texts >= 0)) this.#fail('damaged: its names and texts are longer than the file');
  }

  /** @param {number} place */
  #at(place) {
    if (!(place >= 0 && place <= this.#bytes.length)) this.#fail(`damaged or cut off: it leads to byte ${place} of ${this.#bytes.length}`);
    return new ByteReader(this.#bytes, this.#fail, place);
  }

  /** @param {ByteReader} reader @param {string} expected */
  #signature(reader, expected) {
    if (decode(reader.take(4)) !== expected) this.#fail(`damaged: no ${expected} where an HDF5 file should have one`);
  }

  /** @param {number} place @param {string} path @param {number} depth @returns {Group} */
  #group(place, path, depth) {
    if (depth > 16) this.#fail('damaged: more than 16 groups inside each other');
    const messages = this.#messages(place);
    const attributes = this.#attributes(messages, path);
    /** @type {Map<string, number>} */
    const places = new Map();
    for (const { type, data } of messages) {
      if (type === SYMBOL_TABLE) this.#readTable(data.unsigned(this.#offset), data.unsigned(this.#offset), places);
      if (type === LINK) this.#readLink(data, places);
      if (type === LINK_INFO) this.#refuseHeap(data, path);
    }
    /** @type {Map<string, Group | Weight>} */
    const children = new Map();
    return {
      path, attributes, names: [...places.keys()],
      get: (name) => {
        const known = children.get(name);
        const child = places.get(name);
        if (known || child === undefined) return known;
        const made = this.#object(child, `${path}/${name}`, depth + 1);
        children.set(name, made);
        return made;
      },
    };
  }

  /** @param {number} place @param {string} path @param {number} depth */
  #object(place, path, depth) {
    const messages = this.#messages(place);
    return messages.some(({ type }) => type === LAYOUT) ? this.#dataset(messages, path) : this.#group(place, path, depth);
  }

  /**
   * The messages of an object's header, version 1 or 2, with the blocks in which it goes on.
   * @param {number} place
   * @returns {Message[]}
   */
  #messages(place) {
    this.#count();
    const reader = this.#at(place);
    const isFirst = this.#bytes[place] === 1;
    let flags = 0;
    if (isFirst) {
      reader.skip(8);
    } else {
      this.#signature(reader, 'OHDR');
      reader.skip(1);
      flags = reader.u8();
      reader.skip((flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0));
    }
    const size = reader.unsigned(isFirst ? 4 : 1 << (flags & 3));
    if (isFirst) reader.skip(4);
    const blocks = [{ at: reader.at, end: reader.at + size }];
    /** @type {Message[]} */
    const messages = [];
    for (const { at, end } of blocks) {
      const block = this.#at(at);
      while (block.at + (isFirst ? 8 : 4) <= end) {
        const type = isFirst ? block.u16() : block.u8();
        const length = block.u16();
        block.skip(isFirst ? 4 : flags & 4 ? 3 : 1);
        const data = new ByteReader(block.take(length), this.#fail);
        if (type !== CONTINUATION) {
          messages.push({ type, data });
        } else {
          const [from, whole] = [data.unsigned(this.#offset), data.unsigned(this.#length)];
          // Of version 2 they begin with OCHK and end with a checksum.
          blocks.push(isFirst ? { at: from, end: from + whole } : { at: from + 4, end: from + whole - 4 });
        }
        this.#count();
      }
    }
    return messages;
  }

  /**
   * The names of a group and their places, by its B-tree (version 1) of symbol nodes.
   * @param {number} tree
   * @param {number} heap where the names lie
   * @param {Map<string, number>} places
   */
  #readTable(tree, heap, places) {
    const head = this.#at(heap);
    this.#signature(head, 'HEAP');
    head.skip(4 + 2 * this.#length);
    const names = head.unsigned(this.#offset);
    const nodes = [tree];
    for (const node of nodes) {
      this.#count();
      const reader = this.#at(node);
      const signature = decode(reader.take(4));
      if (signature === 'TREE') {
        reader.skip(2);
        const count = reader.u16();
        reader.skip(2 * this.#offset + this.#length);
        for (let i = 0; i < count; i++) {
          this.#count();
          nodes.push(reader.unsigned(this.#offset));
          reader.skip(this.#length);
        }
      } else if (signature === 'SNOD') {
        reader.skip(2);
        const count = reader.u16();
        for (let i = 0; i < count; i++) {
          const name = this.#at(names + reader.unsigned(this.#offset)).until(0);
          this.#take(name.length);
          places.set(name, reader.unsigned(this.#offset));
          reader.skip(24);
        }
      } else {
        this.#fail('damaged: a group that is neither a tree nor a node');
      }
    }
  }

  /** A link message: of a hard link, which leads to an object of this file. @param {ByteReader} data @param {Map<string, number>} places */
  #readLink(data, places) {
    data.skip(1);
    const flags = data.u8();
    const kind = flags & 8 ? data.u8() : 0;
    data.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
    const name = data.text(data.unsigned(1 << (flags & 3)));
    if (kind === 0) places.set(name, data.unsigned(this.#offset));
  }

  /** @param {ByteReader} data of a link info message @param {string} path */
  #refuseHeap(data, path) {
    data.skip(1);
    const flags = data.u8();
    data.skip(flags & 1 ? 8 : 0);
    if (data.unsigned(this.#offset) < this.#bytes.length) {
      this.#fail(`group ${nameOf(path || '/')} has its names in a fractal heap: write the file with h5py's default libver`);
    }
  }

  /** @param {Message[]} messages @param {string} path @returns {Weight} */
  #dataset(messages, path) {
    const of = (/** @type {number} */ type) => messages.find((message) => message.type === type)?.data;
    const [space, datatype, layout] = [of(DATASPACE), of(DATATYPE), of(LAYOUT)];
    if (!space || !datatype || !layout) return this.#fail(`data set ${nameOf(path)} does not say what it has`);
    const shape = this.#shape(space);
    const type = readType(datatype, this.#fail);
    const count = shape.reduce((product, length) => product * length, 1);
    const version = layout.u8();
    if (version !== 3 && version !== 4) return this.#fail(`data set ${nameOf(path)}: its layout is of version ${version}, 3 and 4 are known`);
    const kind = layout.u8();
    return new Weight(shape, () => {
      const isPlain = (type.kind === 'float' || type.kind === 'integer') && (kind === 0 || kind === 1) && !of(FILTERS);
      const width = /** @type {Record<string, string>} */ ({ float2: 'F16', float4: 'F32', float8: 'F64', integer1: 'I8', integer4: 'I32', integer8: 'I64' })[type.kind + type.size];
      if (!isPlain || !width) return this.#fail(`data set ${nameOf(path)} must be of numbers that lie as they are, without chunks and filters`);
      this.#allowance.take(count);
      if (kind === 0) return toFloats(layout.take(layout.u16()).subarray(0, count * WIDTHS[width]), width, { bigEndian: type.bigEndian });
      const at = layout.unsigned(this.#offset);
      return toFloats(this.#at(at).take(count * WIDTHS[width]), width, { bigEndian: type.bigEndian });
    });
  }

  /** @param {ByteReader} space */
  #shape(space) {
    const [version, rank] = [space.u8(), space.u8()];
    space.skip(version === 1 ? 6 : 2);
    return Array.from({ length: rank }, () => space.unsigned(this.#length));
  }

  /** @param {Message[]} messages @param {string} path */
  #attributes(messages, path) {
    /** @type {Map<string, string | string[] | number[]>} */
    const found = new Map();
    for (const { type, data } of messages) {
      if (type === ATTRIBUTE) this.#readAttribute(data, found);
      if (type !== ATTRIBUTE_INFO) continue;
      data.skip(1);
      data.skip(data.u8() & 1 ? 2 : 0);
      if (data.unsigned(this.#offset) < this.#bytes.length) {
        this.#fail(`group ${nameOf(path || '/')} has its attributes in a fractal heap: write the file with h5py's default libver`);
      }
    }
    return found;
  }

  /** @param {ByteReader} data @param {Map<string, string | string[] | number[]>} found */
  #readAttribute(data, found) {
    const version = data.u8();
    data.skip(1);
    const [nameSize, typeSize, spaceSize] = [data.u16(), data.u16(), data.u16()];
    if (version === 3) data.skip(1);
    const padded = (/** @type {number} */ size) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
    const name = decode(data.take(padded(nameSize)).subarray(0, nameSize)).replace(/\0.*$/, '');
    const type = readType(new ByteReader(data.take(padded(typeSize)), this.#fail), this.#fail);
    const space = data.take(padded(spaceSize));
    const shape = spaceSize > 0 ? this.#shape(new ByteReader(space, this.#fail)) : [];
    const count = shape.reduce((product, length) => product * length, 1);
    if (count * type.size > data.left) this.#fail(`damaged: attribute ${nameOf(name)} is longer than its message`);
    if (type.kind === 'text') {
      const texts = Array.from({ length: count }, () => decode(data.take(type.size)).replace(/\0+$/, ''));
      found.set(name, shape.length === 0 ? texts[0] : texts);
    } else if (type.kind === 'texts') {
      const texts = Array.from({ length: count }, () => this.#heapText(data));
      found.set(name, shape.length === 0 ? texts[0] : texts);
    }
  }

  /** A text of any length: its length, and its place in a collection of the global heap. @param {ByteReader} data */
  #heapText(data) {
    const length = data.u32();
    const collection = data.unsigned(this.#offset);
    const wanted = data.u32();
    if (length === 0) return '';
    this.#take(length);
    const heap = this.#at(collection);
    this.#signature(heap, 'GCOL');
    heap.skip(4);
    const end = collection + heap.unsigned(this.#length);
    while (heap.at + 16 <= end) {
      this.#count();
      const index = heap.u16();
      heap.skip(6);
      const size = heap.unsigned(this.#length);
      if (index === wanted) return decode(heap.take(Math.min(length, size)));
      if (index === 0) break;
      heap.skip(Math.ceil(size / 8) * 8);
    }
    return this.#fail('damaged: a text that its heap does not have');
  }
}
