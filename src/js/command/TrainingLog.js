// What is told about a training: the reports of every step gathered into lines.

import { duration } from './ProgressLine.js';

/** @typedef {import('../CharModel.js').TrainReport} TrainReport */

/** How much of the smoothed loss on the progress line one step is. */
const smoothing = 0.05;

export class TrainingLog {
  /** @type {{ seconds?: number, epochs?: number, steps?: number }} */
  #limit;
  /** @type {TrainReport | undefined} */
  #report;
  /** Since the line before: summed losses and steps, characters, and the seconds that training them took. */
  #line = { loss: 0, steps: 0, chars: 0, seconds: 0 };
  /** Of the whole run: seconds without validation and what else is not training. */
  #trainingSeconds = 0;
  /** @type {number | undefined} */
  #smoothLoss;
  /** @type {number | undefined} */
  #valLoss;

  /** @param {{ seconds?: number, epochs?: number, steps?: number }} limit what ends the training: one of them */
  constructor(limit) {
    this.#limit = limit;
  }

  /** @param {TrainReport} report of one step more */
  add(report) {
    const { chars, loss, charsPerSecond } = report;
    const fresh = chars - (this.#report?.chars ?? 0);
    const seconds = fresh / charsPerSecond;
    this.#line.loss += loss;
    this.#line.steps++;
    this.#line.chars += fresh;
    this.#line.seconds += seconds;
    this.#trainingSeconds += seconds;
    this.#smoothLoss = (this.#smoothLoss ?? loss) * (1 - smoothing) + loss * smoothing;
    this.#valLoss = report.valLoss ?? this.#valLoss;
    this.#report = report;
  }

  /** A line of --json about the steps since the line before. */
  line() {
    const { step, chars, seconds, epoch, loss, valLoss = null, gradientNorm } = this.#last;
    const line = this.#line;
    this.#line = { loss: 0, steps: 0, chars: 0, seconds: 0 };
    return {
      step, chars, seconds, epoch,
      loss: line.steps ? line.loss / line.steps : loss,
      valLoss, gradientNorm,
      charsPerSecond: line.steps ? line.chars / line.seconds : this.#speed,
      done: false,
    };
  }

  /** The last line. */
  total() {
    return { ...this.line(), charsPerSecond: this.#speed, done: true };
  }

  /** The progress line. */
  text() {
    const validation = this.#valLoss === undefined ? '' : `  validation ${this.#valLoss.toFixed(3)}`;
    return `step ${this.#last.step}  loss ${(this.#smoothLoss ?? NaN).toFixed(3)}${validation}  ` +
      `${Math.round(this.#speed)} characters/s  ${duration(this.#secondsLeft)} left`;
  }

  get #speed() {
    return this.#last.chars / this.#trainingSeconds;
  }

  /** As long as the rest takes at the pace so far. */
  get #secondsLeft() {
    const { step, epoch, seconds } = this.#last;
    if (this.#limit.seconds !== undefined) return this.#limit.seconds - seconds;
    const part = this.#limit.steps !== undefined ? step / this.#limit.steps : epoch / (this.#limit.epochs ?? NaN);
    return seconds / part - seconds;
  }

  get #last() {
    if (!this.#report) throw new Error('the training ended without a report');
    return this.#report;
  }
}
