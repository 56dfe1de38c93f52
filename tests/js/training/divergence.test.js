// A run that diverges: it goes back to where it was well, and on with half the rate.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DivergedError, load } from 'lstm-wasm';
import { RunHealth, healthy } from '../../../src/js/training/RunHealth.js';

const lstm = await load({ variant: 'simd' });
const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(40);
const steady = { schedule: { type: 'constant' }, learningRate: 0.005, dropout: 0 };
const options = { batchSize: 4, window: 12, reportEvery: 1, ...steady };
const alphabet = [...new Set(text)].sort();
const create = () => lstm.createCharModel({ alphabet, hiddenSize: 10, seed: 1 });
const last = (reports) => reports[reports.length - 1];

describe('a run that diverges', () => {
  const events = (reports) => reports.filter(({ event }) => event === 'recovered');

  for (const optimizer of ['adam', 'rmsprop', 'adagrad']) {
    test(`a rate of 10 with ${optimizer}: it goes back, halves the rate until it learns`, () => {
      const model = create();
      const reports = [...model.train(text, { ...options, optimizer, learningRate: 10, steps: 150 })];
      const recovered = events(reports);
      assert.ok(recovered.length >= 3, `${recovered.length}`);
      recovered.forEach(({ step, chars, learningRate, recoveries, reason, loss }, i) => {
        assert.deepEqual([step, chars, recoveries, learningRate], [0, 0, i + 1, 10 / 2 ** (i + 1)]);
        assert.match(reason, /^the loss rose from \d\S* to \d\S*$/);
        assert.ok(Number.isFinite(loss));
      });
      assert.ok(last(reports).loss < 2.2, `${last(reports).loss}`);
      assert.deepEqual([last(reports).step, last(reports).done], [150, true]);
      assert.equal(last(reports).learningRate, last(recovered).learningRate);
    });
  }

  test('infinite losses, from weights too large: back to the last good point, with all that belongs to it', () => {
    const at = { 170: { 'head.weight': 3e38 } };
    const [hurt, well] = [create(), create()];
    const reports = [];
    for (const report of hurt.train(text, { ...options, steps: 260 })) {
      reports.push(report);
      for (const [name, value] of Object.entries(at[report.step] ?? {})) {
        delete at[report.step];
        hurt.network.setParameters({ [name]: hurt.network.parameters()[name].fill(value) });
      }
    }
    const [event, ...more] = events(reports);
    assert.equal(more.length, 0);
    assert.deepEqual([event.step, event.learningRate], [0, 0.0025]);
    assert.equal(event.reason, 'the loss or its gradient is not finite');
    assert.equal(last(reports).step, 260);
    // From there it is as if nothing had happened but the rate.
    for (const report of well.train(text, { ...options, steps: 260, learningRate: 0.0025 })) void report;
    assert.deepEqual(hurt.save(), well.save());
  });

  test('a spike of the loss: it goes back 100 to 200 steps', () => {
    const model = create();
    const reports = [];
    let isHurt = false;
    for (const report of model.train(text, { ...options, steps: 400 })) {
      reports.push(report);
      if (report.step !== 310 || isHurt) continue;
      isHurt = true;
      const weight = model.network.parameters()['head.weight'];
      model.network.setParameters({ 'head.weight': weight.map((value) => 200 * value) });
    }
    const [event, ...more] = events(reports);
    assert.equal(more.length, 0);
    assert.deepEqual([event.step, event.epoch, event.recoveries], [200, reports[199].epoch, 1]);
    assert.match(event.reason, /^the loss rose from \d/);
    assert.equal(reports[311].step, 201);
    // The state and the position are those of then: the loss before the update is the same.
    assert.equal(reports[311].loss, reports[200].loss);
    assert.ok(last(reports).loss < event.loss);
  });

  test('it gives up after as many times as was said, and the model is as at the last good point', () => {
    const model = create();
    const before = model.save();
    const reports = [];
    const asked = { ...options, learningRate: 10, recoveries: 2, steps: 50 };
    const run = () => {
      for (const report of model.train(text, asked)) reports.push(report);
    };
    assert.throws(run, (error) => {
      assert.ok(error instanceof DivergedError);
      const [what, then] = error.message.split(', after going back 2 times with half the rate each time; ');
      assert.match(what, /^train: the loss rose from \S+ to \S+ at step 2$/);
      assert.equal(then, 'the model is as after step 0. A lower learningRate (now 2.5) may help');
      return true;
    });
    assert.equal(events(reports).length, 2);
    assert.deepEqual(model.save(), before);
    assert.deepEqual(lstm.openCharModel(model.checkpoint()).save(), before, 'its checkpoint opens');
    assert.equal([...model.train(text, { ...options, steps: 3 })].length, 3);
  });

  test('recoveries: 0 leaves finite losses alone and throws at the first that is not', () => {
    const reports = [...create().train(text, { ...options, learningRate: 10, recoveries: 0, steps: 30 })];
    assert.ok(events(reports).length === 0 && last(reports).loss > 20);
    assert.throws(() => [...create().train(text, { ...options, learningRate: 1e38, recoveries: 0, steps: 30 })], {
      name: 'DivergedError', message: /^Trainer\.step: the update is not finite at step 1; nothing was updated/,
    });
  });

  test('a text that changes is no divergence: what half the rate does not help is left alone', () => {
    const changing = `${'ab'.repeat(1500)}${'ijklmnopqrstuvwxyz'.repeat(60)}`;
    const model = lstm.createCharModel({ text: changing, hiddenSize: 8, seed: 1 });
    const asked = { ...options, batchSize: 1, window: 64, learningRate: 0.05, epochs: 1 };
    const reports = [...model.train(changing, asked)];
    assert.ok(reports.some(({ loss }) => loss > 2 * Math.log(20)), 'the change is a spike');
    const { length } = events(reports);
    assert.ok(length >= 1 && length <= 3, `${length}`);
    assert.equal(last(reports).done, true);
  });

  test('the rule', () => {
    const guess = Math.log(64);
    const health = new RunHealth(healthy(), guess, true);
    assert.equal(health.smoothed, guess);
    assert.equal(health.isSpike(1, 30, 100), false, 'nothing is known before the first');
    assert.equal(health.smoothed, 30);
    assert.equal(health.isSpike(2, 30 + guess - 1e-9, 100), false);
    const { smoothed } = health;
    assert.equal(health.isSpike(3, smoothed + guess + 1e-9, 100), true);
    assert.equal(health.smoothed, smoothed);
    assert.equal(health.isSpike(3, smoothed + 2 * guess - 1e-9, 16), false, 'twice the margin for 16 characters');
    const state = health.state;
    assert.equal(health.isSpike(9, 99, 100), true);
    health.recover(state);
    assert.deepEqual([health.recoveries, health.smoothed], [1, state.smoothed]);
    assert.equal(health.isSpike(9, 0.7 * 99, 100), true, 'half the rate made it lower');
    assert.equal(health.isSpike(9, 0.9 * 0.7 * 99, 100), false, 'half the rate did not');
    assert.equal(health.isSpike(10, 99, 100), false, 'and the loss stays up there');
    assert.equal(new RunHealth({ ...state }, guess, false).isSpike(9, 1e9, 100), false);
  });

  test('good points take no more and more memory', () => {
    const model = create();
    for (const report of model.train(text, { ...options, steps: 300 })) void report;
    const before = lstm.memoryBytes;
    for (const report of model.train(text, { ...options, steps: 1500, reportEvery: 100 })) void report;
    assert.equal(lstm.memoryBytes, before);
  });
});
