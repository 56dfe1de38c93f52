// What the network reads of a series: differences that undo themselves, windows that are the series', scores by hand.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Encoder } from '../../../../src/js/models/forecaster/Encoder.js';
import { readShape } from '../../../../src/js/models/forecaster/forecaster-options.js';
import { coverageOf, errorsOf, maeOf, naiveErrorOf, rmseOf, seasonalNaive } from '../../../../src/js/models/forecaster/metrics.js';
import { drawMixture, logDensity, mixtureMean } from '../../../../src/js/models/forecaster/mixture.js';
import { Random } from '../../../../src/js/models/forecaster/Random.js';
import { readAllSeries, sliceSeries } from '../../../../src/js/models/forecaster/series.js';
import { SeriesReader } from '../../../../src/js/models/forecaster/SeriesReader.js';

/** @param {any} options @param {unknown} data */
function fitted(options, data) {
  const shape = readShape('test', options);
  const all = readAllSeries(data, { names: shape.columns.map(({ name }) => name), time: shape.time }, 'data');
  return { all, encoder: Encoder.fit(shape, all) };
}

const seasonal = Array.from({ length: 60 }, (_, i) => 100 + 3 * i + 40 * Math.sin((2 * Math.PI * i) / 6) + ((i * 37) % 11));

describe('what is read', () => {
  for (const subtract of ['season', 'last', 'nothing']) {
    for (const log of [true, false]) {
      test(`what was taken away (${subtract}${log ? ', of logarithms' : ''}) is added again`, () => {
        const { all: [series], encoder } = fitted({ season: 6, subtract, log }, seasonal);
        const { targets, counted } = encoder.encode(series);
        const past = encoder.past();
        for (let row = 0; row < seasonal.length; row++) {
          if (row > 0 && counted[row - 1]) {
            const value = encoder.unscaled(0, past.fromNetwork(0, targets[row - 1]));
            assert.ok(Math.abs(value / seasonal[row] - 1) < 1e-5, `row ${row}: ${value} for ${seasonal[row]}`);
          }
          past.push((c) => encoder.scaled(series, c, row));
        }
        assert.equal(counted.filter((is) => !is).length, subtract === 'season' ? 6 : subtract === 'last' ? 1 : 0);
      });
    }
  }

  test('what is taken away is what leaves least', () => {
    const random = new Random(3);
    const walk = Array.from({ length: 80 }, ((sum) => () => (sum += random.normal()))(0));
    const noise = Array.from({ length: 80 }, () => random.normal());
    const [a, b, c] = [seasonal, walk, noise].map((data) => fitted({ season: 6 }, data).encoder.fitted.targets[0]);
    assert.equal(a.subtract, 'season');
    assert.ok(b.subtract === 'last' || b.carry > 0.8, JSON.stringify(b));
    assert.ok(c.subtract === 'nothing' && Math.abs(c.carry) < 0.3, JSON.stringify(c));
  });

  test('a gap is 0 with a flag, is not learnt, and the season before stands for it', () => {
    const data = [...seasonal];
    data[30] = NaN;
    const { all: [series], encoder } = fitted({ season: 6, subtract: 'season' }, data);
    const { inputs, counted } = encoder.encode(series);
    const size = encoder.inputSize;
    assert.deepEqual([...inputs.subarray(30 * size, 30 * size + 2)], [0, 1]);
    assert.equal(counted[29], 0);
    assert.equal(counted[31], 1);
    assert.ok(inputs.every(Number.isFinite));
  });

  test('known columns are read a row ahead, others as they come', () => {
    const rows = seasonal.map((a, i) => ({ a, plan: i, seen: -i }));
    const { all: [series], encoder } = fitted({ columns: ['a', 'plan', 'seen'], predict: ['a'], known: ['plan'], scale: 'none' }, rows);
    const { inputs } = encoder.encode(series);
    const at = 3 * encoder.inputSize + 6;
    assert.deepEqual([...inputs.subarray(at, at + 4)], [-3, 0, 4, 0]);
  });

  for (const [what, options, data, message] of /** @type {[string, any, unknown, RegExp][]} */ ([
    ['a constant column that is predicted', {}, [3, 3, 3, 3], /column "value" is predicted and must vary, but all of its values are 3/],
    ['a column without a value', {}, [null, NaN, null], /column 'value' must have a value that is not missing/],
    ['what has no logarithm', { log: true }, [1, 2, 0, 4], /^data: column "value" must be above 0, because its logarithm is taken, got 0 in row 2$/],
    ['what has none on a day', { log: true, time: 'day' }, [[new Date(0), 1], [new Date(864e5), -2]], /^data: column "value" .*, got -2 in row 1 \(1970-01-02\)$/],
    ['a series shorter than its season', { season: 12 }, [1, 2, 3], /^train: data: season 12 needs at least two seasons \(24 rows\), got 3$/],
    ['a season that comes hardly twice', { season: 12 }, seasonal.slice(0, 23), /^train: data: season 12 needs at least two seasons \(24 rows\), got 23$/],
    ['a season to subtract that there is not', { subtract: 'season' }, seasonal, /^train: data: subtract 'season' needs a season: the option season, or times that give one$/],
    ['a season to subtract in too few rows', { subtract: 'season', season: 12 }, seasonal.slice(0, 20), /^train: data: subtract 'season' needs at least two seasons \(24 rows\), got 20$/],
  ])) {
    test(`${what} is refused`, () => assert.throws(() => fitted(options, data), { name: 'ArgumentError', message }));
  }

  test('a constant column that is only read says nothing', () => {
    const { all: [series], encoder } = fitted({ columns: ['a', 'b'], predict: ['a'] }, seasonal.map((a) => [a, 7]));
    assert.equal(encoder.encode(series).inputs[6], 0);
  });
});

describe('windows', () => {
  const { all, encoder } = fitted({ season: 6 }, { north: seasonal, south: seasonal.slice(0, 31).map((value) => 500 - value) });
  const series = all.map((one) => ({ ...encoder.encode(one), first: encoder.least - 1 }));
  const layout = { size: encoder.inputSize, values: 1, hidden: { from: 0, to: 0 } };
  const make = () => new SeriesReader(series, layout, { batchSize: 4, window: 16, seed: 1, hash: 'x' });

  /** From (window, 4) to (4, window). @param {ArrayLike<number>} values @param {number} size */
  const batchFirst = (values, size) => Array.from({ length: 64 * size }, (_, i) => {
    const [b, t] = [Math.floor(i / (16 * size)), Math.floor(i / size) % 16];
    return values[(t * 4 + b) * size + (i % size)];
  });

  test('are parts of the series, of which none is left out', () => {
    const reader = make();
    const seen = series.map(({ steps }) => new Uint8Array(steps));
    for (let i = 0; i < 40; i++) {
      const { options, count, ...window } = reader.window();
      const { mask = new Uint8Array(64).fill(1), lengths } = /** @type {{ mask?: Uint8Array, lengths?: Int32Array }} */ (options);
      const [inputs, targets, counts] = [[window.inputs, layout.size], [window.targets, 1], [mask, 1]].map(([values, size]) => batchFirst(/** @type {any} */ (values), Number(size)));
      assert.equal(count, lengths ? lengths.reduce((sum, length) => sum + length, 0) : 64);
      for (let b = 0; b < 4; b++) {
        const own = inputs.slice(b * 16 * layout.size, (b + 1) * 16 * layout.size);
        const found = series.flatMap((one, s) => Array.from({ length: one.steps - 15 }, (_, start) => ({ s, start }))).find(
          ({ s, start }) => own.every((value, i) => value === series[s].inputs[start * layout.size + i]));
        assert.ok(found, `window ${i}, sequence ${b}`);
        assert.deepEqual(targets.slice(b * 16, b * 16 + 16), [...series[found.s].targets.subarray(found.start, found.start + 16)]);
        assert.deepEqual(counts.slice(b * 16, b * 16 + 16), [...series[found.s].counted.subarray(found.start, found.start + 16)]);
        seen[found.s].fill(1, found.start, found.start + 16);
      }
      reader.advance();
    }
    assert.deepEqual(seen.map((steps) => steps.indexOf(0, encoder.least - 1)), [-1, -1]);
  });

  test('go on from a position as if nothing had been in between; another manner of reading is another place', () => {
    const [a, b] = [make(), make()];
    for (let i = 0; i < 7; i++) a.advance();
    assert.equal(b.goTo(a.position), true);
    assert.deepEqual(b.window(), a.window());
    assert.equal(b.read, a.read);
    assert.equal(make().goTo({ ...a.position, batchSize: 5 }), false);
    assert.equal(make().goTo({ ...a.position, data: 'y' }), false);
  });
});

describe('a mixture', () => {
  // torch.distributions.MixtureSameFamily of 2 diagonal normals: log_prob([0.3, -1.2]).
  const output = Float64Array.of(0.3, 0.7, 0, 1, 0.5, -1, 1, 0.5, 0.8, 2);

  test('its density is PyTorch’s', () => {
    const found = logDensity(output, 0, 2, [0.3, -1.2], 0, 2);
    assert.ok(Math.abs(found - -2.7007206464144495) < 1e-6, `${found}`);
  });

  test('what is drawn has its mean', () => {
    const random = new Random(5);
    const sums = [0, 0];
    const y = new Float64Array(2);
    for (let i = 0; i < 40000; i++) {
      drawMixture(y, [1, 1], output, 2, random);
      y.forEach((value, k) => (sums[k] += value / 40000));
    }
    sums.forEach((sum, k) => assert.ok(Math.abs(sum - mixtureMean(output, 2, k, 2)) < 0.03, `${sum}`));
  });
});

describe('scores', () => {
  test('by hand', () => {
    const errors = errorsOf([1, NaN, 4], [0, 5, 6]);
    assert.deepEqual([errors, maeOf(errors), rmseOf(errors)], [[1, -2], 1.5, Math.sqrt(2.5)]);
    assert.equal(naiveErrorOf([1, 2, 4, 4, NaN, 10], 2), (3 + 2 + 6) / 3);
    assert.equal(coverageOf([1, 2, NaN, 4], [0, 3, 0, 4], [1, 4, 9, 4]), 2 / 3);
    assert.deepEqual(seasonalNaive([1, 2, 3, 4, NaN, 6], 3, 4), [4, 2, 6, 4]);
    assert.deepEqual(seasonalNaive([1, NaN], 1, 2), [1, 1]);
  });

  test('a slice of a series keeps its times', () => {
    const [series] = readAllSeries([{ t: '2020-01-31', a: 1 }, { t: '2020-02-29', a: 2 }], { names: ['a'], time: 't' }, 'data');
    assert.equal(new Date(/** @type {any} */ (sliceSeries(series, 1, 2).times).start).toISOString().slice(0, 10), '2020-02-29');
  });
});
