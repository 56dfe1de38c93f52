// CharModel.js: learns a text and predicts its characters.
import { Alphabet, alphabetOf, readAlphabet } from '../sampling/Alphabet.js';
import { readLayer, withForgetBias } from '../network/cell-options.js';
import { CHAR_FORGET_BIAS, hiddenSizeFor } from '../training/char-defaults.js';
import { number, objectOf, optional, readOptions, string } from '../core/check.js';
import { CharTraining } from '../training/CharTraining.js';
import { ArgumentError } from '../core/errors.js';
import { writeNetworkFile } from '../files/model-file.js';
import { checkTied, readEmbedding, readLayerCount, readLayers, readSeed, readTied } from '../network/network-options.js';
import { Owned } from '../core/Owned.js';
import { Reading } from './Reading.js';
import { readWriteOptions } from '../sampling/sampling-options.js';
import { layerOption } from './trace.js';

/** @typedef {import('../training/train-options.js').Texts} Texts */
/** @typedef {import('../training/train-options.js').TrainOptions} TrainOptions */
/** @typedef {import('../training/train-options.js').TrainReport} TrainReport */

/** @typedef {import('../network/cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('../network/cell-options.js').LayerConfig} LayerConfig */
/** @typedef {import('../network/cell-options.js').AnyKindOptions} AnyKindOptions */

/**
 * @typedef {object} AlphabetOptions
 * @property {string} [text] whose characters become the alphabet; this or `alphabet`
 * @property {string | readonly string[]} [alphabet] the characters themselves, in the order of their tokens
 * @property {number} [embedding] the length of vectors that stand for the characters and are trained, 1 to 1048576;
 *   default: none, one-hot vectors
 * @property {boolean} [tied] the output multiplies by the embedding, which is as long as the last h then; default false
 * @property {number} [seed] 0 to 4294967295; default 0
 */

/**
 * So many layers of one kind. Beside these, the options of the kind.
 * @typedef {object} StackOptions
 * @property {number} [layers] 1 to 1024; default 1
 * @property {number} [hiddenSize] of each layer, 1 to 65536; default 192; with `seconds`, what learns most in the time:
 *   64 up to 8 s, 128 up to 30 s, 192 up to 100 s, 256 up to 10 minutes, else 384, where each layer above the first
 *   counts as two; of a text of up to 10 000 characters at most 64, of up to 100 000 at most 128
 * @property {number} [seconds] how long the model is going to be trained, above 0; not kept in the config
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
 * @typedef {{ embedding?: number, tied?: boolean, seed: number } & (({ layers: number } & LayerConfig)
 *   | { layers: LayerConfig[], kind?: undefined, hiddenSize?: undefined, bias?: undefined })} CharModelConfig
 */

/**
 * @typedef {object} Prime
 * @property {string} [prime] the text before; without it, as after a line's end, or after the first character of the
 *   alphabet where it has no line end
 */

/** @typedef {import('./Reading.js').WriteOptions & Prime} GenerateOptions */
/** @typedef {import('./Reading.js').CompleteOptions} CompleteOptions */
/** @typedef {import('./Reading.js').Completion} Completion */
/** @typedef {import('./Reading.js').Prediction} Prediction */

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
   * @param {import('../network/Network.js').Network} network owned by the model from now on
   * @param {Alphabet} alphabet
   * @param {import('../files/checkpoint-file.js').Checkpoint} [checkpoint] to go on from
   */
  constructor(network, alphabet, checkpoint) {
    super('CharModel', () => network.dispose());
    this.#network = network;
    this.#alphabet = alphabet;
    this.#training = new CharTraining(network, alphabet, checkpoint);
    if (checkpoint) network.random = checkpoint.random;
  }

  /** The characters that the model knows, in the order of their tokens. */
  get alphabet() {
    return [...this.#alphabet.characters];
  }

  /** What the model was made with, as createCharModel takes it. @returns {CharModelConfig} */
  get config() {
    const { input, layers, output, seed } = this.#network.config;
    const { embedding, tied } = /** @type {{ embedding?: number, tied?: boolean }} */ ({ ...input, ...output });
    const others = { ...(embedding && { embedding }), ...(tied && { tied }), seed };
    const [first, ...rest] = layers.map((layer) => JSON.stringify(layer));
    if (rest.some((other) => other !== first)) return { layers: layers.map(withForgetBias), ...others };
    return { ...withForgetBias(layers[0]), layers: layers.length, ...others };
  }

  /** How many updates were made in its life, as far as it or its checkpoint knows. */
  get steps() {
    return this.#training.steps;
  }

  /** The network inside, to step through and look at. It lives as long as the model. */
  get network() {
    this.assertUsable('network');
    return this.#network;
  }

  /**
   * Trains on a text: the text is cut into batchSize streams, read side by side in windows, over and over. Several
   * texts are laid end to end first; each starts from the initial state, and its last window is what is left of it.
   *
   * Yields a report now and then; leaving the loop stops. Calling train again goes on: the optimizer's moments are
   * kept, and with the same text, batchSize and window also the state and the position. The first train of a checkpoint
   * goes on with its run: options that are not given are the run's own, and without a budget it is the rest of its own.
   * @param {Texts} text
   * @param {TrainOptions} [options]
   * @returns {Generator<TrainReport, void, void>}
   * @throws {ArgumentError} at once, for wrong options, characters outside the alphabet, a text that is too short, or,
   *   the first time after a checkpoint was opened, another text
   * @throws {import('../core/errors.js').DivergedError} from the loop, where going back did not help: see recoveries. The
   *   model is as it was at the last good point
   */
  train(text, options = {}) {
    this.#assertTrainable('train');
    return this.#training.start(text, options);
  }

  /**
   * The model with all that its training needs to go on bit for bit: a safetensors file like save()'s, with the moments
   * of the optimizer, the states, the random generators, the options, the position in the text and a hash of it, and
   * the best parameters so far where they are kept. Changes nothing. lstm.openCharModel opens it.
   * @returns {Uint8Array<ArrayBuffer>}
   */
  checkpoint() {
    this.#assertTrainable('checkpoint');
    const checkpoint = { ...this.#training.checkpoint(), random: this.#network.random };
    const { parameters } = this.#training;
    return writeNetworkFile(this.#network, this.#alphabet.characters, { parameters, checkpoint });
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
   * Reads a text, to ask and to try what comes after it.
   * @param {string} [text] without it, as after a line's end, or after the first character of the alphabet where it has
   *   no line end
   * @returns {Reading}
   * @throws {ArgumentError} for an empty text or characters outside the alphabet
   */
  read(text) {
    return this.#read('read', 'text', text);
  }

  /**
   * What comes after a text.
   * @param {string} text
   * @param {{ top?: number }} [options] `top`: how many characters; without it all
   * @returns {Prediction[]} the most probable first
   * @throws {ArgumentError} for an empty text or characters outside the alphabet
   */
  predict(text, options = {}) {
    return this.#read('predict', 'text', string()(text, 'predict: text')).predict(options);
  }

  /**
   * How probable each character of a text is after all before it: the probabilities that generate draws from at
   * temperature 1, with the same prime.
   * @param {string} text
   * @param {Prime} [options]
   * @returns {Float64Array} log p of each, in nats: as many as [...text]
   * @throws {ArgumentError}
   */
  score(text, options = {}) {
    this.assertUsable('score');
    const { prime } = readOptions('score', options, { prime: optional(string()) });
    return this.#read('score', 'prime', prime).score(text);
  }

  /**
   * Reads a text and tells what happens inside: gates, h and c of each layer after each character, and how probable each
   * character was. A text is read with memory for all of this; for a long one, trace its parts from a Reading.
   * @param {string} text
   * @param {Prime & import('./trace.js').TraceOptions} [options]
   * @returns {import('./trace.js').Trace}
   * @throws {ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  trace(text, options = {}) {
    this.assertUsable('trace');
    const fields = { prime: optional(string()), layer: layerOption(this.#network) };
    const { prime, layer } = readOptions('trace', options, fields);
    return this.#read('trace', 'prime', prime).trace(text, { layer });
  }

  /**
   * Writes on from a text.
   * @param {GenerateOptions} [options]
   * @returns {string} the new characters, without the prime
   * @throws {ArgumentError} for characters outside the alphabet
   */
  generate(options = {}) {
    const { prime, ...read } = this.#readWriteOptions('generate', options);
    return this.#read('generate', 'prime', prime).write(read);
  }

  /**
   * Writes on, one character after the other, as they are asked for: the same text as generate's. A character that may
   * be the beginning of a stop string is held back until that is known.
   * @param {GenerateOptions} [options]
   * @returns {Generator<string, void, void>}
   * @throws {ArgumentError} at once
   */
  stream(options = {}) {
    const { prime, ...read } = this.#readWriteOptions('stream', options);
    return this.#read('stream', 'prime', prime).characters(read);
  }

  /**
   * The most probable texts after another, found by beam search: of all texts one character longer than those followed,
   * the `beams` most probable are followed. A text ends before a stop string, where it matches the pattern, or after
   * `length` characters.
   * @param {string} [prime]
   * @param {CompleteOptions} [options]
   * @returns {Completion[]} up to `beams`, the most probable first
   * @throws {ArgumentError}
   */
  complete(prime, options = {}) {
    return this.#read('complete', 'prime', prime).complete(options);
  }

  /**
   * A copy for predicting, with 8 bits a weight: a quarter of the file, and faster. It cannot be trained.
   * @returns {CharModel}
   * @throws {import('../core/errors.js').OutOfMemoryError}
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

  /** @param {string} call */
  #assertTrainable(call) {
    this.assertUsable(call);
    if (!this.#network.isQuantized) return;
    throw new ArgumentError(`${call}: needs a model with float weights, this one was made by quantize()`);
  }

  /** @param {string} call @param {unknown} options */
  #readWriteOptions(call, options) {
    this.assertUsable(call);
    return readWriteOptions(call, options, this.#alphabet, { prime: optional(string()) });
  }

  /**
   * @param {string} call
   * @param {string} name of the argument
   * @param {unknown} text
   */
  #read(call, name, text) {
    this.assertUsable(call);
    const path = `${call}: ${name}`;
    const tokens =
      text === undefined
        ? Int32Array.of(this.#alphabet.tokenOf('\n') ?? 0)
        : this.#alphabet.encode(string()(text, path), path);
    return new Reading(this, this.#alphabet, this.#network.read(tokens).state, tokens[tokens.length - 1]);
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
    embedding: readEmbedding,
    tied: readTied,
    seed: readSeed,
  };
  const { layers, text, alphabet, embedding, tied, seed } = readStack(options, fields);
  if ((text === undefined) === (alphabet === undefined)) {
    const got = text === undefined ? 'neither' : 'both';
    throw new ArgumentError(`createCharModel: expected either text or alphabet, got ${got}`);
  }
  const known = alphabet ?? alphabetOf(/** @type {string} */ (text), 'createCharModel: text');
  const config = {
    input: { tokens: known.size, ...(embedding && { embedding }) },
    layers,
    output: { classes: known.size, ...(tied && { tied }) },
    seed,
  };
  checkTied('createCharModel', config);
  return { alphabet: known, config };
}

/**
 * Reads the layers, given as a number or as a list, and beside them others.
 * @template {Record<string, import('../core/check.js').Reader<any>>} Others
 * @param {unknown} options
 * @param {Others} others
 */
function readStack(options, others) {
  const about = { oneWay, forgetBias: CHAR_FORGET_BIAS };
  const given = objectOf('createCharModel', options);
  if (Array.isArray(given.layers)) {
    const layers = (/** @type {unknown} */ value, /** @type {string} */ path) => readLayers(value, path, about);
    return readOptions('createCharModel', options, { ...others, layers });
  }
  const seconds = optional(number(0, Infinity, undefined, { above: true, below: true }));
  const { layer, others: { seconds: budget, ...read } } = readLayer('createCharModel', options, {
    ...about,
    others: { ...others, layers: readLayerCount, seconds },
    kind: 'lstm',
    hiddenSize: 1, // until all is read that it depends on
  });
  if (given.hiddenSize === undefined) layer.hiddenSize = hiddenSizeFor(budget, read.text?.length, read.layers);
  return { ...read, layers: Array.from({ length: read.layers }, () => ({ ...layer })) };
}
