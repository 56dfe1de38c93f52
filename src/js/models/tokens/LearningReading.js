// LearningReading.js: a place in a sequence, from which the model learns what comes.
import { finish, signalOf } from '../../core/pieces.js';
import { windowReader } from '../../network/network-options.js';
import { evaluationOf } from './evaluate.js';
import { Reading } from './Reading.js';

/**
 * How a sequence is learnt while it is read.
 * @typedef {import('../../training/Online.js').LearnOptions & { window?: number }} ReadAndLearnOptions `window`: characters, or
 *   tokens, an update, through which the gradient flows back; default 20
 */

/** Tokens an update, as Krause et al. 2018. */
const WINDOW = 20;
/** How the option is read. */
export const learningWindow = { window: windowReader(WINDOW) };

/**
 * A place in a sequence, from which a model that can be trained reads on and learns.
 * @template {import('./face.js').Face} F
 * @extends {Reading<F>}
 */
export class LearningReading extends Reading {
  #model;
  #words;

  /**
   * @internal use model.read
   * @param {import('./SequenceModel.js').SequenceModel<any, F> & { readonly online: import('../../training/Online.js').Online }} model
   * @param {import('./face.js').AnyVocabulary} vocabulary
   * @param {import('../../network/state.js').CellState[]} state owned by this from now on
   * @param {number} token
   */
  constructor(model, vocabulary, state, token) {
    super(model, vocabulary, state, token);
    this.#model = model;
    this.#words = vocabulary.words;
  }

  /**
   * Reads on and learns what it reads (dynamic evaluation, Krause et al. 2018): each `window` of it is predicted
   * first, by what the model has learnt before, and learnt then, with one update. The model's own unlearn() takes all of it
   * back, and this to where it was.
   * @param {F['sequence']} sequence at least one character, or token; many at a time teach more than one
   * @param {ReadAndLearnOptions} [options]
   * @returns {F['evaluation']} how well it was predicted before it was learnt
   * @throws {import('../../core/errors.js').ArgumentError} for what the model does not know; nothing is read or learnt then
   * @throws {import('../../core/errors.js').DivergedError} where a loss, a gradient or an update is not finite; all is as
   *   before then
   */
  learn(sequence, options = {}) {
    return finish(this.learnInPieces(sequence, options), signalOf('learn', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<F['evaluation']>} */
  *learnInPieces(sequence, options = {}) {
    const { online } = this.#model;
    const { window, ...read } = online.readOptions(options, learningWindow);
    const tokens = this.encode(sequence, 'learn');
    const count = tokens.length - 1;
    const before = this.place;
    if (count === 0) return evaluationOf(0, 0, this.#words);
    let after = before;
    const undo = () => {
      if (this.place.state === after.state) this.place = before;
    };
    const { loss, state } = yield* online.learnInPieces(
      windowsToLearn(tokens, window), read, { window: Math.min(window, count), state: before.state, undo });
    after = { state, token: tokens[count] };
    this.place = after;
    return evaluationOf(loss * count, count, this.#words);
  }
}

/**
 * A sequence, window after window.
 * @param {Int32Array} tokens
 * @param {number} window
 * @returns {Generator<import('../../training/Online.js').OnlineWindow>}
 */
export function* windowsToLearn(tokens, window) {
  for (let at = 0; at < tokens.length - 1; at += window) {
    const to = Math.min(at + window, tokens.length - 1);
    yield { inputs: [tokens.subarray(at, to)], targets: [tokens.subarray(at + 1, to + 1)], count: to - at };
  }
}
