// TokenModel.js: learns sequences of tokens and predicts them.
import { finish, signalOf } from '../../core/pieces.js';
import { Online } from '../../training/Online.js';
import { withTraining } from '../with-training.js';
import { evaluateOrLearn } from './dynamic.js';
import { LearningReading } from './LearningReading.js';
import { PredictingTokenModel } from './PredictingTokenModel.js';
import { planRun } from './sequence-plan.js';

/** @typedef {import('../../core/errors.js').ArgumentError} ArgumentError */
/** @typedef {import('../TrainableNetwork.js').TrainableNetwork} TrainableNetwork */
/** @typedef {import('../../training/train-options.js').RunReport} RunReport */

/**
 * One sequence or several: texts, where the model cuts texts; else lists of tokens.
 * @typedef {string | Iterable<string> | Iterable<readonly string[]>} TokenData
 */

/** @typedef {import('../../training/train-options.js').RunOptions<Exclude<TokenData, string> | { text: TokenData } | { sequences: TokenData }>} TokenTrainOptions How a model of tokens is trained. */
/** @typedef {TokenTrainOptions & { onReport?: (report: RunReport) => unknown }} TokenFitOptions `onReport` gets each report; a promise is waited for */

/** @typedef {new (...parts: ConstructorParameters<typeof PredictingTokenModel>) => PredictingTokenModel<TrainableNetwork>} Predicting */
const Base = withTraining(/** @type {Predicting} */ (PredictingTokenModel));

/**
 * A network over tokens of any length, words of texts, notes, events, actions: learns sequences of them, predicts what
 * follows, scores and writes. Characters are one case of it: see CharModel.
 */
export class TokenModel extends Base {
  #vocabulary;
  #online;

  /**
   * @internal use lstm.createTokenModel
   * @param {TrainableNetwork} network owned by the model from now on
   * @param {import('../../sampling/TokenVocabulary.js').TokenVocabulary} vocabulary
   * @param {import('./SequenceModel.js').Notes} [notes]
   * @param {import('../../files/checkpoint-file.js').Checkpoint} [checkpoint] to go on from
   */
  constructor(network, vocabulary, notes, checkpoint) {
    super(network, vocabulary, notes);
    this.#vocabulary = /** @type {import('./face.js').AnyVocabulary} */ (/** @type {unknown} */ (vocabulary));
    const trained = { held: this.held, vocabulary: this.#vocabulary, notes: this.notes };
    this.trainsBy({
      model: 'TokenModel',
      source: vocabulary.form.by === undefined ? 'data' : 'text',
      held: this.held,
      keep: (data) => vocabulary.listOf(data) ?? data,
      plan: (data, given, now) => planRun(data, given, trained, now),
    }, checkpoint);
    this.#online = new Online(this.held, { model: 'TokenModel', steps: () => this.steps });
  }

  /** How many updates were made in its life, as far as it or its checkpoint knows. @returns {number} */
  get steps() {
    return super.steps;
  }

  /**
   * Trains on a sequence or several: as CharModel.train on texts. Each begins at '', the place before a first token, which
   * read() and generate() without a beginning start from; each of several ends there too, so that generate, stream and
   * complete end where a sequence does, and a beginning that is given is read from its start.
   *
   * Tokens that are not in the vocabulary are added to it, unless another stands for them or they are left out.
   * @param {TokenData} data a text, or several, where the model cuts texts; else a list of tokens, or several
   * @param {TokenTrainOptions} [options] validation: a fraction, or data of its own: a list, { text } or { sequences }
   * @returns {Generator<RunReport, void, void>} what is `read` are tokens
   * @throws {ArgumentError} at once, for wrong options or data
   * @throws {import('../../core/errors.js').OutOfMemoryError} when the first report is asked for; the model is as before
   * @throws {import('../../core/errors.js').DivergedError} from the loop, where going back did not help: see recoveries
   */
  train(data, options = {}) {
    return super.train(data, options);
  }

  /**
   * train without a loop: what else waits has its turn every 16 ms, or after a step that is longer. The same bits as train's.
   * @param {TokenData} data
   * @param {TokenFitOptions} [options]
   * @returns {Promise<RunReport | undefined>} the last report; undefined where another training ended it before its first
   * @throws {ArgumentError | import('../../core/errors.js').DivergedError} what train throws; what onReport throws ends the
   *   training, as if its loop had been left; the reason of the signal
   */
  async fit(data, options = {}) {
    return super.fit(data, options);
  }

  /**
   * The model with all that its training needs to go on bit for bit: a file like save()'s. lstm.open opens it, and train
   * goes on.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  checkpoint() {
    return super.checkpoint();
  }

  /**
   * Reads a sequence and learns it while it is read: each `window` of tokens is predicted first and learnt then, with one
   * update (dynamic evaluation, Krause et al. 2018). The same as read().learn(sequence).
   * @param {import('./token-face.js').TokenSequence} sequence
   * @param {import('./LearningReading.js').ReadAndLearnOptions} [options]
   * @returns {import('./token-face.js').TokenEvaluation} how well it was predicted, each token before it was learnt
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where a loss, a gradient or an update is not finite; the model is
   *   as before then
   */
  learn(sequence, options = {}) {
    return finish(this.learnInPieces(sequence, options), signalOf('learn', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] */
  *learnInPieces(sequence, options = {}) {
    this.assertTrainable('learn');
    const reading = /** @type {import('./token-face.js').LearningTokenReading} */ (yield* this.readInPieces());
    return yield* reading.learnInPieces(sequence, options);
  }

  /**
   * How well the model predicts a sequence, each token from all before it; or several, as train reads them, each from its beginning to its
   * end. With `dynamic` it is learnt while it is read, by a copy: the model stays as it is.
   * @param {TokenData} sequence at least 2 tokens
   * @param {import('./dynamic.js').LearningEvaluateOptions} [options]
   * @returns {import('./token-face.js').TokenEvaluation}
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where logits, a loss, a gradient or an update are not finite
   */
  evaluate(sequence, options = {}) {
    return finish(this.evaluateInPieces(sequence, options), signalOf('evaluate', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<import('./token-face.js').TokenEvaluation>} */
  *evaluateInPieces(sequence, options = {}) {
    this.assertUsable('evaluate');
    const about = { vocabulary: this.#vocabulary, name: 'TokenModel' };
    return yield* evaluateOrLearn(this, about, sequence, options, (others) => super.evaluateInPieces(sequence, others));
  }

  /**
   * Takes back what the last learn() has done, of this or of a reading.
   * @throws {ArgumentError} where there is nothing to take back, or the model was trained since
   */
  unlearn() {
    this.assertUsable('unlearn');
    this.#online.unlearn();
  }

  /** @internal */
  get online() {
    this.assertTrainable('learn');
    return this.#online;
  }

  /**
   * @override
   * @internal
   * @param {import('../../network/state.js').CellState[]} state
   * @param {number} token
   * @returns {import('./token-face.js').LearningTokenReading}
   */
  readingAt(state, token) {
    return new LearningReading(this, this.#vocabulary, state, token);
  }
}
