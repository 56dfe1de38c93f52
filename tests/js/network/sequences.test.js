// Sequences: of different lengths in a batch, outputs that do not count, states that are carried or not, both
// directions, and starts that are learnt.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { layers, mapped, near, numbers } from '../layer-list.js';

const lstm = await load();
const B = 3;
const T = 6;
const D = 2;
const V = 4;
const lengths = [6, 1, 4];
const inputs = numbers(T * B * D, 3);
const targets = numbers(T * B * V, 4);

const network = (layer, more = {}) => lstm.createNetwork({
  input: { size: D },
  layers: [{ hiddenSize: 5, ...layer }, { hiddenSize: 7, ...layer }],
  output: { values: V },
  seed: 3,
  ...more,
});
/** Row b of what is (steps, batch, width). */
const columnOf = (values, b, width, steps = values.length / (B * width)) => Float32Array.from(
  { length: steps * width },
  (_, i) => values[(Math.floor(i / width) * B + b) * width + (i % width)],
);
const rowOf = (state, b) => state.map((one) => (
  mapped(one, (values) => values.slice((b * values.length) / B, ((b + 1) * values.length) / B))));
function assertStatesNear(got, expected, what) {
  assert.equal(got.length, expected.length);
  got.forEach((one, l) => {
    assert.deepEqual(Object.keys(one), Object.keys(expected[l]));
    for (const name of Object.keys(one)) assert.ok(near(one[name], expected[l][name]), `${what}: ${name} of ${l}`);
  });
}

/** Every kind, one way and both ways. */
const all = Object.entries(layers).flatMap(([name, layer]) => [
  [name, layer], [`${name}, bidirectional`, { ...layer, bidirectional: true }]]);

for (const [name, layer] of all) {
  describe(name, () => {
    const net = network(layer);
    const trainer = net.createTrainer({ batchSize: B, window: T, carryState: false });

    test('a batch of sequences of different lengths is these sequences', () => {
      const { outputs, state } = net.run(inputs, { batchSize: B, lengths });
      const { loss, parameters, state: dstate, inputs: dinputs } = trainer.gradients(inputs, targets, { lengths });
      const steps = lengths.reduce((sum, length) => sum + length);
      const sums = mapped(parameters, (values) => new Float64Array(values.length));
      let sum = 0;
      lengths.forEach((length, b) => {
        const x = columnOf(inputs, b, D, length);
        const alone = net.run(x);
        assert.ok(near(columnOf(outputs, b, V, length), alone.outputs), `outputs of ${b}`);
        assertStatesNear(rowOf(state, b), alone.state, `state of ${b}`);
        const one = net.createTrainer({ batchSize: 1, window: length, carryState: false });
        const gradients = one.gradients(x, columnOf(targets, b, V, length));
        one.dispose();
        sum += (gradients.loss * length) / steps;
        for (const [key, values] of Object.entries(gradients.parameters)) {
          values.forEach((value, i) => (sums[key][i] += (value * length) / steps));
        }
        const scaled = (values) => values.map((value) => (value * length) / steps);
        const own = gradients.state.map((part) => mapped(part, scaled));
        assertStatesNear(rowOf(dstate, b), own, `gradient of the state of ${b}`);
        const dx = columnOf(dinputs, b, D);
        assert.ok(near(dx.slice(0, length * D), scaled(gradients.inputs)), `gradient of the inputs of ${b}`);
        assert.ok(dx.slice(length * D).every((value) => value === 0), 'none behind the end');
      });
      assert.ok(Math.abs(loss - sum) < 1e-6);
      for (const [key, values] of Object.entries(parameters)) assert.ok(near(values, sums[key]), key);
    });

    test('what is behind the end changes no bit', () => {
      const other = inputs.map((value, i) => (Math.floor(i / (B * D)) >= lengths[Math.floor(i / D) % B] ? 9 : value));
      assert.notDeepEqual(other, inputs);
      const results = [inputs, other].map((x) => {
        const { outputs, ...run } = net.run(x, { batchSize: B, lengths });
        const ownOutputs = lengths.map((length, b) => columnOf(outputs, b, V, length));
        return [run, ownOutputs, trainer.gradients(x, targets, { lengths })];
      });
      assert.deepEqual(results[1], results[0]);
    });

    test('a mask says what the loss is the mean of', () => {
      const mask = Array.from({ length: T * B }, (_, i) => (i % 4 === 1 ? 1 : 0));
      const { loss } = trainer.gradients(inputs, targets, { mask });
      const outputs = trainer.predict(inputs);
      const squares = outputs.map((value, i) => (mask[Math.floor(i / V)] ? (value - targets[i]) ** 2 : 0));
      const counted = mask.filter((counts) => counts).length;
      assert.ok(Math.abs(loss - squares.reduce((sum, value) => sum + value, 0) / (counted * V)) < 1e-6);
      assert.equal(trainer.evaluate(inputs, targets, { mask }).loss, loss);
      const all = new Uint8Array(T * B).fill(1);
      // The loss is summed in another order; its gradients are not.
      const [masked, plain] = [{ mask: all }, {}].map((options) => trainer.gradients(inputs, targets, options));
      assert.ok(Math.abs(masked.loss - plain.loss) < 1e-12);
      assert.deepEqual({ ...masked, loss: plain.loss }, plain);
      const elsewhere = targets.map((value, i) => (mask[Math.floor(i / V)] ? value : 99));
      assert.equal(trainer.evaluate(inputs, elsewhere, { mask }).loss, loss);
    });

    test('predict is run, and changes nothing', () => {
      const before = trainer.state();
      assert.deepEqual(trainer.predict(inputs), net.run(inputs, { batchSize: B }).outputs);
      assert.deepEqual(trainer.state(), before);
    });

    test('sequences that are not carried start anew, and it learns', () => {
      const fresh = network(layer);
      const learner = fresh.createTrainer({ batchSize: B, window: T, carryState: false, learningRate: 0.01 });
      assert.equal(learner.carryState, false);
      const { loss } = learner.step(inputs, targets, { lengths });
      for (let i = 0; i < 60; i++) learner.step(inputs, targets, { lengths });
      assert.ok(learner.evaluate(inputs, targets, { lengths }).loss < loss);
      learner.state().forEach((one, l) => {
        for (const part of Object.keys(one)) {
          for (let b = 0; b < B; b++) assert.deepEqual(rowOf([one], b)[0][part], fresh.initialState()[l][part]);
        }
      });
      fresh.dispose();
    });
  });
}

describe('carried states', () => {
  for (const kind of ['rnn', 'lstm', 'gru', 'four-gate', 'tdnn']) {
    test(`${kind}: two windows are one of twice the length`, () => {
      const net = network({ kind, ...(kind === 'tdnn' && { delays: 4 }) });
      const half = (T / 2) * B;
      const first = net.run(inputs.slice(0, half * D), { batchSize: B });
      const second = net.run(inputs.slice(half * D), { batchSize: B, state: first.state });
      const whole = net.run(inputs, { batchSize: B });
      assert.ok(near([...first.outputs, ...second.outputs], whole.outputs));
      assertStatesNear(second.state, whole.state, 'state');
      const trainer = net.createTrainer({ batchSize: B, window: T / 2, learningRate: 1e-30, carryState: true });
      assert.equal(trainer.carryState, true);
      trainer.step(inputs.slice(0, half * D), targets.slice(0, half * V));
      assertStatesNear(trainer.state(), first.state, 'carried');
      trainer.resetState();
      trainer.step(inputs.slice(0, half * D), targets.slice(0, half * V), { lengths: [1, 3, 2] });
      assert.ok(near(trainer.state()[0].h.slice(0, 5), net.run(columnOf(inputs, 0, D, 1)).state[0].h), 'at its end');
    });
  }
});

test('independent sequences need no option: each window starts from the initial state', () => {
  const make = () => lstm.createNetwork({ input: { size: D }, layers: [{ kind: 'lstm', hiddenSize: 5 }], output: { values: V }, seed: 5 });
  const [net, once] = [make(), make()];
  const trainer = net.createTrainer({ batchSize: B, window: T });
  const other = numbers(T * B * D, 77);
  trainer.step(other, targets);
  assert.equal(trainer.carryState, false);
  assert.ok(trainer.state()[0].h.every((value) => value === 0));
  once.setParameters(net.parameters());
  const alone = once.createTrainer({ batchSize: B, window: T });
  assert.deepEqual(trainer.gradients(inputs, targets), alone.gradients(inputs, targets));
});

describe('both directions', () => {
  const layer = { kind: 'gru', hiddenSize: 4, bidirectional: true };
  const net = lstm.createNetwork({ input: { size: D }, layers: [layer, layer], seed: 5 });
  const parameters = net.parameters();
  /** One cell of the network, on its own. */
  const direction = (l, end, size) => {
    const one = lstm.createNetwork({ input: { size }, layers: [{ kind: 'gru', hiddenSize: 4 }] });
    one.setParameters(Object.fromEntries(Object.keys(one.shapes).map((name) => [
      name, parameters[name.replace('_l0', `_l${l}${end}`)]])));
    return one;
  };
  const reversed = (x, width) => Float32Array.from(x, (_, i) => x[x.length - width - (i - (i % width)) + (i % width)]);

  test('are two cells, one of which reads from the end', () => {
    for (const length of [1, 2, 6]) {
      let x = numbers(length * D, length);
      let width = D;
      const states = [];
      for (const l of [0, 1]) {
        const forward = direction(l, '', width).run(x);
        const backward = direction(l, '_reverse', width).run(reversed(x, width));
        const back = reversed(backward.outputs, 4);
        x = Float32Array.from({ length: length * 8 }, (_, i) => {
          const at = Math.floor(i / 8) * 4 + (i % 4);
          return i % 8 < 4 ? forward.outputs[at] : back[at];
        });
        width = 8;
        states.push(...forward.state, ...backward.state);
      }
      const { outputs, state } = net.run(numbers(length * D, length));
      assert.ok(near(outputs, x));
      assertStatesNear(state, states, 'state');
    }
  });

  test('start from the state that is given', () => {
    const state = net.initialState();
    assert.equal(state.length, 4);
    const base = net.run(numbers(D)).outputs;
    state[3].h.fill(0.5);
    const moved = net.run(numbers(D), { state }).outputs;
    assert.deepEqual(moved.slice(0, 4), base.slice(0, 4));
    assert.notDeepEqual(moved.slice(4), base.slice(4));
  });

  test('cannot step, and say what to do', () => {
    const message = (call) => ({
      name: 'ArgumentError',
      message: `${call}: layers[1] is bidirectional and needs whole sequences: use run() or a trainer`,
    });
    const mixed = lstm.createNetwork({
      input: { tokens: 3 }, layers: [{ kind: 'rnn', hiddenSize: 4 }, layer], output: { classes: 3 },
    });
    assert.throws(() => mixed.step(0, mixed.initialState()), message('step'));
    assert.throws(() => mixed.gates(0), message('gates'));
    assert.throws(() => mixed.generate({ state: mixed.initialState(), token: 0 }), message('generate'));
    assert.throws(() => mixed.createTrainer({ carryState: true }), {
      name: 'ArgumentError',
      message: 'createTrainer: carryState must be false for a network that is bidirectional, got true',
    });
    assert.equal(mixed.createTrainer().carryState, false);
    assert.equal(mixed.run([0, 1, 2]).outputs.length, 9);
    const opened = lstm.openNetwork(mixed.quantize().save());
    assert.ok(near(opened.run([0, 1, 2]).outputs, mixed.run([0, 1, 2]).outputs, 0.02));
  });
});

describe('a start that is learnt', () => {
  for (const kind of ['rnn', 'lstm', 'gru', 'four-gate']) {
    test(`${kind}: h0 and c0 begin as zeros, have their gradients, and learn`, () => {
      const net = network({ kind, trainableState: true });
      const names = Object.keys(net.shapes).filter((name) => /^[hc]0_/.test(name));
      const has_c = kind === 'lstm' || kind === 'four-gate';
      assert.deepEqual(names, ['h0_l0', ...(has_c ? ['c0_l0'] : []), 'h0_l1', ...(has_c ? ['c0_l1'] : [])]);
      for (const name of names) assert.ok(net.parameters()[name].every((value) => value === 0), name);
      net.setParameters(Object.fromEntries(names.map((name, i) => [name, numbers(net.shapes[name][0], i + 1)])));
      const start = net.initialState();
      assert.deepEqual(start[1].h, net.parameters().h0_l1);
      if (has_c) assert.deepEqual(start[0].c, net.parameters().c0_l0);

      const trainer = net.createTrainer({ batchSize: B, window: T, learningRate: 0.01, carryState: true });
      const gradients = trainer.gradients(inputs, targets).parameters;
      for (const name of names) {
        const values = net.parameters()[name];
        values.forEach((value, i) => {
          const lossAt = (other) => {
            net.setParameters({ [name]: values.map((old, j) => (j === i ? other : old)) });
            return trainer.evaluate(inputs, targets).loss;
          };
          const slope = (lossAt(value + 0.01) - lossAt(value - 0.01)) / 0.02;
          assert.ok(Math.abs(slope - gradients[name][i]) < 1e-3 * (0.01 + Math.abs(slope)), `${name}[${i}]: ${slope}`);
        });
        net.setParameters({ [name]: values });
      }

      trainer.step(inputs, targets);
      const learnt = net.parameters();
      names.forEach((name, i) => assert.notDeepEqual(learnt[name], numbers(net.shapes[name][0], i + 1)));
      const carried = trainer.gradients(inputs, targets).parameters;
      for (const name of names) assert.ok(carried[name].every((value) => value === 0), 'a carried state is no start');
      trainer.resetState();
      assert.deepEqual(trainer.state()[0].h.slice(5, 10), net.parameters().h0_l0);
      const opened = lstm.openNetwork(net.save());
      assert.deepEqual(opened.initialState(), net.initialState());
    });
  }

  test('it says more about the first step than zeros can', () => {
    const results = [false, true].map((trainableState) => {
      const net = lstm.createNetwork({
        input: { size: 1 }, layers: [{ kind: 'rnn', hiddenSize: 4, bias: false, trainableState }],
      });
      const trainer = net.createTrainer({ batchSize: 1, window: 1, carryState: false, learningRate: 0.02 });
      let loss;
      for (let i = 0; i < 300; i++) ({ loss } = trainer.step([0], [0.5, -0.5, 0.3, 0.1]));
      return loss;
    });
    assert.ok(results[0] > 0.1 && results[1] < 1e-4, `${results}`);
  });
});

test('run gives its memory back', () => {
  const net = network({ kind: 'lstm', bidirectional: true });
  const long = numbers(500 * D);
  net.run(long);
  const before = lstm.memoryBytes;
  for (let i = 0; i < 200; i++) {
    net.run(long);
    assert.throws(() => net.run(long, { lengths: [7000] }), { name: 'ArgumentError' });
  }
  assert.equal(lstm.memoryBytes, before);
});
