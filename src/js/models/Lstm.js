// Lstm.js: the loaded library.
import { ArgumentError } from '../core/errors.js';
import { Cell } from '../network/Cell.js';
import { createCharNetwork } from './characters/char-options.js';
import { CharModel } from './characters/CharModel.js';
import { readCheckpoint } from '../files/checkpoint-file.js';
import { readLayer } from '../network/cell-options.js';
import { isCharModelFile, readCharModelFile, readNetworkFile } from '../files/model-file.js';
import { isBytes } from '../core/source.js';
import { readModelSource } from '../files/model-source.js';
import { Network } from '../network/Network.js';
import { openNetworkFile } from './open-network-file.js';
import { TrainableNetwork } from './TrainableNetwork.js';
import { valuesOf } from '../network/network-config.js';
import { readInputSize, readNetworkOptions, readSeed } from '../network/network-options.js';

/** The loaded library, which makes and opens everything else. What it makes is synchronous. */
export class Lstm {
  #wasm;

  /**
   * @internal use load
   * @param {import('../core/Wasm.js').Wasm} wasm
   */
  constructor(wasm) {
    if (!('lstm_trainer_create' in wasm.exports)) {
      throw new ArgumentError('load: the module must be one of lstm-wasm, which trains, got one of lstm-wasm/predict');
    }
    this.#wasm = wasm;
  }

  /** Which build is running. */
  get variant() {
    return this.#wasm.variant;
  }

  /** Bytes of memory that this instance has taken. It grows and never shrinks. */
  get memoryBytes() {
    return this.#wasm.memoryBytes;
  }

  /**
   * One cell, to step and look inside.
   * @param {import('../network/Cell.js').CellOptions} options
   * @returns {Cell}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createCell(options) {
    const { layer, others } = readLayer('createCell', options, {
      others: { inputSize: readInputSize, seed: readSeed },
      kind: 'lstm',
      oneWay: 'a cell takes one step after the other',
    });
    const config = { input: { size: others.inputSize }, layers: [layer], output: null, seed: others.seed };
    return new Cell(new Network(this.#wasm, config, 'createCell'));
  }

  /**
   * A network of stacked cells with a head and its loss.
   * @param {import('../network/network-options.js').NetworkOptions} options
   * @returns {TrainableNetwork}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createNetwork(options) {
    return new TrainableNetwork(this.#wasm, readNetworkOptions('createNetwork', options), 'createNetwork');
  }

  /**
   * The network of a file that network.save() wrote.
   * @param {Uint8Array | ArrayBuffer} bytes
   * @returns {TrainableNetwork}
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   */
  openNetwork(bytes) {
    return this.#openNetwork(bytes, 'openNetwork');
  }

  /**
   * A model that learns a text and predicts its characters: alphabet, network, trainer and sampler in one.
   * @param {import('./characters/char-options.js').CharModelOptions} options
   * @returns {CharModel}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createCharModel(options) {
    const { alphabet, config, notes } = createCharNetwork(options);
    return new CharModel(new TrainableNetwork(this.#wasm, config, 'createCharModel'), alphabet, notes);
  }

  /**
   * The model of a file that model.save() or model.checkpoint() wrote; of a checkpoint, train goes on.
   * @param {Uint8Array | ArrayBuffer} bytes
   * @returns {CharModel}
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   */
  openCharModel(bytes) {
    return this.#openCharModel(bytes, 'openCharModel');
  }

  /**
   * What any file of this library holds: a character model or a network.
   * @param {import('../core/source.js').Source} source bytes, a Blob or File, a Response, a URL, an address (in Node also a
   *   path), or a promise of one
   * @param {import('../files/model-source.js').OpenOptions} [options]
   * @returns {Promise<CharModel | TrainableNetwork>}
   * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   */
  async open(source, options) {
    const where = 'open';
    const given = readModelSource(source, where, options);
    const bytes = isBytes(given) ? given : await given;
    return isCharModelFile(bytes, where) ? this.#openCharModel(bytes, where) : this.#openNetwork(bytes, where);
  }

  /** @param {unknown} bytes @param {string} where */
  #openNetwork(bytes, where) {
    const file = readNetworkFile(bytes, where, this.#count(where));
    return openNetworkFile(file, this.#wasm, TrainableNetwork, where, (network) => network);
  }

  /** @param {unknown} bytes @param {string} where */
  #openCharModel(bytes, where) {
    const { alphabet, notes, checkpoint, ...file } = readCharModelFile(bytes, where, this.#count(where));
    return openNetworkFile(file, this.#wasm, TrainableNetwork, where, (network) =>
      new CharModel(network, alphabet, notes, checkpoint && readCheckpoint(checkpoint, network, where)));
  }

  /** @param {string} where @returns {import('../files/model-file.js').Count} */
  #count(where) {
    return (config) => valuesOf(this.#wasm, config, where);
  }
}
