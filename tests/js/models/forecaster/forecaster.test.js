// A forecaster, whole: it learns series, forecasts them in their own units, goes on from a file, and says what is wrong.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { airline } from '../../../experiments/forecast/series.js';

const lstm = await load({ variant: 'simd' });

/** @param {Generator<any>} reports */
const last = (reports) => [...reports].at(-1);
const months = airline.map((passengers, i) => ({ month: new Date(Date.UTC(1949, i)).toISOString().slice(0, 7), passengers }));

/** A year whose values are a wave about a million. @param {number} length */
const wave = (length, size = 1e6) => Array.from({ length }, (_, i) => size * (1 + 0.3 * Math.sin((2 * Math.PI * i) / 12) + 0.02 * ((i * 37) % 11)));

const trained = lstm.createForecaster({ season: 12, seed: 1 });
last(trained.train(wave(96), { steps: 60 }));

describe('what is forecast', () => {
  test('airline passengers better than a season ago, in passengers, with months, and most of it within the interval', () => {
    const model = lstm.createForecaster({ columns: ['passengers'], time: 'month', log: true, seed: 1 });
    last(model.train(months.slice(0, 120)));
    const { forecasts, columns: { passengers } } = model.evaluate(months, { horizon: 12, last: 24 });
    assert.equal(forecasts, 13);
    assert.ok(passengers.mase < 0.8 * passengers.seasonalNaive.mase, JSON.stringify(passengers));
    assert.ok(passengers.seasonalNaive.mase < passengers.naive.mase);
    assert.ok(passengers.coverage[1].share > 0.7 && passengers.coverage[1].share >= passengers.coverage[0].share);
    const { times, mean, median, intervals } = model.forecast(12, { intervals: [0.5, 0.9] });
    assert.equal(/** @type {Date} */ (times?.[0]).toISOString().slice(0, 7), '1959-01');
    for (let t = 0; t < 12; t++) {
      const [{ lower, upper }, wide] = intervals;
      assert.ok(Math.abs(mean.passengers[t] / airline[120 + t] - 1) < 0.25, `${t}: ${mean.passengers[t]}`);
      assert.ok(wide.lower.passengers[t] < lower.passengers[t] && lower.passengers[t] < median.passengers[t]);
      assert.ok(median.passengers[t] < upper.passengers[t] && upper.passengers[t] < wide.upper.passengers[t]);
    }
    model.dispose();
  });

  test('the same seed gives the same forecast, another another; the history that it was trained on stands for none', () => {
    const forecast = trained.forecast(4);
    assert.deepEqual(trained.forecast(4, { history: wave(96) }), forecast);
    assert.deepEqual(trained.forecast(4, { seed: 0 }), forecast);
    assert.notDeepEqual(trained.forecast(4, { seed: 1 }), forecast);
  });

  test('several targets at once, each in its unit', () => {
    const model = lstm.createForecaster({ columns: ['big', 'small'], season: 12, mixture: 2, scale: { big: 'robust', small: 'min-max' } });
    const [big, small] = [wave(72), wave(72, 0.01).reverse()];
    last(model.train({ big, small }, { steps: 40 }));
    const { mean } = model.forecast(3);
    assert.ok(mean.big.every((value) => value > 5e5 && value < 2e6), `${mean.big}`);
    assert.ok(mean.small.every((value) => value > 0.005 && value < 0.02), `${mean.small}`);
    model.dispose();
  });

  test('what is known of the future is used', () => {
    const offer = Array.from({ length: 120 }, (_, i) => Number((i * i * 7 + i) % 5 === 0 || i % 11 === 3));
    const sold = offer.map((is, i) => 10 + 20 * is + ((i * 37) % 11) / 10);
    const model = lstm.createForecaster({ columns: ['sold', 'offer'], known: ['offer'], seed: 2 });
    last(model.train({ sold, offer }, { steps: 300 }));
    const [without, offered] = [[0, 0, 0, 0], [1, 1, 1, 1]].map((known) => model.forecast(4, { known }).mean.sold);
    offered.forEach((value, t) => assert.ok(value - without[t] > 8, `${offered} ${without}`));
    assert.throws(() => model.forecast(4), { message: 'forecast: known: expected the next 4 rows of "offer", got none' });
    assert.throws(() => model.forecast(4, { known: [1] }), { message: 'forecast: known: expected at least 4 rows, got 1' });
    model.dispose();
  });

  test('several series, with gaps, and a column that nobody knows of the future', () => {
    const model = lstm.createForecaster({ columns: ['a', 'b'], predict: ['a'], season: 12 });
    const a = wave(60).map((value, i) => (i % 17 === 3 ? NaN : value));
    const series = { a, b: a.map((_, i) => (i % 5 ? i : null)) };
    last(model.train({ north: series, south: series }, { steps: 30 }));
    assert.throws(() => model.forecast(2), /history: expected the rows before, because this model was trained on several series/);
    const { mean } = model.forecast(14, { history: series });
    assert.ok(mean.a.every((value) => value > 4e5 && value < 2e6), `${mean.a}`);
    model.dispose();
  });
});

describe('rows that are learnt', () => {
  const columns = ['a', 'b'];

  test('are those with a value in all predicted columns, and the first report says how many, where not all are', () => {
    const gappy = wave(60).map((a, i) => ({ a, b: i % 3 ? -a : null }));
    const model = lstm.createForecaster({ columns, hiddenSize: 4, subtract: 'nothing' });
    const [first, ...others] = model.train(gappy, { steps: 20 });
    assert.equal(first.learnt, 40, 'of the 59 behind the first');
    assert.ok(others.length > 0 && others.every((report) => !('learnt' in report)));
    const [whole] = lstm.createForecaster({ columns, hiddenSize: 4 }).train(gappy.map(({ a }) => ({ a, b: -a })), { steps: 2 });
    assert.ok(!('learnt' in whole));
    model.dispose();
  });

  test('must be there', () => {
    const model = lstm.createForecaster({ columns, hiddenSize: 4 });
    const gappy = wave(40).map((value, i) => (i % 2 ? { a: value, b: null } : { a: null, b: value }));
    assert.throws(() => model.train(gappy), /^ArgumentError: train: data: no row has a value in all predicted columns, "a", "b": only such a row is learnt$/);
    model.dispose();
  });

  test('are all rows, where validation would leave less than two seasons; what is asked for is told with both counts', () => {
    const model = lstm.createForecaster({ hiddenSize: 4, season: 500, subtract: 'season' });
    const rows = wave(1100);
    assert.throws(() => model.train(rows, { steps: 1, validation: 0.15 }),
      /^ArgumentError: train: data: subtract 'season' needs at least two seasons \(1000 rows\), got 935 of 1100: the others validate$/);
    assert.equal(last(model.train(rows, { steps: 1, batchSize: 1 })).valLoss, undefined);
    const other = lstm.createForecaster({ hiddenSize: 4, season: 12 });
    assert.ok(Number.isFinite(last(other.train(rows, { steps: 1, batchSize: 1 })).valLoss));
    for (const one of [model, other]) one.dispose();
  });
});

test('a row with a date of the machine\'s own zone is a step behind days that were given so', () => {
  const dated = (/** @type {number} */ i) => ({ day: new Date(2026, 2, 1 + i), value: 10 + Math.sin(i) + (i % 3) });
  const rows = Array.from({ length: 40 }, (_, i) => dated(i));
  const model = lstm.createForecaster({ time: 'day', hiddenSize: 4 });
  last(model.train(rows, { steps: 2 }));
  const place = model.read(rows);
  place.push(dated(40));
  assert.equal(place.rows, 41);
  assert.equal(/** @type {Date} */ (place.forecast(1, { paths: 5 }).times?.[0]).toISOString(), '2026-04-11T00:00:00.000Z');
  model.dispose();
});

describe('step by step', () => {
  test('push and predict are the forecast of the longer history', () => {
    const rows = wave(110);
    const place = trained.read(rows.slice(0, 96));
    assert.deepEqual(place.predict(), trained.forecast(1, { history: rows.slice(0, 96) }));
    // A longer history begins at another row, but the network forgets within a window.
    place.push(rows[96]);
    const [pushed, whole] = [place.predict({ paths: 20 }), trained.forecast(1, { history: rows.slice(0, 97), paths: 20 })];
    assert.ok(Math.abs(pushed.mean.value[0] / whole.mean.value[0] - 1) < 1e-3);
    assert.equal(place.rows, 97);
    assert.throws(() => place.push(Infinity), /push: row must be a finite number/);
    assert.equal(place.rows, 97);
  });

  test('a reading of a model that was disposed says so', () => {
    const model = lstm.createForecaster({ hiddenSize: 4 });
    last(model.train(wave(40), { steps: 2 }));
    const place = model.read();
    model.dispose();
    for (const [call, argument] of /** @type {const} */ ([['push', 3], ['forecast', 1]])) {
      assert.throws(() => /** @type {any} */ (place)[call](argument),
        new RegExp(`^DisposedError: SeriesReading\\.${call}: the Forecaster of this reading was disposed$`));
    }
  });

  test('learn takes a step on what just happened, and unlearn takes it back', () => {
    const model = lstm.createForecaster({ season: 12, seed: 3 });
    last(model.train(wave(72), { steps: 20 }));
    const before = model.forecast(2);
    const first = model.learn(wave(80), { last: 8, learningRate: 0.003 });
    const second = model.learn(wave(80), { last: 8, learningRate: 0.003 });
    assert.ok(second.loss < first.loss, `${first.loss} ${second.loss}`);
    model.unlearn();
    assert.ok(Math.abs(model.learn(wave(80), { last: 8 }).loss - second.loss) < 1e-6);
    assert.notDeepEqual(model.forecast(2), before);
    assert.throws(() => model.learn(wave(13)), /learn: history: expected at least 14 rows/);
    model.dispose();
  });
});

describe('training', () => {
  const run = { steps: 40, validation: 0.2, keepBest: true, validateEvery: 5, reportEvery: 5 };

  test('a checkpoint goes on bit for bit', async () => {
    const whole = lstm.createForecaster({ season: 12, seed: 4 });
    last(whole.train(wave(80), run));
    const half = lstm.createForecaster({ season: 12, seed: 4 });
    for (const { step } of half.train(wave(80), run)) if (step === 20) break;
    const again = /** @type {import('../../../../src/js/models/forecaster/Forecaster.js').Forecaster} */ (await lstm.open(half.checkpoint()));
    const reports = again.train(wave(80));
    assert.equal(reports.next().value?.resumed?.at, 'same place');
    last(reports);
    assert.deepEqual(again.forecast(5), whole.forecast(5));
    assert.deepEqual(again.steps, 40);
    for (const model of [whole, half, again]) model.dispose();
  });

  test('validation is the loss of the last part, keepBest keeps the parameters of the least', () => {
    const model = lstm.createForecaster({ season: 12, seed: 5 });
    const losses = [...model.train(wave(80), run)].flatMap(({ valLoss }) => (valLoss === undefined ? [] : [valLoss]));
    assert.ok(losses.length > 5 && losses.every(Number.isFinite));
    assert.ok(losses.at(-1) < losses[0]);
    model.dispose();
  });

  test('the second training keeps the scale of the first', () => {
    const model = lstm.createForecaster({ season: 12 });
    last(model.train(wave(60), { steps: 20 }));
    last(model.train(wave(60, 2e6), { steps: 20 }));
    assert.ok(model.forecast(1).mean.value[0] > 1e6);
    model.dispose();
  });
});

describe('files', () => {
  test('open forecasts as the model that was saved, to train on, or only to predict; inspect tells its columns', async () => {
    const bytes = trained.save();
    const opened = /** @type {any} */ (await lstm.open(bytes));
    assert.deepEqual(opened.forecast(6), trained.forecast(6));
    assert.deepEqual(opened.config, trained.config);
    const predictor = await loadPredictor({ variant: 'simd' });
    const predicting = /** @type {any} */ (await predictor.open(bytes));
    assert.deepEqual(predicting.forecast(6), trained.forecast(6));
    assert.equal('train' in predicting, false);
    const { kind, columns, predict } = /** @type {any} */ (inspect(bytes));
    assert.deepEqual({ kind, columns, predict }, { kind: 'forecaster', columns: ['value'], predict: ['value'] });
    opened.dispose();
    predicting.dispose();
  });

  test('8 bits forecast nearly the same, and cannot be trained', () => {
    const small = trained.quantize();
    const [a, b] = [small, trained].map((model) => model.forecast(1).mean.value[0]);
    assert.ok(Math.abs(a / b - 1) < 0.02);
    assert.throws(() => small.train(wave(60)), { name: 'ArgumentError' });
    small.dispose();
  });
});

describe('what is refused, with nothing changed', () => {
  const before = trained.forecast(3);
  const time = lstm.createForecaster({ columns: ['a'], time: 't' });
  /** @type {[string, () => unknown, RegExp][]} */
  const wrong = [
    ['a forecast without training', () => time.forecast(3), /^forecast: this Forecaster was not trained yet/],
    ['times that go back', () => time.train([{ t: 2, a: 1 }, { t: 1, a: 2 }]), /^train: data\[1\]\.t must be later/],
    ['a row of another width', () => time.train([[1, 2], [3]]), /^train: data\[1\]: expected 2 values/],
    ['a column never seen', () => trained.train([{ value: 1, other: 2 }]), /unknown column "other"/],
    ['a constant column', () => time.train([[1, 5], [2, 5], [3, 5]]), /must vary, but all of its values are 5/],
    ['all missing', () => time.train([[1, null], [2, NaN]]), /must have a value that is not missing/],
    ['an infinite number', () => trained.train([1, 2, -Infinity]), /^train: data\[2\] must be a finite number/],
    ['a series shorter than a season', () => trained.train(wave(13)), /expected at least 14 rows, a season and one/],
    ['a history shorter than a season', () => trained.forecast(2, { history: wave(11) }), /expected at least 13 rows, a season, got 11/],
    ['a wrong horizon', () => trained.evaluate(wave(40), { horizon: 5, last: 3 }), /last: expected at least the horizon of 5/],
    ['an interval of all', () => trained.forecast(2, { intervals: [1] }), /intervals\[0\] must be a number above 0 to below 1/],
    ['known where nothing is', () => trained.forecast(2, { known: [1, 2] }), /this model has no columns that are known/],
    ['an option that is none', () => lstm.createForecaster(/** @type {any} */ ({ colums: [] })), /unknown option "colums"/],
    ['a column that is none', () => lstm.createForecaster({ columns: ['a'], predict: ['b'] }), /predict: no column "b"/],
    ['all columns known', () => lstm.createForecaster({ columns: ['a'], known: ['a'] }), /at least one column that is not known/],
    ['a time among values', () => lstm.createForecaster({ columns: ['a'], time: 'a' }), /time: "a" is named in columns too/],
    ['a direction back', () => lstm.createForecaster({ bidirectional: true }), /bidirectional/],
    ['a validation of nothing', () => trained.train(wave(40), { validation: 0.01 }), /validation must leave at least a row/],
  ];
  test('evaluate says it once', () => {
    assert.throws(() => trained.evaluate(wave(20), { last: 10 }), /^ArgumentError: evaluate: data: expected at least \d+ rows before the last 10 to forecast from, got 20 rows$/);
  });

  for (const [what, call, message] of wrong) test(what, () => assert.throws(call, { name: 'ArgumentError', message }));

  test('the model is as before', () => assert.deepEqual(trained.forecast(3), before));
});
