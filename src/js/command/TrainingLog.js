// What is told about a training: the reports of every step gathered into lines.

import { duration } from './ProgressLine.js';

/** @typedef {import('../models/characters/char-task.js').TrainReport} TrainReport */

const barWidth = 20;

export class TrainingLog {
  /** @type {TrainReport | undefined} */
  #report;
  /** Since the line before: summed losses and steps, characters, and the seconds that training them took. */
  #line = { loss: 0, steps: 0, chars: 0, seconds: 0 };
  /** Of the whole run: characters, and seconds without validation and what else is not training. */
  #run = { chars: 0, seconds: 0 };
  /** @type {number | undefined} */
  #valLoss;

  /** Was there no report? */
  get isEmpty() {
    return this.#report === undefined;
  }

  /** @param {TrainReport} report of one step more, or of one that went wrong */
  add(report) {
    const { chars, loss, charsPerSecond, event } = report;
    const fresh = chars - (this.#report?.chars ?? 0);
    if (event !== 'recovered' && charsPerSecond > 0) {
      // A run that goes on begins with the characters before it.
      const trained = this.#report ? fresh : Math.min(fresh, chars / report.step);
      this.#line.loss += loss;
      this.#line.steps++;
      for (const sum of [this.#line, this.#run]) {
        sum.chars += trained;
        sum.seconds += trained / charsPerSecond;
      }
    }
    this.#valLoss = report.valLoss ?? this.#valLoss;
    this.#report = report;
  }

  /** A line of --json about the steps since the line before. */
  line() {
    const { step, chars, seconds, secondsLeft = null, epoch, loss, smoothedLoss, ...report } = this.#last;
    const { valLoss = null, best = null, gradientNorm, learningRate } = report;
    const line = this.#line;
    this.#line = { loss: 0, steps: 0, chars: 0, seconds: 0 };
    return {
      step, chars, seconds, secondsLeft, epoch,
      loss: line.steps ? line.loss / line.steps : loss,
      smoothedLoss, valLoss, best, gradientNorm, learningRate,
      charsPerSecond: line.steps ? line.chars / line.seconds : this.#speed,
      done: false,
    };
  }

  /** The last line. */
  total() {
    return { ...this.line(), charsPerSecond: this.#speed, done: true };
  }

  /** The progress line; what matters most stands first, where a narrow terminal still shows it. */
  text() {
    const { step, smoothedLoss, progress, secondsLeft } = this.#last;
    const bar = progress === undefined ? '' : `${barOf(progress)} ${String(Math.floor(100 * progress)).padStart(3)}%  `;
    const left = secondsLeft === undefined ? '' : `${duration(secondsLeft)} left  `;
    const validation = this.#valLoss === undefined ? '' : `  validation ${this.#valLoss.toFixed(3)}`;
    const speed = `${Math.round(this.#speed)} characters/s`;
    return `${bar}${left}loss ${smoothedLoss.toFixed(3)}${validation}  step ${step}  ${speed}`;
  }

  get #speed() {
    return this.#run.seconds > 0 ? this.#run.chars / this.#run.seconds : 0;
  }

  get #last() {
    if (!this.#report) throw new Error('the training ended without a report');
    return this.#report;
  }
}

/** @param {number} progress 0 to 1 */
function barOf(progress) {
  const full = Math.floor(barWidth * progress);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
}
