// forecaster-task.js: what is special of training a forecaster: series as windows, scaled as the first training finds them,
// and learnt by their likelihood.
//
// The defaults keep short series from being learnt by heart: 16 units, dropout 0.3, decay of the weights, and few steps. See
// tests/experiments/forecast/RESULTS.md.
import { isObject, keptList } from '../../core/check.js';
import { ArgumentError, DivergedError } from '../../core/errors.js';
import { Hash } from '../../core/hash.js';
import { quote } from '../../core/quote.js';
import { checkDropout } from '../../training/dropout-options.js';
import { ownDataOf } from '../../training/own-data.js';
import { assertLeft, readAsked } from '../../training/plan.js';
import { BATCH_SIZE, withDefaults } from '../../training/run-defaults.js';
import { hasBudget } from '../../training/train-options.js';
import { Encoder, seasonOf } from './Encoder.js';
import { componentsOf, logDensity, squareOf } from './mixture.js';
import { hiddenColumns } from './Past.js';
import { readAllSeries, rowsText, sliceSeries } from './series.js';
import { SeriesReader } from './SeriesReader.js';

/** @typedef {import('./series.js').Series} Series */
/** @typedef {import('./Encoder.js').Encoded} Encoded */
/** @typedef {import('./series.js').ForecasterData} ForecasterData */

/**
 * How a forecaster is trained, as every model; with these defaults: optimizer 'adamw' with a weightDecay of 0.1, a
 * learningRate of 0.05 / H of the widest layer, at most 0.003, or three times that with known columns, and a dropout of 0.3; steps as many as there are rows, up to
 * 200 and a sixteenth of them, at least 50; the window of the model. `validation` is the last part of each series, or series
 * of their own; it measures how wide the intervals have to be, too. Default: 0.15 where all series have 1000 rows and more,
 * measured at the end; 0: all is learnt, and intervals are as the network says.
 * @typedef {import('../../training/train-options.js').RunOptions<ForecasterData | { data: ForecasterData }>} TrainOptions
 */

/**
 * What is trained.
 * @typedef {object} TrainedForecaster
 * @property {{ network: import('../TrainableNetwork.js').TrainableNetwork }} held
 * @property {import('./forecaster-options.js').ForecasterShape} shape
 * @property {() => Encoder | undefined} encoder since a first training
 * @property {() => import('./series.js').SeriesShape} dataShape
 * @property {() => Series | undefined} tail
 * @property {(encoder: Encoder | undefined, tail: Series | undefined) => void} become
 * @property {(wide: number[]) => void} widen
 */

const DROPOUT = 0.3;
const WEIGHT_DECAY = 0.1;
const RATE = { most: 0.003, withKnown: 0.01 };
const PIECE = 256;
/** Of each series, where nobody says; of those that are so long that they can spare it. */
const VALIDATION = 0.15;
const LONG = 1000;
/** Rows that say that deviations are right, beside those that are measured. */
const PRIOR = 8;

/** What is known of the future is not in the line that the network starts from: it has to be learnt. @param {number} widest layer @param {boolean} hasKnown */
const rateFor = (widest, hasKnown) => Math.min((hasKnown ? 0.16 : 0.05) / widest, hasKnown ? RATE.withKnown : RATE.most);

/** @param {number} rows */
const stepsFor = (rows) => Math.max(50, Math.min(rows, 200 + Math.ceil(rows / 16)));

/**
 * The options with a forecaster's defaults.
 * @param {unknown} given
 * @param {readonly Series[]} all
 * @param {number} season
 */
function withOwn(given, all, season) {
  if (!isObject(given)) return given;
  const rows = all.reduce((sum, { length }) => sum + length, 0);
  const enough = 2 * season;
  const isLong = all.every(({ length }) => length >= LONG && (length < enough || length - measuredRows(length, VALIDATION) >= enough));
  return {
    // Measured at the end only.
    ...(given.validation === undefined && isLong && { validation: VALIDATION, validateEvery: Number.MAX_SAFE_INTEGER }),
    ...(given.optimizer === undefined && { optimizer: 'adamw', weightDecay: WEIGHT_DECAY }),
    ...(!hasBudget(given) && { steps: stepsFor(rows) }),
    ...given,
  };
}

/** @param {readonly (Encoded & { first: number })[]} all */
function hashOfSeries(all) {
  const hash = new Hash();
  const words = (/** @type {Float32Array} */ { buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length);
  for (const { inputs, targets, counted, first } of all) hash.add(Int32Array.of(inputs.length, first)).add(words(inputs)).add(words(targets)).add(Int32Array.from(counted));
  return hash.digits;
}

/**
 * @param {Encoder} encoder
 * @param {readonly Series[]} all
 * @param {TrainedForecaster['shape']} shape
 * @returns {(Encoded & { first: number })[]}
 */
function encodeAll(encoder, all, { columns, roles: { predicted } }) {
  const first = encoder.least - 1;
  return all.map((series) => {
    const encoded = { ...encoder.encode(series), first };
    if (encoded.counted.includes(1)) return encoded;
    const isWhole = (/** @type {unknown} */ _, /** @type {number} */ row) => predicted.every((c) => !Number.isNaN(series.columns[c][row]));
    if (predicted.length > 1 && !series.columns[predicted[0]].some(isWhole)) {
      throw new ArgumentError(`${series.path}: no row has a value in all predicted columns, ` +
        `${predicted.map((c) => quote(columns[c].name)).join(', ')}: only such a row is learnt`);
    }
    throw new ArgumentError(`${series.path}: expected at least ${encoder.least + 1} rows${first > 0 ? ', a season and one' : ''}, ` +
      `with a value to predict in one behind them, got ${rowsText(series)}`);
  });
}

/**
 * @param {readonly Series[]} all
 * @param {number} share of each that is not learnt
 * @returns {Series[]}
 */
const learnt = (all, share) => all.map((series) => {
  const { length } = series;
  const measured = measuredRows(length, share);
  return measured > 0 ? { ...sliceSeries(series, 0, length - measured), whole: length } : series;
});

/** @param {number} length @param {number} share */
const measuredRows = (length, share) => Math.floor(length * share);

/**
 * The mean loss of what is counted from a step on, nats.
 * @param {readonly (Encoded & { from: number })[]} all
 * @param {TrainedForecaster} model
 * @param {number} window
 * @param {(loss: number, wide: number[]) => void} tell how wide deviations would have to be
 * @returns {import('../../core/pieces.js').Pieces<number>}
 */
function* lossInPieces(all, { held, shape: { roles } }, window, tell) {
  const n = roles.predicted.length;
  let [sum, count] = [0, 0];
  const squares = new Float64Array(n).fill(PRIOR);
  for (const { inputs, targets, counted, steps, from } of all) {
    const { network } = held;
    const components = componentsOf(network.handle.config);
    const size = inputs.length / steps;
    const state = network.initialState();
    for (let t = Math.max(0, from - window); t < steps; t++) {
      if (t % PIECE === 0) yield;
      const output = network.step(inputs.subarray(t * size, (t + 1) * size), state);
      if (t < from || !counted[t]) continue;
      sum -= logDensity(output, 0, components, targets, t * n, n);
      for (let k = 0; k < n; k++) squares[k] += squareOf(output, components, k, n, targets[t * n + k]);
      count += 1;
    }
  }
  if (!Number.isFinite(sum)) throw new DivergedError('train: the loss of the validation is not finite');
  tell(sum / count, Array.from(squares, (square) => Math.sqrt(square / (count + PRIOR))));
  return sum / count;
}

/**
 * @param {TrainedForecaster} model
 * @returns {import('../../training/plan.js').Task}
 */
export const forecasterTask = (model) => ({
  model: 'Forecaster',
  source: 'data',
  held: model.held,
  keep: keptList,
  plan: (data, given, now) => planRun(data, given, model, now),
});

/**
 * @param {unknown} data
 * @param {unknown} given
 * @param {TrainedForecaster} model
 * @param {{ step: number, opened?: import('../../training/plan.js').OpenedRun }} now
 * @returns {import('../../training/plan.js').Plan}
 */
function planRun(data, given, model, { step, opened }) {
  const { held: { network }, shape } = model;
  const former = model.encoder();
  const all = readAllSeries(data, model.dataShape(), 'train: data', 2);
  const rows = all.reduce((sum, { length }) => sum + length, 0);
  const { read, ...isNew } = readAsked(opened ? given : withOwn(given, all, former ? former.fitted.season : seasonOf(shape, all)), opened);
  const { validation } = read;
  const share = typeof validation === 'number' ? validation : 0;
  const parts = learnt(all, share);
  const encoder = former ?? Encoder.fit(shape, parts);
  const series = encodeAll(encoder, parts, shape);
  const { hash, steps } = { hash: hashOfSeries(series), steps: Math.max(...series.map(({ steps: many, first }) => many - first)) };
  const { seed } = network.handle.config;
  const shaped = { ...read, batchSize: read.batchSize ?? BATCH_SIZE, window: Math.min(read.window ?? shape.window, steps) };
  const layout = { size: encoder.inputSize, values: shape.roles.predicted.length, hidden: hiddenColumns(shape.roles) };
  const reader = new SeriesReader(series, layout, { ...shaped, seed: (seed ^ read.seed) >>> 0, hash });
  const widest = Math.max(...network.handle.config.layers.map(({ hiddenSize }) => hiddenSize));
  const { numbers } = shaped.optimizer;
  if (shaped.optimizer.name.startsWith('adam')) numbers.learningRate ??= rateFor(widest, shape.roles.known.length > 0);
  const { perEpoch } = reader;
  const about = { perEpoch, windowsAnEpoch: perEpoch / (shaped.batchSize * shaped.window) };
  const options = withDefaults(shaped, network, about, { dropoutFor: () => DROPOUT });
  checkDropout('train', options, network.config);
  if (opened && !isNew.isNewBudget) assertLeft(opened, options, step, reader);
  const measured = validation === 0 ? undefined : measuredOf(validation, all, parts, encoder, model);
  const mark = { hash: hashOfSeries(share > 0 ? encodeAll(encoder, all, shape) : series), length: rows };
  let least = Infinity;
  /** What is kept is what deviations are widened for. @param {number} loss @param {number[]} wide */
  const calibrate = (loss, wide) => {
    if (options.keepBest && !(loss < least)) return;
    least = loss;
    model.widen(wide);
  };
  return {
    opened,
    options,
    reader,
    data: mark,
    ...isNew,
    ...learntOf(series),
    // Of a normal distribution whose deviation is right.
    guess: layout.values * 0.5 * Math.log(2 * Math.PI * Math.E),
    ...(measured && { measure: {
      hash: hashOfSeries(measured.map((one) => ({ ...one, first: one.from }))),
      pieces: () => lossInPieces(measured, model, shape.window, calibrate),
    } }),
    isStale: () => former === undefined && model.encoder() !== undefined,
    begin() {
      const before = /** @type {const} */ ([model.encoder(), model.tail()]);
      model.become(encoder, all.length === 1 ? tailOf(all[0], encoder) : undefined);
      return () => model.become(...before);
    },
  };
}

/** How many rows are learnt, where a predicted value of some is missing. @param {readonly (Encoded & { first: number })[]} all */
function learntOf(all) {
  const rows = all.reduce((sum, { steps, first }) => sum + Math.max(0, steps - first), 0);
  const counted = all.reduce((sum, one) => sum + one.counted.reduce((a, b) => a + b, 0), 0);
  return counted < rows ? { learnt: counted } : {};
}

/** What a forecast from the end of a series reads of it. @param {Series} series @param {Encoder} encoder */
const tailOf = (series, { reach }) => sliceSeries(series, Math.max(0, series.length - reach), series.length);

/** @param {object} validation @param {TrainedForecaster} model */
function readOwn(validation, model) {
  // A column, or the only series, that is called data is read the same.
  const { data, path } = ownDataOf(validation, 'data', (given) => !('data' in given) || Object.keys(given).length > 1);
  return readAllSeries(data, model.dataShape(), path, 2);
}

/**
 * What measures: the last part of each series, or others.
 * @param {number | object} validation
 * @param {readonly Series[]} all
 * @param {readonly Series[]} parts that are learnt
 * @param {Encoder} encoder
 * @param {TrainedForecaster} model
 */
function measuredOf(validation, all, parts, encoder, model) {
  const path = 'train: validation';
  const isPart = typeof validation === 'number';
  const others = isPart ? all : readOwn(validation, model);
  const measured = encodeAll(encoder, others, model.shape).map((encoded, i) =>
    ({ ...encoded, from: isPart ? parts[i].length - 1 : encoded.first }));
  const count = measured.reduce((sum, { counted, from }) => sum + counted.subarray(from).reduce((a, b) => a + b, 0), 0);
  if (count === 0) throw new ArgumentError(`${path} must leave at least a row to measure on, got none`);
  return measured;
}
