// SeriesReading.js: a series that was read up to a row, to go on from there.
import { allocate } from '../../core/allocate.js';
import { ArgumentError, DisposedError, DivergedError, OutOfMemoryError } from '../../core/errors.js';
import { readOptions } from '../../core/check.js';
import { finish, signalOf } from '../../core/pieces.js';
import { quote } from '../../core/quote.js';
import { drawFields, readCount } from './forecast-options.js';
import { componentsOf, drawMixture } from './mixture.js';
import { Random } from './Random.js';
import { readSeries } from './series.js';
import { quantileOf } from './statistics.js';
import { timeAt } from './times.js';

/** Numbers that are drawn for a column: 2 GB. */
const MOST = 2 ** 28;

/** @typedef {import('./forecast-options.js').Forecast} Forecast */
/** @typedef {import('./series.js').Series} Series */
/** @typedef {import('../../network/state.js').CellState} CellState */

/**
 * The model of a reading, as it is now.
 * @typedef {object} ReadingModel
 * @property {{ network: import('../PredictingNetwork.js').PredictingNetwork }} held
 * @property {import('./Encoder.js').Encoder} encoder
 * @property {import('./forecaster-options.js').ForecasterShape} shape
 */

export class SeriesReading {
  #model;
  #past;
  /** @type {CellState[]} before the input that the next row is predicted from */
  #state;
  /** @type {import('./times.js').Times | undefined} */
  #times;
  #input;

  /**
   * @internal use model.read
   * @param {ReadingModel} model
   * @param {Series} history
   */
  constructor(model, history) {
    const { held: { network }, encoder, shape } = model;
    this.#model = model;
    this.#past = encoder.past();
    this.#state = network.initialState();
    this.#times = history.times;
    this.#input = new Float32Array(encoder.inputSize);
    const first = history.length - shape.window;
    for (let row = 0; row < history.length; row++) this.#push(history, row, row > first);
  }

  /** Rows that were read. */
  get rows() {
    return this.#past.rows;
  }

  /**
   * The next row has come.
   * @param {import('./series.js').Row | Record<string, import('./series.js').Cell> | import('./series.js').Value} row
   * @throws {ArgumentError} for columns, values or a time that do not fit
   */
  push(row) {
    const { shape, encoder } = this.#model;
    const names = shape.columns.map(({ name }) => name);
    this.#assertUsable('push');
    const series = readSeries([row], { names, time: shape.time, step: encoder.fitted.step, rowPath: () => 'push: row' }, 'push: row');
    if (this.#times && series.times) {
      const next = timeAt(this.#times, this.rows);
      if (series.times.start !== next) {
        throw new ArgumentError(`push: ${shape.time}: expected ${this.#timeOf(this.rows)}, a step behind the last row, got ` +
          `${'by' in series.times.step ? series.times.start : new Date(series.times.start).toISOString()}`);
      }
    }
    this.#push(series, 0, true);
  }

  /**
   * What comes next.
   * @param {import('./forecast-options.js').DrawOptions & import('./forecast-options.js').KnownOption} [options]
   * @returns {Forecast} of one step
   */
  predict(options = {}) {
    return this.forecast(1, options);
  }

  /**
   * How the series goes on. Changes nothing.
   * @param {number} n steps, 1 to 1048576
   * @param {import('./forecast-options.js').DrawOptions & import('./forecast-options.js').KnownOption & import('../../core/pieces.js').Stoppable} [options]
   * @returns {Forecast}
   * @throws {ArgumentError}
   * @throws {DivergedError} where what is drawn is not finite
   */
  forecast(n, options = {}) {
    return finish(this.forecastInPieces(n, options), signalOf('forecast', options));
  }

  /**
   * @internal
   * @param {unknown} n
   * @param {unknown} [options]
   * @returns {import('../../core/pieces.js').Pieces<Forecast>}
   */
  *forecastInPieces(n, options = {}) {
    this.#assertUsable('forecast');
    const count = readCount(n, 'forecast: n');
    const { known, ...draw } = readOptions('forecast', options, { known: (value) => value, ...drawFields });
    const paths = yield* this.drawInPieces(count, this.#readKnown(known, count), draw);
    return this.#summary(count, paths, draw.intervals);
  }

  /**
   * Futures.
   * @internal
   * @param {number} n
   * @param {Series | undefined} known
   * @param {{ paths: number, seed: number }} draw
   * @returns {import('../../core/pieces.js').Pieces<Float64Array[][]>} [predicted][step]: of all paths, sorted
   */
  *drawInPieces(n, known, { paths, seed }) {
    const { encoder, held: { network }, shape: { roles: { predicted } } } = this.#model;
    const components = componentsOf(network.handle.config);
    const random = new Random(seed, 2);
    const what = `${paths} paths of ${n} steps`;
    if (n * paths > MOST) throw new OutOfMemoryError(`forecast: not enough memory for ${what}`);
    const drawn = predicted.map(() => {
      const all = allocate(Float64Array, n * paths, 'forecast', what);
      return Array.from({ length: n }, (_, t) => all.subarray(t * paths, (t + 1) * paths));
    });
    const y = new Float64Array(predicted.length);
    const wide = encoder.fitted.targets.map((target) => target.wide);
    for (let path = 0; path < paths; path++) {
      const past = this.#past.copy();
      const state = this.#state.map((layer) => Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, values.slice()])));
      for (let t = 0; t < n; t++) {
        const knownAt = this.#knownOf(known, t);
        const output = this.#step(past, knownAt, /** @type {CellState[]} */ (state));
        drawMixture(y, wide, output, components, random);
        const z = new Map(predicted.map((c, k) => [c, past.fromNetwork(k, y[k])]));
        predicted.forEach((c, k) => (drawn[k][t][path] = encoder.unscaled(k, z.get(c) ?? NaN)));
        if (!drawn.every((steps) => Number.isFinite(steps[t][path]))) {
          throw new DivergedError(`forecast: step ${t + 1} of ${n} is not finite: fed back, predictions grow without bound ` +
            'in this model. Forecast fewer steps, or train it longer');
        }
        past.push((c) => z.get(c) ?? knownAt(c));
      }
      yield;
    }
    for (const steps of drawn) for (const values of steps) values.sort();
    return drawn;
  }

  /** @param {string} call */
  #assertUsable(call) {
    if (this.#model.held.network.disposed) throw new DisposedError(`SeriesReading.${call}: the Forecaster of this reading was disposed`);
  }

  /** @param {Series | undefined} known @param {number} t @returns {(column: number) => number} */
  #knownOf(known, t) {
    const { encoder, shape: { roles } } = this.#model;
    return (column) => {
      const c = roles.known.indexOf(column);
      return known && c >= 0 ? encoder.scaledValue(column, known.columns[c][t], known.path, t) : NaN;
    };
  }

  /** @param {unknown} known @param {number} count */
  #readKnown(known, count) {
    const { columns, roles } = this.#model.shape;
    const names = roles.known.map((c) => columns[c].name);
    if (names.length === 0) {
      if (known !== undefined) throw new ArgumentError('forecast: known: this model has no columns that are known of the future');
      return undefined;
    }
    if (known === undefined) {
      throw new ArgumentError(`forecast: known: expected the next ${count} rows of ${names.map(quote).join(', ')}, got none`);
    }
    const series = readSeries(known, { names }, 'forecast: known', count);
    if (series.length !== count) throw new ArgumentError(`forecast: known: expected ${count} rows, got ${series.length}`);
    return series;
  }

  /**
   * @param {import('./Past.js').Past} past
   * @param {(column: number) => number} known
   * @param {CellState[]} state becomes the one behind it
   */
  #step(past, known, state) {
    past.write(this.#input, 0, known, this.#times);
    return this.#model.held.network.step(this.#input, state);
  }

  /** @param {Series} series @param {number} row @param {boolean} isRead by the network too */
  #push(series, row, isRead) {
    const { encoder } = this.#model;
    const scaled = (/** @type {number} */ c) => encoder.scaled(series, c, row);
    if (isRead && this.rows > 0) this.#step(this.#past, scaled, this.#state);
    this.#past.push(scaled);
  }

  /** @param {number} row */
  #timeOf(row) {
    const times = /** @type {import('./times.js').Times} */ (this.#times);
    const time = timeAt(times, row);
    return 'by' in times.step ? time : new Date(time);
  }

  /**
   * @param {number} n
   * @param {Float64Array[][]} drawn
   * @param {readonly number[]} levels
   * @returns {Forecast}
   */
  #summary(n, drawn, levels) {
    const { columns, roles } = this.#model.shape;
    const names = roles.predicted.map((c) => columns[c].name);
    const each = (/** @type {(values: Float64Array) => number} */ of) =>
      Object.fromEntries(names.map((name, k) => [name, Float64Array.from(drawn[k], of)]));
    return {
      ...(this.#times && { times: Array.from({ length: n }, (_, t) => this.#timeOf(this.rows + t)) }),
      mean: each((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
      median: each((values) => quantileOf(values, 0.5)),
      intervals: levels.map((level) => ({
        level,
        lower: each((values) => quantileOf(values, (1 - level) / 2)),
        upper: each((values) => quantileOf(values, (1 + level) / 2)),
      })),
    };
  }
}
