// Network.js: a stack of cells with a head.
import { integer } from '../core/check.js';
import { ArgumentError, OutOfMemoryError } from '../core/errors.js';
import { forecastVectors } from '../models/forecast.js';
import { generateTokens } from '../sampling/generate.js';
import { writeNetworkFile } from '../files/model-file.js';
import { createNative, kindOf } from './network-config.js';
import { Owned } from '../core/Owned.js';
import { ParameterTable } from './ParameterTable.js';
import { runSequences } from './run.js';
import { Sampler } from '../sampling/Sampler.js';
import { Sequence } from './Sequence.js';
import { stateShapesOf } from './state.js';
import { Trainer } from '../training/Trainer.js';

/** @typedef {import('./network-options.js').NetworkOptions} NetworkOptions */
/** @typedef {import('./network-options.js').NetworkConfig} NetworkConfig */
/** @typedef {import('./state.js').CellState} CellState */

export class Network extends Owned {
  #wasm;
  #pointer;
  #config;
  #table;
  #handle;
  #sequence;
  /** @type {Sampler | undefined} */
  #sampler;
  #isQuantized = false;
  /** Trainers that were made and not yet disposed. @type {Set<WeakRef<Trainer>>} */
  #trainers = new Set();

  /**
   * @internal use lstm.createNetwork
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {NetworkConfig} config checked
   * @param {string} where the call, for messages
   */
  constructor(wasm, config, where) {
    const pointer = createNative(wasm, config, where);
    super('Network', () => wasm.exports.lstm_network_free(pointer));
    this.#wasm = wasm;
    this.#pointer = pointer;
    this.#config = config;
    this.#table = new ParameterTable(wasm, pointer);
    const stateShapes = stateShapesOf(wasm, pointer, config);
    const { output, layers } = config;
    const directions = layers[layers.length - 1].bidirectional ? 2 : 1;
    const outputSize = output ? Number(Object.values(output)[0]) : stateShapes[stateShapes.length - 1].h * directions;
    this.#handle = { wasm, pointer, config, table: this.#table, stateShapes, outputSize };
    this.#sequence = new Sequence(this.#handle);
  }

  /** The checked description of this network: plain data, a copy. @returns {NetworkConfig} */
  get config() {
    return structuredClone(this.#config);
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

  /**
   * Sets some or all parameters. Either all of them are set, or none and it throws.
   * @param {Record<string, ArrayLike<number>>} values by name, in PyTorch's layouts
   * @throws {ArgumentError} for a name that does not exist, a wrong length, or a number that is not finite
   */
  setParameters(values) {
    this.assertUsable('setParameters');
    this.#assertFloat('setParameters');
    this.#table.write(this.#wasm.exports.lstm_network_values(this.#pointer), values, 'setParameters');
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
   * @param {CellState[]} state becomes the state after the step
   * @returns {Float32Array} the probability of each class; or the values; or the last h. A copy
   * @throws {ArgumentError}
   */
  step(input, state) {
    this.assertUsable('step');
    this.#assertOneWay('step');
    const { exports } = this.#wasm;
    const token = this.#sequence.setInput(input, 'step: input');
    this.#sequence.setState(state, 'step: state');
    exports.lstm_network_step(this.#pointer, token);
    this.#sequence.readState(state);
    return this.#sequence.output();
  }

  /**
   * Runs whole sequences, forward only; what it takes of memory is given back.
   *
   * Arrays are time-major, as PyTorch's default: what sequence b gets at step t is at index t * batchSize + b.
   * @param {ArrayLike<number>} inputs (T, batchSize) tokens or (T, batchSize, size) numbers; T is what their length
   *   gives, at most 1048576
   * @param {import('./run.js').RunOptions} [options]
   * @returns {import('./run.js').RunResult}
   * @throws {ArgumentError | OutOfMemoryError}
   */
  run(inputs, options = {}) {
    this.assertUsable('run');
    return runSequences(this.#handle, inputs, options);
  }

  /**
   * The gates of layer `layer` in the last step, by name: H numbers each, none for kinds without gates. Copies. See
   * Cell.gates() for the names.
   * @param {number} [layer]
   * @returns {Record<string, Float32Array>}
   */
  gates(layer = 0) {
    this.assertUsable('gates');
    this.#assertOneWay('gates');
    const l = integer(0, this.#config.layers.length - 1)(layer, 'gates: layer');
    const { kind, hiddenSize } = this.#config.layers[l];
    const names = kindOf(this.#wasm, kind).gates;
    const all = this.#wasm.floats(this.#wasm.exports.lstm_network_gates(this.#pointer, l), names.length * hiddenSize);
    return Object.fromEntries(names.map((name, g) => [name, all.slice(g * hiddenSize, (g + 1) * hiddenSize)]));
  }

  /**
   * Feeds a token, draws the next, feeds that, and so on. For networks with token input and as many classes.
   * @param {import('../sampling/generate.js').TokenGenerateOptions} options
   * @returns {Uint32Array} the tokens drawn
   * @throws {ArgumentError}
   */
  generate(options) {
    this.assertUsable('generate');
    this.#assertOneWay('generate');
    return generateTokens(this.#config, this.sampler, options);
  }

  /**
   * Continues a series: reads its history, predicts the next vector, reads that as if it had come, and so on. For a
   * network that was trained to predict the next vector: of vector input, with as many output values.
   *
   *     network.forecast(24, { inputs: history }); // the next 24 vectors, scaled as those that it was trained on
   *
   * @param {number} n how many vectors, 1 to 1048576
   * @param {import('../models/forecast.js').ForecastOptions} options
   * @returns {Float32Array} (n, size): number i of vector t is at t * size + i
   * @throws {ArgumentError}
   * @throws {import('../core/errors.js').DivergedError} where what is predicted stops being finite
   */
  forecast(n, options) {
    this.assertUsable('forecast');
    this.#assertOneWay('forecast');
    return forecastVectors(this.#handle, this.#sequence, n, options);
  }

  /** The random generator's four words. @internal @returns {number[]} */
  get random() {
    return [...this.#wasm.ints(this.#wasm.exports.lstm_network_random(this.#pointer), 4)];
  }

  set random(words) {
    this.#wasm.ints(this.#wasm.exports.lstm_network_random(this.#pointer), 4).set(words);
  }

  /**
   * Draws and scores, unchecked.
   * @internal
   */
  get sampler() {
    this.assertUsable('sampler');
    return (this.#sampler ??= new Sampler(this.#handle, this.#sequence));
  }

  /**
   * Feeds all tokens but the last from the initial state.
   * @internal
   * @param {Int32Array} tokens at least one, each in range
   * @returns {{ state: CellState[], loss: number }} the state before the last token; the sum of -log p, in nats, of all
   *   but the first
   */
  read(tokens) {
    const state = this.initialState();
    return { loss: this.sampler.score(tokens, state), state };
  }

  /**
   * A trainer of this network: truncated backpropagation through time with Adam, or another of torch.optim's.
   * @param {import('../training/Trainer.js').TrainerOptions} [options]
   * @returns {Trainer}
   * @throws {ArgumentError | OutOfMemoryError}
   */
  createTrainer(options = {}) {
    this.assertUsable('createTrainer');
    this.#assertFloat('createTrainer');
    const trainer = new Trainer(this, this.#handle, options);
    for (const known of this.#trainers) if (known.deref()?.disposed !== false) this.#trainers.delete(known);
    this.#trainers.add(new WeakRef(trainer));
    return trainer;
  }

  /**
   * A copy for predicting: every matrix rounded to 8 bits a weight, with a scale a row (symmetric). A quarter of the
   * file, and steps that read a quarter of the bytes. It steps, generates and is saved like any network; it cannot be
   * trained. parameters() gives what the rounded weights stand for, and run() computes with those.
   * @returns {Network}
   * @throws {OutOfMemoryError}
   */
  quantize() {
    this.assertUsable('quantize');
    const network = new Network(this.#wasm, this.#config, 'quantize');
    try {
      network.setParameters(this.parameters());
      network.roundToInt8('quantize');
    } catch (error) {
      network.dispose();
      throw error;
    }
    return network;
  }

  /**
   * The scale that a row of 8-bit weights with this largest magnitude has.
   * @internal
   * @param {number} largest
   */
  int8Scale(largest) {
    return this.#wasm.exports.lstm_int8_scale(largest);
  }

  /**
   * Makes this the network that quantize() gives.
   * @internal
   * @param {string} where the call, for messages
   */
  roundToInt8(where) {
    if (this.#wasm.exports.lstm_network_quantize(this.#pointer) === 0) {
      throw new OutOfMemoryError(`${where}: not enough memory for weights of 8 bits`);
    }
    this.#isQuantized = true;
  }

  /** The network as a safetensors file. lstm.openNetwork opens it. @returns {Uint8Array<ArrayBuffer>} */
  save() {
    this.assertUsable('save');
    return writeNetworkFile(this);
  }

  /** Gives the memory of the network and of its trainers back. Any further use throws a DisposedError. */
  dispose() {
    for (const trainer of this.#trainers) trainer.deref()?.dispose();
    this.#trainers.clear();
    super.dispose();
  }

  /** @param {string} call */
  #assertFloat(call) {
    if (!this.#isQuantized) return;
    throw new ArgumentError(`${call}: needs a network with float weights, this one was made by quantize()`);
  }

  /** @param {string} call */
  #assertOneWay(call) {
    const l = this.#config.layers.findIndex(({ bidirectional }) => bidirectional);
    if (l < 0) return;
    throw new ArgumentError(`${call}: layers[${l}] is bidirectional and needs whole sequences: use run() or a trainer`);
  }
}
