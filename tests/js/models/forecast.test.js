// Forecasts: each prediction is the next input. What comes out is what stepping by hand gives; nothing is left behind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { layers, near, numbers } from '../layer-list.js';

const lstm = await load();
const D = 2;
const history = numbers(7 * D, 3);

/** @param {any} [layer] @param {any} [more] */
const network = (layer = { kind: 'lstm' }, more = {}) => lstm.createNetwork({
  input: { size: D },
  layers: [{ hiddenSize: 5, ...layer }, { hiddenSize: 6, ...layer }],
  output: { values: D },
  seed: 3,
  ...more,
});

/**
 * The same by hand.
 * @param {any} net
 * @param {number} n
 * @param {Float32Array} inputs
 */
function stepped(net, n, inputs, state = net.initialState()) {
  let next = new Float32Array();
  for (let at = 0; at < inputs.length; at += D) next = net.step(inputs.subarray(at, at + D), state);
  const vectors = [next];
  while (vectors.length < n) vectors.push((next = net.step(next, state)));
  return Float32Array.from(vectors.flatMap((vector) => [...vector]));
}

for (const [name, layer] of Object.entries(layers)) {
  test(`${name}: predictions fed back, bit for bit as by steps, also with 8 bits a weight`, () => {
    const net = network(layer);
    const small = net.quantize();
    for (const one of [net, small]) {
      const forecast = one.forecast(9, { inputs: history });
      assert.ok(forecast instanceof Float32Array);
      assert.deepEqual(forecast, stepped(one, 9, history));
      assert.deepEqual(one.forecast(4, { inputs: [...history] }), forecast.slice(0, 4 * D), 'the first of more');
    }
    assert.ok(near(net.forecast(1, { inputs: history }), net.run(history).outputs.slice(-D)));
    assert.notDeepEqual(small.forecast(9, { inputs: history }), net.forecast(9, { inputs: history }));
    small.dispose();
    net.dispose();
  });
}

test('a network without a head forecasts its last h, where that is as long as the input', () => {
  const net = network({ kind: 'gru' }, { layers: [{ kind: 'gru', hiddenSize: D }], output: null });
  assert.deepEqual(net.forecast(3, { inputs: history }), stepped(net, 3, history));
});

describe('a state to start from', () => {
  test('is that of the history before, and stays as it is', () => {
    const net = network();
    const { state } = net.run(history.slice(0, 4 * D));
    const before = structuredClone(state);
    const forecast = net.forecast(5, { inputs: history.slice(4 * D), state });
    assert.deepEqual(state, before);
    assert.ok(near(forecast, net.forecast(5, { inputs: history })));
    assert.ok(!near(forecast, net.forecast(5, { inputs: history.slice(4 * D) })));
  });

  test('is what was learnt, where none is given', () => {
    const net = network({ kind: 'lstm', trainableState: true });
    const zero = net.forecast(2, { inputs: history });
    net.setParameters({ h0_l0: numbers(5), c0_l1: numbers(6) });
    assert.notDeepEqual(net.forecast(2, { inputs: history }), zero);
    assert.deepEqual(net.forecast(2, { inputs: history }), stepped(net, 2, history));
  });
});

test('a series that follows its own past is learnt and continued', () => {
  const net = lstm.createNetwork({
    input: { size: D }, layers: [{ kind: 'lstm', hiddenSize: 16 }], output: { values: D }, seed: 1,
  });
  // A point on a circle: each is the last one turned.
  const at = (/** @type {number} */ t) => [Math.cos(0.3 * t), Math.sin(0.3 * t)];
  const points = (/** @type {number} */ from, /** @type {number} */ count) => (
    Float32Array.from(Array.from({ length: count }, (_, t) => at(from + t)).flat()));
  const trainer = net.createTrainer({ batchSize: 1, window: 40, learningRate: 0.01, carryState: false });
  for (let step = 0; step < 500; step++) trainer.step(points(step, 40), points(step + 1, 40));
  const forecast = net.forecast(40, { inputs: points(0, 40) });
  const truth = points(40, 40);
  const error = Math.sqrt(forecast.reduce((sum, value, i) => sum + (value - truth[i]) ** 2, 0) / truth.length);
  assert.ok(error < 0.2, `root mean square error ${error}`);
});

describe('what cannot be is refused, by name', () => {
  const net = network();
  const cases = /** @type {[unknown, unknown, RegExp][]} */ ([
    ...[0, -1, 1.5, NaN, '5', undefined, 2 ** 20 + 1].map((n) => (
      [n, { inputs: history }, /^forecast: n must be an integer from 1 to 1048576, got /])),
    [3, undefined, /^forecast: options must be an object, got undefined$/],
    [3, [1, 2], /^forecast: options must be an object, got an array of 2$/],
    [3, { input: history }, /^forecast: unknown option "input", expected only inputs, state, signal$/],
    [3, {}, /^forecast: inputs must be an array of T x 2 numbers \(size 2\), T at least 1, got undefined$/],
    [3, { inputs: [] }, /^forecast: inputs must be an array of T x 2 numbers .*, got an array of 0$/],
    [3, { inputs: [1, 2, 3] }, /^forecast: inputs must be an array of T x 2 numbers .*, got an array of 3$/],
    [3, { inputs: [1, NaN] }, /^forecast: inputs\[1\] must be a finite number, got NaN$/],
    [3, { inputs: [1, 2, 3, 1e300] }, /^forecast: inputs\[3\] must be a number that fits a 32-bit float, got 1e\+300$/],
    [3, { inputs: history, state: [] }, /^forecast: state must be an array of 2 layers' states, got an array of 0$/],
    [3, { inputs: history, state: null }, /^forecast: state must be an array of 2 layers' states, got null$/],
  ]);
  for (const [n, options, message] of cases) {
    test(`${n}: ${message}`, () => {
      assert.throws(() => net.forecast(/** @type {any} */ (n), /** @type {any} */ (options)),
        { name: 'ArgumentError', message });
    });
  }

  const needs = 'forecast: needs a network with vector input and as many output values, because each prediction is ' +
    'the next input; this one has ';
  const others = /** @type {[any, string][]} */ ([
    [{ output: { values: 3 } }, 'input {"size":2} and output {"values":3}'],
    [{ output: { classes: 2 } }, 'input {"size":2} and output {"classes":2}'],
    [{ output: null }, 'input {"size":2} and output {"h":6}'],
    [{ input: { tokens: 2 } }, 'input {"tokens":2} and output {"values":2}'],
  ]);
  for (const [more, got] of others) {
    test(got, () => {
      const other = network(undefined, more);
      assert.throws(() => other.forecast(3, { inputs: history }), { name: 'ArgumentError', message: needs + got });
    });
  }

  test('a layer that is bidirectional, and a network that was disposed', () => {
    const both = network({ kind: 'gru', bidirectional: true });
    assert.throws(() => both.forecast(3, { inputs: history }), {
      name: 'ArgumentError',
      message: 'forecast: layers[0] is bidirectional and needs whole sequences: use run() or a trainer',
    });
    both.dispose();
    assert.throws(() => both.forecast(3, { inputs: history }), { name: 'DisposedError' });
  });

  test('a forecast that grows without bound', () => {
    const wild = lstm.createNetwork({
      input: { size: 1 }, layers: [{ kind: 'feedforward', hiddenSize: 1, activation: 'relu' }], output: { values: 1 },
    });
    wild.setParameters({ weight_ih_l0: [1e10], bias_ih_l0: [0], 'head.weight': [1], 'head.bias': [0] });
    assert.deepEqual(wild.forecast(1, { inputs: [1] }), Float32Array.of(1e10));
    assert.throws(() => wild.forecast(9, { inputs: [1] }), {
      name: 'DivergedError', message: /^forecast: prediction 4 of 9 has Infinity at index 0, expected finite numbers/,
    });
    assert.deepEqual(wild.forecast(1, { inputs: [1] }), Float32Array.of(1e10));
  });
});

test('it takes no memory of the module', () => {
  const net = network();
  const before = lstm.memoryBytes;
  for (let i = 0; i < 300; i++) {
    net.forecast(100, { inputs: history });
    assert.throws(() => net.forecast(100, { inputs: history, state: [] }), { name: 'ArgumentError' });
  }
  assert.equal(lstm.memoryBytes, before);
});
