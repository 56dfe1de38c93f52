// ExampleReader.js: whole sequences for training, batch by batch. In each epoch every one comes once, in an order drawn by the
// seed; of each few batches that follow each other, those of like length go together, so that little is computed behind ends.
import { Hash } from '../../core/hash.js';
import { draw, randomOf } from './random.js';

/**
 * A sequence as the network reads it, with what it is trained towards.
 * @typedef {object} TrainedSequence
 * @property {import('./StepEncoder.js').Steps} inputs
 * @property {number} steps
 * @property {Int32Array | Float32Array} targets of each step
 * @property {Float32Array} weights of each step: 0 where it has no part in the loss
 */

/**
 * Where it is: plain data.
 * @typedef {object} ExamplePosition
 * @property {'examples'} kind
 * @property {string} data hash of them
 * @property {number} count
 * @property {number} batchSize
 * @property {number} window
 * @property {number} seed
 * @property {number} read examples so far
 */

/** So many batches are sorted by length at a time. */
const BUCKET = 16;

export class ExampleReader {
  #sequences;
  #shape;
  #hash;
  #read = 0;
  /** The epoch whose order is known. */
  #ordered = -1;
  /** Its batches: the places of their sequences. @type {number[][]} */
  #batches = [];
  #arrays;

  /**
   * @param {readonly TrainedSequence[]} sequences
   * @param {{ batchSize: number, seed: number }} options
   */
  constructor(sequences, { batchSize, seed }) {
    const window = sequences.reduce((most, { steps }) => Math.max(most, steps), 1);
    this.#sequences = sequences;
    this.#shape = { batchSize, window, seed };
    this.#hash = hashOf(sequences);
    const [{ inputs, steps, targets }] = sequences;
    this.#arrays = {
      inputs: newLike(inputs, (batchSize * window * inputs.length) / steps),
      targets: newLike(targets, (batchSize * window * targets.length) / steps),
      weights: new Float32Array(batchSize * window),
    };
  }

  /** Every sequence starts from the initial state. */
  get startsAnew() {
    return true;
  }

  /** The steps of the longest sequence. */
  get longest() {
    return this.#shape.window;
  }

  get perEpoch() {
    return this.#sequences.length;
  }

  get read() {
    return this.#read;
  }

  get epoch() {
    return this.#read / this.perEpoch;
  }

  /** All of a batch. */
  get beginners() {
    return Array.from({ length: this.#shape.batchSize }, (_, b) => b);
  }

  /** What these sequences are known by. */
  get mark() {
    return { hash: this.#hash, length: this.perEpoch };
  }

  /** @returns {ExamplePosition} */
  get position() {
    return { kind: 'examples', data: this.#hash, count: this.perEpoch, ...this.#shape, read: this.#read };
  }

  /**
   * @param {ExamplePosition} position
   * @returns {boolean} is it one in these data, read in this way?
   */
  goTo(position) {
    const own = this.position;
    const names = /** @type {const} */ (['kind', 'data', 'count', 'batchSize', 'window', 'seed']);
    if (names.some((name) => position[name] !== own[name])) return false;
    this.#read = position.read;
    return true;
  }

  /**
   * The next batch, batch-first: (batchSize, window, n) each. Where an epoch's last has too few sequences, ones of one step
   * and no weight fill it.
   */
  window() {
    const { inputs, targets, weights } = this.#arrays;
    const { batchSize, window } = this.#shape;
    const batch = this.#batch;
    const lengths = new Int32Array(batchSize).fill(1);
    const [inputRow, targetRow] = [inputs.length / batchSize, targets.length / batchSize];
    weights.fill(0);
    for (let b = 0; b < batchSize; b++) {
      if (b >= batch.length) {
        inputs.fill(0, b * inputRow, b * inputRow + inputRow / window);
        targets.fill(0, b * targetRow, b * targetRow + targetRow / window);
        continue;
      }
      const sequence = this.#sequences[batch[b]];
      inputs.set(sequence.inputs, b * inputRow);
      targets.set(sequence.targets, b * targetRow);
      weights.set(sequence.weights, b * window);
      lengths[b] = sequence.steps;
    }
    const options = { lengths, weights, layout: /** @type {const} */ ('batch') };
    return { inputs, targets, options, count: batch.length, evens: evensOf(batch.map((i) => this.#sequences[i])) };
  }

  advance() {
    this.#read += this.#batch.length;
  }

  /** The places of the next sequences. */
  get #batch() {
    const epoch = Math.floor(this.#read / this.perEpoch);
    if (epoch !== this.#ordered) {
      this.#ordered = epoch;
      this.#batches = this.#order(epoch);
    }
    return this.#batches[Math.floor((this.#read % this.perEpoch) / this.#shape.batchSize)];
  }

  /** @param {number} epoch @returns {number[][]} its batches: only the last may have fewer sequences */
  #order(epoch) {
    const { batchSize, seed } = this.#shape;
    const random = randomOf(seed + Math.imul(epoch + 1, 0x9e3779b9));
    const order = draw(this.#sequences.map((_, i) => i), random);
    /** @type {number[][]} */
    const batches = [];
    for (let at = 0; at < order.length; at += BUCKET * batchSize) {
      const few = order.slice(at, at + BUCKET * batchSize);
      // Those that are too few for a batch stay where they are drawn: behind the others.
      const rest = few.splice(few.length - (few.length % batchSize));
      few.sort((a, b) => this.#sequences[a].steps - this.#sequences[b].steps);
      const sorted = Array.from({ length: few.length / batchSize }, (_, i) => few.slice(i * batchSize, (i + 1) * batchSize));
      batches.push(...draw(sorted, random));
      if (rest.length > 0) batches.push(rest);
    }
    return batches;
  }
}

/**
 * How many losses of one weight even out chance as those of these sequences do.
 * @param {readonly TrainedSequence[]} sequences
 */
function evensOf(sequences) {
  let [sum, squares] = [0, 0];
  for (const { weights } of sequences) {
    const weight = weights.reduce((all, one) => all + one, 0);
    sum += weight;
    squares += weight * weight;
  }
  return (sum * sum) / squares;
}

/**
 * @template {Float32Array | Int32Array} T
 * @param {T} array
 * @param {number} length
 * @returns {T}
 */
const newLike = (array, length) => new (/** @type {any} */ (array.constructor))(length);

/** @param {readonly TrainedSequence[]} sequences */
function hashOf(sequences) {
  const hash = new Hash();
  for (const { steps, inputs, targets, weights } of sequences) {
    hash.add(Int32Array.of(steps));
    for (const { buffer, byteOffset, length } of [inputs, targets, weights]) hash.add(new Int32Array(buffer, byteOffset, length));
  }
  return hash.digits;
}
