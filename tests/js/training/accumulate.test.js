// Several windows an update: the gradient is that of the mean loss over all of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DivergedError } from 'lstm-wasm';
import { libraries, variants } from '../../reference/variants.js';
import { tokens } from '../layer-list.js';

const [T, V] = [5, 6];

for (const variant of variants) {
  const lstm = libraries[variant];
  const create = () => lstm.createNetwork({ input: { tokens: V }, layers: [{ kind: 'lstm', hiddenSize: 7 }], output: { classes: V }, seed: 3 });
  /** [sequence][step] @param {number} count @param {number} seed */
  const windowOf = (count, seed) => Array.from({ length: count }, (_, b) => [...tokens(T, V, seed * 100 + b)]);
  /** @param {import('lstm-wasm').Network} network */
  const values = (network) => Object.values(network.parameters()).flatMap((list) => [...list]);
  const sgd = /** @type {const} */ ({ optimizer: 'sgd', learningRate: 0.5, momentum: 0, clipNorm: Infinity, window: T });

  describe(`accumulate, ${variant}`, () => {
    for (const weights of [false, true]) {
      test(`two windows are one of twice as many sequences${weights ? ', by their weights' : ''}`, () => {
        const [wide, narrow] = [create(), create()];
        const all = wide.createTrainer({ ...sgd, batchSize: 8 });
        const half = narrow.createTrainer({ ...sgd, batchSize: 4, accumulate: 2 });
        assert.equal(half.accumulate, 2);
        const [inputs, targets] = [windowOf(8, 1), windowOf(8, 2)];
        const counts = inputs.map((sequence, b) => sequence.map((_, t) => 1 + ((b + t) % 3)));
        const options = (/** @type {number} */ from, /** @type {number} */ to) => (weights ? { weights: counts.slice(from, to) } : {});
        const before = values(narrow);
        const first = half.step(inputs.slice(0, 4), targets.slice(0, 4), options(0, 4));
        assert.deepEqual(values(narrow), before);
        assert.equal(half.steps, 0);
        const second = half.step(inputs.slice(4), targets.slice(4), options(4, 8));
        assert.equal(half.steps, 1);
        const whole = all.step(inputs, targets, options(0, 8));
        assert.ok(Math.abs(whole.gradientNorm - second.gradientNorm) < 1e-5 * whole.gradientNorm);
        assert.notEqual(first.loss, second.loss);
        const [got, expected] = [values(narrow), values(wide)];
        assert.ok(got.some((value, i) => value !== before[i]));
        got.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-6, `parameter ${i}: ${value}, ${expected[i]}`));
      });
    }

    test('the state goes on from window to window, and every update is of its own windows', () => {
      const trainer = create().createTrainer({ ...sgd, batchSize: 2, accumulate: 3, carryState: true });
      const states = [];
      for (let i = 0; i < 6; i++) {
        trainer.step(windowOf(2, i), windowOf(2, i + 50));
        states.push(trainer.state()[0].h.join());
      }
      assert.equal(new Set(states).size, 6);
      assert.equal(trainer.steps, 2);
    });

    test('a checkpoint is of whole updates, and drops what waits when it is restored', () => {
      const networks = [create(), create()];
      const [one, other] = networks.map((network) => network.createTrainer({ ...sgd, batchSize: 2, accumulate: 2 }));
      const start = one.checkpoint();
      one.step(windowOf(2, 8), windowOf(2, 9));
      assert.throws(() => one.checkpoint(), (error) => error instanceof ArgumentError && /1 of 2 windows/.test(error.message));
      one.restore(start);
      for (const trainer of [one, other]) {
        for (const i of [1, 2]) trainer.step(windowOf(2, i), windowOf(2, i + 20));
      }
      assert.deepEqual(values(networks[0]), values(networks[1]));
    });

    test('a window whose loss is not finite drops its update', () => {
      const networks = [create(), create()];
      const [one, other] = networks.map((network) => network.createTrainer({ ...sgd, batchSize: 2, accumulate: 2 }));
      const good = networks[0].parameters();
      one.step(windowOf(2, 8), windowOf(2, 9));
      const [open, huge] = [new Float32Array(28).fill(50), new Float32Array(V * 7).fill(3e38)];
        networks[0].setParameters({ ...good, bias_ih_l0: open, 'head.weight': huge });
      assert.throws(() => one.step(windowOf(2, 8), windowOf(2, 9)), DivergedError);
      networks[0].setParameters(good);
      for (const trainer of [one, other]) {
        for (const i of [1, 2]) trainer.step(windowOf(2, i), windowOf(2, i + 20));
      }
      assert.deepEqual([one.steps, values(networks[0])], [other.steps, values(networks[1])]);
    });

    test('what is no number of windows is refused', () => {
      for (const accumulate of [0, 1.5, -2, 65537, NaN, '2', null]) {
        assert.throws(() => create().createTrainer(/** @type {any} */ ({ ...sgd, accumulate })),
          (error) => error instanceof ArgumentError && error.message.includes('accumulate'), String(accumulate));
      }
    });
  });
}
