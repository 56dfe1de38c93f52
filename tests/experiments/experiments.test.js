// Small versions of the papers' tasks, each learnt from fixed seeds on the variant whose bits are the same everywhere.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { kinds } from './kinds.js';
import { parameterCount, sizeFor } from './learner.js';
import { median, table } from './report.js';
import { tasks } from './tasks.js';
import { adding } from './tasks/adding.js';
import { counting } from './tasks/counting.js';
import { noiseFreeLag, noisyLag } from './tasks/lag.js';
import { order } from './tasks/order.js';
import { continualReber, embeddedReber } from './tasks/reber.js';
import { timing } from './tasks/timing.js';

const lstm = await load({ variant: 'simd' });

/**
 * @param {import('./tasks.js').Task} task
 * @param {import('./tasks.js').Kind} kind
 * @param {number} [seed]
 */
const trial = (task, kind, seed = 1) => task.trial(lstm, kind, seed, task.settings.limit);

/** @param {import('./tasks.js').Task} task @param {import('./tasks.js').Kind} kind @param {number} [seed] */
function assertSolved(task, kind, seed) {
  const outcome = trial(task, kind, seed);
  assert.ok(outcome.solved, `${task.name}: ${kind.name} did not learn it in ${outcome.sequences} sequences`);
}

describe('small experiments', () => {
  test('an embedded Reber grammar is learnt to 100 %', () => {
    const settings = { hiddenSize: 12, learningRate: 0.03, halfLife: 2000, batchSize: 4, limit: 6000 };
    assertSolved(embeddedReber({ strings: 128, settings }), kinds.lstm, 2);
  });

  test('a continual one with a forget gate, and not without', () => {
    const task = continualReber({
      streams: 3,
      symbols: 1000,
      settings: { hiddenSize: 12, learningRate: 0.02, halfLife: 10000, batchSize: 4, limit: 8000 },
    });
    assertSolved(task, kinds.lstm);
    assert.equal(trial(task, kinds.noForget).solved, false);
  });

  test('the first symbol is predicted again 30 steps later, by an lstm and not by an rnn', () => {
    const task = noiseFreeLag({
      p: 30, settings: { hiddenSize: 16, learningRate: 0.01, batchSize: 2, memory: 30, limit: 4000 },
    });
    assertSolved(task, kinds.identity);
    assert.equal(trial(task, kinds.rnn).solved, false);
  });

  test('and 100 steps of noise later', () => {
    const task = noisyLag({
      p: 50,
      q: 100,
      tested: 500,
      settings: { hiddenSize: 4, learningRate: 0.01, batchSize: 16, memory: 200, limit: 8000 },
    });
    assertSolved(task, kinds.lstm);
  });

  test('two of 20 numbers are added', () => {
    const settings = {
      hiddenSize: 8, learningRate: 0.01, halfLife: 6000, batchSize: 4, memory: 20, limit: 15000,
    };
    assertSolved(adding({ T: 20, recent: 500, settings }), kinds.lstm);
  });

  for (const name of /** @type {const} */ (['6a', '6b'])) {
    test(`symbols far apart are told by their order: ${name}`, () => {
      const settings = { hiddenSize: 10, learningRate: 0.01, batchSize: 8, memory: 30, limit: 15000 };
      assertSolved(order({ task: name, scale: 0.3, recent: 500, settings }), kinds.lstm);
    });
  }

  test('a^n b^n and a^n b^n c^n are counted beyond the n of the training', () => {
    const settings = { hiddenSize: 4, learningRate: 0.02, halfLife: 5000, batchSize: 1, limit: 3000 };
    for (const letters of /** @type {const} */ ([2, 3])) {
      const task = counting({ letters, trained: 5, tested: 8, settings });
      assertSolved(task, kinds.lstm, 3);
      assertSolved(task, kinds.peephole, 3);
    }
  });

  test('spikes are timed', () => {
    const settings = { hiddenSize: 6, learningRate: 0.005, batchSize: 1, limit: 4000 };
    assertSolved(timing({ task: 'msd', F: 6, settings }), kinds.peephole);
    assertSolved(timing({ task: 'gts', F: 6, settings }), kinds.peephole);
  });

  test('a seed gives the same trial again', () => {
    const task = embeddedReber({
      strings: 16, settings: { hiddenSize: 4, learningRate: 0.01, batchSize: 4, limit: 256 },
    });
    assert.deepEqual(trial(task, kinds.gru, 3), trial(task, kinds.gru, 3));
  });
});

describe('the comparison', () => {
  test('every kind has as many parameters as the lstm, as nearly as its hidden size allows', () => {
    for (const task of tasks) {
      const wanted = parameterCount(lstm, task, { kind: 'lstm', hiddenSize: task.settings.hiddenSize });
      for (const { name, layer } of task.kinds) {
        const count = (/** @type {number} */ hiddenSize) => parameterCount(lstm, task, { ...layer, hiddenSize });
        const size = sizeFor(lstm, task, layer, wanted);
        const distance = Math.abs(count(size) - wanted);
        assert.ok(distance <= Math.abs(count(size + 1) - wanted), `${task.name} ${name}`);
        assert.ok(size === 1 || distance <= Math.abs(count(size - 1) - wanted), `${task.name} ${name}`);
      }
    }
  });

  test('the table has the median of all trials, and none where most failed', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    const base = { task: 'reber', seed: 1, limit: 9000, hiddenSize: 5, parameters: 99, seconds: 1 };
    const trials = [
      { ...base, kind: 'lstm', solved: true, sequences: 1000 },
      { ...base, kind: 'lstm', solved: true, sequences: 3000 },
      { ...base, kind: 'lstm', solved: false, sequences: 9000 },
      { ...base, kind: 'rnn', solved: false, sequences: 9000 },
    ];
    const text = table(trials);
    assert.match(text, /\| lstm \| 5 \| 99 \| 2 of 3 \| 3 000 \| 1 000 to 3 000 \| 2\.8 × \|/);
    assert.match(text, /\| rnn \| 5 \| 99 \| 0 of 1 \| > 9 000 \| {2}\| {2}\|/);
  });
});
