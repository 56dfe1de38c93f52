// The optimizers beside torch.optim (tests/reference/generate_optimizers.py), and going on from a checkpoint.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertAllNear, assertNear } from '../../reference/compare.js';
import { build } from '../../reference/conformance.js';
import { group, references } from '../../reference/read.js';
import { libraries, variants } from '../../reference/variants.js';

// Parts of a tensor's largest value.
const TRAINED_NEAR = 1e-5;
const CURVE_NEAR = 1e-5;
const MOMENT_NEAR = 1e-5;

const lstm = libraries.simd;
const optimizers = [
  { optimizer: 'adam', learningRate: 0.01, weightDecay: 0.01 },
  { optimizer: 'adamw', learningRate: 0.01 },
  { optimizer: 'sgd', learningRate: 0.1 },
  { optimizer: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.001 },
  { optimizer: 'sgd', learningRate: 0.1, momentum: 0.9, dampening: 0.5 },
  { optimizer: 'adagrad', learningRate: 0.05, learningRateDecay: 0.01, initialAccumulator: 0.1 },
  { optimizer: 'rmsprop', learningRate: 0.005 },
  { optimizer: 'rmsprop', learningRate: 0.002, momentum: 0.8, weightDecay: 0.001 },
];

for (const variant of variants) {
  describe(`${variant}: 100 steps as torch.optim`, () => {
    for (const reference of references('optimizer')) {
      test(reference.name, (t) => {
        const { batch: batchSize, window, steps, options, clip_norm: clipNorm, clip_value: clipValue } = reference.case;
        const { stream, losses } = reference.tensors;
        const network = build(libraries[variant], reference);
        const trainer = network.createTrainer({
          ...options, clipNorm: clipNorm ?? Infinity, clipValue, batchSize, window, carryState: true });
        const size = window * batchSize;
        const got = Array.from({ length: steps }, (_, s) => trainer.step(
          stream.slice(s * size, (s + 1) * size), stream.slice(s * size + batchSize, (s + 1) * size + batchSize)).loss);
        const curve = assertNear('losses', got, losses, CURVE_NEAR);
        const trained = assertAllNear('trained', network.parameters(), group(reference, 'trained'), TRAINED_NEAR);
        const { moments } = trainer.checkpoint();
        const expected = [0, 1].map((k) => group(reference, `moment_${k}`))
          .filter((one) => Object.keys(one).length > 0);
        assert.equal(moments.length, expected.length);
        const kept = moments.map((one, k) => assertAllNear(`moment ${k}`, one, expected[k], MOMENT_NEAR));
        t.diagnostic(`largest difference of parameters ${trained.toExponential(1)}, of losses ` +
          `${curve.toExponential(1)}, of moments ${kept.map((one) => one.toExponential(1))}`);
        network.dispose();
      });
    }
  });
}

// B sequences of tokens, each step after the other, the targets the next ones.
const B = 3;
const T = 5;
const windowAt = (/** @type {number} */ step) => {
  const token = (/** @type {number} */ i) => (((i * 7 + step * 11) % 13) * ((i + step) % 3)) % 5;
  return [Array.from({ length: B * T }, (_, i) => token(i)), Array.from({ length: B * T }, (_, i) => token(i + B))];
};

const stacks = {
  lstm: [{ kind: 'lstm', hiddenSize: 6 }, { kind: 'lstm', hiddenSize: 5 }],
  gru: [{ kind: 'gru', hiddenSize: 6, trainableState: true }],
  rnn: [{ kind: 'rnn', hiddenSize: 7 }],
  'four-gate': [{ kind: 'four-gate', hiddenSize: 5 }],
  'tdnn, feedforward': [{ kind: 'tdnn', hiddenSize: 5, delays: 3 }, { kind: 'feedforward', hiddenSize: 4 }],
  'an LSTM with every option': [{
    kind: 'lstm', hiddenSize: 6, peephole: 'full', fullGateRecurrence: true, layerNorm: true, projection: 4,
    trainableState: true,
  }],
  'both ways': [{ kind: 'gru', hiddenSize: 4, bidirectional: true, trainableState: true }],
};

const make = (/** @type {any} */ layers, /** @type {any} */ options, library = lstm) => {
  const network = library.createNetwork({ input: { tokens: 5 }, layers, output: { classes: 5 }, seed: 4 });
  const carryState = !layers.some((/** @type {any} */ { bidirectional }) => bidirectional);
  return { network, trainer: network.createTrainer({ carryState, ...options, batchSize: B, window: T }) };
};
const run = (/** @type {any} */ { trainer }, /** @type {number} */ from, /** @type {number} */ to) => {
  for (let step = from; step < to; step++) trainer.step(...windowAt(step));
};
const all = (/** @type {any} */ { network, trainer }) => (
  { parameters: network.parameters(), ...trainer.checkpoint() });

describe('100 steps, a checkpoint, and 100 more are 200 steps, byte for byte', () => {
  for (const [name, layers] of Object.entries(stacks)) {
    for (const options of name === 'lstm' ? optimizers : optimizers.slice(0, 4)) {
      for (const variant of name === 'lstm' ? variants : ['simd']) {
        test(`${name}, ${variant}: ${JSON.stringify(options)}`, () => {
          const whole = make(layers, options, libraries[variant]);
          run(whole, 0, 100);
          const kept = structuredClone(all(whole));
          run(whole, 100, 200);

          // Another start, other numbers of the same optimizer, moments of its own.
          const other = make(layers, { optimizer: options.optimizer, learningRate: 0.5 }, libraries[variant]);
          run(other, 3, 7);
          other.network.setParameters(kept.parameters);
          other.trainer.restore(kept);
          assert.deepEqual(all(other), kept);
          run(other, 100, 200);
          assert.deepEqual(all(other), all(whole));
          assert.equal(other.trainer.steps, 200);

          const undisturbed = make(layers, options, libraries[variant]);
          run(undisturbed, 0, 200);
          assert.deepEqual(all(undisturbed), all(whole), 'the checkpoint changed nothing');
          for (const { network } of [whole, other, undisturbed]) network.dispose();
        });
      }
    }
  }

  test('at the very start, and where every window starts anew', () => {
    const layers = [{ kind: 'gru', hiddenSize: 6, trainableState: true }];
    for (const options of [{}, { carryState: false }]) {
      const whole = make(layers, options);
      const other = make(layers, options);
      for (const steps of [0, 20]) {
        run(whole, 0, steps);
        const kept = all(whole);
        assert.equal(kept.isFresh, steps === 0 || options.carryState === false);
        other.network.setParameters(kept.parameters);
        other.trainer.restore(kept);
        run(other, steps, steps + 10);
        run(whole, steps, steps + 10);
        assert.deepEqual(all(other), all(whole));
      }
    }
  });

  test('the optimizer is one that learns', () => {
    for (const options of optimizers) {
      const learner = make(stacks.lstm, options);
      const [inputs, targets] = windowAt(0);
      const before = learner.trainer.evaluate(inputs, targets).loss;
      for (let step = 0; step < 100; step++) learner.trainer.step(inputs, targets);
      const { loss } = learner.trainer.evaluate(inputs, targets);
      assert.ok(loss < before - 0.1, `${JSON.stringify(options)}: a loss below ${before} expected, got ${loss}`);
    }
  });
});

describe('checkpoints that are not whole or do not fit', () => {
  const learner = make(stacks.lstm, { optimizer: 'adam' });
  run(learner, 0, 3);
  const good = learner.trainer.checkpoint();
  run(learner, 3, 5);
  const first = good.moments[0];
  const numbers = (/** @type {any} */ changed) => (
    { optimizer: { name: 'adam', numbers: { ...good.optimizer.numbers, ...changed } } });
  const moments = (/** @type {any} */ changed, second = good.moments[1]) => (
    { moments: [{ ...first, ...changed }, second] });
  const negative = { ...good.moments[1], 'head.bias': new Float32Array(5).fill(-1) };
  const nothing = Object.fromEntries(Object.keys(first).slice(1).map((name) => [name, first[name]]));
  /** @type {[any, RegExp][]} */
  const cases = [
    [null, /restore: checkpoint must be an object, got null/],
    [7, /restore: checkpoint must be an object, got 7/],
    [{}, /restore: isFresh must be true or false, got undefined/],
    [{ ...good, isFresh: 1 }, /restore: isFresh must be true or false, got 1/],
    [{ ...good, steps: -1 }, /restore: steps must be an integer from 0 .*, got -1/],
    [{ ...good, steps: undefined }, /restore: steps must be an integer from 0 .*, got undefined/],
    [{ ...good, state: good.state.slice(1) }, /restore: state must be an array of 2 layers' states, got an array of 1/],
    [{ ...good, optimizer: undefined }, /restore: optimizer must be an object, got undefined/],
    [{ ...good, optimizer: { name: 'sgd' } }, /restore: optimizer\.name must be 'adam', as this trainer's, got "sgd"/],
    [{ ...good, optimizer: { name: 'adam' } }, /restore: optimizer\.numbers must be an object, got undefined/],
    [{ ...good, ...numbers({ beta1: 1 }) },
      /restore: optimizer\.numbers: beta1 must be a number from 0 to below 1, got 1/],
    [{ ...good, ...numbers({ beta1: undefined }) }, /restore: optimizer\.numbers\.beta1 must be there, got undefined/],
    [{ ...good, ...numbers({ beta1Power: 2 }) }, /beta1Power must be a number from 0 to 1, got 2/],
    [{ ...good, ...numbers({ momentum: 0 }) }, /restore: optimizer\.numbers: unknown option "momentum"/],
    [{ ...good, moments: undefined }, /restore: moments must be an array of 2, got undefined/],
    [{ ...good, moments: [first] }, /restore: moments must be an array of 2, got an array of 1/],
    [{ ...good, moments: [first, null] },
      /moments\[1\]: weight_ih_l0 must be an array of 120 numbers .*, got undefined/],
    [{ ...good, moments: [nothing, first] }, /moments\[0\]: weight_ih_l0 must be an array of 120 .*, got undefined/],
    [{ ...good, ...moments({ 'head.bias': [1] }) },
      /moments\[0\]: head\.bias must be an array of 5 numbers .*an array of 1/],
    [{ ...good, ...moments({ nobody: [1] }) }, /moments\[0\]: unknown parameter "nobody"/],
    [{ ...good, ...moments({ 'head.bias': [1, 2, 3, 4, NaN] }) },
      /moments\[0\]: head\.bias\[4\] must be a finite number/],
    [{ ...good, ...moments({}, negative) }, /restore: moments\[1\] must be numbers from 0/],
  ];
  for (const [given, message] of cases) {
    test(String(message), () => {
      const before = all(learner);
      assert.throws(() => learner.trainer.restore(given), { name: 'ArgumentError', message });
      assert.deepEqual(all(learner), before, 'nothing has changed');
    });
  }

  test('another batch size, other layers; and then the right one', () => {
    const wider = learner.network.createTrainer({ batchSize: B + 1, window: T });
    const message = /state\[0\]\.h must be an array of 24 numbers/;
    assert.throws(() => wider.restore(good), { name: 'ArgumentError', message });
    const narrow = make([{ kind: 'lstm', hiddenSize: 4 }], {});
    assert.throws(() => narrow.trainer.restore(good), { name: 'ArgumentError' });
    learner.trainer.restore(good);
    assert.deepEqual(learner.trainer.checkpoint(), good);
  });

  test('after dispose', () => {
    const { network, trainer } = make(stacks.rnn, {});
    const kept = trainer.checkpoint();
    network.dispose();
    assert.throws(() => trainer.checkpoint(), { name: 'DisposedError', message: /Trainer\.checkpoint/ });
    assert.throws(() => trainer.restore(kept), { name: 'DisposedError', message: /Trainer\.restore/ });
  });
});

describe('options', () => {
  const network = lstm.createNetwork({ input: { tokens: 5 }, layers: stacks.rnn, output: { classes: 5 } });
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ optimizer: 'adan' },
      /createTrainer: optimizer must be one of 'adam', 'adamw', 'sgd', 'adagrad', 'rmsprop', got "adan"/],
    [{ momentum: 0.9 },
      /createTrainer: momentum is an option of optimizer 'sgd', 'rmsprop' and not of 'adam', which takes only/],
    [{ optimizer: 'sgd', epsilon: 1 },
      /epsilon is an option of optimizer 'adam', 'adamw', 'adagrad', 'rmsprop' and not of 'sgd'/],
    [{ optimizer: 'rmsprop', centered: true },
      /createTrainer: unknown option "centered", expected only optimizer, learningRate, alpha/],
    [{ optimizer: 'sgd', momentum: 1 }, /createTrainer: momentum must be a number from 0 to below 1, got 1/],
    [{ optimizer: 'sgd', dampening: 2 }, /createTrainer: dampening must be a number from 0 to 1, got 2/],
    [{ optimizer: 'sgd', nesterov: 1 }, /createTrainer: nesterov must be true or false, got 1/],
    [{ optimizer: 'sgd', nesterov: true }, /nesterov needs a momentum above 0 and a dampening of 0, got 0 and 0/],
    [{ optimizer: 'sgd', nesterov: true, momentum: 0.9, dampening: 0.1 }, /nesterov needs .*, got 0\.9 and 0\.1/],
    [{ weightDecay: -1 }, /weightDecay must be a number from 0 that fits a 32-bit float, got -1/],
    [{ weightDecay: 1e39 }, /weightDecay must be a number from 0 that fits a 32-bit float, got 1e\+39/],
    [{ epsilon: 0 }, /epsilon must be a number above 0 that fits a 32-bit float, got 0/],
    [{ epsilon: 1e-50 }, /epsilon must be a number above 0 that fits a 32-bit float, got 1e-50/],
    [{ epsilon: '1' }, /epsilon must be a number above 0 that fits a 32-bit float, got "1"/],
    [{ optimizer: 'adagrad', initialAccumulator: NaN }, /initialAccumulator must be a number from 0 .*, got NaN/],
    [{ clipValue: 0 }, /createTrainer: clipValue must be a number above 0, got 0/],
  ];
  for (const [given, message] of cases) {
    test(String(message), () => assert.throws(() => network.createTrainer(given), { name: 'ArgumentError', message }));
  }

  test('presets', () => {
    const rates = { adam: 0.002, adamw: 0.002, sgd: 0.001, adagrad: 0.01, rmsprop: 0.01 };
    for (const [optimizer, learningRate] of Object.entries(rates)) {
      const trainer = network.createTrainer({ optimizer, batchSize: 1, window: 2 });
      assert.deepEqual([trainer.optimizer, trainer.learningRate], [optimizer, learningRate]);
      assert.deepEqual([trainer.clipNorm, trainer.clipValue], [5, Infinity]);
    }
    const numbers = (/** @type {any} */ options) => network.createTrainer(options).checkpoint().optimizer.numbers;
    assert.deepEqual(numbers({ optimizer: 'adamw' }), {
      learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, beta1Power: 1, beta2Power: 1 });
    assert.deepEqual(numbers({ optimizer: 'rmsprop', momentum: 0.5 }), {
      learningRate: 0.01, alpha: 0.99, momentum: 0.5, epsilon: 1e-8, weightDecay: 0 });
  });

  test('rate and clipping are set at any time; a rate of 0 changes no parameter', () => {
    const trainer = network.createTrainer({ optimizer: 'sgd', batchSize: B, window: T });
    for (const clipValue of [0, NaN, -1, '1']) {
      const message = /Trainer\.clipValue must be a number above 0/;
      assert.throws(() => { trainer.clipValue = /** @type {any} */ (clipValue); }, message);
    }
    trainer.learningRate = 0;
    const before = network.parameters();
    trainer.step(...windowAt(0));
    assert.deepEqual(network.parameters(), before);
    trainer.learningRate = 1;
    trainer.clipValue = 1e-3;
    const gradients = trainer.gradients(...windowAt(1)).parameters;
    trainer.step(...windowAt(1));
    for (const [name, values] of Object.entries(network.parameters())) {
      const expected = before[name].map((value, i) => value - Math.max(-1e-3, Math.min(1e-3, gradients[name][i])));
      assertNear(name, values, expected, 1e-6);
    }
  });

  test('a trainer goes on with the moments of another only where the optimizer is the same', () => {
    const first = make(stacks.rnn, { optimizer: 'adam' });
    run(first, 0, 5);
    const same = first.network.createTrainer({ optimizer: 'adam', batchSize: B, window: T });
    same.continueFrom(first.trainer);
    assert.deepEqual(same.checkpoint().moments, first.trainer.checkpoint().moments);
    assert.equal(same.steps, 5);
    const other = first.network.createTrainer({
      optimizer: 'adagrad', initialAccumulator: 0.5, batchSize: B, window: T });
    other.continueFrom(first.trainer);
    assert.ok(Object.values(other.checkpoint().moments[0]).every((values) => values.every((value) => value === 0.5)));
    assert.equal(other.steps, 0);
  });
});
