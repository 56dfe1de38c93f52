// A step or a run whose numbers grow beyond what a float holds says so, and the caller's state is as before.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';

const predictor = await loadPredictor();
for (const variant of /** @type {const} */ (['scalar', 'simd'])) {
  describe(variant, async () => {
    const lstm = await load({ variant });
    // h = relu(3e38 x): two of them are more than a float holds.
    const grown = (/** @type {any} */ output) => {
      const network = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'rnn', hiddenSize: 2, activation: 'relu' }], output });
      const values = Object.fromEntries(Object.entries(network.parameters()).map(([name, one]) => [name, one.fill(/^(weight_ih|head.weight)/.test(name) ? 1e38 : 0)]));
      network.setParameters({ ...values, weight_hh_l0: [0, 0, 0, 0] });
      return network;
    };
    const state = () => [{ h: Float32Array.of(1, 2) }];
    const refusal = (/** @type {string} */ call, /** @type {string} */ what) => ({ name: 'DivergedError', message: new RegExp(`^${call}: the network's ${what} is not finite`) });

    test('step: the output, and the state', () => {
      for (const [output, x, what] of /** @type {const} */ ([[{ values: 1 }, 1, 'output'], [{ classes: 2 }, 1, 'output'], [undefined, 10, 'output']])) {
        const network = grown(output);
        const own = state();
        assert.throws(() => network.step([x], own), refusal('step', what));
        assert.deepEqual(own, state());
        assert.ok(network.step([0], own).every(Number.isFinite), 'the network is as it was');
      }
    });

    test('a cell', () => {
      const cell = lstm.createCell({ kind: 'rnn', activation: 'relu', inputSize: 1, hiddenSize: 2 });
      cell.setParameters({ weight_ih: [1e38, 1e38] });
      const [own] = state();
      assert.throws(() => cell.step([10], own), refusal('step', 'output'));
      assert.deepEqual([own], state());
    });

    test('run, also step by step; what is behind the end of a sequence does not count', async () => {
      const network = grown({ values: 1 });
      const stepping = /** @type {any} */ (await predictor.open(network.save()));
      for (const one of [network, stepping]) {
        assert.throws(() => one.run([0, 10, 0], { state: state() }), refusal('run', 'output'));
      }
      // h grows by 1e20 a step, in the first sequence of two.
      network.setParameters({ weight_hh_l0: [1e20, 0, 0, 1e20], 'head.weight': [1, 1] });
      const growing = /** @type {any} */ (await predictor.open(network.save()));
      const options = { batchSize: 2, layout: 'batch', state: [{ h: [1, 1, 0, 0] }] };
      for (const one of [network, growing]) {
        const { outputs, state: end } = one.run([0, 0, 0, 0], { ...options, lengths: [1, 2] });
        assert.deepEqual([...outputs.subarray(2)], [0, 0]);
        assert.ok(outputs[0] > 1e20 && end[0].h[0] < 1e21);
        assert.throws(() => one.run([0, 0, 0, 0], { ...options, lengths: [2, 2] }), refusal('run', 'output'));
      }
    });

    test("a trainer's predict", () => {
      const trainer = grown({ values: 1 }).createTrainer({ batchSize: 1, window: 2 });
      assert.throws(() => trainer.predict([0, 1]), refusal('predict', 'output'));
      assert.ok(trainer.predict([0, 0]).every(Number.isFinite));
    });

    for (const [optimizer, options] of /** @type {const} */ ([['sgd', { learningRate: 1e38 }], ['adam', { learningRate: 3e38 }], ['rmsprop', { learningRate: 3e38, momentum: 0.9 }],
      ['adagrad', { learningRate: 3e38 }], ['adamw', { learningRate: 1e3, weightDecay: 1e38 }], ['sgd', { learningRate: 0.1, momentum: 0.9, weightDecay: 1e38 }]])) {
      test(`an update that overflows is none: ${optimizer} ${JSON.stringify(options)}`, () => {
        const network = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 3 }], output: { values: 1 }, seed: 3 });
        const trainer = network.createTrainer(/** @type {any} */ ({ optimizer, batchSize: 1, window: 2, clipNorm: Infinity, ...options }));
        let done = 0;
        const thrown = (() => {
          for (; done < 50; done++) {
            const before = [network.parameters(), trainer.checkpoint()];
            try {
              trainer.step([1, 2], [300, -100]);
            } catch (error) {
              assert.deepEqual([network.parameters(), trainer.checkpoint()], before);
              return error;
            }
            assert.ok(Object.values(network.parameters()).every((values) => values.every(Number.isFinite)), `after ${done + 1} updates`);
          }
          return undefined;
        })();
        assert.equal(thrown?.name, 'DivergedError', `${done} updates`);
        assert.ok(network.save());
      });
    }
  });
}
