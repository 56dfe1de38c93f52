// Memory.js: what a network was given to read and to start from, in the memory of the module.
import { allocate } from '../core/allocate.js';
import { copyNumbers, object, refuse } from '../core/check.js';
import { ArgumentError, OutOfMemoryError } from '../core/errors.js';
import { assertAlive } from './alive.js';

/** What a network was given: copies. @typedef {Readonly<{ values: Float32Array, summary: Float32Array }>} Given */

const MOST_STEPS = 2 ** 20;

export class Memory {
  #wasm;
  #network;
  #options;
  /** Its address, and the steps that it has room for. */
  #pointer = 0;
  #room = 0;
  #steps = 0;
  /** The keys were made with other parameters. */
  #isStale = false;
  /** What is read. @type {Given | undefined} */
  #current;
  /** Its network was disposed. */
  hasEnded = false;

  /**
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {number} network its address
   * @param {import('./memory-options.js').MemoryOptions} [options]
   */
  constructor(wasm, network, options = {}) {
    this.#wasm = wasm;
    this.#network = network;
    this.#options = options;
  }

  get #isGiven() {
    return this.#options.attention !== undefined || this.#options.summary !== undefined;
  }

  /**
   * @param {unknown} given `values` (steps, size), flat, and `summary`
   * @param {string} where the call
   */
  set(given, where) {
    const { attention, size = 0, summary } = this.#options;
    if (!this.#isGiven) throw new ArgumentError(`${where}: this network reads no memory: see the option memory of createNetwork`);
    const { values, summary: vector } = object(given, `${where}: memory`);
    if (!attention && values !== undefined) refuse(`${where}: values`, 'absent for a network without attention', values);
    if (!summary && vector !== undefined) refuse(`${where}: summary`, 'absent for a network without a summary', vector);
    const length = attention ? lengthOf(values, `${where}: values`) : 0;
    if (attention && (length === 0 || length % size !== 0 || length / size > MOST_STEPS)) {
      refuse(`${where}: values`, `vectors of ${size} numbers for 1 to ${MOST_STEPS} steps, one behind the other`, values);
    }
    if (summary && lengthOf(vector, `${where}: summary`) !== summary) refuse(`${where}: summary`, `${summary} numbers`, vector);
    const own = { values: allocate(Float32Array, length, where), summary: new Float32Array(summary ?? 0) };
    if (attention) copyNumbers(own.values, values, `${where}: values`);
    if (summary) copyNumbers(own.summary, vector, `${where}: summary`);
    assertAlive(this, where);
    this.#put(own, where);
  }

  /** What was given last, for a call that goes on with it later. */
  get current() {
    return this.#current;
  }

  /**
   * What `call` does with another memory, as if nothing else had been given since.
   * @template T
   * @param {Given | undefined} own which `current` was
   * @param {() => T} call
   */
  during(own, call) {
    const others = this.#current;
    this.use(own);
    try {
      return call();
    } finally {
      this.use(others);
    }
  }

  /** Goes back to what `current` was: there is room for it. @param {Given | undefined} own */
  use(own) {
    if (own && own !== this.#current) this.#put(own, 'setMemory');
  }

  /** The parameters have changed. */
  expire() {
    this.#isStale = true;
  }

  /**
   * Before steps.
   * @param {string} path
   * @throws {ArgumentError} where there is nothing to read
   */
  prepare(path) {
    if (!this.#isGiven) return;
    if (!this.#current) throw new ArgumentError(`${path}: the network reads a memory, which setMemory has to give it first`);
    if (this.#isStale) this.#read();
  }

  /** How much of each step of the memory the last step read. A copy. */
  get weights() {
    if (this.#steps === 0 || this.#isStale) return new Float32Array(this.#steps);
    return this.#wasm.floats(this.#wasm.exports.lstm_network_read_weights(this.#network), this.#steps).slice();
  }

  free() {
    this.hasEnded = true;
    if (this.#pointer !== 0) this.#wasm.exports.lstm_free(this.#pointer);
    this.#pointer = 0;
  }

  /**
   * @param {Given} given
   * @param {string} where
   */
  #put(given, where) {
    const { values, summary } = given;
    const steps = values.length === 0 ? 0 : values.length / /** @type {number} */ (this.#options.size);
    const { lstm_network_summary, lstm_free } = this.#wasm.exports;
    const former = this.#pointer;
    if (steps > this.#room) {
      this.#pointer = this.#allocate(steps, where);
      this.#room = steps;
    }
    if (steps > 0) this.#wasm.floats(this.#pointer, values.length).set(values);
    if (summary.length > 0) this.#wasm.floats(lstm_network_summary(this.#network), summary.length).set(summary);
    this.#steps = steps;
    this.#current = given;
    this.#read();
    // Only now does the network no longer point there.
    if (former !== 0 && former !== this.#pointer) lstm_free(former);
  }

  /** Makes the keys, of the parameters of now. */
  #read() {
    if (this.#steps > 0) this.#wasm.exports.lstm_network_use_memory(this.#network, this.#pointer, this.#steps);
    this.#isStale = false;
  }

  /**
   * @param {number} steps
   * @param {string} where
   */
  #allocate(steps, where) {
    const { lstm_network_memory_size, lstm_allocate } = this.#wasm.exports;
    const reals = lstm_network_memory_size(this.#network, steps);
    const pointer = reals < 2 ** 30 ? lstm_allocate(4 * reals) : 0;
    if (pointer === 0) throw new OutOfMemoryError(`${where}: not enough memory for ${steps} steps to read`);
    return pointer;
  }
}

/** @param {unknown} values @param {string} path @returns {number} */
function lengthOf(values, path) {
  const { length } = /** @type {ArrayLike<number>} */ (values ?? {});
  if (typeof values !== 'object' || typeof length !== 'number') refuse(path, 'an array of numbers', values);
  return length;
}
