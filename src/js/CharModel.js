// CharModel.js: learns a text and predicts its characters.
import { Alphabet, alphabetOf, readAlphabet } from './Alphabet.js';
import { readLayer } from './cell-options.js';
import { integer, objectOf, optional, readOptions, string } from './check.js';
import { CharTraining, readTrainOptions } from './CharTraining.js';
import { ArgumentError } from './errors.js';
import { writeNetworkFile } from './model-file.js';
import { readLength, readTemperature } from './Network.js';
import { readLayerCount, readLayers, readSeed } from './network-options.js';
import { Owned } from './Owned.js';

/** @typedef {import('./CharTraining.js').TrainOptions} TrainOptions */
/** @typedef {import('./CharTraining.js').TrainReport} TrainReport */

/** @typedef {import('./cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('./cell-options.js').LayerConfig} LayerConfig */
/** @typedef {import('./cell-options.js').AnyKindOptions} AnyKindOptions */

/**
 * @typedef {object} AlphabetOptions
 * @property {string} [text] whose characters become the alphabet; this or `alphabet`
 * @property {string | readonly string[]} [alphabet] the characters themselves, in the order of their tokens
 * @property {number} [seed] 0 to 4294967295; default 0
 */

/**
 * So many layers of one kind. Beside these, the options of the kind.
 * @typedef {object} StackOptions
 * @property {number} [layers] 1 to 1024; default 1
 * @property {number} [hiddenSize] of each layer, 1 to 65536; default 128
 * @property {boolean} [bias] default true
 */

/**
 * The layers are so many of one kind (default 'lstm'), with its options; or a list of layers of any kinds. None can be
 * bidirectional, since a text is predicted from what comes before.
 * @typedef {AlphabetOptions & ((StackOptions & AnyKindOptions) | { layers: readonly LayerOptions[] })} CharModelOptions
 */

/**
 * What a model was made with: `layers` is a number where all layers are alike, and their kind, hiddenSize, bias and
 * other options stand beside it. Else it is a list of all layers' options.
 * @typedef {{ seed: number } & (({ layers: number } & LayerConfig) | { layers: LayerConfig[], kind?: undefined,
 *   hiddenSize?: undefined, bias?: undefined })} CharModelConfig
 */

/**
 * @typedef {object} GenerateOptions
 * @property {string} [prime] the text to continue; without it, as after a line's end, or after the first character of
 *   the alphabet where it has no line end
 * @property {number} [length] how many characters; default 200
 * @property {number} [temperature] probabilities are softmax(logits / temperature); 0 takes the most probable; default 1
 * @property {number} [seed] the same seed gives the same text; without it the model's own generator goes on
 */

/** @typedef {{ char: string, probability: number }} Prediction */

/**
 * @typedef {object} Evaluation
 * @property {number} loss mean cross-entropy, nats a character
 * @property {number} bitsPerCharacter loss / ln 2
 * @property {number} perplexity exp(loss)
 * @property {number} characters how many were predicted: all but the first
 */

/** Why no layer of a character model can be bidirectional. */
export const oneWay = 'a character is predicted from what comes before';

export class CharModel extends Owned {
  #network;
  #alphabet;
  #training;

  /**
   * @internal use lstm.createCharModel
   * @param {import('./Network.js').Network} network owned by the model from now on
   * @param {Alphabet} alphabet
   */
  constructor(network, alphabet) {
    super('CharModel', () => network.dispose());
    this.#network = network;
    this.#alphabet = alphabet;
    this.#training = new CharTraining(network, alphabet);
  }

  /** The characters that the model knows, in the order of their tokens. */
  get alphabet() {
    return [...this.#alphabet.characters];
  }

  /** What the model was made with, as createCharModel takes it. @returns {CharModelConfig} */
  get config() {
    const { layers, seed } = this.#network.config;
    const [first, ...others] = layers.map((layer) => JSON.stringify(layer));
    if (others.some((other) => other !== first)) return { layers, seed };
    return { ...layers[0], layers: layers.length, seed };
  }

  /** The network inside, to step through and look at. It lives as long as the model. */
  get network() {
    this.assertUsable('network');
    return this.#network;
  }

  /**
   * Trains on a text: the text is cut into batchSize streams, read side by side in windows, over and over. Yields a
   * report now and then; leaving the loop stops. Calling train again goes on: the optimiser's moments are kept, and with
   * the same text, batchSize and window also the state and the position.
   * @param {string} text
   * @param {TrainOptions} [options]
   * @returns {Generator<TrainReport, void, void>}
   * @throws {ArgumentError} at once, for wrong options, characters outside the alphabet, or a text that is too short
   * @throws {import('./errors.js').DivergedError} from the loop, where the loss is no longer finite
   */
  train(text, options = {}) {
    this.assertUsable('train');
    if (this.#network.isQuantized) {
      throw new ArgumentError('train: needs a model with float weights, this one was made by quantize()');
    }
    return this.#training.start(string()(text, 'train: text'), readTrainOptions('train', options));
  }

  /**
   * How well the model predicts a text, each character from all before it.
   * @param {string} text at least 2 characters
   * @returns {Evaluation}
   * @throws {ArgumentError}
   */
  evaluate(text) {
    this.assertUsable('evaluate');
    const tokens = this.#alphabet.encode(string()(text, 'evaluate: text'), 'evaluate: text');
    if (tokens.length < 2) throw new ArgumentError('evaluate: text must have at least 2 characters, got 1');
    const characters = tokens.length - 1;
    const loss = this.#network.read(tokens).loss / characters;
    return { loss, bitsPerCharacter: loss / Math.LN2, perplexity: Math.exp(loss), characters };
  }

  /**
   * What comes after a text.
   * @param {string} text
   * @param {{ top?: number }} [options] `top`: how many characters; without it all
   * @returns {Prediction[]} the most probable first
   * @throws {ArgumentError} for an empty text or characters outside the alphabet
   */
  predict(text, options = {}) {
    this.assertUsable('predict');
    const { top } = readOptions('predict', options, { top: optional(integer(1, 2 ** 30)) });
    const tokens = this.#alphabet.encode(string()(text, 'predict: text'), 'predict: text');
    const { probabilities } = this.#network.read(tokens);
    return this.#alphabet.characters
      .map((char, token) => ({ char, probability: probabilities[token] }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, top);
  }

  /**
   * Writes on from a text.
   * @param {GenerateOptions} [options]
   * @returns {string} the new characters, without the prime
   * @throws {ArgumentError} for characters outside the alphabet
   */
  generate(options = {}) {
    this.assertUsable('generate');
    const { prime, length, temperature, seed } = readOptions('generate', options, {
      prime: optional(string()),
      length: readLength,
      temperature: readTemperature,
      seed: optional(readSeed),
    });
    const tokens =
      prime === undefined
        ? Int32Array.of(this.#alphabet.tokenOf('\n') ?? 0)
        : this.#alphabet.encode(prime, 'generate: prime');
    const { state } = this.#network.read(tokens);
    const token = tokens[tokens.length - 1];
    return this.#alphabet.decode(this.#network.generate({ state, token, length, temperature, seed }));
  }

  /**
   * A copy for predicting, with 8 bits a weight: a quarter of the file, and faster. It cannot be trained.
   * @returns {CharModel}
   * @throws {import('./errors.js').OutOfMemoryError}
   */
  quantize() {
    this.assertUsable('quantize');
    return new CharModel(this.#network.quantize(), this.#alphabet);
  }

  /**
   * The model as a safetensors file with PyTorch's names. lstm.openCharModel opens it.
   * @returns {Uint8Array<ArrayBuffer>}
   */
  save() {
    this.assertUsable('save');
    return writeNetworkFile(this.#network, this.#alphabet.characters);
  }
}

/**
 * The alphabet and the network's description that the options of createCharModel stand for.
 * @param {CharModelOptions} options
 */
export function createCharNetwork(options) {
  const fields = {
    text: optional(string()),
    alphabet: optional((value, path) => readAlphabet(typeof value === 'string' ? [...value] : value, path)),
    seed: readSeed,
  };
  const { layers, text, alphabet, seed } = readStack(options, fields);
  if ((text === undefined) === (alphabet === undefined)) {
    const got = text === undefined ? 'neither' : 'both';
    throw new ArgumentError(`createCharModel: expected either text or alphabet, got ${got}`);
  }
  const known = alphabet ?? alphabetOf(/** @type {string} */ (text));
  return {
    alphabet: known,
    config: { input: { tokens: known.size }, layers, output: { classes: known.size }, seed },
  };
}

/**
 * Reads the layers, given as a number or as a list, and beside them others.
 * @template {Record<string, import('./check.js').Reader<any>>} Others
 * @param {unknown} options
 * @param {Others} others
 */
function readStack(options, others) {
  if (Array.isArray(objectOf('createCharModel', options).layers)) {
    const layers = (/** @type {unknown} */ value, /** @type {string} */ path) => readLayers(value, path, oneWay);
    return readOptions('createCharModel', options, { ...others, layers });
  }
  const { layer, others: read } = readLayer('createCharModel', options, {
    others: { ...others, layers: readLayerCount },
    kind: 'lstm',
    hiddenSize: 128,
    oneWay,
  });
  return { ...read, layers: Array.from({ length: read.layers }, () => ({ ...layer })) };
}
