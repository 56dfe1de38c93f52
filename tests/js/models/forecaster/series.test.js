// Series are read in every form that they are given in, and what is wrong with them is told with its place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAllSeries } from '../../../../src/js/models/forecaster/series.js';
import { CALENDAR, timeAt, usualSeason, writeCalendar } from '../../../../src/js/models/forecaster/times.js';

/** @param {unknown} data @param {any} [shape] */
const read = (data, shape = { names: ['a', 'b'] }) => readAllSeries(data, shape, 'data');
/** @param {import('../../../../src/js/models/forecaster/series.js').Series[]} all */
const values = (all) => all.map(({ columns }) => columns.map((column) => [...column]));
const one = { names: ['a'] };

describe('forms of a series', () => {
  const expected = [[[1, 2, NaN], [4, NaN, 6]]];
  for (const [what, data] of /** @type {[string, unknown][]} */ ([
    ['rows', [[1, 4], [2, null], [NaN, 6]]],
    ['typed rows', [Float32Array.of(1, 4), Float64Array.of(2, NaN), Float32Array.of(NaN, 6)]],
    ['rows by name', [{ a: 1, b: 4 }, { b: NaN, a: 2 }, { a: null, b: 6 }]],
    ['columns by name', { b: [4, null, 6], a: Float64Array.of(1, 2, NaN) }],
  ])) {
    test(what, () => assert.deepEqual(values(read(data)), expected));
    test(`${what}, several as a list`, () => assert.deepEqual(values(read([data, data])), [...expected, ...expected]));
    test(`${what}, several by name`, () => {
      const all = read({ north: data, south: data });
      assert.deepEqual(values(all), [...expected, ...expected]);
      assert.equal(all[1].path, 'data.south');
    });
  }

  for (const [what, data, count] of /** @type {[string, unknown, number][]} */ ([
    ['numbers', [1, null, 3], 1],
    ['a typed array', Float32Array.of(1, NaN, 3), 1],
    ['rows of one value', [[1], [null], [3]], 1],
    ['a list of arrays', [[1, null, 3], [1, null, 3]], 2],
    ['a list of typed arrays', [Float32Array.of(1, NaN, 3), Float32Array.of(1, NaN, 3)], 2],
    ['arrays by name', { north: [1, null, 3], south: [1, null, 3] }, 2],
  ])) {
    test(`one column: ${what}`, () => assert.deepEqual(values(read(data, one)), new Array(count).fill([[1, NaN, 3]])));
  }
});

describe('times', () => {
  /** @param {unknown[]} dates */
  const dated = (dates) => read(dates.map((date, i) => ({ date, a: i })), { names: ['a'], time: 'date' })[0];

  test('months of unequal length are equal steps, and a month that is missing is a gap', () => {
    const { columns, times } = dated(['2020-01-31', '2020-02-29', '2020-04-30']);
    assert.deepEqual(times?.step, { months: 1 });
    assert.deepEqual([...columns[0]], [0, 1, NaN, 2]);
    assert.equal(new Date(timeAt(/** @type {any} */ (times), 4)).toISOString().slice(0, 10), '2020-05-31');
  });

  test('days, hours, numbers and Dates', () => {
    assert.deepEqual(dated(['2020-01-01', '2020-01-02']).times?.step, { ms: 864e5 });
    assert.deepEqual(dated(['2020-01-01 00:00', '2020-01-01T01:00Z', '2020-01-01T05:00+03:00']).times?.step, { ms: 36e5 });
    assert.deepEqual(dated([1700, 1701, 1702]).times?.step, { by: 1 });
    assert.deepEqual(dated([new Date('2020-01-01'), new Date('2020-01-08')]).times?.step, { ms: 7 * 864e5 });
  });

  test('the season that goes with a step', () => {
    const found = [{ months: 1 }, { months: 3 }, { ms: 864e5 }, { ms: 36e5 }, { ms: 7 * 864e5 }, { months: 12 }, { by: 1 }].map(
      (step) => usualSeason(/** @type {any} */ (step)));
    assert.deepEqual(found, [12, 4, 7, 24, 52, 0, 0]);
  });

  test('the calendar comes back after its period, and leaves out what a step is too long for', () => {
    const [a, b] = [new Float32Array(CALENDAR), new Float32Array(CALENDAR)];
    writeCalendar(a, 0, Date.UTC(2021, 2, 1, 6), { ms: 36e5 });
    writeCalendar(b, 0, Date.UTC(2021, 2, 8, 6), { ms: 36e5 });
    assert.deepEqual(a.subarray(0, 4).map((v) => Math.round(v * 1e4)), b.subarray(0, 4).map((v) => Math.round(v * 1e4)));
    assert.ok(Math.abs(a[0] - 1) < 1e-6, '6 o’clock is a quarter of a day');
    writeCalendar(a, 0, Date.UTC(2021, 2, 1), { months: 1 });
    assert.deepEqual([...a.subarray(0, 4)], [0, 0, 0, 0]);
    assert.ok(a[4] !== 0);
  });

  for (const [what, dates, message] of /** @type {[string, unknown[], RegExp][]} */ ([
    ['go back', ['2020-01-02', '2020-01-01'], /^data\[1\]\.date must be later than the row before it, "2020-01-02": times go forward, got "2020-01-01"$/],
    ['stand still', [3, 3], /data\[1\]\.date must be later/],
    ['are uneven', ['2020-01-01', '2020-01-03', '2020-01-06'], /data\[2\]\.date: expected a whole number of steps of 2 days/],
    ['are no times', ['2020-01-01', 'tomorrow'], /data\[1\]\.date must be a Date/],
    ['are no days', ['2026-02-27', '2026-02-28', '2026-02-29'], /^data\[2\]\.date must be a day that there is, got "2026-02-29"$/],
    ['are no days at a time', ['2026-06-30T00:00', '2026-06-31T00:00'], /^data\[1\]\.date must be a day that there is, got "2026-06-31T00:00"$/],
    ['are Dates that go back', [new Date(864e5), new Date(0)], /later than the row before it, 1970-01-02: times go forward, got 1970-01-01$/],
    ['are no Dates', [new Date(NaN), new Date(0)], /^data\[0\]\.date must be a Date, .*, got an invalid Date$/],
    ['are mixed', ['2020-01-01', 5], /data\[1\]\.date must be a date like/],
    ['leap far', ['2020-01-01', '2020-01-02', '2090-01-01'], /data\[2\]\.date: \d+ of \d+ rows would be missing/],
  ])) {
    test(`that ${what} are refused`, () => assert.throws(() => dated(dates), { name: 'ArgumentError', message }));
  }
});

describe('what is refused', () => {
  for (const [what, data, message] of /** @type {[string, unknown, RegExp][]} */ ([
    ['a row of another width', [[1, 2], [3]], /^data\[1\]: expected 2 values \("a", "b"\), got 1$/],
    ['a column never seen', [{ a: 1, b: 2, c: 3 }], /^data\[0\]: unknown column "c", expected only "a", "b"$/],
    ['a column that is missing', { a: [1] }, /^data: column "b" is missing/],
    ['columns of two lengths', { a: [1, 2], b: [1] }, /^data\.b: expected 2 rows as in "a", got 1$/],
    ['an infinite number', [[1, 2], [3, Infinity]], /^data\[1\]\.b must be a finite number, or NaN or null/],
    ['a text', { a: [1, 'x'], b: [1, 2] }, /^data\.a\[1\] must be a finite number.*got "x"$/],
    ['undefined', [[1, undefined]], /^data\[0\]\.b must be/],
    ['nothing', [], /^data: expected at least 1 row, got 0$/],
    ['no data', 7, /^data must be an array of rows, or columns by name/],
    ['a wrong one of several', { north: [[1, 2]], south: [[1]] }, /^data\.south\[0\]: expected 2 values/],
  ])) {
    test(what, () => assert.throws(() => read(data), { name: 'ArgumentError', message }));
  }
});
