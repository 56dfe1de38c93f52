// Network.js: a stack of cells with a head, to step through.
import { integer } from '../core/check.js';
import { ArgumentError, OutOfMemoryError } from '../core/errors.js';
import { areFinite, refuseNotFinite } from './finite.js';
import { Memory } from './Memory.js';
import { createNative, kindOf } from './network-config.js';
import { outputFacts } from './output-options.js';
import { Owned } from '../core/Owned.js';
import { ParameterTable } from './ParameterTable.js';
import { Sequence } from './Sequence.js';
import { stateShapesOf } from './state.js';

/** @typedef {import('./network-options.js').NetworkOptions} NetworkOptions */
/** @typedef {import('./network-options.js').NetworkConfig} NetworkConfig */
/** @typedef {import('./state.js').CellState} CellState */
/** @typedef {import('./state.js').CellStateLike} CellStateLike */

export class Network extends Owned {
  #wasm;
  #pointer;
  #config;
  #table;
  #handle;
  #sequence;
  #isQuantized = false;
  /** @type {Record<string, Float32Array> | undefined} */
  #int8Scales;
  /** Of what works on this network and was not yet disposed: trainers. @type {Set<{ end(): void }>} */
  #workers;

  /**
   * @internal use lstm.createNetwork
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {NetworkConfig} config checked
   * @param {string} where the call, for messages
   */
  constructor(wasm, config, where) {
    const pointer = createNative(wasm, config, where);
    const memory = new Memory(wasm, pointer, config.memory);
    const workers = new Set();
    super('Network', () => {
      for (const life of workers) life.end();
      memory.free();
      wasm.exports.lstm_network_free(pointer);
    });
    this.#workers = workers;
    this.#wasm = wasm;
    this.#pointer = pointer;
    this.#config = config;
    this.#table = new ParameterTable(wasm, pointer);
    const stateShapes = stateShapesOf(wasm, pointer, config);
    const { output, layers } = config;
    const directions = layers[layers.length - 1].bidirectional ? 2 : 1;
    const { size: outputSize, target } = outputFacts(output, stateShapes[stateShapes.length - 1].h * directions);
    this.#handle = { wasm, pointer, config, table: this.#table, stateShapes, outputSize, target, memory, changes: 0, life: this.life };
    this.#sequence = new Sequence(this.#handle);
  }

  /** What works on this network needs. @internal */
  get handle() {
    return this.#handle;
  }

  /** The one sequence that it steps through. @internal */
  get sequence() {
    return this.#sequence;
  }

  /**
   * It is disposed with this network.
   * @internal
   * @param {{ endWith(lives: Set<{ end(): void }>): void }} worker
   */
  lendTo(worker) {
    worker.endWith(this.#workers);
  }

  /** The checked description of this network: plain data, a copy. @returns {NetworkConfig} */
  get config() {
    return JSON.parse(JSON.stringify(this.#config));
  }

  /** True where the weights have 8 bits: see quantize(). */
  get isQuantized() {
    return this.#isQuantized;
  }

  /** How many numbers there are to train. */
  get parameterCount() {
    return this.#table.valueCount;
  }

  /** The shape of each parameter by its name: [rows, columns], or [length]. @returns {Record<string, number[]>} */
  get shapes() {
    return Object.fromEntries(this.#table.rows.map(({ name, shape }) => [name, [...shape]]));
  }

  /**
   * Copies of all parameters by name, in PyTorch's layouts (row-major).
   * @returns {Record<string, Float32Array>}
   */
  parameters() {
    this.assertUsable('parameters');
    return this.#table.read(this.#wasm.exports.lstm_network_values(this.#pointer));
  }

  /** Are all parameters finite? Training may diverge. @internal */
  get isFinite() {
    return this.#wasm.exports.lstm_network_is_finite(this.#pointer) !== 0;
  }

  /** The largest magnitude of a parameter. @internal */
  get largest() {
    return this.#table.largest(this.#wasm.exports.lstm_network_values(this.#pointer));
  }

  /**
   * Sets some or all parameters. Either all of them are set, or none and it throws.
   * @param {Record<string, ArrayLike<number>>} values by name, in PyTorch's layouts
   * @throws {ArgumentError} for a name that does not exist, a wrong length, or a number that is not finite
   */
  setParameters(values) {
    this.assertUsable('setParameters');
    this.assertFloat('setParameters');
    const read = this.#table.check(values, 'setParameters');
    this.assertUsable('setParameters');
    this.#table.put(this.#wasm.exports.lstm_network_values(this.#pointer), read);
    this.#handle.changes += 1;
    this.#handle.memory.expire();
  }

  /**
   * Gives a network with the option memory what its steps read, and what initialState() starts from: copies, kept until it
   * is called again.
   * @param {{ values?: ArrayLike<number>, summary?: ArrayLike<number> }} memory `values`: the vectors of the memory, one behind
   *   the other, for attention; `summary`: the vector that the state starts from
   * @throws {ArgumentError | OutOfMemoryError}
   */
  setMemory(memory) {
    this.assertUsable('setMemory');
    this.#handle.memory.set(memory, 'setMemory');
  }

  /**
   * How much the last step read of each vector of the memory: numbers from 0 to 1 whose sum is 1. A copy.
   * @returns {Float32Array}
   */
  memoryWeights() {
    this.assertUsable('memoryWeights');
    return this.#handle.memory.weights;
  }

  /**
   * The state that sequences start from, one object a layer, or one a direction of it: zeros, or what a trainableState
   * has learnt. It belongs to the caller.
   * @returns {CellState[]}
   */
  initialState() {
    this.assertUsable('initialState');
    return this.#sequence.initialState();
  }

  /**
   * One step of one sequence. Not for networks with a bidirectional layer: see run.
   * @param {number | ArrayLike<number>} input a token, or a vector
   * @param {readonly CellStateLike[]} state becomes the state after the step
   * @returns {Float32Array} the probability of each class or label; or the values, or a mixture's weights, means and
   *   deviations; or the last h. A copy
   * @throws {ArgumentError}
   * @throws {DivergedError} where the output or the state grows beyond what a float holds; `state` is as before
   */
  step(input, state) {
    this.assertUsable('step');
    this.assertOneWay('step');
    const { exports } = this.#wasm;
    const read = this.#sequence.readInput(input, 'step: input');
    this.#sequence.setState(state, 'step: state');
    exports.lstm_network_step(this.#pointer, this.#sequence.setInput(read));
    const output = this.#sequence.output();
    if (!areFinite(output)) refuseNotFinite('step', 'output is');
    if (!this.#sequence.isFinite) refuseNotFinite('step', 'state is');
    this.#sequence.readState(/** @type {CellState[]} */ (state));
    return output;
  }

  /**
   * The gates of layer `layer` in the last step, by name: H numbers each, none for kinds without gates. Copies. See
   * Cell.gates() for the names.
   * @param {number} [layer]
   * @returns {Record<string, Float32Array>}
   */
  gates(layer = 0) {
    this.assertUsable('gates');
    this.assertOneWay('gates');
    const l = integer(0, this.#config.layers.length - 1)(layer, 'gates: layer');
    const { kind, hiddenSize } = this.#config.layers[l];
    const names = kindOf(this.#wasm, kind).gates;
    const all = this.#wasm.floats(this.#wasm.exports.lstm_network_gates(this.#pointer, l), names.length * hiddenSize);
    return Object.fromEntries(names.map((name, g) => [name, all.slice(g * hiddenSize, (g + 1) * hiddenSize)]));
  }

  /**
   * The scale that a row of 8-bit weights with this largest magnitude has.
   * @internal
   * @param {number} largest
   */
  int8Scale(largest) {
    return this.#wasm.exports.lstm_int8_scale(largest);
  }

  /** The scales of the rows of 8-bit weights by the matrices' names, where roundToInt8 was given them. @internal */
  get int8Scales() {
    return this.#int8Scales;
  }

  /**
   * Makes this the network that quantize() gives; or, with scales, one of these weights as they are.
   * @internal
   * @param {string} where the call, for messages
   * @param {Record<string, Float32Array>} [scales] of the rows of every matrix: its weights are multiples of them, up to
   *   128 of each
   */
  roundToInt8(where, scales) {
    const quantize = (/** @type {number} */ pointer) => this.#wasm.exports.lstm_network_quantize(this.#pointer, pointer);
    const all = this.#table.rows.flatMap(({ name, shape }) => (scales && shape.length > 1 ? [scales[name]] : []));
    const count = all.reduce((sum, { length }) => sum + length, 0);
    const isDone = !scales ? quantize(0) : this.#wasm.withWords(count, where, (pointer) => {
      const words = this.#wasm.floats(pointer, count);
      let at = 0;
      for (const own of all) {
        words.set(own, at);
        at += own.length;
      }
      return quantize(pointer);
    });
    if (isDone === 0) throw new OutOfMemoryError(`${where}: not enough memory for weights of 8 bits`);
    this.#isQuantized = true;
    this.#int8Scales = scales;
  }

  /**
   * @internal
   * @param {string} call
   * @param {string} [what] it is of, for messages
   */
  assertFloat(call, what = 'network') {
    if (!this.#isQuantized) return;
    throw new ArgumentError(`${call}: needs a ${what} with float weights, this one was made by quantize()`);
  }

  /**
   * @internal
   * @param {string} call
   */
  assertOneWay(call) {
    const l = this.#config.layers.findIndex(({ bidirectional }) => bidirectional);
    if (l < 0) return;
    throw new ArgumentError(`${call}: layers[${l}] is bidirectional and needs whole sequences: use run() or a trainer`);
  }
}
