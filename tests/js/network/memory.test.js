// What a network is given to read and to start from: by setMemory, between the pieces of calls too.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, load, OutOfMemoryError } from 'lstm-wasm';
import { load as loadPredict } from 'lstm-wasm/predict';

const lstm = await load({ variant: 'simd' });
const predict = await loadPredict({ variant: 'simd' });
const attention = /** @type {const} */ ({ attention: 'product', size: 2 });

/** Runs the pieces of a call, `between` the first two. @param {any} pieces @param {() => void} between */
function inPieces(pieces, between) {
  let count = 0;
  for (;;) {
    const { done, value } = pieces.next();
    if (done) {
      assert.ok(count > 1, `${count} pieces`);
      return value;
    }
    if (count++ === 0) between();
  }
}

/** Takes the memory that was given back. */
const makeOthers = () => Array.from({ length: 40 }, (_, i) => (
  lstm.createNetwork({ input: { size: 3 }, layers: [{ kind: 'rnn', hiddenSize: 2 + (i % 9) }], seed: i })));

describe('a memory that is given between two pieces of a call', () => {
  const first = { values: [1, 2, 3, 4] };
  const second = { values: Array.from({ length: 40000 }, (_, i) => 1000 * Math.sin(i)) };

  for (const [name, make, call] of /** @type {[string, () => any, (network: any) => any][]} */ ([
    ['forecast', () => ({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 1024 }], output: { values: 2 } }),
      (network) => network.forecastInPieces(20, { inputs: [[0.1, 0.2]] })],
    ['generate', () => ({ input: { tokens: 500 }, layers: [{ kind: 'gru', hiddenSize: 1024 }], output: { classes: 500 } }),
      (network) => network.generateInPieces({ state: network.initialState(), token: 1, length: 20, seed: 3 })],
  ])) {
    test(`${name} reads that of its start, and the others what they were given`, () => {
      const network = () => {
        const made = lstm.createNetwork({ ...make(), memory: attention, seed: 5 });
        made.setMemory(first);
        return made;
      };
      const alone = inPieces(call(network()), () => {});
      const shared = network(), other = network();
      /** @type {any[]} */
      let others = [];
      const disturbed = inPieces(call(shared), () => {
        shared.setMemory(second);
        others = makeOthers();
      });
      assert.deepEqual(disturbed, alone);
      other.setMemory(second);
      const input = name === 'forecast' ? [1, 2] : 1;
      assert.deepEqual(shared.step(input, shared.initialState()), other.step(input, other.initialState()));
      assert.equal(shared.memoryWeights().length, 20000);
      for (const each of [shared, other, ...others]) each.dispose();
    });
  }

  test('parameters that are set there are those of its keys too', () => {
    const make = () => {
      const made = lstm.createNetwork({
        input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 1024 }], output: { values: 2 }, memory: attention, seed: 5,
      });
      made.setMemory(first);
      return made;
    };
    const values = { 'attention.weight_key': new Float32Array(2048).map((_, i) => Math.cos(i)) };
    const [one, two] = [make(), make()];
    const options = { inputs: [[0.1, 0.2]] };
    const a = inPieces(one.forecastInPieces(20, options), () => one.setParameters(values));
    const b = inPieces(two.forecastInPieces(20, options), () => {
      two.setParameters(values);
      two.setMemory({ values: [9, 9] });
    });
    assert.deepEqual(a, b);
  });
});

test('nothing of a memory was read before the first step', () => {
  const make = () => lstm.createNetwork({
    input: { tokens: 4 }, layers: [{ kind: 'gru', hiddenSize: 3 }], output: { classes: 4 }, memory: { ...attention, summary: 2 },
  });
  const full = make(), network = make();
  const values = new Float32Array(4000).fill(7.5), summary = [1, 2];
  full.setMemory({ values, summary });
  full.step(0, full.initialState());
  full.dispose();
  network.setMemory({ values, summary });
  assert.throws(() => network.step(0, /** @type {any} */ ([{ h: [1] }])), ArgumentError);
  assert.ok(network.memoryWeights().every((weight) => weight === 0));
  network.step(0, network.initialState());
  assert.ok(Math.abs(network.memoryWeights().reduce((sum, weight) => sum + weight, 0) - 1) < 1e-4);
});

test('run refuses a network with a memory in both libraries, by the same words', async () => {
  const network = lstm.createNetwork({
    input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 3 }], output: { values: 2 }, memory: { ...attention, summary: 2 },
  });
  const stepping = /** @type {any} */ (await predict.open(network.save()));
  for (const each of [network, stepping]) {
    each.setMemory({ values: [1, 2], summary: [1, 2] });
    assert.throws(() => each.run([[[1, 2]]]), {
      name: 'ArgumentError',
      message: 'run: this network is given a memory: step through it after setMemory, and train it together with its encoder, '
        + 'by createPairTrainer',
    });
  }
});

test('bridges and attention start as torch.nn.Linear: uniform up to 1 / sqrt(columns)', () => {
  const network = lstm.createNetwork({
    input: { tokens: 9 }, layers: [{ kind: 'lstm', hiddenSize: 4 }], output: { classes: 9 },
    memory: { attention: 'additive', size: 400, summary: 900 }, seed: 2,
  });
  const parameters = network.parameters();
  const largest = (/** @type {string} */ name) => parameters[name].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [name, columns] of /** @type {[string, number][]} */ ([
    ['bridge.weight_h_l0', 900], ['bridge.bias_h_l0', 900], ['bridge.weight_c_l0', 900], ['bridge.bias_c_l0', 900],
    ['attention.weight_key', 400], ['attention.weight_output', 404], ['attention.weight_query', 4], ['attention.bias', 4],
    ['attention.weight_score', 4], ['head.weight', 4], ['head.bias', 4],
  ])) {
    const bound = 1 / Math.sqrt(columns);
    assert.ok(largest(name) <= Math.fround(bound), `${name}: ${largest(name)} above ${bound}`);
    assert.ok(largest(name) > bound / 3, `${name}: ${largest(name)} far below ${bound}`);
  }
});

describe('outputs that are more than there is room for', () => {
  // 2^34 numbers, of which the module computes a block at a time.
  const window = 2 ** 14;
  const options = { input: { tokens: 2 }, layers: [{ kind: /** @type {const} */ ('rnn'), hiddenSize: 1 }], output: { classes: 2 ** 20 } };
  const inputs = new Int32Array(window);

  test('predict and run say so', async () => {
    const network = lstm.createNetwork(options);
    const trainer = network.createTrainer({ batchSize: 1, window });
    const says = (/** @type {string} */ call) => ({
      name: OutOfMemoryError.name, message: `${call}: not enough memory for 16384 steps of 1 x 1048576 numbers`,
    });
    assert.throws(() => trainer.predict(inputs), says('predict'));
    assert.throws(() => network.run(inputs), says('run'));
    const stepping = /** @type {any} */ (await predict.open(network.save()));
    assert.throws(() => stepping.run(inputs), says('run'));
    network.dispose();
    stepping.dispose();
  });

  test('reading on without learning computes none', () => {
    const network = lstm.createNetwork(options);
    const trainer = /** @type {any} */ (network.createTrainer({ batchSize: 1, window, carryState: true }));
    trainer.carry(inputs);
    const small = lstm.createNetwork({ ...options, output: undefined });
    const parameters = network.parameters();
    small.setParameters(Object.fromEntries(Object.keys(small.parameters()).map((name) => [name, parameters[name]])));
    assert.deepEqual(trainer.state(), small.run(inputs).state);
    network.dispose();
    small.dispose();
  });
});
