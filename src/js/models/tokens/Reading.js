// Reading.js: a place in a sequence, from which the model goes on.
import { assertNotAborted } from '../../core/abort.js';
import { beamSearch } from '../../sampling/beam-search.js';
import { integer, optional, readOptions } from '../../core/check.js';
import { allocate } from '../../core/allocate.js';
import { finish, signalField, signalOf } from '../../core/pieces.js';
import { feedInPieces, inPieces, piecesOf, scoreInPieces } from '../../sampling/in-pieces.js';
import { ranked } from '../../sampling/ranked.js';
import { readWriteOptions } from '../../sampling/sampling-options.js';
import { copyState } from '../../network/state.js';
import { saveReading } from './reading-state.js';
import { layerOption, traceTokens } from './trace.js';

/** @typedef {import('../../core/pieces.js').Stoppable} Stoppable */
/** @typedef {import('./face.js').Face} Face */

/** @type {(value: unknown, path: string) => number} */
const readBeams = integer(1, 1000, 4);

/**
 * A place in a sequence: a text, or a list of tokens. Only push() moves it: what is asked or written from here can be
 * asked again, and others be tried. It remembers the model's state, no more, and belongs to the garbage collector. What is
 * drawn at random without a seed goes on from the model's one generator.
 * @template {Face} F
 */
export class Reading {
  /** Kept, so that it is not forgotten and freed while this is used. */
  #model;
  #vocabulary;
  /** Before the last token read. */
  #state;
  /** That token. */
  #token;

  /**
   * @internal use model.read
   * @param {import('./SequenceModel.js').SequenceModel<import('../PredictingNetwork.js').PredictingNetwork, F>} model
   * @param {import('./face.js').AnyVocabulary} vocabulary
   * @param {import('../../network/state.js').CellState[]} state owned by this from now on
   * @param {number} token
   */
  constructor(model, vocabulary, state, token) {
    this.#model = model;
    this.#vocabulary = vocabulary;
    this.#state = state;
    this.#token = token;
  }

  /**
   * Reads on. Where the model leaves unknown ones out, a sequence of such alone moves nothing.
   * @param {F['sequence']} sequence at least one character, or token
   * @param {Stoppable} [options]
   * @returns {this}
   * @throws {import('../../core/errors.js').ArgumentError} for what the model does not know; nothing is read then
   * @throws {import('../../core/errors.js').DivergedError} where the network's state is not finite; nothing is read then
   */
  push(sequence, options = {}) {
    return finish(this.pushInPieces(sequence, options), signalOf('push', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] */
  *pushInPieces(sequence, options = {}) {
    readOptions('push', options, signalField);
    const tokens = this.encode(sequence, 'push');
    const state = copyState(this.#state);
    yield* feedInPieces(this.#model.held, 'push', tokens, state);
    this.place = { state, token: tokens[tokens.length - 1] };
    return this;
  }

  /** Another reading at this place. Each then goes its own way. @returns {this} */
  branch() {
    return /** @type {this} */ (this.#model.readingAt(copyState(this.#state), this.#token));
  }

  /** The state before the last token read, and that token. @internal */
  get place() {
    return { state: this.#state, token: this.#token };
  }

  /** @internal */
  set place({ state, token }) {
    this.#state = state;
    this.#token = token;
  }

  /**
   * This place as plain data, for JSON, IndexedDB or another process: model.read({ state }) goes on from it. Changes
   * nothing.
   * @returns {F['state']}
   */
  save() {
    return saveReading(this.#model.network, this.#vocabulary, this.#state, this.#token);
  }

  /**
   * What comes next.
   * @param {{ top?: number }} [options] `top`: how many; without it all
   * @returns {F['prediction'][]} the most probable first
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  predict(options = {}) {
    const { top } = readOptions('predict', options, { top: optional(integer(1, 2 ** 30)) });
    const { probabilities } = this.#model.network.sampler.next('predict', copyState(this.#state), this.#token);
    /** @type {F['prediction'][]} */
    const predictions = [];
    const known = probabilities.subarray(0, this.#vocabulary.size);
    for (const token of ranked(known)) {
      if (predictions.length === top) break;
      predictions.push(/** @type {any} */ (this.#vocabulary.prediction(token, known[token])));
    }
    return predictions;
  }

  /**
   * How probable each character or token of a sequence is, read from here.
   * @param {F['sequence']} sequence
   * @param {Stoppable} [options]
   * @returns {Float64Array} log p of each, in nats: of a text of characters as many as [...text]; NaN for those that the model
   *   leaves out, log p of what stands for an unknown one
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  score(sequence, options = {}) {
    return finish(this.scoreInPieces(sequence, options), signalOf('score', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] */
  *scoreInPieces(sequence, options = {}) {
    readOptions('score', options, signalField);
    const tokens = this.encode(sequence, 'score');
    const scores = new Float64Array(tokens.length - 1);
    yield* scoreInPieces(this.#model.held, 'score', tokens, copyState(this.#state), scores);
    return this.#vocabulary.align(/** @type {any} */ (sequence), scores);
  }

  /**
   * What happens inside while a sequence is read from here: gates, h and c of each layer after each character or token.
   * @param {F['sequence']} sequence
   * @param {import('./trace.js').TraceOptions} [options]
   * @returns {F['trace']}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  trace(sequence, options = {}) {
    return finish(this.traceInPieces(sequence, options), signalOf('trace', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] */
  *traceInPieces(sequence, options = {}) {
    const { layer } = readOptions('trace', options, { layer: layerOption(this.#model.network), ...signalField });
    const tokens = this.encode(sequence, 'trace');
    const { names, words } = this.#vocabulary;
    const read = Array.from(tokens.subarray(1), (token) => names[token]);
    return { [words.many]: read, ...yield* traceTokens(this.#model.held, this.#state, tokens, words.many, layer) };
  }

  /**
   * Writes on.
   * @param {F['write']} [options]
   * @returns {F['sequence']} what is new
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  generate(options = {}) {
    return finish(this.generateInPieces(options), signalOf('generate', options));
  }

  /** @internal @param {unknown} [options] */
  generateInPieces(options = {}) {
    return this.write(readWriteOptions('generate', options, this.#vocabulary, {}, this.#model.notes.lines));
  }

  /**
   * Writes on, one character or token after the other, as they are asked for: the same as generate's. What may be the
   * beginning of a stop string is held back until that is known.
   * @param {F['write']} [options]
   * @returns {Generator<string, void, void>}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite, when it comes to that
   */
  stream(options = {}) {
    const signal = signalOf('stream', options);
    assertNotAborted(signal);
    return piecesOf(this.parts('stream', this.#streamOptions(options)), this.#vocabulary, signal);
  }

  /** @internal @param {unknown} [options] */
  *streamInPieces(options = {}) {
    for (const part of this.parts('stream', this.#streamOptions(options))) yield this.#vocabulary.sent(part);
  }

  /** @param {unknown} options */
  #streamOptions(options) {
    return readWriteOptions('stream', options, this.#vocabulary, {}, this.#model.notes.lines);
  }

  /**
   * The most probable sequences from here, found by beam search: of all that are one longer than those followed, the
   * `beams` most probable are followed. One ends before a stop, where it matches the pattern, or after `length`.
   * @param {F['complete']} [options]
   * @returns {F['completion'][]} up to `beams`, the most probable first
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  complete(options = {}) {
    return finish(this.completeInPieces(options), signalOf('complete', options));
  }

  /** @internal @param {unknown} [options] */
  *completeInPieces(options = {}) {
    const vocabulary = this.#vocabulary;
    const read = vocabulary.readLimits('complete', options, { beams: readBeams }, this.#model.notes.lines);
    const start = { state: copyState(this.#state), token: this.#token };
    const ended = yield* beamSearch(this.#model.held, /** @type {any} */ (vocabulary), start, read);
    return ended.map((one) => /** @type {F['completion']} */ (/** @type {any} */ (vocabulary.completion(/** @type {any} */ (one)))));
  }

  /**
   * @internal
   * @param {any} options what readWriteOptions gave
   * @returns {import('../../core/pieces.js').Pieces<F['sequence']>}
   */
  *write({ seed, ...options }) {
    if (options.stops.length > 0 || options.pattern) {
      const parts = [];
      for (const part of this.parts('generate', { seed, ...options })) {
        parts.push(part);
        yield;
      }
      return this.#vocabulary.join(parts);
    }
    const tokens = allocate(Uint32Array, options.length, 'generate', `${options.length} ${this.#vocabulary.words.many}`);
    const state = copyState(this.#state);
    const first = this.#token;
    const sampling = { ...options, random: this.#generator(seed) };
    yield* inPieces(this.#model.held, tokens.length, (sampler, from, to) => {
      sampler.draw('generate', tokens.subarray(from, to), state, from === 0 ? first : tokens[from - 1], sampling);
    });
    return this.#vocabulary.decode(tokens, 'generate');
  }

  /**
   * What is written, in parts. They may be empty.
   * @internal
   * @param {string} call
   * @param {any} options what readWriteOptions gave
   * @returns {Generator<string, void, void>}
   */
  parts(call, { seed, stops, ...options }) {
    const random = this.#generator(seed);
    return this.#vocabulary.partsOf(stops, this.#tokens(call, { ...options, random, state: copyState(this.#state), token: this.#token }));
  }

  /** @param {number} [seed] */
  #generator(seed) {
    return seed === undefined ? undefined : this.#model.network.sampler.generator(seed);
  }

  /**
   * @param {string} call
   * @param {any} read
   * @returns {Generator<number, void, void>}
   */
  *#tokens(call, { state, token, length, allowed, pattern, ...sampling }) {
    const drawn = new Uint32Array(1);
    /** @type {ReturnType<import('../../sampling/text-pattern.js').TextPattern['start']>} */
    let states = pattern?.start();
    for (let left = length; left > 0; left--) {
      const fitting = pattern?.mask(states, left);
      const isWhole = pattern?.isWhole(states);
      if (isWhole && !fitting) return;
      const mask = pattern && !isWhole ? fitting : allowed;
      this.#model.network.sampler.draw(call, drawn, state, token, { ...sampling, allowed: mask });
      [token] = drawn;
      if (fitting && !fitting[token]) return;
      states = pattern?.after(states, token);
      yield token;
    }
  }

  /**
   * @param {unknown} sequence
   * @param {string} call
   * @returns {Int32Array} the last token read, and the sequence's
   * @internal
   */
  encode(sequence, call) {
    const path = `${call}: ${this.#vocabulary.words.sequence}`;
    const tokens = this.#vocabulary.encode(/** @type {any} */ (this.#vocabulary.read(sequence, path)), path);
    const all = new Int32Array(tokens.length + 1);
    all[0] = this.#token;
    all.set(tokens, 1);
    return all;
  }
}
