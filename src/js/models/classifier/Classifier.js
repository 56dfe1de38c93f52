// Classifier.js: learns what sequences are, and tells it.
import { objectOf } from '../../core/check.js';
import { finish, signalOf } from '../../core/pieces.js';
import { Online } from '../../training/Online.js';
import { withTraining } from '../with-training.js';
import { classifierTask, onlineWindow } from './classifier-task.js';
import { readExample } from './examples.js';
import { PredictingClassifier } from './PredictingClassifier.js';

/** @typedef {import('../../core/errors.js').ArgumentError} ArgumentError */
/** @typedef {import('./classifier-task.js').ClassifierTrainOptions} ClassifierTrainOptions */
/** @typedef {import('../../training/train-options.js').RunReport} RunReport */
/** @typedef {import('./examples.js').LabelledSequences} LabelledSequences */
/** @typedef {import('./examples.js').LabelledSequence} LabelledSequence */
/** @typedef {import('../TrainableNetwork.js').TrainableNetwork} TrainableNetwork */
/** @typedef {ClassifierTrainOptions & { onReport?: (report: RunReport) => unknown }} ClassifierFitOptions `onReport` gets each report; a promise is waited for */
/** @typedef {import('../../training/Online.js').LearnOptions & { weight?: LabelledSequence['weight'] }} ClassifierLearnOptions How one sequence is learnt, and what it weighs. */

/** @typedef {new (...parts: ConstructorParameters<typeof PredictingClassifier>) => PredictingClassifier<TrainableNetwork>} Predicting */
const Base = withTraining(/** @type {Predicting} */ (PredictingClassifier));

/** A network that tells what sequences are, or their steps: learns it from examples, tells it, measures how well. */
export class Classifier extends Base {
  #online;

  /**
   * @internal use lstm.createClassifier
   * @param {TrainableNetwork} network owned by the model from now on
   * @param {import('./knowledge.js').Knowledge} knows
   * @param {import('../../files/checkpoint-file.js').Checkpoint} [checkpoint] to go on from
   */
  constructor(network, knows, checkpoint) {
    super(network, knows);
    this.trainsBy(classifierTask(this.held, knows), checkpoint);
    this.#online = new Online(this.held, { model: 'Classifier', steps: () => this.steps });
  }

  /** How many updates were made in its life, as far as it or its checkpoint knows. @returns {number} */
  get steps() {
    return super.steps;
  }

  /**
   * Trains on labelled sequences of any length: all of them once in each epoch, in an order drawn by `seed`, batchSize side
   * by side. Features are scaled as those are that are trained on first.
   *
   * Yields a report now and then; leaving the loop stops. It begins when the first report is asked for, and ends the
   * training before it, where that is still under way, as if its loop had been left. Calling train again goes on: the
   * optimizer's moments are kept, and with the same data and batchSize also the place in them. The first train of a
   * checkpoint goes on with its run: options that are not given are the run's own, and without a budget it is the rest of its
   * own.
   * @param {LabelledSequences} data
   * @param {ClassifierTrainOptions} [options]
   * @returns {Generator<RunReport, void, void>}
   * @throws {ArgumentError} at once, for wrong options, data that are not what the model reads (the message names the place),
   *   or of which all have the same label; nothing has changed then
   * @throws {import('../../core/errors.js').OutOfMemoryError} when the first report is asked for; the model is as before
   * @throws {import('../../core/errors.js').DivergedError} from the loop, where going back did not help: see recoveries. The
   *   model is as it was at the last good point
   */
  train(data, options = {}) {
    return super.train(data, options);
  }

  /**
   * train without a loop: what else waits has its turn every 16 ms, or after a step that is longer, so that a page or a
   * server goes on. The same bits as train's.
   * @param {LabelledSequences} data
   * @param {ClassifierFitOptions} [options]
   * @returns {Promise<RunReport | undefined>} the last report; undefined where another training ended it before its first
   * @throws {ArgumentError | import('../../core/errors.js').DivergedError} what train throws; what onReport throws ends the
   *   training, as if its loop had been left; the reason of the signal
   */
  async fit(data, options = {}) {
    return super.fit(data, options);
  }

  /**
   * The model with all that its training needs to go on bit for bit: a safetensors file like save()'s. Changes nothing.
   * lstm.open opens it, and what it opens predicts as this model does now.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  checkpoint() {
    return super.checkpoint();
  }

  /**
   * Learns one sequence that just came, with one update: it is predicted first and learnt then. unlearn() takes it back. Of
   * classWeights, those by name count, where one label holds.
   * @param {import('./PredictingClassifier.js').Sequence} sequence
   * @param {LabelledSequence['label']} label
   * @param {ClassifierLearnOptions} [options]
   * @returns {{ loss: number }} before it was learnt, weighed
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where the loss, its gradient or the update is not finite; the model
   *   is as before then
   */
  learn(sequence, label, options = {}) {
    return finish(this.learnInPieces(sequence, label, options), signalOf('learn', options));
  }

  /** @internal @param {unknown} sequence @param {unknown} label @param {unknown} [options] */
  *learnInPieces(sequence, label, options = {}) {
    this.assertTrainable('learn');
    this.assertKnowing('learn');
    const { weight, ...others } = objectOf('learn', options);
    const read = this.#online.readOptions(others);
    const paths = { sequence: 'learn: sequence', label: 'learn: label', weight: 'learn: weight' };
    const window = onlineWindow(this.knows, this.network.config, readExample({ sequence, label, weight }, paths, this.knows));
    const { loss } = yield* this.#online.learnInPieces([window], read, { window: window.steps });
    return { loss };
  }

  /**
   * Takes back what the last learn() has done.
   * @throws {ArgumentError} where there is nothing to take back, or the model was trained since
   */
  unlearn() {
    this.assertUsable('unlearn');
    this.#online.unlearn();
  }
}
