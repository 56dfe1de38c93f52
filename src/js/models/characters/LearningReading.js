// LearningReading.js: a place in a text, from which the model learns what comes.
import { string } from '../../core/check.js';
import { finish, signalOf } from '../../core/pieces.js';
import { windowReader } from '../../network/network-options.js';
import { evaluationOf } from './evaluate.js';
import { Reading } from './Reading.js';

/**
 * How a text is learnt while it is read.
 * @typedef {import('../../training/Online.js').LearnOptions & { window?: number }} ReadAndLearnOptions `window`: characters
 *   an update, through which the gradient flows back; default 20
 */

/** Characters an update, as Krause et al. 2018. */
const WINDOW = 20;
const others = { window: windowReader(WINDOW) };

/** A place in a text, which a model that can be trained reads on from and learns. */
export class LearningReading extends Reading {
  #model;

  /**
   * @internal use model.read
   * @param {import('./CharModel.js').CharModel} model
   * @param {import('../../sampling/Alphabet.js').Alphabet} alphabet
   * @param {import('../../network/state.js').CellState[]} state owned by this from now on
   * @param {number} token
   */
  constructor(model, alphabet, state, token) {
    super(model, alphabet, state, token);
    this.#model = model;
  }

  /**
   * Reads on and learns what it reads (dynamic evaluation, Krause et al. 2018): each `window` of characters is predicted
   * first, by what the model has learnt before, and learnt then, with one update. The model's own unlearn() takes all of it
   * back, and this to where it was.
   * @param {string} text at least one character; words and lines teach more than single characters
   * @param {ReadAndLearnOptions} [options]
   * @returns {import('./evaluate.js').Evaluation} how well the text was predicted before it was learnt
   * @throws {import('../../core/errors.js').ArgumentError} for characters outside the alphabet; nothing is read or learnt then
   * @throws {import('../../core/errors.js').DivergedError} where a loss, a gradient or an update is not finite; all is as
   *   before then
   */
  learn(text, options = {}) {
    return finish(this.learnInPieces(text, options), signalOf('learn', options));
  }

  /** @internal @param {unknown} text @param {unknown} [options] */
  *learnInPieces(text, options = {}) {
    const { online } = this.#model;
    const { window, ...read } = online.readOptions(options, others);
    const tokens = this.encode(string()(text, 'learn: text'), 'learn: text');
    const count = tokens.length - 1;
    const before = this.place;
    if (count === 0) return evaluationOf(0, 0);
    let after = before;
    const undo = () => {
      if (this.place.state === after.state) this.place = before;
    };
    const { loss, state } = yield* online.learnInPieces(
      windowsOf(tokens, window), read, { window: Math.min(window, count), state: before.state, undo });
    after = { state, token: tokens[count] };
    this.place = after;
    return evaluationOf(loss * count, count);
  }
}

/**
 * @param {Int32Array} tokens
 * @param {number} window
 * @returns {Generator<import('../../training/Online.js').OnlineWindow>}
 */
function* windowsOf(tokens, window) {
  for (let at = 0; at < tokens.length - 1; at += window) {
    const to = Math.min(at + window, tokens.length - 1);
    yield { inputs: [tokens.subarray(at, to)], targets: [tokens.subarray(at + 1, to + 1)], count: to - at };
  }
}
