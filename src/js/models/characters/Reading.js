// Reading.js: a place in a text, from which the model goes on.
import { assertNotAborted } from '../../core/abort.js';
import { beamSearch } from '../../sampling/beam-search.js';
import { integer, optional, readOptions, string } from '../../core/check.js';
import { allocate } from '../../core/allocate.js';
import { finish, signalField, signalOf } from '../../core/pieces.js';
import { charactersOf, feedInPieces, inPieces, scoreInPieces } from '../../sampling/in-pieces.js';
import { readTextOptions, readWriteOptions } from '../../sampling/sampling-options.js';
import { copyState } from '../../network/state.js';
import { saveReading } from './reading-state.js';
import { layerOption, traceTokens } from './trace.js';

/** @typedef {import('../../sampling/sampling-options.js').SamplingOptions} SamplingOptions */
/** @typedef {import('../../sampling/sampling-options.js').TextLimits} TextLimits */

/** @typedef {import('../../core/pieces.js').Stoppable} Stoppable */

/** @typedef {SamplingOptions & TextLimits & Stoppable} WriteOptions */

/** @typedef {{ beams?: number } & TextLimits & Stoppable} CompleteOptions `beams`: followed side by side, 1 to 1000; default 4 */

/**
 * A character that may come next.
 * @typedef {{ char: string, probability: number }} Prediction
 */

/** @typedef {import('../../sampling/beam-search.js').Completion} Completion */

/** @type {(value: unknown, path: string) => number} */
const readBeams = integer(1, 1000, 4);

/**
 * A place in a text. Only push() moves it: what is asked or written from here can be asked again, and other texts be
 * tried. It remembers the model's state, no more, and belongs to the garbage collector. What is drawn at random without
 * a seed goes on from the model's one generator.
 */
export class Reading {
  /** Kept, so that it is not forgotten and freed while this is used. */
  #model;
  #alphabet;
  /** Before the last character read. */
  #state;
  /** That character. */
  #token;

  /**
   * @internal use model.read
   * @param {import('./PredictingCharModel.js').PredictingCharModel<import('../PredictingNetwork.js').PredictingNetwork>} model
   * @param {import('../../sampling/Alphabet.js').Alphabet} alphabet
   * @param {import('../../network/state.js').CellState[]} state owned by this from now on
   * @param {number} token
   */
  constructor(model, alphabet, state, token) {
    this.#model = model;
    this.#alphabet = alphabet;
    this.#state = state;
    this.#token = token;
  }

  /**
   * Reads on. Where the model leaves unknown characters out, a text of such alone moves nothing.
   * @param {string} text at least one character
   * @param {Stoppable} [options]
   * @returns {this}
   * @throws {import('../../core/errors.js').ArgumentError} for characters outside the alphabet; nothing is read then
   * @throws {import('../../core/errors.js').DivergedError} where the network's state is not finite; nothing is read then
   */
  push(text, options = {}) {
    return finish(this.pushInPieces(text, options), signalOf('push', options));
  }

  /** @internal @param {unknown} text @param {unknown} [options] */
  *pushInPieces(text, options = {}) {
    readOptions('push', options, signalField);
    const tokens = this.encode(string()(text, 'push: text'), 'push: text');
    const state = copyState(this.#state);
    yield* feedInPieces(this.#model.held, 'push', tokens, state);
    this.place = { state, token: tokens[tokens.length - 1] };
    return this;
  }

  /** Another reading at this place. Each then goes its own way. @returns {this} */
  branch() {
    return /** @type {this} */ (this.#model.readingAt(copyState(this.#state), this.#token));
  }

  /** The state before the last character read, and that character. @internal */
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
   * @returns {import('./reading-state.js').ReadingState}
   */
  save() {
    return saveReading(this.#model.network, this.#alphabet, this.#state, this.#token);
  }

  /**
   * What comes next.
   * @param {{ top?: number }} [options] `top`: how many characters; without it all
   * @returns {Prediction[]} the most probable first
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  predict(options = {}) {
    const { top } = readOptions('predict', options, { top: optional(integer(1, 2 ** 30)) });
    const { probabilities } = this.#model.network.sampler.next('predict', copyState(this.#state), this.#token);
    return this.#alphabet.characters
      .map((char, token) => ({ char, probability: probabilities[token] }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, top);
  }

  /**
   * How probable each character of a text is, read from here.
   * @param {string} text
   * @param {Stoppable} [options]
   * @returns {Float64Array} log p of each, in nats: as many as [...text]; NaN for those that the model leaves out, log p of
   *   the character that stands for an unknown one
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  score(text, options = {}) {
    return finish(this.scoreInPieces(text, options), signalOf('score', options));
  }

  /** @internal @param {string} text @param {unknown} [options] */
  *scoreInPieces(text, options = {}) {
    readOptions('score', options, signalField);
    const tokens = this.encode(string()(text, 'score: text'), 'score: text');
    const scores = new Float64Array(tokens.length - 1);
    yield* scoreInPieces(this.#model.held, 'score', tokens, copyState(this.#state), scores);
    return this.#alphabet.align(text, scores);
  }

  /**
   * What happens inside while a text is read from here: gates, h and c of each layer after each character.
   * @param {string} text
   * @param {import('./trace.js').TraceOptions} [options]
   * @returns {import('./trace.js').Trace}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  trace(text, options = {}) {
    return finish(this.traceInPieces(text, options), signalOf('trace', options));
  }

  /** @internal @param {string} text @param {unknown} [options] */
  *traceInPieces(text, options = {}) {
    const { layer } = readOptions('trace', options, { layer: layerOption(this.#model.network), ...signalField });
    const tokens = this.encode(string()(text, 'trace: text'), 'trace: text');
    const characters = Array.from(tokens.subarray(1), (token) => this.#alphabet.characters[token]);
    return { characters, ...yield* traceTokens(this.#model.held, this.#state, tokens, layer) };
  }

  /**
   * Writes on.
   * @param {WriteOptions} [options]
   * @returns {string} the new characters
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  generate(options = {}) {
    return finish(this.generateInPieces(options), signalOf('generate', options));
  }

  /** @internal @param {unknown} [options] */
  generateInPieces(options = {}) {
    return this.write(readWriteOptions('generate', options, this.#alphabet, {}, this.#model.notes.lines));
  }

  /**
   * Writes on, one character after the other, as they are asked for: the same text as generate's. A character that may
   * be the beginning of a stop string is held back until that is known.
   * @param {WriteOptions} [options]
   * @returns {Generator<string, void, void>}
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite, when it comes to that
   */
  stream(options = {}) {
    const signal = signalOf('stream', options);
    assertNotAborted(signal);
    return charactersOf(this.streamInPieces(options), signal);
  }

  /** @internal @param {unknown} [options] */
  streamInPieces(options = {}) {
    return this.characters('stream', readWriteOptions('stream', options, this.#alphabet, {}, this.#model.notes.lines));
  }

  /**
   * The most probable texts from here, found by beam search: of all texts one character longer than those followed,
   * the `beams` most probable are followed. A text ends before a stop string, where it matches the pattern, or after
   * `length` characters.
   * @param {CompleteOptions} [options]
   * @returns {Completion[]} up to `beams`, the most probable first
   * @throws {import('../../core/errors.js').DivergedError} where the network's logits are not finite
   */
  complete(options = {}) {
    return finish(this.completeInPieces(options), signalOf('complete', options));
  }

  /** @internal @param {unknown} [options] */
  completeInPieces(options = {}) {
    const read = readTextOptions('complete', options, this.#alphabet, { beams: readBeams }, this.#model.notes.lines);
    return beamSearch(this.#model.held, this.#alphabet, { state: copyState(this.#state), token: this.#token }, read);
  }

  /**
   * @internal
   * @param {any} options what readWriteOptions gave
   * @returns {import('../../core/pieces.js').Pieces<string>}
   */
  *write({ seed, ...options }) {
    if (options.stops.length > 0 || options.pattern) {
      let text = '';
      for (const part of this.characters('generate', { seed, ...options })) {
        text += part;
        yield;
      }
      return text;
    }
    const tokens = allocate(Uint32Array, options.length, 'generate', `${options.length} characters`);
    const state = copyState(this.#state);
    const first = this.#token;
    const sampling = { ...options, random: this.#generator(seed) };
    yield* inPieces(this.#model.held, tokens.length, (sampler, from, to) => {
      sampler.draw('generate', tokens.subarray(from, to), state, from === 0 ? first : tokens[from - 1], sampling);
    });
    return this.#alphabet.decode(tokens, 'generate');
  }

  /**
   * A text in parts. They may be empty.
   * @internal
   * @param {string} call
   * @param {any} options what readWriteOptions gave
   */
  characters(call, { seed, stops, ...options }) {
    const random = this.#generator(seed);
    return this.#upTo(stops, this.#tokens(call, { ...options, random, state: copyState(this.#state), token: this.#token }));
  }

  /** @param {number} [seed] */
  #generator(seed) {
    return seed === undefined ? undefined : this.#model.network.sampler.generator(seed);
  }

  /**
   * @param {readonly string[]} stops
   * @param {Iterable<number>} tokens
   * @returns {Generator<string, void, void>}
   */
  *#upTo(stops, tokens) {
    // The end of the text, where it may be the beginning of a stop string.
    let held = '';
    for (const token of tokens) {
      held += this.#alphabet.characters[token];
      const ends = stops.filter((stop) => held.endsWith(stop));
      if (ends.length > 0) return yield held.slice(0, -Math.max(...ends.map(({ length }) => length)));
      let sure = 0;
      while (sure < held.length && !stops.some((stop) => stop.startsWith(held.slice(sure)))) sure++;
      yield held.slice(0, sure);
      held = held.slice(sure);
    }
    yield held;
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
   * @param {string} text
   * @param {string} path
   * @returns {Int32Array} the last character read, and the text's
   * @internal
   */
  encode(text, path) {
    const tokens = this.#alphabet.encode(text, path);
    const all = new Int32Array(tokens.length + 1);
    all[0] = this.#token;
    all.set(tokens, 1);
    return all;
  }
}
