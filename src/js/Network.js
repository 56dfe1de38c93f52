// Network.js: a stack of cells with a head.
import { copyNumbers, integer, number, readOptions } from './check.js';
import { ArgumentError, LstmError, OutOfMemoryError } from './errors.js';
import { writeNetworkFile } from './model-file.js';
import { Owned } from './Owned.js';
import { ParameterTable } from './ParameterTable.js';
import { readSeed } from './network-options.js';
import { readState, stateShape, zeroState } from './state.js';
import { Trainer } from './Trainer.js';

/** @typedef {import('./network-options.js').NetworkOptions} NetworkOptions */
/** @typedef {import('./network-options.js').NetworkConfig} NetworkConfig */
/** @typedef {import('./state.js').CellState} CellState */

/**
 * @typedef {object} TokenGenerateOptions
 * @property {CellState[]} state where to start from; becomes the state in which feeding the last token goes on
 * @property {number} token fed first
 * @property {number} [length] how many tokens to draw, 1 to 2^30; default 200
 * @property {number} [temperature] probabilities are softmax(logits / temperature); 0 takes the most probable; default 1
 * @property {number} [seed] draws from a generator of this seed; without it from the network's own
 */

const OUTPUT_KINDS = { hidden: 0, classes: 1, values: 2 };
// Tokens are generated and scored in pieces of this many, so that no text needs more memory than that.
const CHUNK = 4096;

export const readTemperature = number(0, Infinity, 1, { below: true });
export const readLength = integer(1, 2 ** 30, 200);

export class Network extends Owned {
  #wasm;
  #pointer;
  #config;
  #table;
  #stateShapes;
  #isQuantized = false;
  /** Trainers that were made and not yet disposed. @type {Set<WeakRef<Trainer>>} */
  #trainers = new Set();

  /**
   * @internal use lstm.createNetwork
   * @param {import('./Wasm.js').Wasm} wasm
   * @param {NetworkConfig} config checked
   * @param {string} where the call, for messages
   */
  constructor(wasm, config, where) {
    const pointer = create(wasm, config, where);
    super('Network', () => wasm.exports.lstm_network_free(pointer));
    this.#wasm = wasm;
    this.#pointer = pointer;
    this.#config = config;
    this.#table = new ParameterTable(wasm, pointer);
    this.#stateShapes = config.layers.map(({ kind, hiddenSize }) =>
      stateShape(kindOf(wasm, kind).hasCellState, hiddenSize),
    );
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

  /** A state of zeros, one object a layer; it belongs to the caller. @returns {CellState[]} */
  initialState() {
    this.assertUsable('initialState');
    return zeroState(this.#stateShapes);
  }

  /**
   * One step of one sequence.
   * @param {number | ArrayLike<number>} input a token, or a vector
   * @param {CellState[]} state becomes the state after the step
   * @returns {Float32Array} the probability of each class; or the values; or the last h. A copy
   * @throws {ArgumentError}
   */
  step(input, state) {
    this.assertUsable('step');
    const { exports } = this.#wasm;
    const token = this.#readInput(input);
    this.#loadState(state, 'step: state');
    exports.lstm_network_step(this.#pointer, token);
    this.#storeState(state);
    return this.#output();
  }

  /**
   * The gates of layer `layer` in the last step, by name: H numbers each. Copies.
   * @param {number} [layer]
   * @returns {Record<string, Float32Array>}
   */
  gates(layer = 0) {
    this.assertUsable('gates');
    const l = integer(0, this.#config.layers.length - 1)(layer, 'gates: layer');
    const { kind, hiddenSize } = this.#config.layers[l];
    const names = kindOf(this.#wasm, kind).gates;
    const all = this.#wasm.floats(this.#wasm.exports.lstm_network_gates(this.#pointer, l), names.length * hiddenSize);
    return Object.fromEntries(names.map((name, g) => [name, all.slice(g * hiddenSize, (g + 1) * hiddenSize)]));
  }

  /**
   * Feeds a token, draws the next, feeds that, and so on. For networks with token input and as many classes.
   * @param {TokenGenerateOptions} options
   * @returns {Uint32Array} the tokens drawn
   * @throws {ArgumentError}
   */
  generate(options) {
    this.assertUsable('generate');
    const vocabulary = this.#vocabulary('generate');
    const { state, token, length, temperature, seed } = readOptions('generate', options, {
      state: (value) => value,
      token: integer(0, vocabulary - 1),
      length: readLength,
      temperature: readTemperature,
      seed: (value, path) => (value === undefined ? undefined : readSeed(value, path)),
    });
    /** @type {Uint32Array} */
    let tokens;
    try {
      tokens = new Uint32Array(length);
    } catch {
      throw new OutOfMemoryError(`generate: not enough memory for ${length} tokens`);
    }
    const { exports } = this.#wasm;
    this.#loadState(/** @type {CellState[]} */ (state), 'generate: state');
    this.#wasm.withWords(Math.min(length, CHUNK), 'generate', (words) => {
      this.#withSeed(seed, () => {
        for (let done = 0; done < length; done += CHUNK) {
          const count = Math.min(CHUNK, length - done);
          const first = done === 0 ? token : tokens[done - 1];
          exports.lstm_network_generate(words, this.#pointer, first, count, temperature);
          tokens.set(this.#wasm.ints(words, count), done);
        }
      });
    });
    this.#storeState(/** @type {CellState[]} */ (state));
    return tokens;
  }

  /**
   * Feeds all tokens from the state of zeros, and says what comes next.
   * @internal
   * @param {Int32Array} tokens at least one, each in range
   * @returns {{ probabilities: Float32Array, state: CellState[], loss: number }} the probabilities after the last token;
   *   the state before it; the sum of -log p, in nats, of every token but the first
   */
  read(tokens) {
    this.assertUsable('read');
    const { exports } = this.#wasm;
    const state = this.initialState();
    this.#loadState(state, 'read: state');
    let loss = 0;
    const last = tokens.length - 1;
    this.#wasm.withWords(CHUNK + 1, 'read', (words) => {
      for (let start = 0; start < last; start += CHUNK) {
        const count = Math.min(CHUNK, last - start) + 1;
        this.#wasm.ints(words, count).set(tokens.subarray(start, start + count));
        loss += exports.lstm_network_score(this.#pointer, words, count);
      }
    });
    this.#storeState(state);
    exports.lstm_network_step(this.#pointer, tokens[last]);
    return { probabilities: this.#output(), state, loss };
  }

  /**
   * A trainer of this network: truncated backpropagation through time with Adam.
   * @param {import('./Trainer.js').TrainerOptions} [options]
   * @returns {Trainer}
   * @throws {ArgumentError | OutOfMemoryError}
   */
  createTrainer(options = {}) {
    this.assertUsable('createTrainer');
    this.#assertFloat('createTrainer');
    const handle = {
      wasm: this.#wasm,
      pointer: this.#pointer,
      config: this.#config,
      table: this.#table,
      stateShapes: this.#stateShapes,
    };
    const trainer = new Trainer(this, handle, options);
    for (const known of this.#trainers) if (known.deref()?.disposed !== false) this.#trainers.delete(known);
    this.#trainers.add(new WeakRef(trainer));
    return trainer;
  }

  /**
   * A copy for predicting: every matrix rounded to 8 bits a weight, with a scale a row (symmetric). A quarter of the
   * file, and steps that read a quarter of the bytes. It steps, generates and is saved like any network; it cannot be
   * trained. parameters() gives what the rounded weights stand for.
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
  #vocabulary(call) {
    const { input, output } = this.#config;
    const tokens = 'tokens' in input ? input.tokens : 0;
    const classes = output && 'classes' in output ? output.classes : 0;
    if (tokens === 0 || tokens !== classes) {
      throw new ArgumentError(`${call}: needs a network with token input and as many output classes`);
    }
    return tokens;
  }

  /** @param {unknown} input */
  #readInput(input) {
    const config = this.#config.input;
    if ('tokens' in config) return integer(0, config.tokens - 1)(input, 'step: input');
    const vector = this.#wasm.floats(this.#wasm.exports.lstm_network_input(this.#pointer), config.size);
    copyNumbers(vector, input, 'step: input');
    return 0;
  }

  #output() {
    const { output, layers } = this.#config;
    const size = output === null ? layers[layers.length - 1].hiddenSize : Object.values(output)[0];
    return this.#wasm.floats(this.#wasm.exports.lstm_network_output(this.#pointer), size).slice();
  }

  #flatState() {
    const { lstm_network_state, lstm_network_state_size } = this.#wasm.exports;
    return this.#wasm.floats(lstm_network_state(this.#pointer), lstm_network_state_size(this.#pointer));
  }

  /**
   * @param {CellState[]} state
   * @param {string} path
   */
  #loadState(state, path) {
    const flat = this.#flatState();
    let at = 0;
    readState(state, this.#stateShapes, path, (values) => {
      flat.set(values, at);
      at += values.length;
    });
  }

  /** @param {CellState[]} state */
  #storeState(state) {
    const flat = this.#flatState();
    let at = 0;
    this.#stateShapes.forEach(({ names, hiddenSize }, l) => {
      for (const name of names) state[l][name].set(flat.subarray(at, (at += hiddenSize)));
    });
  }

  /**
   * Runs `use` with the random generator seeded, and puts the network's own back; without a seed, with its own.
   * @param {number | undefined} seed
   * @param {() => void} use
   */
  #withSeed(seed, use) {
    if (seed === undefined) return use();
    const { lstm_network_random, lstm_network_seed } = this.#wasm.exports;
    const words = () => this.#wasm.ints(lstm_network_random(this.#pointer), 4);
    const own = words().slice();
    lstm_network_seed(this.#pointer, seed);
    use();
    words().set(own);
  }
}

/**
 * @param {import('./Wasm.js').Wasm} wasm
 * @param {string} name
 */
function kindOf(wasm, name) {
  const kind = wasm.kinds.find((known) => known.name === name);
  if (!kind) throw new LstmError(`the WebAssembly module does not know cells of kind '${name}'`);
  return kind;
}

/**
 * @param {import('./Wasm.js').Wasm} wasm
 * @param {NetworkConfig} config
 * @param {string} where
 * @returns {number} the network's address
 */
function create(wasm, config, where) {
  const { input, layers, output, seed } = config;
  const numbers = layers.flatMap(({ kind, hiddenSize, bias }) => [
    wasm.kinds.indexOf(kindOf(wasm, kind)),
    hiddenSize,
    bias ? 1 : 0,
  ]);
  const outputName = output === null ? 'hidden' : /** @type {'classes' | 'values'} */ (Object.keys(output)[0]);
  const pointer = wasm.withWords(numbers.length, where, (words) => {
    wasm.ints(words, numbers.length).set(numbers);
    return wasm.exports.lstm_network_create(
      'tokens' in input ? 1 : 0,
      'tokens' in input ? input.tokens : input.size,
      words,
      layers.length,
      OUTPUT_KINDS[outputName],
      output === null ? 0 : Object.values(output)[0],
      seed,
    );
  });
  if (pointer === 0) {
    const sizes = layers.map(({ hiddenSize }) => hiddenSize).join(', ');
    throw new OutOfMemoryError(
      `${where}: not enough memory for a network of input ${Object.values(input)[0]}, hidden sizes ${sizes}`,
    );
  }
  return pointer;
}
