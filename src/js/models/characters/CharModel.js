// CharModel.js: learns a text and predicts its characters.
import { finish, signalOf } from '../../core/pieces.js';
import { Online } from '../../training/Online.js';
import { withTraining } from '../with-training.js';
import { evaluateOrLearn } from '../tokens/dynamic.js';
import { LearningReading } from '../tokens/LearningReading.js';
import { charTask } from './char-task.js';
import { PredictingCharModel } from './PredictingCharModel.js';

/** @typedef {import('./char-task.js').Texts} Texts */
/** @typedef {import('./char-task.js').TrainOptions} TrainOptions */
/** @typedef {import('./char-task.js').TrainReport} TrainReport */
/** @typedef {import('../../core/errors.js').ArgumentError} ArgumentError */
/** @typedef {import('../TrainableNetwork.js').TrainableNetwork} TrainableNetwork */
/** @typedef {TrainOptions & { onReport?: (report: TrainReport) => unknown }} FitOptions `onReport` gets each report; a promise is waited for */

/** @typedef {new (...parts: ConstructorParameters<typeof PredictingCharModel>) => PredictingCharModel<TrainableNetwork>} Predicting */
const Base = withTraining(/** @type {Predicting} */ (PredictingCharModel));

/** A network over the characters of a text: learns it, predicts what follows, scores and writes. */
export class CharModel extends Base {
  #alphabet;
  #online;

  /**
   * @internal use lstm.createCharModel
   * @param {TrainableNetwork} network owned by the model from now on
   * @param {import('../../sampling/Alphabet.js').Alphabet} alphabet
   * @param {import('./char-file.js').CharNotes} [notes]
   * @param {import('../../files/checkpoint-file.js').Checkpoint} [checkpoint] to go on from
   */
  constructor(network, alphabet, notes, checkpoint) {
    super(network, alphabet, notes);
    this.#alphabet = alphabet;
    this.trainsBy(charTask({ held: this.held, vocabulary: alphabet, notes: this.notes }), checkpoint);
    this.#online = new Online(this.held, { model: 'CharModel', steps: () => this.steps });
  }

  /** How many updates were made in its life, as far as it or its checkpoint knows. @returns {number} */
  get steps() {
    return super.steps;
  }

  /**
   * Trains on a text: the text is cut into batchSize streams, read side by side in windows, over and over. Several
   * texts are laid end to end first; each starts from the initial state, and its last window is what is left of it. Each
   * of several begins after a line's end, which read() and generate() without a text start from, and ends with one, so
   * that its first character and its end are learnt too. Where all of them are of one line, generate, stream and complete
   * end there, and a text that is given is read after a line's end. (An `alphabet` without a line's end, and the run of
   * an older checkpoint, learn no beginnings and ends.)
   *
   * Yields a report now and then; leaving the loop stops. It begins when the first report is asked for, and ends the
   * training before it, where that is still under way, as if its loop had been left. Calling train again goes on: the
   * optimizer's moments are kept, and with the same text, batchSize and window also the state and the position. The first
   * train of a checkpoint goes on with its run, on its text or on another: options that are not given are the run's own,
   * and without a budget it is the rest of its own. The first report says what went on: see resumed.
   *
   * Characters that are not in the alphabet are added to it, behind the others, unless the model has a rule for unknown
   * ones. The old are predicted as before, to 1e-6, and keep the optimizer's moments; new ones are improbable until they
   * are learnt. The model has another network then, and the one before is disposed with the trainers made of it; readings
   * and their states stay valid. The first report names them: see grown.
   * @param {Texts} text
   * @param {TrainOptions} [options]
   * @returns {Generator<TrainReport, void, void>}
   * @throws {ArgumentError} at once, for wrong options, a text that is too short, or a checkpoint whose run is over,
   *   without a budget
   * @throws {import('../../core/errors.js').OutOfMemoryError} when the first report is asked for; the model is as before
   * @throws {import('../../core/errors.js').DivergedError} from the loop, where going back did not help: see recoveries. The
   *   model is as it was at the last good point
   */
  train(text, options = {}) {
    return super.train(text, options);
  }

  /**
   * train without a loop: what else waits has its turn every 16 ms, or after a step that is longer, so that a page or a
   * server goes on. The same bits as train's.
   * @param {Texts} text
   * @param {FitOptions} [options]
   * @returns {Promise<TrainReport | undefined>} the last report; undefined where another training ended it before its first
   * @throws {ArgumentError | import('../../core/errors.js').DivergedError} what train throws; what onReport throws ends the
   *   training, as if its loop had been left; the reason of the signal
   */
  async fit(text, options = {}) {
    return super.fit(text, options);
  }

  /**
   * The model with all that its training needs to go on bit for bit: a safetensors file like save()'s, with the moments
   * of the optimizer, the states, the random generators, the options, the position in the text and a hash of it, and
   * the best parameters so far where they are kept. Changes nothing. lstm.openCharModel opens it, and what it opens
   * predicts as this model does now.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  checkpoint() {
    return super.checkpoint();
  }

  /**
   * Reads a text and learns it while it is read: each `window` of characters is predicted first and learnt then, with one
   * update, so that what comes often in it is soon expected (dynamic evaluation, Krause et al. 2018). The same as
   * read().learn(text); a reading goes on from where it is.
   * @param {string} text
   * @param {import('../tokens/LearningReading.js').ReadAndLearnOptions} [options]
   * @returns {import('./char-face.js').Evaluation} how well the text was predicted, each character before it was learnt
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where a loss, a gradient or an update is not finite; the model is
   *   as before then
   */
  learn(text, options = {}) {
    return finish(this.learnInPieces(text, options), signalOf('learn', options));
  }

  /** @internal @param {unknown} text @param {unknown} [options] */
  *learnInPieces(text, options = {}) {
    this.assertTrainable('learn');
    const reading = /** @type {import('./char-face.js').LearningReading} */ (yield* this.readInPieces());
    return yield* reading.learnInPieces(text, options);
  }

  /**
   * How well the model predicts a text, each character from all before it; or several, as train reads them, each from its beginning to its
   * end. With `dynamic` it is learnt while it is read, by a copy: the model stays as it is.
   * @param {string | Iterable<string>} text at least 2 characters
   * @param {import('../tokens/dynamic.js').LearningEvaluateOptions} [options]
   * @returns {import('./char-face.js').Evaluation}
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where logits, a loss, a gradient or an update are not finite
   */
  evaluate(text, options = {}) {
    return finish(this.evaluateInPieces(text, options), signalOf('evaluate', options));
  }

  /** @internal @param {unknown} text @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<import('./char-face.js').Evaluation>} */
  *evaluateInPieces(text, options = {}) {
    this.assertUsable('evaluate');
    const about = { vocabulary: this.#alphabet, name: 'CharModel' };
    return yield* evaluateOrLearn(this, about, text, options, (others) => super.evaluateInPieces(text, others));
  }

  /**
   * Takes back what the last learn() has done, of this or of a reading: to the parameters, to the optimizer, and to the
   * place of the reading, where that has not read on since.
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
   * @returns {import('./char-face.js').LearningReading}
   */
  readingAt(state, token) {
    return new LearningReading(this, this.#alphabet, state, token);
  }
}
