// PredictingForecaster.js: a forecaster that was trained: it forecasts, and is saved.
import { nameDisposal } from '../../core/disposal.js';
import { ArgumentError, DisposedError } from '../../core/errors.js';
import { readOptions } from '../../core/check.js';
import { finish, signalOf } from '../../core/pieces.js';
import { exportModel } from '../../files/export-model.js';
import { writeModelFile } from '../../files/model-file.js';
import { Encoder } from './Encoder.js';
import { evaluateInPieces, readEvaluateOptions } from './evaluate.js';
import { drawFields } from './forecast-options.js';
import { describeForecaster } from './forecaster-file.js';
import { forecasterConfigOf } from './forecaster-options.js';
import { readAllSeries, readSeries, sliceSeries } from './series.js';
import { SeriesReading } from './SeriesReading.js';

/** @typedef {import('./forecast-options.js').Forecast} Forecast */
/** @typedef {import('./series.js').ForecasterData} ForecasterData */
/** @typedef {import('./series.js').SeriesData} SeriesData */
/** @typedef {import('../../core/pieces.js').Stoppable} Stoppable */
/** @typedef {{ history?: SeriesData } & import('./forecast-options.js').DrawOptions & import('./forecast-options.js').KnownOption & Stoppable} ForecastOptions What a series is forecast from, and how. */

/**
 * Forecasts series from what came before, in the data's own units.
 * @template {import('../PredictingNetwork.js').PredictingNetwork} [N=import('../PredictingNetwork.js').PredictingNetwork]
 */
export class PredictingForecaster {
  #held;
  #shape;
  /** @type {Encoder | undefined} */
  #encoder;
  /** @type {import('./series.js').Series | undefined} */
  #tail;

  /**
   * @internal
   * @param {N} network owned by the model from now on
   * @param {import('./forecaster-file.js').ForecasterParts} parts
   */
  constructor(network, { shape, fitted, tail }) {
    this.#held = { network };
    this.#shape = shape;
    this.#encoder = fitted && new Encoder(shape, fitted);
    this.#tail = tail;
  }

  /** @internal */
  get encoder() {
    return this.#encoder;
  }

  /** @internal @protected */
  get held() {
    return this.#held;
  }

  /** What a file has of it beside the network. @internal @returns {import('./forecaster-file.js').ForecasterParts} */
  get parts() {
    return { shape: this.#shape, fitted: this.#encoder?.fitted, tail: this.#tail };
  }

  /** @internal @protected @param {Encoder | undefined} encoder @param {import('./series.js').Series | undefined} tail */
  become(encoder, tail) {
    this.#encoder = encoder;
    this.#tail = tail;
  }

  /** What it was made with, as createForecaster takes it. */
  get config() {
    return forecasterConfigOf(this.#shape, this.#held.network.config);
  }

  /** How many numbers there are to train. */
  get parameterCount() {
    return this.#held.network.parameterCount;
  }

  /** True where the weights have 8 bits: see quantize(). */
  get isQuantized() {
    return this.#held.network.isQuantized;
  }

  /** True after dispose(). */
  get disposed() {
    return this.#held.network.disposed;
  }

  /** Gives the memory back. Any further use throws a DisposedError. */
  dispose() {
    this.#held.network.dispose();
  }

  /** The same as dispose(), for `using`. */
  [Symbol.dispose]() {
    this.dispose();
  }

  /**
   * Reads a series, to go on from its end: step by step, or with forecasts. It begins with the last `window` rows, as
   * forecast({ history }) does, and never forgets: what is pushed comes to what it has read, so that after many rows it may
   * say something else than forecast from the last of them.
   * @param {SeriesData} [history] default: the end of the series that the model was trained on
   * @returns {SeriesReading}
   * @throws {ArgumentError} where it does not fit, or is too short
   */
  read(history) {
    return this.#read('read', history);
  }

  /**
   * How a series goes on: mean, median and intervals of futures that are drawn, each value fed back as if it had come.
   * @param {number} n steps, 1 to 1048576
   * @param {ForecastOptions} [options] `history`: the rows before, in any form of one series; the network reads the last
   *   `window` of them; default: the end of the series that the model was trained on
   * @returns {Forecast}
   * @throws {ArgumentError}
   * @throws {import('../../core/errors.js').DivergedError} where what is drawn is not finite
   */
  forecast(n, options = {}) {
    return finish(this.forecastInPieces(n, options), signalOf('forecast', options));
  }

  /** @internal @param {unknown} n @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<Forecast>} */
  *forecastInPieces(n, options = {}) {
    const fields = { history: (/** @type {unknown} */ value) => value, known: (/** @type {unknown} */ value) => value, ...drawFields };
    const { history, ...others } = readOptions('forecast', options, fields);
    return yield* this.#read('forecast', history).forecastInPieces(n, others);
  }

  /**
   * How far forecasts are off, and how much of what comes lies in their intervals, beside the naive forecast and the
   * seasonal-naive one: the last rows of each series are forecast from those before them, `horizon` steps at a time.
   * @param {ForecasterData} data
   * @param {import('./evaluate.js').EvaluateOptions} [options]
   * @returns {import('./evaluate.js').Evaluation}
   * @throws {ArgumentError}
   */
  evaluate(data, options = {}) {
    return finish(this.evaluateInPieces(data, options), signalOf('evaluate', options));
  }

  /** @internal @param {unknown} data @param {unknown} [options] @returns {import('../../core/pieces.js').Pieces<import('./evaluate.js').Evaluation>} */
  *evaluateInPieces(data, options = {}) {
    const model = this.reading('evaluate');
    const read = readEvaluateOptions(options);
    const all = readAllSeries(data, this.dataShape, 'evaluate: data', 2);
    return yield* evaluateInPieces(model, all, read, (history) => new SeriesReading(model, history));
  }

  /**
   * A copy for predicting, with 8 bits a weight. It cannot be trained.
   * @returns {this}
   * @throws {import('../../core/errors.js').OutOfMemoryError}
   */
  quantize() {
    this.assertUsable('quantize');
    const Kind = /** @type {new (...parts: ConstructorParameters<typeof PredictingForecaster>) => this} */ (this.constructor);
    return new Kind(this.#held.network.quantize(), this.parts);
  }

  /**
   * The model as a safetensors file with PyTorch's names; lstm.open opens it.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  save() {
    this.assertUsable('save');
    return this.fileOf('save');
  }

  /**
   * The model in another framework's files, with all numbers as 32-bit floats: as ExportedModel says.
   * @param {'onnx' | 'torch' | 'keras'} format
   * @returns {Promise<import('../../files/export-model.js').ExportedModel>}
   * @throws {ArgumentError} for what the format does not have
   */
  async export(format) {
    this.assertUsable('export');
    return exportModel(this.fileOf('export'), format);
  }

  /** @internal @param {string} call @param {import('../../files/model-file.js').CheckpointPart} [checkpoint] */
  fileOf(call, checkpoint) {
    return writeModelFile(this.#held, call, describeForecaster(this.parts), checkpoint);
  }

  /** How data are to be read. @internal @protected */
  get dataShape() {
    const { columns, time } = this.#shape;
    return { names: columns.map(({ name }) => name), time, step: this.#encoder?.fitted.step };
  }

  /** @internal @protected @param {string} call */
  assertUsable(call) {
    if (this.disposed) throw new DisposedError(`Forecaster.${call}: this Forecaster was disposed`);
  }

  /** @internal @protected @param {string} call */
  reading(call) {
    this.assertUsable(call);
    if (!this.#encoder) throw new ArgumentError(`${call}: this Forecaster was not trained yet: it knows no scale of the data`);
    return { held: this.#held, encoder: this.#encoder, shape: this.#shape };
  }

  /** @param {string} call @param {unknown} history */
  #read(call, history) {
    const model = this.reading(call);
    const series = history === undefined ? this.#tail : readSeries(history, this.dataShape, `${call}: history`);
    if (!series) {
      throw new ArgumentError(`${call}: history: expected the rows before, because this model was trained on several series`);
    }
    const { least, reach } = model.encoder;
    if (series.length < least) {
      throw new ArgumentError(`${call}: history: expected at least ${least} rows${least > 1 ? ', a season' : ''}, got ${series.length}`);
    }
    return new SeriesReading(model, sliceSeries(series, Math.max(0, series.length - reach), series.length));
  }
}

nameDisposal(PredictingForecaster, 'dispose');
