// Little text: batch and window become as small as it asks for, and the reports say so.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const text = 'Stay hungry, stay foolish. Be yourself; everyone else is taken. So it goes. Less is more. '.repeat(3);
const reportOf = (texts, asked = {}) => {
  const model = lstm.createCharModel({ text: typeof texts === 'string' ? texts : texts.join(''), hiddenSize: 16, seed: 1 });
  return [...model.train(texts, { steps: 2, ...asked })].at(-1);
};
const shapeOf = (...asked) => {
  const { batchSize, window } = reportOf(...asked);
  return [batchSize, window];
};

describe('batch and window', () => {
  test('are 16 and 32 where there is enough text', () => {
    assert.deepEqual(shapeOf(text.repeat(2).slice(0, 513)), [16, 32]);
    assert.deepEqual(shapeOf(Array.from({ length: 60 }, (_, i) => text.slice(i, i + 40))), [16, 32]);
  });

  test('are smaller for a shorter text', () => {
    assert.deepEqual(shapeOf(text.repeat(2).slice(0, 512)), [15, 32]);
    assert.deepEqual(shapeOf(text.slice(0, 100)), [3, 32]);
    assert.deepEqual(shapeOf(text.slice(0, 33)), [1, 32]);
    assert.deepEqual(shapeOf(text.slice(0, 32)), [1, 31]);
    assert.deepEqual(shapeOf('ab'), [1, 1]);
  });

  test('leave what is said, and fit the other to it', () => {
    assert.deepEqual(shapeOf(text.slice(0, 101), { batchSize: 4 }), [4, 25]);
    assert.deepEqual(shapeOf(text.slice(0, 101), { window: 10 }), [10, 10]);
    assert.deepEqual(shapeOf(text.slice(0, 101), { batchSize: 2, window: 10 }), [2, 10]);
    assert.throws(() => reportOf(text.slice(0, 101), { batchSize: 16, window: 32 }), {
      name: 'ArgumentError', message: 'train: text must have at least 513 characters to train on (batchSize 16 x window 32 + 1), got 101',
    });
    assert.throws(() => reportOf('a'), { name: 'ArgumentError', message: /^train: text must have at least 2 characters/ });
  });

  test('are what a few texts fill', () => {
    // A line's end before and behind: a text of n characters has n + 1 to predict.
    assert.deepEqual(shapeOf(['Less is more.']), [1, 14]);
    assert.deepEqual(shapeOf(['So it goes.', 'Less is more.', 'Be yourself.']), [3, 14]);
    assert.deepEqual(shapeOf(['a', 'b']), [2, 2]);
    assert.deepEqual(shapeOf(['a']), [1, 2]);
    assert.deepEqual(shapeOf([text, text]), [16, 32]);
  });

  test('with a part to validate with, what is left', () => {
    assert.deepEqual(shapeOf(text.slice(0, 200), { validation: 0.5 }), [3, 32]);
  });

  test('a checkpoint goes on with them', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
    const short = text.slice(0, 100);
    for (const { step } of model.train(short, { steps: 9, reportEvery: 1 })) if (step === 4) break;
    const opened = lstm.openCharModel(model.checkpoint());
    const { batchSize, window, step } = [...opened.train(short)].at(-1);
    assert.deepEqual([batchSize, window, step], [3, 32, 9]);
  });
});

test('a quote is learnt', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 32, seed: 1 });
  for (const report of model.train(['Less is more.', 'So it goes.'], { steps: 150 })) void report;
  assert.deepEqual([...new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => model.generate({ seed, temperature: 0.5 })))].sort(),
    ['Less is more.', 'So it goes.']);
});
