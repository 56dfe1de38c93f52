// A signal ends what waits, and what was handed over is nobody's unhandled rejection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unlessAborted } from '../../../src/js/core/abort.js';
import { load } from '../../../src/js/models/load.js';
import { openWorker } from '../../../src/js/worker.js';

test('what fails by the same signal before it is heard here rejects with its reason', async () => {
  const reason = new Error('enough');
  const signal = /** @type {any} */ ({ aborted: false, reason, addEventListener() {}, removeEventListener() {} });
  await assert.rejects(unlessAborted(signal, async () => {
    signal.aborted = true;
    throw new Error('the fetch was aborted');
  }), (error) => error === reason);
  signal.aborted = false;
  await assert.rejects(unlessAborted(signal, async () => { throw new Error('offline'); }), /offline/);
});

test('a rejection that was handed over with other options that are wrong is no error of the program', async (t) => {
  /** @type {unknown[]} */
  const unhandled = [];
  const hear = (/** @type {unknown} */ error) => unhandled.push(error);
  process.on('unhandledRejection', hear);
  t.after(() => process.off('unhandledRejection', hear));
  const given = () => Promise.reject(new Error('offline'));
  for (const call of [load, openWorker]) {
    await assert.rejects(call(/** @type {any} */ ({ wasm: given(), variants: 1 })), /unknown option "variants"/);
    await assert.rejects(call(/** @type {any} */ ({ wasm: given(), signal: 1 })), /signal must be an AbortSignal/);
    await assert.rejects(call({ wasm: given(), signal: AbortSignal.abort('enough') }), (error) => error === 'enough');
    await assert.rejects(call(/** @type {any} */ (null)), /options must be an object/);
  }
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  assert.deepEqual(unhandled, []);
});
