// What is written opens. What could not be opened, for numbers that are infinite or NaN, is not written, and a run does not
// end with such.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DivergedError, load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const text = 'a cat ate a tea at\n'.repeat(30);
const asked = /** @type {const} */ ({ batchSize: 2, window: 8, optimizer: 'sgd', clipNorm: Infinity, reportEvery: 1 });

describe('a network that has diverged', () => {
  const net = lstm.createNetwork({ input: { tokens: 4 }, layers: [{ kind: 'rnn', hiddenSize: 3 }], output: { classes: 4 } });
  test('is none: an update that overflows is refused, and what is saved opens', () => {
    const trainer = net.createTrainer({ batchSize: 1, window: 4, optimizer: 'sgd', learningRate: 1e300 });
    const before = net.save();
    assert.throws(() => trainer.step([0, 1, 2, 3], [1, 2, 3, 0]), { name: 'DivergedError', message: /^Trainer\.step: the update is not finite at step 1; nothing was updated/ });
    assert.deepEqual(net.save(), before);
    lstm.openNetwork(before).dispose();
  });
  test('is not saved: the message names the parameter', () => {
    // As no call makes it.
    const { wasm, pointer } = net.handle;
    wasm.floats(wasm.exports.lstm_network_values(pointer), 1)[0] = Infinity;
    assert.throws(() => net.save(), (error) => {
      assert.ok(error instanceof DivergedError, error.stack);
      assert.match(error.message, /^save: 'weight_ih_l0' has (NaN|-?Infinity) at index \d+, which no file can keep: the training has diverged\. A lower learningRate may help$/);
      return true;
    });
  });
  test('and is again when its parameters are numbers', () => {
    const other = lstm.createNetwork(net.config);
    net.setParameters(other.parameters());
    assert.deepEqual(lstm.openNetwork(net.save()).parameters(), other.parameters());
  });
});

describe('a run whose last update is larger than any float', () => {
  const create = () => lstm.createCharModel({ text, hiddenSize: 3, seed: 1 });
  for (const learningRate of [1e39, 4e38, 1e60, 1e300]) {
    test(`of rate ${learningRate} goes back as from any other divergence`, () => {
      const model = create();
      const before = model.network.parameters();
      let isOver = false;
      let recoveries = 0;
      try {
        for (const report of model.train(text, { ...asked, learningRate, steps: 1, schedule: { type: 'constant' } })) {
          recoveries = report.recoveries ?? recoveries;
          isOver = report.done;
        }
      } catch (error) {
        assert.ok(error instanceof DivergedError, error.stack);
        assert.match(error.message, /^train: .* not finite at step \d+, after going back 10 times/);
        assert.deepEqual(model.network.parameters(), before);
        isOver = true;
      }
      assert.ok(isOver && recoveries > 0);
      for (const bytes of [model.save(), model.checkpoint()]) {
        const opened = lstm.openCharModel(bytes);
        assert.deepEqual(opened.network.parameters(), model.network.parameters());
        opened.dispose();
      }
    });
  }

  test('without recoveries it says so, and the model is as before', () => {
    const model = create();
    const before = model.save();
    const run = model.train(text, { ...asked, learningRate: 1e60, steps: 1, recoveries: 0 });
    assert.throws(() => run.next(), { name: 'DivergedError', message: /^Trainer\.step: the update is not finite at step 1; nothing was updated\. A lower learningRate \(now 1e\+60\)/ });
    assert.deepEqual(model.save(), before);
    lstm.openCharModel(model.checkpoint()).dispose();
  });
});

/** One whose run is over asks for a budget. @param {import('lstm-wasm').CharModel} model */
function firstReport(model) {
  try {
    return model.train(text, { reportEvery: 1 }).next().value;
  } catch (error) {
    assert.match(/** @type {Error} */ (error).message, /^train: the run of this checkpoint is over/);
    return model.train(text, { reportEvery: 1, steps: 1 }).next().value;
  }
}

describe('a checkpoint of any moment of any run opens, and is the same again', () => {
  const adam = { ...asked, optimizer: 'adam', steps: 6 };
  const runs = {
    'without clipping': { ...adam, clipNorm: Infinity, clipValue: Infinity },
    'numbers of -0': { ...adam, weightDecay: -0, dropout: -0, recurrentDropout: -0 },
    'a rate next to nothing': { ...adam, learningRate: 5e-324 },
    'a rate without measure': { ...adam, learningRate: 1e30, recoveries: 1000, steps: 3 },
    'numbers at their ends': { ...adam, beta1: 0, beta2: 1 - 2 ** -53, epsilon: 1e-44, weightDecay: 1e-44, patience: undefined },
    'a budget without measure': { ...adam, steps: Number.MAX_SAFE_INTEGER },
    'a budget of seconds without measure': { ...adam, steps: undefined, seconds: Number.MAX_VALUE, dropout: 0 },
    'a budget of epochs without measure': { ...adam, steps: undefined, epochs: Number.MAX_VALUE, dropout: 0 },
    'a budget next to nothing': { ...adam, steps: undefined, epochs: 5e-324 },
    'no budget': { ...adam, steps: undefined },
    'a long warm-up': { ...adam, schedule: { type: 'step', every: Number.MAX_SAFE_INTEGER, factor: 5e-324, warmup: Number.MAX_SAFE_INTEGER } },
    'patience without measure': { ...adam, validation: 0.2, patience: Number.MAX_SAFE_INTEGER, validateEvery: 2, keepBest: true },
    'a part to validate with as large as can be': { ...adam, batchSize: 1, window: 1, validation: 1 - 2 / 570, validateEvery: 1 },
    'sums of squares': { ...asked, optimizer: 'adagrad', initialAccumulator: 3e38, learningRateDecay: 3e38, steps: 6 },
    'gradients without measure': { ...asked, optimizer: 'rmsprop', alpha: 0, momentum: 0.99, steps: 6 },
    'a window for each character': { ...adam, window: 1, batchSize: 100 },
  };
  for (const [name, options] of Object.entries(runs)) {
    test(name, () => {
      const model = lstm.createCharModel({ text, hiddenSize: 3, seed: 1 });
      let count = 0;
      const check = () => {
        const bytes = model.checkpoint();
        const opened = lstm.openCharModel(bytes);
        assert.deepEqual(opened.checkpoint(), bytes);
        const report = firstReport(opened);
        assert.ok(report === undefined || Number.isFinite(report.loss) || report.event === 'recovered');
        opened.dispose();
        count += 1;
      };
      check();
      for (const report of model.train(text, /** @type {any} */ (options))) {
        check();
        if (report.step >= 6 || count > 20) break;
      }
      check();
      for (const report of model.train(text, { ...asked, steps: 2, learningRate: 0.1 })) check();
      assert.ok(count >= 4);
    });
  }
});
