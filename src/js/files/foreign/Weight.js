// Weight.js: a matrix or vector of a foreign model, whose numbers are read when they are asked for: only what is used takes
// memory.

/** So many numbers may be read more often than they lie in the file, as tied weights are. */
const AGAIN = 4;
const SPARE = 2 ** 20;

/** How much may be read of one file, so that a short one does not ask for much memory. */
export class Allowance {
  #left;
  #fail;

  /**
   * @param {number} bytes of the file
   * @param {import('./ByteReader.js').Fail} fail
   */
  constructor(bytes, fail) {
    this.#left = bytes * AGAIN + SPARE;
    this.#fail = fail;
  }

  /** @param {number} count of numbers */
  take(count) {
    this.#left -= count;
    if (!(this.#left >= 0)) this.#fail(`its tensors ask for ${count} numbers more than such a short file can have`);
  }
}

export class Weight {
  #read;

  /**
   * @param {readonly number[]} shape
   * @param {() => Float32Array} read row-major
   */
  constructor(shape, read) {
    this.shape = shape;
    this.#read = read;
  }

  /** @param {readonly number[]} shape @param {Float32Array} values */
  static of(shape, values) {
    return new Weight(shape, () => values);
  }

  get rows() {
    return this.shape[0];
  }

  get columns() {
    return this.shape[1];
  }

  get count() {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  get values() {
    const values = this.#read();
    this.#read = () => values;
    return values;
  }

  /** Seen from the other side. */
  get transposed() {
    const [rows, columns] = this.shape;
    return new Weight([columns, rows], () => {
      const { values } = this;
      const turned = new Float32Array(values.length);
      for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c];
      return turned;
    });
  }

  /**
   * Blocks of rows in another order: gates of a cell.
   * @param {readonly number[]} order the old place of each new block
   * @param {number} [blocks] how many there are
   */
  reordered(order, blocks = order.length) {
    const length = this.count / blocks;
    const shape = [(this.rows / blocks) * order.length, ...this.shape.slice(1)];
    return new Weight(shape, () => {
      const { values } = this;
      const moved = new Float32Array(length * order.length);
      order.forEach((from, to) => moved.set(values.subarray(from * length, (from + 1) * length), to * length));
      return moved;
    });
  }

  /** One of the things that lie along the first axis. @param {number} index */
  item(index) {
    const shape = this.shape.slice(1);
    const length = shape.reduce((product, size) => product * size, 1);
    return new Weight(shape, () => this.values.slice(index * length, (index + 1) * length));
  }
}
