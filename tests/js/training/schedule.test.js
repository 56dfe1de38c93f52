// The schedules of the learning rate beside torch.optim.lr_scheduler (tests/reference/generate_optimizers.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { readSchedule, scheduleOf } from '../../../src/js/training/schedule.js';
import { assertNear } from '../../reference/compare.js';
import { readSafetensors } from '../../reference/read.js';

const at = (/** @type {any} */ place) => ({ step: 0, epoch: 0, progress: 0, ...place });

describe('as torch.optim.lr_scheduler', () => {
  const file = readSafetensors(readFileSync(new URL('../../reference/schedules.safetensors', import.meta.url)));
  for (const [name, description] of Object.entries(JSON.parse(file.metadata.cases))) {
    test(name, () => {
      const expected = file.tensors[name];
      const steps = expected.length - 1;
      const factor = scheduleOf(description);
      const got = Array.from(expected, (_, step) => factor(at({ step, progress: step / steps })));
      assertNear(name, got, expected, 1e-7);
      // The same in epochs, in the middle of each.
      if (description.unit !== 'steps' || description.warmup) return;
      const inEpochs = scheduleOf({ ...description, unit: 'epochs' });
      assertNear(name, Array.from(expected, (_, epoch) => inEpochs(at({ epoch: epoch + 0.5 }))), expected, 1e-7);
    });
  }
});

// Its train.lua: at the end of an epoch, `if epoch >= opt.learning_rate_decay_after then rate = rate * decay`.
test('exponential is that of char-rnn', () => {
  for (const after of [1, 2, 10]) {
    const factor = scheduleOf({ type: 'exponential', factor: 0.97, after });
    const stepsInEpoch = 8;
    let rate = 1;
    for (let i = 1; i <= 20 * stepsInEpoch; i++) {
      assert.ok(Math.abs(factor(at({ step: i - 1, epoch: (i - 1) / stepsInEpoch })) - rate) < 1e-12, `step ${i}`);
      if (i % stepsInEpoch === 0 && i / stepsInEpoch >= after) rate *= 0.97;
    }
  }
});

test('constant, and nothing, leave the rate', () => {
  for (const schedule of [undefined, { type: 'constant' }]) {
    assert.equal(scheduleOf(schedule)(at({ step: 1000, epoch: 9.5, progress: 1 })), 1);
  }
});

test('a function of the progress', () => {
  const factor = scheduleOf((/** @type {number} */ progress) => 1 - progress);
  assert.deepEqual([0, 0.25, 1].map((progress) => factor(at({ progress }))), [1, 0.75, 0]);
});

test('what is read is plain data with nothing left unsaid, and reads as the same again', () => {
  const read = readSchedule({ type: 'exponential', factor: 0.5 }, 'schedule');
  assert.deepEqual(read, { type: 'exponential', factor: 0.5, after: 1, unit: 'epochs', warmup: 0 });
  assert.deepEqual(readSchedule(structuredClone(read), 'schedule'), read);
  assert.deepEqual(readSchedule(undefined, 'schedule'), { type: 'constant', warmup: 0 });
});

describe('what cannot be', () => {
  /** @type {[any, RegExp][]} */
  const cases = [
    [null, /^train: schedule must be a schedule such as \{ type: 'cosine' \}, or a function, got null$/],
    ['cosine', /^train: schedule must be a schedule .*, got "cosine"$/],
    [[], /^train: schedule must be a schedule .*, got an array of 0$/],
    [{}, /^train: schedule: type must be one of 'constant', 'step', 'exponential', 'cosine', got undefined$/],
    [{ type: 'linear' }, /type must be one of 'constant', .*, got "linear"$/],
    [{ type: 'step', factor: 0.5 }, /^train: schedule: every must be an integer from 1 .*, got undefined$/],
    [{ type: 'step', every: 0, factor: 0.5 }, /every must be an integer from 1 .*, got 0$/],
    [{ type: 'step', every: 5 }, /^train: schedule: factor must be a number above 0 to 1, got undefined$/],
    [{ type: 'exponential', factor: 1.1 }, /factor must be a number above 0 to 1, got 1\.1$/],
    [{ type: 'exponential', factor: 0 }, /factor must be a number above 0 to 1, got 0$/],
    [{ type: 'exponential', factor: 0.5, after: 0 }, /after must be an integer from 1 .*, got 0$/],
    [{ type: 'exponential', factor: 0.5, unit: 'minutes' }, /unit must be one of 'epochs', 'steps', got "minutes"$/],
    [{ type: 'cosine', to: -0.1 }, /to must be a number from 0 to 1, got -0\.1$/],
    [{ type: 'cosine', factor: 1 },
      /factor is an option of type 'step', 'exponential' and not of 'cosine', which takes only to$/],
    [{ type: 'constant', to: 1 }, /to is an option of type 'cosine' and not of 'constant', which takes none$/],
    [{ type: 'cosine', warmup: 1.5 }, /warmup must be an integer from 0 .*, got 1\.5$/],
    [{ type: 'cosine', warmUp: 1 }, /unknown option "warmUp", expected only type, to, warmup$/],
  ];
  for (const [given, message] of cases) {
    test(String(message), () => {
      assert.throws(() => scheduleOf(given, 'train: schedule'), { name: 'ArgumentError', message });
    });
  }

  test('a function that gives no number', () => {
    for (const [given, got] of [[NaN, 'NaN'], [-1, '-1'], [Infinity, 'Infinity'], ['1', '"1"']]) {
      const factor = scheduleOf(() => given, 'train: schedule');
      const message = `train: schedule(0.5) must be a number from 0, got ${got}`;
      assert.throws(() => factor(at({ progress: 0.5 })), { name: 'ArgumentError', message });
    }
  });
});
