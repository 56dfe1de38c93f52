// RunSteps.js: the steps of a run: an update, and whether it went wrong; the way back.
import { DivergedError } from '../core/errors.js';

/** @typedef {import('./Learner.js').Point & { health: import('./RunHealth.js').HealthState }} GoodPoint */

/** A run goes back by at least this many steps, where it has so many, and by at most twice as many. */
const POINT_STEPS = 100;

export class RunSteps {
  /** The second is young: what spoils the run may be in it already. @type {GoodPoint[]} */
  #points = [];
  #run;
  #learner;
  #trainee;

  /**
   * @param {import('./TrainingRun.js').TrainingRun} run
   * @param {import('./Learner.js').Learner} learner
   * @param {import('./Learner.js').Trainee} trainee
   */
  constructor(run, learner, trainee) {
    this.#run = run;
    this.#learner = learner;
    this.#trainee = trainee;
  }

  /**
   * One update; or why the run has gone wrong.
   * @returns {Generator<Promise<void>, import('./Learner.js').StepResult | string, void>}
   */
  *trainStep() {
    const { options, health } = this.#run;
    const before = health.smoothed;
    try {
      const result = yield* this.#learner.trainStep();
      const { step } = this.#learner;
      // An update may be larger than any float: at the end of a run no loss would tell.
      if (!this.#trainee.isFinite && (options.recoveries > 0 || this.#run.isOver())) {
        throw new DivergedError(`train: the parameters are not finite after step ${step}. A lower learningRate may help`);
      }
      const isSpike = health.isSpike(step, result.loss, result.evens);
      return isSpike ? `the loss rose from ${before.toPrecision(3)} to ${result.loss.toPrecision(3)}` : result;
    } catch (error) {
      if (!(error instanceof DivergedError) || options.recoveries === 0) throw error;
      const isUpdate = /update is not finite/.test(error.message) || !this.#trainee.isFinite;
      return isUpdate ? 'an update is not finite' : 'the loss or its gradient is not finite';
    }
  }

  /** Before a step. */
  keepPoint() {
    const { options, health } = this.#run;
    const points = this.#points;
    if (options.recoveries === 0 || this.#learner.step - points[points.length - 1]?.step < POINT_STEPS) return;
    this.#points = [...points.slice(-1), { ...this.#learner.point(), health: health.state }];
  }

  /**
   * @param {string} wrong
   * @throws {DivergedError} where the run has gone back often enough, or never does
   */
  goBack(wrong) {
    const { options, health } = this.#run;
    const [point] = this.#points;
    this.#points = this.#points.slice(0, 1);
    const { step, trainer } = this.#learner;
    if (options.recoveries === 0) throw new DivergedError(`train: ${wrong} at step ${step}. A lower learningRate may help`);
    const rate = trainer.learningRate;
    this.#learner.goBack(point);
    if (health.recoveries >= options.recoveries) {
      health.goBack(point.health);
      throw new DivergedError(
        `train: ${wrong} at step ${step}, after going back ${health.recoveries} times with half the rate each time; ` +
          `the model is as after step ${point.step}. A lower learningRate (now ${rate}) may help`,
      );
    }
    health.recover(point.health);
  }
}
