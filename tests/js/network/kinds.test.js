// Every kind of cell and every option does what networks do: steps, learns, is saved and opened, becomes 8 bits.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { layers, mapped, near, numbers, tokens } from '../layer-list.js';

const lstm = await load();
const HIDDEN = 16;
const gates = {
  rnn: [], lstm: ['input', 'forget', 'candidate', 'output'], gru: ['reset', 'update', 'candidate'],
  'four-gate': ['input', 'forget', 'candidate', 'output', 'use'], feedforward: [], tdnn: [],
};
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Two layers of this on tokens, so that one has tokens and the other vectors as inputs. */
const network = (layer, more = {}) => lstm.createNetwork({
  input: { tokens: 6 },
  layers: [{ hiddenSize: HIDDEN, ...layer }, { hiddenSize: HIDDEN + 1, ...layer }],
  output: { classes: 6 },
  seed: 1,
  ...more,
});

for (const [name, layer] of Object.entries(layers)) {
  describe(name, () => {
    test('it learns, and from then on the loss has fallen', () => {
      const net = network(layer);
      const trainer = net.createTrainer({ batchSize: 3, window: 8, learningRate: 0.01, carryState: false });
      const inputs = Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) + i) % 6);
      const targets = inputs.map((token) => (token + 1) % 6);
      const { loss: before } = trainer.evaluate(inputs, targets);
      for (let i = 0; i < 250; i++) assert.ok(Number.isFinite(trainer.step(inputs, targets).loss));
      const { loss: after } = trainer.evaluate(inputs, targets);
      assert.ok(after < before / 2, `${before} -> ${after}`);
      net.dispose();
    });

    test('steps are what a window is', () => {
      const net = network(layer);
      const inputs = tokens(14, 6, 5);
      const { outputs, state } = net.run(inputs);
      const stepped = net.initialState();
      const all = inputs.flatMap((token) => [...net.step(token, stepped)]);
      assert.ok(near(outputs, all), `${outputs} ${all}`);
      stepped.forEach((one, l) => {
        assert.deepEqual(Object.keys(state[l]), Object.keys(one));
        for (const part of Object.keys(one)) assert.ok(near(state[l][part], one[part]), `${part} of layer ${l}`);
      });
      net.dispose();
    });

    test('saved and opened, it is the same; so are its 8 bits', () => {
      const net = network(layer);
      const opened = lstm.openNetwork(net.save());
      assert.deepEqual(opened.config, net.config);
      assert.deepEqual(opened.save(), net.save());
      const probabilities = (one) => one.run([1, 2, 3, 4]).outputs;
      assert.deepEqual(probabilities(opened), probabilities(net));
      const small = net.quantize();
      const reopened = lstm.openNetwork(small.save());
      assert.deepEqual(reopened.save(), small.save());
      const state = small.initialState();
      const steps = [1, 2, 3, 4].flatMap((token) => [...small.step(token, state)]);
      const again = reopened.initialState();
      assert.deepEqual([1, 2, 3, 4].flatMap((token) => [...reopened.step(token, again)]), steps);
      assert.ok(near(steps, probabilities(net), 0.03), `${steps} ${probabilities(net)}`);
      for (const one of [net, opened, small, reopened]) one.dispose();
    });

    test('a cell has its gates under their names, and the equations hold', () => {
      const cell = lstm.createCell({ ...layer, inputSize: 3, hiddenSize: 8, seed: 4 });
      const state = cell.initialState();
      for (let t = 0; t < 6; t++) {
        const before = structuredClone(state);
        assert.equal(cell.step(numbers(3, t + 1), state), state);
        const got = cell.gates();
        assert.deepEqual(Object.keys(got), gates[layer.kind]);
        checkEquations(layer, cell, before, state, got, numbers(3, t + 1));
      }
      const parameters = cell.parameters();
      assert.deepEqual(mapped(cell.shapes, (shape) => shape.reduce((product, size) => product * size, 1)),
        mapped(parameters, (values) => values.length));
      const others = mapped(parameters, (values) => values.map(() => 0.1));
      cell.setParameters(others);
      assert.deepEqual(cell.parameters(), others);
      cell.dispose();
    });
  });
}

/** The last equations of a cell, between its gates and its states. */
function checkEquations(layer, cell, before, { h, c }, gate, x) {
  const { kind } = layer;
  if (kind === 'gru') {
    h.forEach((value, j) => {
      const expected = (1 - gate.update[j]) * gate.candidate[j] + gate.update[j] * before.h[j];
      assert.ok(Math.abs(value - expected) < 1e-6);
    });
  }
  if (kind === 'four-gate') {
    c.forEach((value, j) => {
      assert.ok(Math.abs(value - (gate.forget[j] * before.c[j] + gate.input[j] * gate.candidate[j])) < 1e-6);
      assert.ok(Math.abs(h[j] - gate.output[j] * gate.use[j]) < 1e-6);
    });
  }
  if (kind === 'lstm') {
    const size = gate.input.length;
    for (let j = 0; j < size; j++) {
      assert.ok(Math.abs(c[j] - (gate.forget[j] * before.c[j] + gate.input[j] * gate.candidate[j])) < 1e-5);
      if (layer.coupled) assert.ok(Math.abs(gate.forget[j] + gate.input[j] - 1) < 1e-6);
      if (layer.layerNorm === true || layer.projection) continue;
      const squashed = layer.outputActivation === false ? c[j] : Math.tanh(c[j]);
      assert.ok(Math.abs(h[j] - gate.output[j] * squashed) < 1e-6);
    }
    for (const name of ['input', 'forget', 'output']) {
      if (layer[`${name}Gate`] === false) assert.ok(gate[name].every((value) => value === 1), name);
      else if (layer.clip === 0.5) assert.ok(gate[name].every((value) => value <= sigmoid(0.5) + 1e-6));
    }
  }
  if (kind === 'tdnn') assert.deepEqual(c.slice(0, 3), x, 'the newest input first');
  if (layer.activation === 'relu') assert.ok(h.every((value) => value >= 0));
}

test('stacks mix kinds', () => {
  const mixed = Object.values(layers).map((layer, i) => ({ ...layer, hiddenSize: 3 + (i % 6) }));
  const net = lstm.createNetwork({ input: { size: 2 }, layers: mixed, output: { values: 2 } });
  const trainer = net.createTrainer({ batchSize: 2, window: 4 });
  const inputs = numbers(16);
  const { loss } = trainer.step(inputs, inputs);
  assert.ok(Number.isFinite(loss));
  const opened = lstm.openNetwork(net.save());
  assert.deepEqual(opened.run(inputs, { batchSize: 2 }), net.run(inputs, { batchSize: 2 }));
  assert.deepEqual(net.gates(0), {});
  net.dispose();
});

test('shapes are PyTorch\'s', () => {
  const shapesOf = (layer) => lstm.createCell({ inputSize: 3, hiddenSize: 5, ...layer }).shapes;
  assert.deepEqual(shapesOf({ kind: 'rnn' }), { weight_ih: [5, 3], weight_hh: [5, 5], bias_ih: [5], bias_hh: [5] });
  assert.deepEqual(shapesOf({ kind: 'gru' }), { weight_ih: [15, 3], weight_hh: [15, 5], bias_ih: [15], bias_hh: [15] });
  assert.deepEqual(shapesOf({ kind: 'gru', bias: false }), { weight_ih: [15, 3], weight_hh: [15, 5] });
  assert.deepEqual(shapesOf({ kind: 'lstm', projection: 2, bias: false }),
    { weight_ih: [20, 3], weight_hh: [20, 2], weight_hr: [2, 5] });
  assert.deepEqual(shapesOf({ kind: 'lstm', peephole: 'diagonal', bias: false }),
    { weight_ih: [20, 3], weight_hh: [20, 5], weight_ch: [15] });
  assert.deepEqual(shapesOf({ kind: 'lstm', peephole: 'full', coupled: true, bias: false }),
    { weight_ih: [15, 3], weight_hh: [15, 5], weight_ch: [10, 5] });
  assert.deepEqual(shapesOf({ layerNorm: 'products', multiplicative: 'diagonal', projection: 4, bias: false }), {
    weight_ih: [20, 3], weight_hh: [20, 4], weight_hr: [4, 5], norm_ih_weight: [20], norm_hh_weight: [20], weight_mx: [4, 3],
  });
  assert.deepEqual(shapesOf({ kind: 'four-gate' }), {
    weight_ih: [20, 3], weight_hh: [20, 5], bias_ih: [20], bias_hh: [20], weight_uc: [5, 5], bias_u: [5],
  });
  assert.deepEqual(shapesOf({ kind: 'feedforward' }), { weight_ih: [5, 3], bias_ih: [5] });
  assert.deepEqual(shapesOf({ kind: 'tdnn', delays: 4 }), { weight_ih: [5, 12], bias_ih: [5] });
  assert.deepEqual(shapesOf({ kind: 'gru', bias: false, trainableState: true }).h0, [5]);
  const net = lstm.createNetwork({ input: { size: 3 }, layers: [
    { kind: 'rnn', hiddenSize: 4, bias: false, bidirectional: true }, { kind: 'gru', hiddenSize: 5, bias: false }] });
  assert.deepEqual(net.shapes, {
    weight_ih_l0: [4, 3], weight_hh_l0: [4, 4], weight_ih_l0_reverse: [4, 3], weight_hh_l0_reverse: [4, 4],
    weight_ih_l1: [15, 8], weight_hh_l1: [15, 5],
  });
});

describe('a character model of each kind', () => {
  const text = 'the cat sat on the mat, and the rat ran at the hat.\n'.repeat(30);
  const kinds = ['rnn', 'lstm', 'gru', 'four-gate', 'feedforward', 'tdnn'];
  for (const kind of kinds) {
    test(kind, () => {
      const given = { kind, ...(kind === 'tdnn' && { delays: 4 }) };
      const model = lstm.createCharModel({ text, ...given, layers: 2, hiddenSize: 24, seed: 1 });
      const starts = ['lstm', 'four-gate'].includes(kind) && { forgetBias: 0 };
      assert.deepEqual(model.config, { ...given, ...starts, layers: 2, hiddenSize: 24, bias: true, seed: 1 });
      const before = model.evaluate(text).loss;
      for (const report of model.train(text, { batchSize: 4, window: 16, steps: 150, learningRate: 0.02 })) void report;
      const { loss } = model.evaluate(text);
      assert.ok(loss < before / 2, `${before} -> ${loss}`);
      const opened = lstm.openCharModel(model.save());
      assert.deepEqual(opened.config, model.config);
      assert.equal(opened.generate({ seed: 3 }), model.generate({ seed: 3 }));
      assert.ok(Math.abs(model.quantize().evaluate(text).loss - loss) < 0.05);
    });
  }

  test('a list of layers, recorded as it is', () => {
    const list = [
      { kind: 'gru', hiddenSize: 7, bias: true }, { kind: 'lstm', hiddenSize: 5, bias: true, coupled: true },
    ];
    const model = lstm.createCharModel({ text, layers: list, seed: 2 });
    assert.deepEqual(model.config, { layers: list, seed: 2 });
    assert.deepEqual(lstm.openCharModel(model.save()).config, model.config);
    const again = lstm.createCharModel({ text, ...model.config });
    assert.deepEqual(again.save(), model.save());
    const alike = lstm.createCharModel({ text, layers: [list[0], list[0]], seed: 2 });
    assert.deepEqual(alike.config, { kind: 'gru', hiddenSize: 7, bias: true, layers: 2, seed: 2 });
  });
});

test('what is said and what goes without saying are the same file, and the plain one is as it always was', () => {
  const short = { input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 3 }] };
  const long = { ...short, layers: [{
    hiddenSize: 3, kind: 'lstm', bias: true, bidirectional: false, trainableState: false, peephole: 'none',
    coupled: false, inputGate: true, forgetGate: true, outputGate: true, inputActivation: true, outputActivation: true,
    fullGateRecurrence: false, layerNorm: false, initialGain: undefined, multiplicative: 'none', projection: undefined, clip: undefined,
  }], output: null, seed: 0 };
  const [one, other] = [short, long].map((options) => lstm.createNetwork(options));
  assert.deepEqual(one.save(), other.save());
  assert.equal(JSON.stringify(one.config),
    '{"input":{"size":2},"layers":[{"kind":"lstm","hiddenSize":3,"bias":true}],"output":null,"seed":0}');
});

test('memory comes back, whatever the kind', () => {
  const make = (layer) => {
    const net = network(layer);
    net.createTrainer({ batchSize: 2, window: 3 });
    net.run([1, 2, 3]);
    net.dispose();
  };
  for (const layer of Object.values(layers)) make(layer);
  const before = lstm.memoryBytes;
  for (let i = 0; i < 40; i++) for (const layer of Object.values(layers)) make(layer);
  assert.equal(lstm.memoryBytes, before);
});
