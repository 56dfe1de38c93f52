// with-training.js: what training adds to a model that predicts, the same for all: one run, and one file to go on from.
import { writeCheckpoint } from '../files/checkpoint-file.js';
import { readFitOptions, reportsOf, runInTurns } from '../training/fit.js';
import { Training } from '../training/Training.js';

/** @typedef {import('../training/plan.js').Task} Task */
/** @typedef {import('../training/train-options.js').RunReport} RunReport */
/** @typedef {import('../files/checkpoint-file.js').Checkpoint} Checkpoint */

/**
 * @typedef {{
 *   get steps(): any,
 *   trainsBy(task: Task, checkpoint?: Checkpoint): void,
 *   assertTrainable(call: string): void,
 *   train(data: any, options?: any): Generator<any, void, void>,
 *   trainInPieces(data: any, options?: any, crew?: import('../training/crew.js').Crew): import('../training/Training.js').TrainPieces,
 *   fit(data: any, options?: any): Promise<any>,
 *   checkpoint(): any,
 * }} Trains
 */

/**
 * Of a class with `assertUsable(call)`, and `fileOf(call, checkpoint)`, which writes its file. Its constructor calls
 * `trainsBy`, and it says in the doc of its own `train` what is trained on.
 * @template {new (...parts: any[]) => any} Kind
 * @param {Kind} Predicting
 * @returns {new (...parts: ConstructorParameters<Kind>) => InstanceType<Kind> & Trains}
 */
export function withTraining(Predicting) {
  const Base = /** @type {new (...parts: any[]) => any} */ (Predicting);
  return /** @type {any} */ (class extends Base {
    /** @type {Task} */
    #task = /** @type {any} */ (undefined);
    /** @type {Training} */
    #training = /** @type {any} */ (undefined);

    /**
     * What is special of its training.
     * @param {Task} task
     * @param {Checkpoint} [checkpoint] to go on from
     */
    trainsBy(task, checkpoint) {
      this.#task = task;
      this.#training = new Training(task, checkpoint);
      if (checkpoint) /** @type {any} */ (task.held.network).random = checkpoint.random;
    }

    get steps() {
      return this.#training.steps;
    }

    /** @param {unknown} data @param {unknown} [options] */
    train(data, options = {}) {
      return reportsOf(this.trainInPieces(data, options));
    }

    /** @param {unknown} data @param {unknown} [options] @param {import('../training/crew.js').Crew} [crew] */
    trainInPieces(data, options = {}, crew) {
      this.assertTrainable('train');
      return this.#training.start(data, options, crew);
    }

    /** @param {unknown} data @param {unknown} [options] */
    async fit(data, options = {}) {
      const { onReport, ...others } = readFitOptions(options);
      return runInTurns(this.trainInPieces(data, others), onReport);
    }

    checkpoint() {
      this.assertTrainable('checkpoint');
      const { held, source } = this.#task;
      const network = /** @type {any} */ (held.network);
      const checkpoint = { ...this.#training.checkpoint(), random: network.random };
      return this.fileOf('checkpoint', writeCheckpoint(checkpoint, network.shapes, source));
    }

    /** @param {string} call */
    assertTrainable(call) {
      this.assertUsable(call);
      /** @type {any} */ (this.#task.held.network).assertFloat(call, this.#task.model === 'Network' ? 'network' : 'model');
    }
  });
}
