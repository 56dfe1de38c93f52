// SequenceModel.js: what predicts the tokens of sequences: of texts the characters, or words, or of lists what they have.
import { integer, isObject, optional, readOptions, refuse } from '../../core/check.js';
import { Owned } from '../../core/Owned.js';
import { exportModel } from '../../files/export-model.js';
import { finish, signalField, signalOf } from '../../core/pieces.js';
import { feedInPieces, piecesOf } from '../../sampling/in-pieces.js';
import { readWriteOptions } from '../../sampling/sampling-options.js';
import { readUnknown } from '../../sampling/Vocabulary.js';
import { evaluateTokens } from './evaluate.js';
import { Reading } from './Reading.js';
import { restoreReading } from './reading-state.js';
import { encodeEvaluated, encodeLearnt } from './texts.js';
import { layerOption } from './trace.js';
import { readWindows, windowsOf } from './windows.js';

/** @typedef {import('../../core/errors.js').ArgumentError} ArgumentError */
/** @typedef {import('../../core/pieces.js').Stoppable} Stoppable */
/** What is known of its sequences and training. @typedef {{ seconds?: number, lines?: boolean, unknown?: string }} Notes */

/**
 * A kind of it says what its sequences are, and how its file is written.
 * @template {import('../PredictingNetwork.js').PredictingNetwork} Network
 * @template {import('./face.js').Face} F
 * @abstract
 */
export class SequenceModel extends Owned {
  #held;
  #vocabulary;
  #kind;

  /**
   * @internal
   * @param {string} name for messages: 'CharModel'
   * @param {Network} network owned by the model from now on
   * @param {import('./face.js').AnyVocabulary} vocabulary
   * @param {Notes} notes
   */
  constructor(name, network, vocabulary, notes) {
    const held = { network, vocabulary, get sampler() { return this.network.sampler; } };
    super(name, () => held.network.dispose(), false);
    this.#held = held;
    this.#vocabulary = vocabulary;
    this.#kind = name;
    /** What is in its file too. @internal */
    this.notes = { ...notes };
    vocabulary.unknown = notes.unknown ?? 'error';
  }

  /**
   * What becomes of what the model does not know, wherever it reads: 'error'; 'skip', it is left out; or what the model
   * knows that stands for it. It is in the file too, and can be set.
   * @returns {import('../../sampling/Vocabulary.js').Unknown}
   */
  get unknown() {
    return this.#vocabulary.unknown;
  }

  set unknown(value) {
    this.notes.unknown = readUnknown(this.#vocabulary)(value, `${this.#kind}.unknown`);
    this.#vocabulary.unknown = this.notes.unknown ?? 'error';
  }

  /**
   * The network inside, to step through and look at. dispose() of the model disposes it too. Where training adds to what
   * the model knows, another takes its place, and it is disposed.
   */
  get network() {
    this.assertUsable('network');
    return this.#network;
  }

  /** How many numbers there are to train. */
  get parameterCount() { return this.#network.parameterCount; }

  /** True where the weights have 8 bits: see quantize(). */
  get isQuantized() { return this.#network.isQuantized; }

  /** @internal */ get networkConfig() { return this.#network.config; }

  /** Its network, which another may replace between two pieces of a call, and its vocabulary. @internal */
  get held() {
    this.assertUsable('network');
    return this.#held;
  }

  get #network() { return this.#held.network; }

  /**
   * How well the model predicts a sequence, each character or token from all before it; or several, as train reads them,
   * each from its beginning to its end.
   * @param {F['sequence'] | Iterable<F['sequence']>} sequence at least 2 characters or tokens
   * @param {import('./evaluate.js').EvaluateOptions} [options]
   * @returns {F['evaluation']}
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  evaluate(sequence, options = {}) {
    return finish(this.evaluateInPieces(sequence, options), signalOf('evaluate', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<F['evaluation']>} */
  *evaluateInPieces(sequence, options = {}) {
    this.assertUsable('evaluate');
    const { windows } = readOptions('evaluate', options, { windows: optional(readWindows), ...signalField });
    const { words } = this.#vocabulary;
    const all = encodeEvaluated(sequence, this.#vocabulary, this.notes);
    return yield* evaluateTokens(this.#held, windows ? windowsOf(all, windows, words) : all, words);
  }

  /**
   * Reads a sequence, to ask and to try what comes after it.
   * @param {F['sequence'] | { state: F['state'] }} [sequence] or a place in one, which save() of a reading gave; without it,
   *   from the beginning: after a line's end, in an alphabet, or its first character where it has no line end
   * @param {Stoppable} [options]
   * @returns {Reading<F>}
   * @throws {ArgumentError} for an empty one, for what the model does not know, or a state that is not whole or of
   *   another model
   * @throws {import('../../core/errors.js').DivergedError} where the network's state is not finite
   */
  read(sequence, options = {}) {
    return finish(this.readInPieces(sequence, options), signalOf('read', options));
  }

  /** @internal @param {unknown} [sequence] @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<Reading<F>>} */
  *readInPieces(sequence, options = {}) {
    readOptions('read', options, signalField);
    if (!isObject(sequence)) return yield* this.#read('read', this.#vocabulary.words.sequence, sequence);
    this.assertUsable('read');
    const { state: given } = readOptions('read', sequence, { state: (value) => value });
    const { state, token } = restoreReading(given, 'read: state', this.#network, this.#vocabulary);
    return this.readingAt(state, token);
  }

  /**
   * What comes after a sequence.
   * @param {F['sequence']} sequence
   * @param {{ top?: number } & Stoppable} [options] `top`: how many; without it all
   * @returns {F['prediction'][]} the most probable first
   * @throws {ArgumentError} for an empty one, or for what the model does not know
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  predict(sequence, options = {}) {
    return finish(this.predictInPieces(sequence, options), signalOf('predict', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] */
  *predictInPieces(sequence, options = {}) {
    const { top } = readOptions('predict', options, { top: optional(integer(1, 2 ** 30)), ...signalField });
    this.#vocabulary.read(sequence, `predict: ${this.#vocabulary.words.sequence}`);
    return (yield* this.#read('predict', this.#vocabulary.words.sequence, sequence)).predict({ top });
  }

  /**
   * How probable each character or token of a sequence is after all before it: the probabilities that generate draws from
   * at temperature 1, with the same prime.
   * @param {F['sequence']} sequence
   * @param {{ prime?: F['sequence'] } & Stoppable} [options]
   * @returns {Float64Array} log p of each, in nats: of a text of characters as many as [...text]; NaN for those that the model
   *   leaves out, log p of what stands for an unknown one
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  score(sequence, options = {}) {
    return finish(this.scoreInPieces(sequence, options), signalOf('score', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] */
  *scoreInPieces(sequence, options = {}) {
    this.assertUsable('score');
    const { prime } = readOptions('score', options, { prime: this.#prime, ...signalField });
    return yield* (yield* this.#read('score', 'prime', prime)).scoreInPieces(sequence);
  }

  /**
   * Reads a sequence and tells what happens inside: gates, h and c of each layer after each character or token, and how
   * probable each was. It is read with memory for all of this; of a long one, trace parts from a Reading.
   * @param {F['sequence']} sequence
   * @param {{ prime?: F['sequence'] } & import('./trace.js').TraceOptions} [options]
   * @returns {F['trace']}
   * @throws {ArgumentError | import('../../core/errors.js').OutOfMemoryError}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  trace(sequence, options = {}) {
    return finish(this.traceInPieces(sequence, options), signalOf('trace', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<F['trace']>} */
  *traceInPieces(sequence, options = {}) {
    this.assertUsable('trace');
    const fields = { prime: this.#prime, layer: layerOption(this.#network), ...signalField };
    const { prime, layer } = readOptions('trace', options, fields);
    return yield* (yield* this.#read('trace', 'prime', prime)).traceInPieces(sequence, { layer });
  }

  /**
   * Writes on from a sequence.
   * @param {F['write'] & { prime?: F['sequence'] }} [options]
   * @returns {F['sequence']} what is new, without the prime
   * @throws {ArgumentError} for what the model does not know
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  generate(options = {}) {
    return finish(this.generateInPieces(options), signalOf('generate', options));
  }

  /** @internal @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<F['sequence']>} */
  *generateInPieces(options = {}) {
    const { prime, ...read } = this.#readWriteOptions('generate', options);
    return yield* (yield* this.#read('generate', 'prime', prime)).write(read);
  }

  /**
   * Writes on, one character or token after the other, as they are asked for: the same as generate's. What may be the
   * beginning of a stop string is held back until that is known.
   * @param {F['write'] & { prime?: F['sequence'] }} [options]
   * @returns {Generator<string, void, void>}
   * @throws {ArgumentError} at once
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite, when it comes to that
   */
  stream(options = {}) {
    const signal = signalOf('stream', options);
    const { prime, ...read } = this.#readWriteOptions('stream', options);
    const reading = finish(this.#read('stream', 'prime', prime), signal);
    return piecesOf(reading.parts('stream', read), this.#vocabulary, signal);
  }

  /** @internal @param {unknown} [options] */
  *streamInPieces(options = {}) {
    const { prime, ...read } = this.#readWriteOptions('stream', options);
    const reading = yield* this.#read('stream', 'prime', prime);
    for (const part of reading.parts('stream', read)) yield this.#vocabulary.sent(part);
  }

  /**
   * The most probable sequences after another, found by beam search: of all that are one longer than those followed, the
   * `beams` most probable are followed. One ends before a stop, where it matches the pattern, or after `length`.
   * @param {F['sequence']} [prime]
   * @param {F['complete']} [options]
   * @returns {F['completion'][]} up to `beams`, the most probable first
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  complete(prime, options = {}) {
    return finish(this.completeInPieces(prime, options), signalOf('complete', options));
  }

  /** @internal @param {unknown} [prime] @param {unknown} [options] */
  *completeInPieces(prime, options = {}) {
    return yield* (yield* this.#read('complete', 'prime', prime)).completeInPieces(options);
  }

  /**
   * A copy for predicting, with 8 bits a weight: a quarter of the file, and faster. It cannot be trained.
   * @returns {this}
   * @throws {import('../../core/errors.js').OutOfMemoryError}
   */
  quantize() {
    this.assertUsable('quantize');
    const Kind = /** @type {new (...parts: any[]) => this} */ (this.constructor);
    return new Kind(this.#network.quantize(), this.#vocabulary.copy(), this.notes);
  }

  /**
   * The model as a safetensors file with PyTorch's names. lstm.open opens it.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
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

  /** @abstract @internal @param {string} _call @param {import('../../files/model-file.js').CheckpointPart} [_checkpoint] @returns {Uint8Array<ArrayBuffer>} */
  fileOf(_call, _checkpoint) {
    return new Uint8Array();
  }

  /** @param {string} call @param {unknown} options */
  #readWriteOptions(call, options) {
    this.assertUsable(call);
    return readWriteOptions(call, options, this.#vocabulary, { prime: this.#prime }, this.notes.lines);
  }

  /** How a beginning is read. @type {import('../../core/check.js').Reader<F['sequence'] | undefined>} */
  #prime = (value, path) => optional((given) => this.#vocabulary.read(given, path))(value, path);

  /**
   * @param {string} call
   * @param {string} name of the argument
   * @param {unknown} sequence
   * @returns {import('../../core/pieces.js').Pieces<Reading<F>>}
   */
  *#read(call, name, sequence) {
    this.assertUsable(call);
    const path = `${call}: ${name}`;
    const { words, end = 0 } = this.#vocabulary;
    const tokens = sequence === undefined ? Int32Array.of(end) : encodeLearnt(sequence, path, this.#vocabulary, this.notes);
    if (tokens.length === 0) refuse(path, `a ${words.sequence} with a ${words.one} of the ${words.all}`, sequence);
    const state = this.#network.initialState();
    yield* feedInPieces(this.#held, call, tokens, state);
    return this.readingAt(state, tokens[tokens.length - 1]);
  }

  /** @internal @param {import('../../network/state.js').CellState[]} state before the token @param {number} token @returns {Reading<F>} */
  readingAt(state, token) {
    return new Reading(this, this.#vocabulary, state, token);
  }
}
