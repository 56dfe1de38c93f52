// PairReader.js: reads pairs in batches, over and over, in an order that a seed says, pairs of about a length side by side.
import { epochOrder } from '../../training/epoch-order.js';
import { windowOf } from './pairs.js';

/** @typedef {import('./pairs.js').EncodedPair} EncodedPair */

export class PairReader {
  #pairs;
  #lengths;
  #manner;
  #end;
  #drawn = 0;
  /** The order of the epoch of this number. */
  #epoch = -1;
  /** @type {Int32Array} */
  #order = new Int32Array();
  startsAnew = true;
  read = 0;

  /**
   * @param {EncodedPair[]} pairs at least batchSize
   * @param {{ hash: string, batchSize: number, window: number, seed: number, end: number }} manner
   */
  constructor(pairs, { end, ...manner }) {
    this.#pairs = pairs;
    this.#lengths = pairs.map(({ source, target }) => source.length + target.length);
    this.#manner = manner;
    this.#end = end;
    this.perEpoch = pairs.reduce((sum, { target }) => sum + target.length + 1, 0);
  }

  get epoch() {
    return this.#drawn / this.#pairs.length;
  }

  /** All pairs of a batch. */
  get beginners() {
    return Array.from({ length: this.#manner.batchSize }, (_, b) => b);
  }

  get position() {
    const { hash, ...manner } = this.#manner;
    const sequences = this.#batch();
    const drawn = this.#drawn + sequences.length;
    return {
      kind: 'sequences', data: hash, count: this.#pairs.length, ...manner, read: this.read, drawn, sequences,
      places: sequences.map(() => 0),
    };
  }

  /** @param {any} position */
  goTo(position) {
    const { hash, batchSize, seed } = this.#manner;
    const isSame = position?.kind === 'sequences' && position.data === hash && position.count === this.#pairs.length
      && position.batchSize === batchSize && position.seed === seed && position.drawn % batchSize === 0;
    if (!isSame) return false;
    this.#drawn = position.drawn - batchSize;
    this.read = position.read;
    return true;
  }

  window() {
    return { ...windowOf(this.#batch().map((i) => this.#pairs[i]), this.#end), options: {} };
  }

  advance() {
    for (const i of this.#batch()) this.read += this.#pairs[i].target.length + 1;
    this.#drawn += this.#manner.batchSize;
  }

  /** Which pairs come next. The last of an epoch are filled up with the first of the next. */
  #batch() {
    const { length } = this.#pairs;
    return Array.from({ length: this.#manner.batchSize }, (_, b) => {
      const at = this.#drawn + b;
      return this.#orderOf(Math.floor(at / length))[at % length];
    });
  }

  /** @param {number} epoch */
  #orderOf(epoch) {
    if (epoch !== this.#epoch) {
      const { batchSize, seed } = this.#manner;
      this.#order = epochOrder(this.#lengths, { batchSize, seed, epoch });
      this.#epoch = epoch;
    }
    return this.#order;
  }
}
