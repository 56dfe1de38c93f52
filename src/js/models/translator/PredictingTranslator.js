// PredictingTranslator.js: writes what a source becomes: another spelling, order, language.
import { integer, optional, readOptions } from '../../core/check.js';
import { FileFormatError } from '../../core/errors.js';
import { Owned } from '../../core/Owned.js';
import { finish, signalField, signalOf } from '../../core/pieces.js';
import { exportModel } from '../../files/export-model.js';
import { writeModelFile } from '../../files/model-file.js';
import { encodePairs } from './pairs.js';
import { summaryOf, translateTokens } from './translate.js';
import { describeTranslator } from './translator-file.js';
import { translatorConfigOf } from './translator-options.js';

/** @typedef {import('./SymbolSet.js').Phrase} Phrase */
/** @typedef {import('../../core/errors.js').ArgumentError} ArgumentError */

/**
 * How an output is looked for.
 * @typedef {object} TranslateOptions
 * @property {number} [beam] how many outputs are followed side by side, 1 to 1024; default 1, the most probable symbol each time
 * @property {number} [length] the most symbols of an output; default three times those of the source and 50
 * @property {AbortSignal} [signal]
 */

/**
 * What a source becomes.
 * @typedef {object} Translation
 * @property {Phrase} text a text, or a list of names where the model has lists
 * @property {boolean} isWhole false where `length` cut it off
 * @property {number} probability of the whole output, its end too; of one that was cut off, of what there is of it
 * @property {number} logProbability the same in nats: it does not become 0
 * @property {string[]} source the symbols that were read
 * @property {string[]} target the symbols that were written
 * @property {Float32Array[]} attention for each symbol written, and for the end of a whole output, how much of each symbol read was
 *   looked at: from 0 to 1, of sum 1. Empty without attention
 */

/**
 * How well pairs are translated.
 * @typedef {object} TranslatorEvaluation
 * @property {number} loss mean cross-entropy, in nats a symbol, each after those that are right, the end among them
 * @property {number} accuracy the share of outputs that are right as a whole, as translate writes them
 */

/** @template {import('../PredictingNetwork.js').PredictingNetwork} Network */
export class PredictingTranslator extends Owned {
  #networks;
  #sides;

  /**
   * @internal
   * @param {{ encoder: Network, decoder: Network }} networks owned by the model from now on
   * @param {import('./translator-options.js').Knowledge} sides
   */
  constructor(networks, sides) {
    const { encoder, decoder } = networks;
    super('Translator', () => {
      encoder.dispose();
      decoder.dispose();
    }, false);
    this.#networks = networks;
    this.#sides = sides;
  }

  /** What the model was made with, as createTranslator takes it. */
  get config() {
    const { encoder, decoder } = this.#networks;
    return translatorConfigOf(this.#sides, encoder.config, decoder.config);
  }

  /** The network that reads. */
  get encoder() {
    this.assertUsable('encoder');
    return this.#networks.encoder;
  }

  /** The network that writes. */
  get decoder() {
    this.assertUsable('decoder');
    return this.#networks.decoder;
  }

  /** How many numbers there are to train, of both. */
  get parameterCount() {
    const { encoder, decoder } = this.#networks;
    return encoder.parameterCount + decoder.parameterCount;
  }

  /** True where the weights have 8 bits: see quantize(). */
  get isQuantized() {
    return this.#networks.encoder.isQuantized;
  }

  /** @internal */
  get sides() {
    return this.#sides;
  }

  /**
   * What a source becomes.
   * @param {Phrase} source
   * @param {TranslateOptions} [options]
   * @returns {Translation}
   * @throws {ArgumentError} for an empty source, or symbols that the model does not know
   * @throws {import('../../core/errors.js').DivergedError} where a network's numbers are not finite
   */
  translate(source, options = {}) {
    return finish(this.translateInPieces(source, options), signalOf('translate', options));
  }

  /** @internal @param {unknown} source @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<Translation>} */
  *translateInPieces(source, options = {}) {
    this.assertUsable('translate');
    const { beam, length } = readOptions('translate', options, {
      beam: integer(1, 1024, 1), length: optional(integer(0, 2 ** 20)), ...signalField,
    });
    const tokens = this.#sides.source.tokens(source, 'translate: source');
    const [best] = yield* this.#translate('translate', tokens, { beam, length });
    const { source: read, target: written } = this.#sides;
    return {
      text: written.decode(best.tokens, 'translate'),
      isWhole: best.isWhole,
      probability: Math.exp(best.logProbability),
      logProbability: best.logProbability,
      source: Array.from(tokens, (token) => read.names[token]),
      target: best.tokens.map((token) => written.names[token]),
      attention: best.attention.filter(({ length: steps }) => steps > 0),
    };
  }

  /**
   * How well it does on pairs.
   * @param {Iterable<import('./pairs.js').Pair>} pairs
   * @param {{ beam?: number, signal?: AbortSignal }} [options]
   * @returns {TranslatorEvaluation}
   * @throws {ArgumentError | import('../../core/errors.js').DivergedError}
   */
  evaluate(pairs, options = {}) {
    return finish(this.evaluateInPieces(pairs, options), signalOf('evaluate', options));
  }

  /** @internal @param {unknown} pairs @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<TranslatorEvaluation>} */
  *evaluateInPieces(pairs, options = {}) {
    this.assertUsable('evaluate');
    const { beam } = readOptions('evaluate', options, { beam: integer(1, 1024, 1), ...signalField });
    const list = encodePairs(pairs, 'evaluate: pairs', this.#sides);
    const { decoder } = this.#networks;
    const { end } = this;
    let [loss, count, right] = [0, 0, 0];
    for (const { source, target } of list) {
      // Of one output, what is longer than the right one is wrong; of several another may still become more probable.
      const [best] = yield* this.#translate('evaluate', source, { beam, ...(beam === 1 && { length: target.length + 1 }) });
      right += Number(best.isWhole && best.tokens.length === target.length && best.tokens.every((token, i) => token === target[i]));
      // The memory is that of this source still.
      const tokens = Int32Array.of(end, ...target, end);
      loss += decoder.sampler.score('evaluate', tokens, decoder.initialState());
      count += tokens.length - 1;
    }
    return { loss: loss / count, accuracy: right / list.length };
  }

  /**
   * A copy for predicting, with 8 bits a weight. It cannot be trained.
   * @returns {this}
   */
  quantize() {
    this.assertUsable('quantize');
    const { encoder, decoder } = this.#networks;
    const first = encoder.quantize();
    try {
      const Kind = /** @type {any} */ (this.constructor);
      return new Kind({ encoder: first, decoder: decoder.quantize() }, this.#sides);
    } catch (error) {
      first.dispose();
      throw error;
    }
  }

  /**
   * The model as a safetensors file. lstm.open opens it.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is not finite
   */
  save() {
    this.assertUsable('save');
    return this.fileOf('save');
  }

  /**
   * The model in another framework's files, with all numbers as 32-bit floats: as ExportedModel says.
   * @param {'onnx' | 'torch' | 'keras'} format
   * @returns {Promise<import('../../files/export-model.js').ExportedModel>}
   * @throws {ArgumentError} for what the format does not have
   */
  async export(format) {
    this.assertUsable('export');
    return exportModel(this.fileOf('export'), format);
  }

  /** @internal @param {string} call @param {import('../../files/model-file.js').CheckpointPart} [checkpoint] */
  fileOf(call, checkpoint) {
    return writeModelFile({ ...this.#networks }, call, describeTranslator(this.#sides), checkpoint);
  }

  /** What a target begins after and ends with. @internal */
  get end() {
    return this.#sides.target.size;
  }

  /**
   * @param {string} call
   * @param {Int32Array} source
   * @param {{ beam: number, length?: number }} options
   */
  *#translate(call, source, { beam, length = 3 * source.length + 50 }) {
    const pieces = translateTokens(this.#networks, call, source, { beam, length, end: this.end });
    for (;;) {
      const { done, value } = pieces.next();
      if (done) return value;
      yield;
      // It may be disposed between two pieces.
      this.assertUsable(call);
    }
  }
}

/**
 * Do the networks of a file fit each other?
 * @param {{ encoder: import('../PredictingNetwork.js').PredictingNetwork, decoder: import('../PredictingNetwork.js').PredictingNetwork }} networks
 * @param {string} where
 */
export function assertFit({ encoder, decoder }, where) {
  const { size, summary } = decoder.config.memory ?? {};
  const { length } = summaryOf(encoder, encoder.initialState());
  const output = encoder.handle.outputSize;
  if ((size ?? output) === output && (summary ?? length) === length) return;
  throw new FileFormatError(`${where}: decoder: memory must be of size ${output} and summary ${length}, as the encoder's, `
    + `got ${size} and ${summary}`);
}
