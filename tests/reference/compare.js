import assert from 'node:assert/strict';

/**
 * The largest |got - expected|, as a part of the largest |expected| of the tensor, so that a tensor of small
 * gradients is judged on its own scale. 0 where both are all zero; Infinity where anything is not a number.
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} expected
 */
export function relativeDifference(got, expected) {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(got[i] - expected[i]);
    difference = Math.max(difference, Number.isNaN(d) ? Infinity : d);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return difference === 0 ? 0 : difference / scale;
}

/**
 * Fails where `got` has another length than `expected` or is further from it than `tolerance` times its largest
 * value. Returns the difference reached.
 * @param {string} what
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} expected
 * @param {number} tolerance
 */
export function assertNear(what, got, expected, tolerance) {
  assert.equal(got.length, expected.length, `${what}: length`);
  const difference = relativeDifference(got, expected);
  assert.ok(difference <= tolerance, `${what}: relative difference at most ${tolerance} expected, got ${difference}`);
  return difference;
}

/**
 * assertNear for tensors by name; both sides must have the same names. Returns the largest difference reached.
 * @param {string} what
 * @param {Record<string, ArrayLike<number>>} got
 * @param {Record<string, ArrayLike<number>>} expected
 * @param {number} tolerance
 */
export function assertAllNear(what, got, expected, tolerance) {
  assert.deepEqual(Object.keys(got).sort(), Object.keys(expected).sort(), `${what}: names`);
  return Math.max(...Object.keys(expected).map((name) => (
    assertNear(`${what} ${name}`, got[name], expected[name], tolerance))));
}
