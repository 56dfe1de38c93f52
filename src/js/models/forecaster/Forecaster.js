// Forecaster.js: learns series and forecasts how they go on.
import { integer } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { finish, signalOf } from '../../core/pieces.js';
import { Online } from '../../training/Online.js';
import { withTraining } from '../with-training.js';
import { forecasterTask } from './forecaster-task.js';
import { PredictingForecaster } from './PredictingForecaster.js';
import { readSeries } from './series.js';

/** @typedef {import('./series.js').ForecasterData} ForecasterData */
/** @typedef {import('./forecaster-task.js').TrainOptions} TrainOptions */
/** @typedef {import('../../training/train-options.js').RunReport} RunReport */
/** @typedef {TrainOptions & { onReport?: (report: RunReport) => unknown }} FitOptions `onReport` gets each report; a promise is waited for */
/** @typedef {import('../TrainableNetwork.js').TrainableNetwork} TrainableNetwork */
/** @typedef {import('../../training/Online.js').LearnOptions & { last?: number }} LearnOptions `last`: how many rows at the end are learnt; default 1 */

/** @typedef {new (...parts: ConstructorParameters<typeof PredictingForecaster>) => PredictingForecaster<TrainableNetwork>} Predicting */
const Base = withTraining(/** @type {Predicting} */ (PredictingForecaster));

/** Learns series, and forecasts how they go on: means and intervals, in the data's own units. */
export class Forecaster extends Base {
  #online;

  /**
   * @internal use lstm.createForecaster
   * @param {TrainableNetwork} network owned by the model from now on
   * @param {import('./forecaster-file.js').ForecasterParts} parts
   * @param {import('../../files/checkpoint-file.js').Checkpoint} [checkpoint] to go on from
   */
  constructor(network, parts, checkpoint) {
    super(network, parts);
    this.trainsBy(forecasterTask({
      held: this.held,
      shape: parts.shape,
      encoder: () => this.encoder,
      tail: () => this.parts.tail,
      dataShape: () => this.dataShape,
      become: (encoder, tail) => this.become(encoder, tail),
      widen: (wide) => this.become(this.encoder?.widened(wide), this.parts.tail),
    }), checkpoint);
    this.#online = new Online(this.held, { model: 'Forecaster', steps: () => this.steps });
  }

  /** How many updates were made in its life, as far as it or its checkpoint knows. @returns {number} */
  get steps() {
    return super.steps;
  }

  /**
   * Trains on series, by the likelihood of each row after those before it. The first training finds out how columns are
   * scaled, what the season leaves and how long steps of time are; it stays so in later ones. A row of which a predicted
   * value is missing is read and not learnt.
   *
   * Yields a report now and then; leaving the loop stops. Calling train again goes on; the first train of a checkpoint goes
   * on with its run, on its data or on others.
   * @param {ForecasterData} data one series or several: numbers, rows, rows by name, columns by name; NaN and null are gaps
   * @param {TrainOptions} [options]
   * @returns {Generator<RunReport, void, void>}
   * @throws {import('../../core/errors.js').ArgumentError} at once, for wrong options, or data that are wrong, too short or
   *   constant; the model is as before
   * @throws {import('../../core/errors.js').OutOfMemoryError} when the first report is asked for
   * @throws {import('../../core/errors.js').DivergedError} from the loop, where going back did not help: see recoveries
   */
  train(data, options = {}) {
    return super.train(data, options);
  }

  /**
   * train without a loop: what else waits has its turn every 16 ms. The same bits as train's.
   * @param {ForecasterData} data
   * @param {FitOptions} [options]
   * @returns {Promise<RunReport | undefined>} the last report; undefined where another training ended it before its first
   * @throws {import('../../core/errors.js').ArgumentError | import('../../core/errors.js').DivergedError}
   */
  async fit(data, options = {}) {
    return super.fit(data, options);
  }

  /**
   * The model with all that its training needs to go on bit for bit: a safetensors file like save()'s. Changes nothing.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  checkpoint() {
    return super.checkpoint();
  }

  /**
   * Takes one step on what just happened: the last rows of a series, each predicted from those before it. What diverges
   * changes nothing.
   * @param {import('./series.js').SeriesData} history the rows up to now
   * @param {LearnOptions} [options]
   * @returns {{ loss: number }} the mean loss of these rows before the step, nats of the scaled values
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} the model is as before then
   */
  learn(history, options = {}) {
    return finish(this.learnInPieces(history, options), signalOf('learn', options));
  }

  /** @internal @param {unknown} history @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<{ loss: number }>} */
  *learnInPieces(history, options = {}) {
    this.assertTrainable('learn');
    const { last, ...read } = this.#online.readOptions(options, { last: integer(1, 2 ** 16, 1) });
    const { encoder, shape } = this.reading('learn');
    const { steps, inputs, targets, counted } = encoder.encode(readSeries(history, this.dataShape, 'learn: history', 2));
    const from = Math.max(0, encoder.least - 1, steps - last - shape.window + 1);
    if (counted.subarray(from).lastIndexOf(1) < steps - from - last || steps < from + last) {
      throw new ArgumentError(`learn: history: expected at least ${encoder.least + last} rows, with a value to predict in one of the last ${last}`);
    }
    const mask = counted.slice(from).fill(0, 0, steps - from - last);
    const stepsOf = (/** @type {Float32Array} */ all, /** @type {number} */ size) =>
      [Array.from(mask, (_, t) => all.subarray((from + t) * size, (from + t + 1) * size))];
    const window = {
      inputs: stepsOf(inputs, encoder.inputSize),
      targets: stepsOf(targets, shape.roles.predicted.length),
      options: { mask: [mask] },
    };
    const { loss } = yield* this.#online.learnInPieces([window], read, { window: steps - from });
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
