// PredictingCharModel.js: predicts the characters of a text.
import { integer, isObject, optional, readOptions, refuse, string } from '../../core/check.js';
import { Owned } from '../../core/Owned.js';
import { finish, signalField, signalOf } from '../../core/pieces.js';
import { writeModelFile } from '../../files/model-file.js';
import { readUnknown } from '../../sampling/Alphabet.js';
import { charactersOf, feedInPieces } from '../../sampling/in-pieces.js';
import { readWriteOptions } from '../../sampling/sampling-options.js';
import { charConfigOf } from './char-config.js';
import { describeCharacters } from './char-file.js';
import { evaluateTokens } from './evaluate.js';
import { Reading } from './Reading.js';
import { restoreReading } from './reading-state.js';
import { layerOption } from './trace.js';

/** @typedef {import('../../core/errors.js').ArgumentError} ArgumentError */
/** @typedef {import('./char-options.js').CharModelConfig} CharModelConfig */

/**
 * @typedef {object} Prime
 * @property {string} [prime] the text before; without it, as after a line's end, or after the first character of the
 *   alphabet where it has no line end
 */

/** @typedef {import('../../core/pieces.js').Stoppable} Stoppable */
/** How long a text is written, from which beginning, and how drawn. @typedef {import('./Reading.js').WriteOptions & Prime} GenerateOptions */
/** @typedef {import('./Reading.js').Completion} Completion */
/** @typedef {import('./Reading.js').Prediction} Prediction */

/** @typedef {import('./evaluate.js').Evaluation} Evaluation */

/** @template {import('../PredictingNetwork.js').PredictingNetwork} Network */
export class PredictingCharModel extends Owned {
  #held;
  #alphabet;

  /**
   * @internal
   * @param {Network} network owned by the model from now on
   * @param {import('../../sampling/Alphabet.js').Alphabet} alphabet
   * @param {import('./char-file.js').CharNotes} [notes]
   */
  constructor(network, alphabet, notes = {}) {
    const held = { network, get sampler() { return this.network.sampler; } };
    super('CharModel', () => held.network.dispose(), false);
    this.#held = held;
    this.#alphabet = alphabet;
    /** What is in its file too. @internal */
    this.notes = { ...notes };
    alphabet.unknown = notes.unknown ?? 'error';
  }

  /** The characters that the model knows, in the order of their tokens. */
  get alphabet() {
    return [...this.#alphabet.characters];
  }

  /**
   * What becomes of characters that the model does not know, wherever it reads a text: 'error'; 'skip', they are left out;
   * or the character of its alphabet that stands for them. It is in the file too, and can be set.
   * @returns {import('../../sampling/Alphabet.js').Unknown}
   */
  get unknown() {
    return this.#alphabet.unknown;
  }

  set unknown(value) {
    this.notes.unknown = readUnknown(this.#alphabet)(value, 'CharModel.unknown');
    this.#alphabet.unknown = this.notes.unknown ?? 'error';
  }

  /** What the model was made with, as createCharModel takes it. @returns {CharModelConfig} */
  get config() {
    return charConfigOf(this.#network.config, this.notes.unknown);
  }

  /**
   * The network inside, to step through and look at. dispose() of the model disposes it too. Where training adds
   * characters to the alphabet, another takes its place, and it is disposed.
   */
  get network() {
    this.assertUsable('network');
    return this.#network;
  }

  /** Its network, which another may replace between two pieces of a call. @internal */
  get held() {
    this.assertUsable('network');
    return this.#held;
  }

  get #network() {
    return this.#held.network;
  }

  /**
   * How well the model predicts a text, each character from all before it.
   * @param {string} text at least 2 characters
   * @param {Stoppable} [options]
   * @returns {Evaluation}
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  evaluate(text, options = {}) {
    return finish(this.evaluateInPieces(text, options), signalOf('evaluate', options));
  }

  /** @internal @param {string} text @param {unknown} [options] */
  *evaluateInPieces(text, options = {}) {
    this.assertUsable('evaluate');
    readOptions('evaluate', options, signalField);
    const tokens = this.#encode(string()(text, 'evaluate: text'), 'evaluate: text');
    return yield* evaluateTokens(this.#held, tokens);
  }

  /**
   * Reads a text, to ask and to try what comes after it.
   * @param {string | { state: import('./reading-state.js').ReadingState }} [text] or a place in one, which save() of a
   *   reading gave; without it, as after a line's end, or after the first character of the alphabet where it has no line
   *   end
   * @param {Stoppable} [options]
   * @returns {Reading}
   * @throws {ArgumentError} for an empty text or characters outside the alphabet, or a state that is not whole or of
   *   another model
   * @throws {import('../../core/errors.js').DivergedError} where the network's state is not finite
   */
  read(text, options = {}) {
    return finish(this.readInPieces(text, options), signalOf('read', options));
  }

  /** @internal @param {unknown} [text] @param {unknown} [options] */
  *readInPieces(text, options = {}) {
    readOptions('read', options, signalField);
    if (!isObject(text)) return yield* this.#read('read', 'text', text);
    this.assertUsable('read');
    const { state: given } = readOptions('read', text, { state: (value) => value });
    const { state, token } = restoreReading(given, 'read: state', this.#network, this.#alphabet);
    return this.readingAt(state, token);
  }

  /**
   * What comes after a text.
   * @param {string} text
   * @param {{ top?: number } & Stoppable} [options] `top`: how many characters; without it all
   * @returns {Prediction[]} the most probable first
   * @throws {ArgumentError} for an empty text or characters outside the alphabet
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  predict(text, options = {}) {
    return finish(this.predictInPieces(text, options), signalOf('predict', options));
  }

  /** @internal @param {string} text @param {unknown} [options] */
  *predictInPieces(text, options = {}) {
    const { top } = readOptions('predict', options, { top: optional(integer(1, 2 ** 30)), ...signalField });
    return (yield* this.#read('predict', 'text', string()(text, 'predict: text'))).predict({ top });
  }

  /**
   * How probable each character of a text is after all before it: the probabilities that generate draws from at
   * temperature 1, with the same prime.
   * @param {string} text
   * @param {Prime & Stoppable} [options]
   * @returns {Float64Array} log p of each, in nats: as many as [...text]; NaN for those that the model leaves out, log p of
   *   the character that stands for an unknown one
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  score(text, options = {}) {
    return finish(this.scoreInPieces(text, options), signalOf('score', options));
  }

  /** @internal @param {string} text @param {unknown} [options] */
  *scoreInPieces(text, options = {}) {
    this.assertUsable('score');
    const { prime } = readOptions('score', options, { prime: optional(string()), ...signalField });
    return yield* (yield* this.#read('score', 'prime', prime)).scoreInPieces(text);
  }

  /**
   * Reads a text and tells what happens inside: gates, h and c of each layer after each character, and how probable each
   * character was. A text is read with memory for all of this; for a long one, trace its parts from a Reading.
   * @param {string} text
   * @param {Prime & import('./trace.js').TraceOptions} [options]
   * @returns {import('./trace.js').Trace}
   * @throws {ArgumentError | import('../../core/errors.js').OutOfMemoryError}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  trace(text, options = {}) {
    return finish(this.traceInPieces(text, options), signalOf('trace', options));
  }

  /** @internal @param {string} text @param {unknown} [options] */
  *traceInPieces(text, options = {}) {
    this.assertUsable('trace');
    const fields = { prime: optional(string()), layer: layerOption(this.#network), ...signalField };
    const { prime, layer } = readOptions('trace', options, fields);
    return yield* (yield* this.#read('trace', 'prime', prime)).traceInPieces(text, { layer });
  }

  /**
   * Writes on from a text.
   * @param {GenerateOptions} [options]
   * @returns {string} the new characters, without the prime
   * @throws {ArgumentError} for characters outside the alphabet
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  generate(options = {}) {
    return finish(this.generateInPieces(options), signalOf('generate', options));
  }

  /** @internal @param {unknown} [options] */
  *generateInPieces(options = {}) {
    const { prime, ...read } = this.#readWriteOptions('generate', options);
    return yield* (yield* this.#read('generate', 'prime', prime)).write(read);
  }

  /**
   * Writes on, one character after the other, as they are asked for: the same text as generate's. A character that may
   * be the beginning of a stop string is held back until that is known.
   * @param {GenerateOptions} [options]
   * @returns {Generator<string, void, void>}
   * @throws {ArgumentError} at once
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite, when it comes to that
   */
  stream(options = {}) {
    const signal = signalOf('stream', options);
    const { prime, ...read } = this.#readWriteOptions('stream', options);
    const reading = finish(this.#read('stream', 'prime', prime), signal);
    return charactersOf(reading.characters('stream', read), signal);
  }

  /** @internal @param {unknown} [options] */
  *streamInPieces(options = {}) {
    const { prime, ...read } = this.#readWriteOptions('stream', options);
    yield* (yield* this.#read('stream', 'prime', prime)).characters('stream', read);
  }

  /**
   * The most probable texts after another, found by beam search: of all texts one character longer than those followed,
   * the `beams` most probable are followed. A text ends before a stop string, where it matches the pattern, or after
   * `length` characters.
   * @param {string} [prime]
   * @param {import('./Reading.js').CompleteOptions} [options]
   * @returns {Completion[]} up to `beams`, the most probable first
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  complete(prime, options = {}) {
    return finish(this.completeInPieces(prime, options), signalOf('complete', options));
  }

  /** @internal @param {string} [prime] @param {unknown} [options] */
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
    const Kind = /** @type {new (...parts: ConstructorParameters<typeof PredictingCharModel>) => this} */ (this.constructor);
    return new Kind(this.#network.quantize(), this.#alphabet.copy(), this.notes);
  }

  /**
   * The model as a safetensors file with PyTorch's names. lstm.openCharModel opens it.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  save() {
    this.assertUsable('save');
    return writeModelFile({ network: this.#network }, 'save', describeCharacters(this.#alphabet, this.notes));
  }

  /** @param {string} call @param {unknown} options */
  #readWriteOptions(call, options) {
    this.assertUsable(call);
    return readWriteOptions(call, options, this.#alphabet, { prime: optional(string()) }, this.notes.lines);
  }

  /**
   * The tokens of a text, as the model has learnt texts: after a line's end, where each was a line of a list.
   * @param {string} text
   * @param {string} path
   */
  #encode(text, path) {
    const tokens = this.#alphabet.encode(text, path);
    const end = Number(this.#alphabet.tokenOf('\n'));
    if (!this.notes.lines || tokens[0] === end) return tokens;
    const begun = new Int32Array(tokens.length + 1).fill(end, 0, 1);
    begun.set(tokens, 1);
    return begun;
  }

  /**
   * @param {string} call
   * @param {string} name of the argument
   * @param {unknown} text
   * @returns {import('../../core/pieces.js').Pieces<Reading>}
   */
  *#read(call, name, text) {
    this.assertUsable(call);
    const path = `${call}: ${name}`;
    const tokens = text === undefined
      ? Int32Array.of(this.#alphabet.tokenOf('\n') ?? 0)
      : this.#encode(string()(text, path), path);
    if (tokens.length === 0) refuse(path, 'a text with a character of the alphabet', text);
    const state = this.#network.initialState();
    yield* feedInPieces(this.#held, call, tokens, state);
    return this.readingAt(state, tokens[tokens.length - 1]);
  }

  /**
   * @internal
   * @param {import('../../network/state.js').CellState[]} state before the token
   * @param {number} token
   * @returns {Reading}
   */
  readingAt(state, token) {
    return new Reading(this, this.#alphabet, state, token);
  }
}
