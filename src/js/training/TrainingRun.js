// TrainingRun.js: where a run is in its budget, and the learning rate there. Plain data but for the clock.
import { RunHealth } from './RunHealth.js';
import { scheduleOf } from './schedule.js';

/**
 * A place in a run: updates made, and what was read of the data, as the run reads them.
 * @typedef {{ step: number, read: number }} Place
 */

/**
 * The best validation of a run.
 * @typedef {object} Best
 * @property {string} of the hash of what was measured on
 * @property {number} [loss]
 * @property {number} misses validations since, which were not better
 * @property {Record<string, Float32Array>} [parameters] where they are kept
 */

/**
 * What a run is, beside its options.
 * @typedef {object} RunState
 * @property {Place} start of the run: a schedule counts from here
 * @property {Place} since of the budget
 * @property {number} seconds of the budget that are used up
 * @property {import('./RunHealth.js').HealthState} health
 * @property {Best} best
 */

export class TrainingRun {
  #began = performance.now();
  /** @type {number | undefined} */
  #ended;
  #factor;
  #learner;
  /** @type {RunState} */
  #state;

  /**
   * @param {import('./train-options.js').CheckedTrainOptions} options
   * @param {import('./Learner.js').Learner} learner who is at work
   * @param {RunState} state
   * @param {number} guess what guessing costs: see RunHealth
   */
  constructor(options, learner, state, guess) {
    this.options = options;
    this.#factor = scheduleOf(options.schedule, 'train: schedule');
    this.#learner = learner;
    this.#state = state;
    this.best = state.best;
    this.health = new RunHealth(state.health, guess, options.recoveries > 0);
    /** What only its first report tells. @type {Pick<import('./train-options.js').RunReport, 'resumed' | 'grown' | 'learnt'>} */
    this.beginning = {};
  }

  /** @returns {RunState} */
  get state() {
    return { ...this.#state, seconds: this.#seconds, health: this.health.state, best: this.best };
  }

  /** Seconds since the call, until it ended. */
  get elapsed() {
    return ((this.#ended ?? performance.now()) - this.#began) / 1000;
  }

  /** The clock stops. */
  end() {
    this.#ended = performance.now();
  }

  /** Seconds of the budget that are used up. */
  get #seconds() {
    return this.#state.seconds + this.elapsed;
  }

  /** How much of the budget is used up, to 1 and above; 0 where there is none. */
  get #progress() {
    const { step, reader } = this.#learner;
    return progressOf(this.options, { ...this.#state, seconds: this.#seconds }, step, reader);
  }

  isOver() {
    return isUsedUp(this.#progress);
  }

  /** Of the budget, where there is one. The rest of it takes as long as the pace so far says. */
  get progress() {
    const { seconds, steps, epochs } = this.options;
    if ((seconds ?? steps ?? epochs ?? Infinity) === Infinity) return {};
    const progress = Math.min(1, this.#progress);
    return { progress, ...(progress > 0 && { secondsLeft: (this.#seconds * (1 - progress)) / progress }) };
  }

  /**
   * @param {object} now
   * @param {number} now.steps since the last report
   * @param {number} now.loss the sum of theirs
   * @param {number} now.gradientNorm
   * @param {number} now.perSecond
   * @param {string} now.wrong why the run went back just now, if it did
   * @param {number} [now.valLoss]
   * @param {boolean} now.isStopped
   * @param {boolean} now.isDone
   * @returns {import('./train-options.js').RunReport}
   */
  report({ steps, loss, gradientNorm, perSecond, wrong, valLoss, isStopped, isDone }) {
    const { step, read, reader, trainer } = this.#learner;
    const { beginning, health, best, options } = this;
    this.beginning = {};
    return {
      ...beginning,
      step,
      read,
      epoch: reader.epoch,
      seconds: this.elapsed,
      ...this.progress,
      loss: steps > 0 ? loss / steps : health.smoothed,
      smoothedLoss: health.smoothed,
      gradientNorm,
      learningRate: wrong ? this.learningRate : trainer.learningRate,
      perSecond,
      ...(valLoss !== undefined && { valLoss }),
      ...(best.loss !== undefined && { best: best.loss }),
      ...(wrong && { event: 'recovered', reason: wrong, recoveries: health.recoveries }),
      ...(isStopped && { event: 'stopped' }),
      batchSize: options.batchSize,
      window: options.window,
      ...(trainer.workers && { threads: trainer.workers }),
      done: isDone,
    };
  }

  /** The rate of the next update. */
  get learningRate() {
    const { start } = this.#state;
    const { step, reader } = this.#learner;
    const factor = this.#factor({
      step: step - start.step,
      epoch: (reader.read - start.read) / reader.perEpoch,
      progress: Math.min(1, this.#progress),
    });
    return this.options.optimizer.numbers.learningRate * factor * 0.5 ** this.health.recoveries;
  }
}

/**
 * How much of a budget is used up, to 1 and above; 0 where there is none.
 * @param {import('./train-options.js').CheckedTrainOptions} options
 * @param {Pick<RunState, 'since' | 'seconds'>} state
 * @param {number} step
 * @param {{ read: number, perEpoch: number }} reader
 */
export function progressOf({ seconds, steps, epochs }, { since, seconds: used }, step, { read, perEpoch }) {
  if (seconds !== undefined) return used / seconds;
  if (steps !== undefined) return (step - since.step) / steps; // 0 where they are Infinity
  return epochs === undefined ? 0 : (read - since.read) / (epochs * perEpoch);
}

/** Less than a window of anything is missing, where epochs times what is read in one was rounded. @param {number} progress */
export const isUsedUp = (progress) => progress > 1 - 1e-9;

/**
 * The state in which a run goes on that a checkpoint has.
 * @param {RunState} former
 * @param {RunState} fresh that of a run which begins now
 * @param {{ isSamePlace: boolean, isSameData: boolean, isNewBudget: boolean, isNewRate: boolean }} now are the data read
 *   in the same way as before, are they the same, and what was asked for anew?
 * @returns {RunState}
 */
export function continuedState(former, fresh, { isSamePlace, isSameData, isNewBudget, isNewRate }) {
  const placeOf = (/** @type {Place} */ place) => (isSamePlace ? place : { ...place, read: 0 });
  // What other data cost a step may jump.
  const { recoveries } = former.health;
  const health = isSameData ? former.health : { ...fresh.health, recoveries };
  const { since, seconds } = isNewBudget ? fresh : former;
  return {
    start: placeOf(former.start),
    since: placeOf(since),
    seconds,
    health: isNewRate ? { ...health, recoveries: 0 } : health,
    best: former.best.of === fresh.best.of ? former.best : fresh.best,
  };
}
