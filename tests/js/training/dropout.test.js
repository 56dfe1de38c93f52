// Dropout: a step leaves out, everything else sees all; the same seed is the same run, also from a checkpoint.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DivergedError } from 'lstm-wasm';
import { libraries, variants } from '../../reference/variants.js';
import { layers, tokens } from '../layer-list.js';

const { simd } = libraries;
const B = 3;
const T = 5;
const inputs = tokens(B * T, 6, 1);
const targets = tokens(B * T, 6, 2);
const all = { dropout: 0.3, recurrentDropout: 0.2, weightDrop: 0.4 };
const size = { batchSize: B, window: T, carryState: false };

const network = (lstm, layer, more = {}) => lstm.createNetwork({
  input: { tokens: 6 }, layers: [{ hiddenSize: 9, ...layer }, { kind: 'gru', hiddenSize: 6 }], output: { classes: 6 },
  seed: 1, ...more,
});

/** Runs `steps` steps and says all that came of them. */
function run(net, trainer, steps = 6) {
  const losses = Array.from({ length: steps }, () => trainer.step(inputs, targets).loss);
  return { losses, parameters: net.parameters(), state: trainer.state() };
}

for (const [name, layer] of Object.entries(layers)) {
  describe(name, () => {
    test('the same seed is the same run, on scalar and simd; another seed another', () => {
      const [scalar, ofSimd, again, other] = [libraries.scalar, simd, simd, simd].map((lstm, i) => {
        const net = network(lstm, layer);
        const result = run(net, net.createTrainer({ ...size, ...all, seed: i === 3 ? 8 : 7 }));
        net.dispose();
        return result;
      });
      assert.deepEqual(ofSimd, scalar);
      assert.deepEqual(again, scalar);
      assert.notDeepEqual(other.losses, scalar.losses);
    });

    test('with rates of 0 it is no dropout, bit for bit', () => {
      const [none, zero] = [{}, { dropout: 0, recurrentDropout: 0, weightDrop: 0, seed: 3 }].map((options) => {
        const net = network(simd, layer);
        const result = run(net, net.createTrainer({ ...size, ...options }));
        net.dispose();
        return result;
      });
      assert.deepEqual(zero, none);
    });

    for (const option of Object.keys(all)) {
      test(`${option} changes what a step sees, and nothing else`, () => {
        const net = network(simd, layer);
        const trainer = net.createTrainer({ ...size, [option]: 0.5 });
        const plain = net.createTrainer(size);
        const before = trainer.checkpoint();
        for (const call of ['evaluate', 'gradients']) {
          assert.deepEqual(trainer[call](inputs, targets), plain[call](inputs, targets), call);
        }
        assert.deepEqual(trainer.gradientFlow(), plain.gradientFlow());
        assert.deepEqual(trainer.predict(inputs), plain.predict(inputs));
        assert.deepEqual(trainer.checkpoint(), before);
        const { loss } = plain.evaluate(inputs, targets);
        assert.notEqual(trainer.step(inputs, targets).loss, loss);
        assert.deepEqual(trainer.evaluate(inputs, targets), plain.evaluate(inputs, targets), 'and after a step');
        assert.deepEqual(trainer.predict(inputs), net.run(inputs, { batchSize: B }).outputs);
        net.dispose();
      });
    }
  });
}

for (const variant of variants) {
  test(`${variant}: it learns with all of it`, () => {
    const net = network(libraries[variant], { kind: 'lstm', hiddenSize: 24 });
    const rates = { dropout: 0.1, recurrentDropout: 0.1, weightDrop: 0.1 };
    const trainer = net.createTrainer({ ...size, ...rates, learningRate: 0.01 });
    const before = trainer.evaluate(inputs, targets).loss;
    for (let i = 0; i < 300; i++) trainer.step(inputs, targets);
    assert.ok(trainer.evaluate(inputs, targets).loss < before / 2);
    net.dispose();
  });
}

describe('checkpoints', () => {
  test('a trainer that is restored goes on bit for bit, and its generator with it', () => {
    const [net, copy] = [network(simd, layers.lstm), network(simd, layers.lstm)];
    const trainer = net.createTrainer({ ...size, ...all, seed: 7 });
    run(net, trainer);
    const checkpoint = structuredClone(trainer.checkpoint());
    copy.setParameters(net.parameters());
    const expected = run(net, trainer);
    const restored = copy.createTrainer({ ...size, ...all, seed: 99 });
    restored.restore(checkpoint);
    assert.deepEqual(run(copy, restored), expected);
    trainer.restore(checkpoint);
    assert.deepEqual(trainer.checkpoint(), checkpoint);
    net.dispose();
    copy.dispose();
  });

  test('words that are missing or wrong are refused, and nothing changes', () => {
    const net = network(simd, layers.lstm);
    const trainer = net.createTrainer({ ...size, dropout: 0.5 });
    const before = trainer.checkpoint();
    assert.equal(before.random.length, 4);
    for (const [random, message] of [
      [undefined, /restore: random must be an array of 4, got undefined/],
      [[1, 2, 3], /restore: random must be an array of 4, got an array of 3/],
      [[1, 2, 3, 0.5], /restore: random\[3\] must be an integer from -2147483648 to 2147483647, got 0.5/],
      [[0, 0, 0, 0], /restore: random must be words that are not all 0, got an array of 4/],
    ]) {
      assert.throws(() => trainer.restore({ ...before, steps: 5, random }), (error) => (
        error instanceof ArgumentError && message.test(error.message)), String(message));
      assert.deepEqual(trainer.checkpoint(), before);
    }
    const plain = net.createTrainer(size);
    assert.equal('random' in plain.checkpoint(), false, 'without dropout there is nothing to keep');
    plain.restore(plain.checkpoint());
    net.dispose();
  });

  test('a step that diverges leaves the generator as it was', () => {
    const net = lstmOfVectors();
    const trainer = net.createTrainer({ batchSize: 1, window: 2, dropout: 0.5 });
    trainer.step([1, 2, 3, 4], [1, 2]);
    const before = trainer.checkpoint();
    assert.throws(() => trainer.step([1, 2, 3, 4], [3e38, 3e38]), DivergedError);
    assert.deepEqual(trainer.checkpoint(), before);
    net.dispose();
  });
});

const lstmOfVectors = () => simd.createNetwork({
  input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 5 }], output: { values: 1 } });

describe('options', () => {
  test('a trainer says its rates', () => {
    const net = lstmOfVectors();
    const { dropout, recurrentDropout, weightDrop } = net.createTrainer(all);
    assert.deepEqual({ dropout, recurrentDropout, weightDrop }, all);
    assert.equal(net.createTrainer().dropout, 0);
    net.dispose();
  });

  for (const option of Object.keys(all)) {
    for (const wrong of [1, -0.1, 2, NaN, Infinity, '0.5', null]) {
      test(`${option}: ${wrong}`, () => {
        const net = lstmOfVectors();
        const got = typeof wrong === 'string' ? `"${wrong}"` : wrong;
        const message = `createTrainer: ${option} must be a number from 0 to below 1, got ${got}`;
        assert.throws(() => net.createTrainer({ [option]: wrong }), { name: 'ArgumentError', message });
        net.createTrainer({ [option]: 0.999 });
        net.dispose();
      });
    }
  }

  test('what would do nothing is refused', () => {
    const withoutHead = simd.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 5 }] });
    assert.throws(() => withoutHead.createTrainer({ dropout: 0.5 }),
      /createTrainer: dropout must be 0 for a network of one layer without output, got 0.5/);
    withoutHead.createTrainer({ recurrentDropout: 0.5, weightDrop: 0.5 });
    const forgetful = simd.createNetwork({
      input: { size: 2 }, layers: [{ kind: 'tdnn', hiddenSize: 5, delays: 2 }], output: { values: 1 } });
    for (const option of ['recurrentDropout', 'weightDrop']) {
      assert.throws(() => forgetful.createTrainer({ [option]: 0.5 }),
        new RegExp(`createTrainer: ${option} must be 0 for a network without a layer that sees its h, got 0.5`));
    }
    forgetful.createTrainer({ dropout: 0.5 });
    withoutHead.dispose();
    forgetful.dispose();
  });

  test('the masks are given back with the trainer', () => {
    const net = network(simd, layers.lstm);
    const once = () => net.createTrainer({ batchSize: 64, window: 200, ...all }).dispose();
    once();
    const { memoryBytes } = simd;
    for (let i = 0; i < 50; i++) once();
    assert.equal(simd.memoryBytes, memoryBytes);
    net.dispose();
  });
});
