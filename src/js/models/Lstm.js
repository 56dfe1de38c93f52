// Lstm.js: the loaded library.
import { ArgumentError } from '../core/errors.js';
import { Cell } from '../network/Cell.js';
import { createCharNetwork } from './characters/char-options.js';
import { CharModel } from './characters/CharModel.js';
import { createTokenNetwork } from './tokens/token-options.js';
import { TokenModel } from './tokens/TokenModel.js';
import { createClassifierNetwork } from './classifier/classifier-options.js';
import { Classifier } from './classifier/Classifier.js';
import { createForecasterNetwork, quietFlags } from './forecaster/forecaster-options.js';
import { Forecaster } from './forecaster/Forecaster.js';
import { loadAndCreate } from './load-ensemble.js';
import { formats } from './formats.js';
import { kinds } from './kinds.js';
import { readLayer } from '../network/cell-options.js';
import { isBytes } from '../core/source.js';
import { readModelSource } from '../files/model-source.js';
import { Network } from '../network/Network.js';
import { openModel, openNetwork } from './open-model.js';
import { TrainableNetwork } from './TrainableNetwork.js';
import { createTranslatorNetworks } from './translator/create.js';
import { Translator } from './translator/Translator.js';
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
   * The network of a file that network.save() or network.checkpoint() wrote; of a checkpoint, train goes on.
   * @param {Uint8Array | ArrayBuffer} bytes
   * @returns {TrainableNetwork}
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   */
  openNetwork(bytes) {
    return openNetwork(bytes, 'openNetwork', this.#wasm, TrainableNetwork, kinds.network);
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
   * A model that learns sequences of tokens of any length, words, notes, events, and predicts them: vocabulary, network,
   * trainer and sampler in one.
   *
   *     const model = lstm.createTokenModel({ text, by: 'word' });        // texts by words, which come back as they were
   *     const tunes = lstm.createTokenModel({ sequences: [['C4', 'D4', 'E4'], ['C4', 'G4']] });   // lists of tokens
   * @param {import('./tokens/token-options.js').TokenModelOptions} options
   * @returns {TokenModel}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createTokenModel(options) {
    const { vocabulary, config, notes } = createTokenNetwork(options);
    return new TokenModel(new TrainableNetwork(this.#wasm, config, 'createTokenModel'), vocabulary, notes);
  }

  /**
   * A model that tells what sequences are, or their steps: names and scales of data, network and trainer in one.
   * @param {import('./classifier/classifier-options.js').ClassifierOptions} options
   * @returns {Classifier}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createClassifier(options) {
    const { config, knows } = createClassifierNetwork(options);
    return new Classifier(new TrainableNetwork(this.#wasm, config, 'createClassifier'), knows);
  }

  /**
   * A model that writes what a source becomes: symbols, encoder, decoder, attention and trainer in one.
   * @param {import('./translator/translator-options.js').TranslatorOptions} options
   * @returns {Translator}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createTranslator(options) {
    const { networks, sides } = createTranslatorNetworks(this.#wasm, options);
    return new Translator(networks, sides);
  }

  /**
   * A model that learns series and forecasts how they go on, with intervals, in the data's own units.
   * @param {import('./forecaster/forecaster-options.js').ForecasterOptions} [options]
   * @returns {Forecaster}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createForecaster(options = {}) {
    const { shape, config } = createForecasterNetwork(options);
    const network = new TrainableNetwork(this.#wasm, config, 'createForecaster');
    quietFlags(network, shape.roles);
    return new Forecaster(network, { shape });
  }

  /**
   * Several models as one that predicts the mean of their probabilities: nearly always better than the best of them. They may
   * have been trained on several machines, from other seeds or with other layers, and may have 8 bits a weight.
   *
   *     const ensemble = await lstm.createEnsemble([first, second, third]);
   *     ensemble.evaluate(text).loss; // and generate, predict, read, save, as a character model
   * @template {import('./tokens/face.js').Face} [F=import('./characters/char-face.js').CharFace]
   * @param {Iterable<import('./tokens/SequenceModel.js').SequenceModel<any, F>>} models 2 to 64, of characters or of tokens, which know
   *   the same ones, in any order; copied, so that they can be disposed. Those of an ensemble join one by one
   * @returns {Promise<import('./ensemble/Ensemble.js').Ensemble<F>>}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   * @throws {import('../core/errors.js').LstmError} where what makes ensembles, which is loaded then, cannot be
   */
  async createEnsemble(models) {
    return loadAndCreate(this.#wasm, models);
  }

  /**
   * The model of a file that model.save() or model.checkpoint() wrote; of a checkpoint, train goes on.
   * @param {Uint8Array | ArrayBuffer} bytes
   * @returns {CharModel}
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   */
  openCharModel(bytes) {
    return openModel(bytes, 'openCharModel', this.#wasm, TrainableNetwork, formats, kinds, 'characters');
  }

  /**
   * What any file of this library holds: a model of any kind, or a network. Of a checkpoint, train goes on. And the networks of
   * other frameworks' files: PyTorch's state_dicts as .pt, .pth or .safetensors.
   * @param {import('../core/source.js').Source} source bytes, a Blob or File, a Response, a URL, an address (in Node also a
   *   path), or a promise of one
   * @param {import('../files/model-source.js').OpenOptions} [options]
   * @returns {Promise<import('./kinds.js').Model>}
   * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   */
  async open(source, options) {
    const given = readModelSource(source, 'open', options);
    return openModel(isBytes(given) ? given : await given, 'open', this.#wasm, TrainableNetwork, formats, kinds);
  }
}
