// Columns are scaled as scikit-learn scales them, and come back in their own units.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fitScaler, readScale, readScaler, Scaler } from '../../../src/js/models/Scaler.js';

const near = (/** @type {number} */ got, /** @type {number} */ expected) =>
  assert.ok(Math.abs(got - expected) < 1e-12 * Math.max(1, Math.abs(expected)), `${got} for ${expected}`);

/** @param {any} method @param {number[]} values @param {any} [others] */
const fit = (method, values, others) => fitScaler([{ name: 'x', method, ...others }], () => values, 'train: data');

describe('a scaler', () => {
  // sklearn.preprocessing: StandardScaler, MinMaxScaler, RobustScaler of [1, 2, 4, 8, 100].
  for (const [method, shift, scale] of /** @type {[any, number, number][]} */ ([
    ['standard', 23, 38.57460304397182], ['min-max', 1, 99], ['robust', 4, 6], ['none', 0, 1],
  ])) {
    test(`${method}: shift and scale, there and back`, () => {
      const scaler = fit(method, [8, 1, 100, 2, 4]);
      const [column] = scaler.columns;
      near(column.shift, shift);
      near(column.scale, scale);
      near(scaler.scale(0, 7), (7 - shift) / scale);
      near(scaler.unscale(0, scaler.scale(0, 7)), 7);
      assert.equal(column.method, method);
      assert.equal('log' in column, false);
      assert.ok(Number.isNaN(scaler.scale(0, NaN)));
    });
  }

  test('missing values have no part in it', () => {
    assert.deepEqual(fit('standard', [NaN, 1, 3, NaN]).columns, fit('standard', [1, 3]).columns);
  });

  test('a logarithm comes before, and the exponential after', () => {
    const scaler = fit('standard', [1, Math.E ** 2], { log: true });
    assert.equal(scaler.columns[0].log, true);
    near(scaler.scale(0, Math.E ** 2), 1);
    near(scaler.unscale(0, -1), 1);
    assert.throws(() => fit('standard', [1, 0], { log: true }), /^ArgumentError: train: data: column 'x' must be above 0, .* got 0$/);
  });

  test('a constant column keeps its size', () => {
    for (const method of ['standard', 'min-max', 'robust']) {
      for (const constant of [0.1, 1e9 + 0.1, 0]) {
        const scaler = fit(method, [constant, constant, constant]);
        near(scaler.columns[0].scale, 1);
        assert.ok(Math.abs(scaler.scale(0, constant)) < 1e-6);
      }
    }
  });

  test('robust, where most values are the same, has a spread all the same', () => {
    near(fit('robust', [0, 0, 0, 0, 0, 0, 8]).columns[0].scale, Math.sqrt(8 * 8 / 7 - (8 / 7) ** 2));
  });

  test('what cannot be scaled is refused by the name of its column', () => {
    assert.throws(() => fit('standard', [NaN]), /train: data: column 'x' must have a value that is not missing, got none/);
    for (const values of [[1, Infinity], [-1e308, 1e308]]) {
      assert.throws(() => fit('standard', values), /train: data: column 'x' must have finite values that can be scaled/);
    }
  });

  test('the option: one word, or words by column', () => {
    const read = readScale(['a', 'b']);
    assert.deepEqual(read(undefined, 'scale'), ['standard', 'standard']);
    assert.deepEqual(read('robust', 'scale'), ['robust', 'robust']);
    assert.deepEqual(read({ b: 'none' }, 'scale'), ['standard', 'none']);
    assert.throws(() => read({ c: 'none' }, 'f: scale'), /f: scale must be of columns: 'a', 'b', got "c"/);
    assert.throws(() => read({ a: 'log' }, 'f: scale'), /f: scale\.a must be one of 'standard', 'min-max', 'robust', 'none'/);
  });

  test('it goes through a file', () => {
    const scaler = fit('robust', [1, 2, 5], { log: true });
    assert.deepEqual(readScaler(JSON.parse(JSON.stringify(scaler.columns)), 1, 'scaler').columns, scaler.columns);
    const good = { method: 'standard', shift: 0, scale: 1 };
    for (const [bad, message] of /** @type {[any, RegExp][]} */ ([
      [{}, /scaler must be an array of 1 columns/],
      [[good, good], /scaler\.length must be an integer from 1 to 1, got 2/],
      [[{ ...good, scale: 0 }], /scaler\[0\]: scale must be a number above 0/],
      [[{ ...good, shift: null }], /scaler\[0\]: shift must be a number/],
      [[{ ...good, log: 1 }], /scaler\[0\]: log must be true or absent/],
      [[{ ...good, more: 1 }], /scaler\[0\]: unknown option/],
    ])) assert.throws(() => readScaler(bad, 1, 'scaler'), message);
    assert.ok(readScaler([good], 1, 'scaler') instanceof Scaler);
  });
});
