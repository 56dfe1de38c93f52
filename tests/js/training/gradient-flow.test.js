// How far gradients reach back, against finite differences of the loss at the last step.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { libraries } from '../../reference/variants.js';
import { layers, mapped, numbers, tokens } from '../layer-list.js';

const lstm = await load();
const B = 2;
const T = 5;
const D = 2;
const inputs = numbers(T * B * D, 3);
const targets = tokens(T * B, 4, 4);
const lastOf = (window) => Array.from({ length: window * B }, (_, i) => (i >= (window - 1) * B ? 1 : 0));
const normOf = (values) => Math.hypot(...values);
const isNear = (got, expected, tolerance) => Math.abs(got - expected) <= tolerance * (1e-3 + Math.abs(expected));
const networkOf = (list, input = { size: D }) =>
  lstm.createNetwork({ input, layers: list, output: { classes: 4 }, seed: 2 });

/**
 * dLoss/d(one array of the state), where `lossOf` tells the loss from a state. `follow(h, from, to)` is the h of a unit
 * when its c goes from one value to another.
 */
function slopes(state, part, lossOf, follow) {
  return state[0][part].map((value, i) => {
    const [low, high] = [-0.01, 0.01].map((step) => {
      const moved = structuredClone(state);
      moved[0][part][i] += step;
      if (part === 'c' && follow) moved[0].h[i] = follow(moved[0].h[i], value, moved[0].c[i]);
      return lossOf(moved);
    });
    return (high - low) / 0.02;
  });
}

/** Where c reaches the loss through h of its own step, and not by h = o * act(c) alone. */
const isMore = ({ kind, peephole, layerNorm, projection, fullGateRecurrence }) =>
  kind === 'lstm' && Boolean(peephole || layerNorm === true || projection || fullGateRecurrence);

/** How h follows c in one step, for the layers that are not `isMore`. */
function followerOf({ kind, outputActivation }) {
  if (kind !== 'lstm') return undefined;
  const act = outputActivation === false ? (x) => x : Math.tanh;
  return (h, from, to) => (h / act(from)) * act(to);
}

for (const [name, layer] of Object.entries(layers)) {
  test(`${name}: every lag of one layer`, () => {
    const net = networkOf([{ hiddenSize: 5, ...layer }]);
    const trainer = net.createTrainer({ batchSize: B, window: T, carryState: false });
    // Not from zeros, where layer normalisation is too steep to be measured.
    const state = trainer.state().map((one) => mapped(one, (values, _, i) => numbers(values.length, i + 7)));
    trainer.setState(state);
    trainer.gradients(inputs, targets);
    const [flow] = trainer.gradientFlow();
    assert.deepEqual(Object.keys(flow), Object.keys(state[0]));
    for (const part of Object.keys(flow)) assert.equal(flow[part].length, T + 1);

    for (let lag = 1; lag <= T; lag++) {
      const split = (T - lag) * B;
      const before = lag === T ? state : net.run(inputs.slice(0, split * D), { batchSize: B, state }).state;
      const rest = net.createTrainer({ batchSize: B, window: lag });
      const lossOf = (one) => {
        rest.setState(one);
        return rest.evaluate(inputs.slice(split * D), targets.slice(split), { mask: lastOf(lag) }).loss;
      };
      for (const part of Object.keys(flow)) {
        // A relu has corners, and so has what is clipped.
        if (layer.activation === 'relu' || layer.clip) continue;
        // The gradient of c after a step is the whole one, that of the state before the window is not.
        if (part === 'c' && lag < T && isMore(layer)) continue;
        const expected = normOf(slopes(before, part, lossOf, lag < T ? followerOf(layer) : undefined));
        const got = flow[part][lag];
        assert.ok(isNear(got, expected, 0.01), `${part} at lag ${lag}: ${got}, not ${expected}`);
      }
      rest.dispose();
    }

    // Lag 0 is the head's alone: weight^T (p - y) / B; c reaches the loss only through h.
    const outputs = trainer.predict(inputs).slice((T - 1) * B * 4);
    const weight = net.parameters()['head.weight'];
    const size = weight.length / 4;
    const dh = Array.from({ length: B * size }, (_, i) => {
      const b = Math.floor(i / size);
      let sum = 0;
      for (let v = 0; v < 4; v++) {
        sum += weight[v * size + (i % size)] * (outputs[b * 4 + v] - (targets[(T - 1) * B + b] === v ? 1 : 0));
      }
      return sum / B;
    });
    assert.ok(isNear(flow.h[0], normOf(dh), 1e-4), `${flow.h[0]}, not ${normOf(dh)}`);
    net.dispose();
  });
}

test('in a stack, and both ways, lag T is the gradient of the state before the window', () => {
  const list = [
    { kind: 'lstm', hiddenSize: 4, bidirectional: true }, { kind: 'gru', hiddenSize: 3 },
    { kind: 'four-gate', hiddenSize: 4, bidirectional: true },
  ];
  const net = networkOf(list, { tokens: 4 });
  const trainer = net.createTrainer({ batchSize: B, window: T });
  const x = tokens(T * B, 4, 9);
  const { state } = trainer.gradients(x, targets, { mask: lastOf(T) });
  const flow = trainer.gradientFlow();
  assert.deepEqual(flow.map((one) => Object.keys(one)), [['h', 'c'], ['h', 'c'], ['h'], ['h', 'c'], ['h', 'c']]);
  flow.forEach((one, l) => {
    for (const part of Object.keys(one)) {
      assert.ok(isNear(one[part][T], normOf(state[l][part]), 1e-4), `${part} of ${l}`);
    }
  });
});

test('sequences that end earlier: their last steps are meant', () => {
  const net = networkOf([{ kind: 'lstm', hiddenSize: 4 }]);
  const lengths = [3, 5];
  const mask = Array.from({ length: T * B }, (_, i) => (Math.floor(i / B) === lengths[i % B] - 1 ? 1 : 0));
  const trainer = net.createTrainer({ batchSize: B, window: T });
  const { state } = trainer.gradients(inputs, targets, { lengths, mask });
  trainer.evaluate(inputs, targets, { lengths });
  const [flow] = trainer.gradientFlow();
  assert.ok(isNear(flow.h[T], normOf(state[0].h), 1e-4));
  assert.ok(isNear(flow.c[T], normOf(state[0].c), 1e-4));
});

test('a window that is longer than all its sequences: lags are those of the longest, zeros behind', () => {
  for (const kind of ['lstm', 'gru']) {
    const net = networkOf([{ kind, hiddenSize: 4 }]);
    const [exact, longer] = [T, 2 * T].map((window) => {
      const trainer = net.createTrainer({ batchSize: B, window });
      trainer.evaluate([0, 1].map((b) => Array.from({ length: T }, (_, t) => numbers(D, t + 7 * b))), [[0, 1, 2, 3, 0], [3, 2, 1, 0, 1]]);
      return trainer.gradientFlow()[0];
    });
    for (const part of Object.keys(exact)) {
      assert.deepEqual(longer[part].slice(0, T + 1), exact[part]);
      assert.deepEqual([...longer[part].slice(T + 1)], Array(T).fill(0));
    }
  }
});

describe('norms of any size that a float can have', () => {
  for (const kind of ['rnn', 'gru', 'lstm', 'four-gate', 'tdnn']) {
    test(`${kind}: with a head of 1e-40 of what it was, all norms are 1e-40 of what they were, and so with targets of 1e10`, () => {
      const flows = ['scalar', 'simd'].map((variant) => {
        const layers = [{ kind, hiddenSize: 5, ...(kind === 'tdnn' && { delays: 3 }) }];
        const net = libraries[variant].createNetwork({ input: { size: D }, layers, output: { values: 1 }, seed: 2 });
        const trainer = net.createTrainer({ batchSize: B, window: T });
        const weight = net.parameters()['head.weight'];
        const flowAt = (factor, target) => {
          net.setParameters({ 'head.weight': weight.map((value) => factor * value), 'head.bias': [0] });
          trainer.evaluate(inputs, Array(T * B).fill(target));
          return trainer.gradientFlow()[0];
        };
        // Far targets, so that what the head gives does not count.
        return [flowAt(1, 1e15), flowAt(1e-40, 1e15), flowAt(1, 1e25)];
      });
      assert.deepEqual(flows[0], flows[1]);
      const [usual, small, large] = flows[0];
      for (const part of Object.keys(usual)) {
        usual[part].forEach((norm, lag) => {
          const near = (got, expected) => assert.ok(Math.abs(got - expected) <= 1e-3 * expected, `${part} ${lag}: ${got}`);
          near(small[part][lag], 1e-40 * norm);
          near(large[part][lag], 1e10 * norm);
        });
      }
    });
  }

  // Its h is 0 where the input is: only the head's bias has a gradient.
  const still = { kind: 'rnn', hiddenSize: 3, bias: false };

  test('a finite gradient is clipped, and not called infinite', () => {
    for (const far of [1e-10, 1, 1e20, 1e30, 1e37]) {
      const net = lstm.createNetwork({ input: { size: D }, layers: [still], output: { values: 1 } });
      net.setParameters({ 'head.weight': [0, 0, 0], 'head.bias': [0] });
      const trainer = net.createTrainer({ batchSize: 1, window: 1, optimizer: 'sgd', learningRate: 1, clipNorm: 1e-30 });
      const { gradientNorm } = trainer.step([0, 0], [far]);
      const near = (got, expected) => assert.ok(Math.abs(got - expected) <= 1e-5 * expected, `${far}: ${got}, not ${expected}`);
      near(gradientNorm, 2 * far);
      near(net.parameters()['head.bias'][0], 2 * far * Math.min(1, 1e-30 / (2 * far + 1e-6)));
    }
  });

  test('one whose square the optimizer would keep as infinite is refused with what to do', () => {
    const net = lstm.createNetwork({ input: { size: D }, layers: [still], output: { values: 1 } });
    net.setParameters({ 'head.weight': [0, 0, 0], 'head.bias': [0] });
    const before = net.parameters();
    const trainer = net.createTrainer({ batchSize: 1, window: 1, clipNorm: Infinity });
    assert.throws(() => trainer.step([0, 0], [1e20]), {
      name: 'DivergedError',
      message: /^Trainer\.step: the gradient's norm 2\d{20} is too large at step 1; nothing was updated\. .* set clipNorm/,
    });
    assert.deepEqual(net.parameters(), before);
    trainer.clipNorm = 5;
    trainer.step([0, 0], [1e20]);
  });
});

describe('the window that is meant', () => {
  const net = networkOf([{ kind: 'lstm', hiddenSize: 6 }]);
  const trainer = net.createTrainer({ batchSize: B, window: T, learningRate: 0.01 });
  const needed = {
    name: 'ArgumentError',
    message: 'gradientFlow: needs a window: give one to step, evaluate or gradients just before',
  };

  test('there has to be one', () => {
    assert.throws(() => trainer.gradientFlow(), needed);
    trainer.evaluate(inputs, targets);
    trainer.gradientFlow();
    trainer.predict(inputs);
    assert.throws(() => trainer.gradientFlow(), needed);
    trainer.evaluate(inputs, targets);
    assert.throws(() => trainer.step(inputs, [7]), { name: 'ArgumentError' });
    assert.throws(() => trainer.gradientFlow(), needed);
  });

  test('it starts where the window did, with the parameters of now, and changes nothing', () => {
    trainer.setState([{ h: numbers(12, 5), c: numbers(12, 6) }]);
    trainer.step(inputs, targets);
    const before = [net.parameters(), trainer.state()];
    const flow = trainer.gradientFlow();
    assert.deepEqual(trainer.gradientFlow(), flow);
    assert.deepEqual([net.parameters(), trainer.state()], before);
    const other = net.createTrainer({ batchSize: B, window: T });
    other.setState([{ h: numbers(12, 5), c: numbers(12, 6) }]);
    other.evaluate(inputs, targets);
    assert.deepEqual(other.gradientFlow(), flow);
    other.dispose();
    assert.throws(() => other.gradientFlow(), { name: 'DisposedError', message: /^Trainer\.gradientFlow: / });
  });

  test('training goes on as if nobody had looked', () => {
    const [one, other] = [0, 1].map(() => networkOf([{ kind: 'gru', hiddenSize: 6 }]));
    for (const [which, each] of [one, other].entries()) {
      const watched = each.createTrainer({ batchSize: B, window: T });
      for (let i = 0; i < 5; i++) {
        watched.step(inputs, targets);
        if (which === 1) watched.gradientFlow();
      }
    }
    assert.deepEqual(one.save(), other.save());
  });

  test('it takes no memory for ever', () => {
    trainer.evaluate(inputs, targets);
    trainer.gradientFlow();
    const before = lstm.memoryBytes;
    for (let i = 0; i < 2000; i++) trainer.gradientFlow();
    assert.equal(lstm.memoryBytes, before);
  });
});

test('gradients vanish in a feedforward layer at once, in an rnn soon, in an open lstm late', () => {
  const far = (layer, set) => {
    const layers = [{ hiddenSize: 20, ...layer }];
    const net = lstm.createNetwork({ input: { size: 1 }, layers, output: { values: 1 }, seed: 1 });
    if (set) net.setParameters(set(net));
    const trainer = net.createTrainer({ batchSize: 1, window: 60 });
    trainer.evaluate(numbers(60), numbers(60, 2));
    const [{ h, c = h }] = trainer.gradientFlow();
    return c[60] / c[1];
  };
  const open = (net) => ({
    bias_ih_l0: net.parameters().bias_ih_l0.map((value, i) => (Math.floor(i / 20) === 1 ? 6 : value)),
  });
  assert.equal(far({ kind: 'feedforward' }) || 0, 0);
  const [rnn, kept] = [far({ kind: 'rnn' }), far({ kind: 'lstm' }, open)];
  assert.ok(rnn < 1e-6 && kept > 1e-2, `${rnn} ${kept}`);
});
