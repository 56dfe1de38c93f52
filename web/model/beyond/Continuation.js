import { Demo } from './Demo.js';
import { COLUMNS, drawnPart, LEAST, noCurve, readyCurve } from './curve.js';
import { forecasterOptions, forecastPlan } from './recipes.js';

/** @typedef {import('./curve.js').ReadyName} ReadyName */
/** @typedef {{ mean: Float64Array, intervals: { level: number, lower: Float64Array, upper: Float64Array }[] }} Future */

/** Milliseconds between two forecasts while it learns, and futures that are drawn for each of them; the last has more. */
const EVERY = 400;
const FEW_PATHS = 50;

/** A curve, and how a forecaster that learns it continues it. */
export class Continuation extends Demo {
  /** @type {ReadyName | 'drawn'} */
  choice = 'waves';
  /** @type {Float64Array} */
  curve = readyCurve('waves');
  /** From the column after the last drawn one on. @type {Future | undefined} */
  future;
  steps = 0;

  /** @param {ReadyName | 'drawn'} choice */
  choose(choice) {
    this.#become(choice, choice === 'drawn' ? noCurve() : readyCurve(choice));
  }

  /** @param {Float64Array} curve */
  draw(curve) {
    this.#become('drawn', curve);
  }

  get isLongEnough() {
    return drawnPart(this.curve).values.length >= LEAST;
  }

  /** @param {ReadyName | 'drawn'} choice @param {Float64Array} curve */
  #become(choice, curve) {
    this.choice = choice;
    this.curve = curve;
    this.future = undefined;
    this.steps = 0;
    this.forget();
  }

  /** @param {import('./Demo.js').WorkerLstm} lstm @param {() => boolean} isCurrent @override @protected */
  async learn(lstm, isCurrent) {
    const { first, values } = drawnPart(this.curve);
    if (values.length < LEAST) throw new Error(`the curve has ${values.length} points of the ${LEAST} that it needs: draw a longer one`);
    const ahead = COLUMNS - first - values.length;
    const model = await this.take(lstm.createForecaster(forecasterOptions(values.length)), isCurrent);
    if (!model) return;
    const foresee = async (/** @type {number} */ paths) => {
      const { mean, intervals } = await model.forecast(ahead, { paths });
      if (!isCurrent()) return;
      this.future = {
        mean: mean.value,
        intervals: intervals.map(({ level, lower, upper }) => ({ level, lower: lower.value, upper: upper.value })),
      };
      this.emit('change');
    };
    let last = -Infinity;
    for await (const { step, progress = 0, done } of model.train(values, forecastPlan)) {
      if (!isCurrent()) return;
      this.steps = step;
      this.advance(progress);
      if (done || performance.now() - last < EVERY) continue;
      await foresee(FEW_PATHS);
      last = performance.now();
      if (!isCurrent()) return;
    }
    await foresee(200);
  }
}
