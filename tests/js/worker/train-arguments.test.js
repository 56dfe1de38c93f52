// What is trained and validated with reaches a Worker as it was given.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendable, sendableData } from '../../../src/js/worker/train-arguments.js';

/** @param {any} validation */
const sent = (validation) => sendable({ steps: 1, validation }).validation;
function* listed() {
  yield 'a';
  yield 'b';
}

test('validation is sent as data are: typed arrays as they are, what is gone through as an array, parts by name each so', () => {
  const values = Float32Array.of(1, 2, 3);
  assert.equal(sent(values), values);
  assert.deepEqual(sent(new Set(['a', 'b'])), ['a', 'b']);
  assert.deepEqual(sent(new Map([['a', 1]])), [['a', 1]]);
  assert.deepEqual(sent(listed()), ['a', 'b']);
  assert.deepEqual(sent({ text: listed() }), { text: ['a', 'b'] });
  assert.deepEqual(sent({ a: values, b: [1] }), { a: values, b: [1] });
  assert.deepEqual(sent([values]), [values]);
  assert.equal(sent(0.2), 0.2);
  const buffer = new ArrayBuffer(4);
  assert.equal(sent(buffer), buffer, 'which train refuses');
  for (const data of [values, new Set([1]), { a: 1 }]) assert.deepEqual(sent(data), sendableData(data));
});
