// An embedding of tokens, and outputs tied to it, in all that a network does. Their numbers are compared with PyTorch's
// in reference.test.js.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, FileFormatError, load } from 'lstm-wasm';
import { readSafetensors } from '../../reference/read.js';
import { layers, near, tokens } from '../layer-list.js';

const lstm = await load();
const text = 'the quick brown fox jumps over the lazy dog. '.repeat(20);

/** Two layers; the last gives as many numbers as the embedding has. */
const network = (layer, tied) => lstm.createNetwork({
  input: { tokens: 6, embedding: 8 },
  layers: [{ hiddenSize: 10, ...layer }, { kind: 'lstm', hiddenSize: 8 }],
  output: { classes: 6, ...(tied && { tied }) },
  seed: 1,
});

for (const [name, layer] of Object.entries(layers)) {
  for (const tied of [false, true]) {
    test(`${name}${tied ? ', tied' : ''}: it learns; steps, windows and files agree, also with 8 bits`, () => {
      const net = network(layer, tied);
      const inputs = tokens(15, 6, 1);
      const trainer = net.createTrainer({ batchSize: 3, window: 5, learningRate: 0.02, carryState: false });
      const targets = inputs.map((token) => (token + 1) % 6);
      const { loss: before } = trainer.evaluate(inputs, targets);
      for (let i = 0; i < 250; i++) trainer.step(inputs, targets);
      assert.ok(trainer.evaluate(inputs, targets).loss < before / 2);

      // A step of 8 bits rounds what it multiplies too, and from state to state the differences grow.
      for (const [one, steps, close] of /** @type {const} */ ([[net, 15, 1e-5], [net.quantize(), 4, 0.05]])) {
        const state = one.initialState();
        const { outputs } = one.run(inputs);
        inputs.slice(0, steps).forEach((token, t) => {
          assert.ok(near(one.step(token, state), outputs.slice(t * 6, t * 6 + 6), close), `step ${t}`);
        });
        const bytes = one.save();
        const opened = lstm.openNetwork(bytes);
        assert.deepEqual(opened.config, net.config);
        assert.deepEqual(opened.parameters(), one.parameters());
        assert.deepEqual(opened.save(), bytes);
        assert.deepEqual(opened.run(inputs).outputs, outputs);
        opened.dispose();
      }
      net.dispose();
    });
  }
}

describe('what there is', () => {
  test('the configuration keeps what was asked for, and nothing else', () => {
    const [first, second] = [undefined, false].map((tied) => lstm.createNetwork({
      input: { tokens: 6, embedding: undefined }, layers: [{ kind: 'lstm', hiddenSize: 8 }],
      output: { classes: 6, tied } }));
    for (const net of [first, second]) {
      assert.deepEqual(net.config.input, { tokens: 6 });
      assert.deepEqual(net.config.output, { classes: 6 });
      net.dispose();
    }
    const tied = network({ kind: 'lstm' }, true);
    assert.deepEqual(tied.config.input, { tokens: 6, embedding: 8 });
    assert.deepEqual(tied.config.output, { classes: 6, tied: true });
    assert.deepEqual(tied.shapes['embedding.weight'], [6, 8]);
    assert.equal('head.weight' in tied.shapes, false);
    assert.deepEqual(tied.shapes['head.bias'], [6]);
    assert.equal(tied.parameterCount, network({ kind: 'lstm' }, false).parameterCount - 48);
    tied.dispose();
  });

  test('a character model with it does all that one without does', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 24, embedding: 24, tied: true, seed: 2 });
    assert.deepEqual([model.config.embedding, model.config.tied], [24, true]);
    for (const report of model.train(text, { steps: 150, batchSize: 4, window: 16, learningRate: 0.01 })) {
      assert.ok(report.loss > 0);
    }
    const { loss } = model.evaluate(text.slice(0, 200));
    assert.ok(loss < 1, `${loss}`);
    const probabilities = model.predict('the qui').map(({ probability }) => probability);
    assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-5);
    const generated = model.generate({ prime: 'the ', length: 40, seed: 3 });
    assert.equal(generated.length, 40);
    const opened = lstm.openCharModel(model.save());
    assert.deepEqual(opened.config, model.config);
    assert.equal(opened.generate({ prime: 'the ', length: 40, seed: 3 }), generated);
    const small = lstm.openCharModel(model.quantize().save());
    assert.ok(Math.abs(small.evaluate(text.slice(0, 200)).loss - loss) < 0.1);
    const again = lstm.createCharModel({ ...model.config, text });
    assert.deepEqual(again.config, model.config);
    assert.deepEqual(readSafetensors(again.save()).shapes, readSafetensors(model.save()).shapes);
    for (const one of [model, opened, small, again]) one.dispose();
  });
});

describe('what does not fit is refused', () => {
  const base = {
    input: { tokens: 6, embedding: 8 }, layers: [{ kind: 'lstm', hiddenSize: 8 }], output: { classes: 6, tied: true } };
  const cases = [
    [{ input: { tokens: 6, embedding: 0 } }, /input\.embedding must be an integer from 1 to 1048576, got 0/],
    [{ input: { tokens: 6, embedding: '8' } }, /input\.embedding must be an integer from 1 to 1048576, got "8"/],
    [{ input: { size: 6, embedding: 8 } }, /input\.embedding must be absent without tokens, got 8/],
    [{ input: { embedding: 8 } }, /input must be \{ tokens: n \} or \{ size: n \}, got/],
    [{ output: { classes: 6, tied: 1 } }, /output\.tied must be true or false, got 1/],
    [{ output: { values: 6, tied: true } }, /output\.tied must be absent without classes, got true/],
    [{ input: { tokens: 6 } }, /tied needs an embedding of 8, the length of the last h, got none/],
    [{ input: { size: 6 } }, /tied needs an embedding of 8, the length of the last h, got none/],
    [{ input: { tokens: 6, embedding: 7 } }, /tied needs an embedding of 8, the length of the last h, got 7/],
    [{ layers: [{ kind: 'lstm', hiddenSize: 8, projection: 5 }] }, /tied needs an embedding of 5, .*, got 8/],
    [{ layers: [{ kind: 'gru', hiddenSize: 8, bidirectional: true }] }, /tied needs an embedding of 16, .*, got 8/],
    [{ output: { classes: 5, tied: true } }, /tied needs as many classes as tokens, 6, got 5/],
  ];
  for (const [change, message] of cases) {
    test(`${JSON.stringify(change)}`, () => {
      assert.throws(() => lstm.createNetwork({ ...base, ...change }), (error) => (
        error instanceof ArgumentError && error.message.startsWith('createNetwork: ') && message.test(error.message)));
    });
  }

  test('in a character model', () => {
    const given = { alphabet: 'abc', hiddenSize: 8 };
    const message = /createCharModel: tied needs an embedding of 8, the length of the last h, got (none|7)/;
    assert.throws(() => lstm.createCharModel({ ...given, tied: true }), message);
    assert.throws(() => lstm.createCharModel({ ...given, embedding: 7, tied: true }), message);
    assert.throws(() => lstm.createCharModel({ ...given, embedding: -1 }), /createCharModel: embedding must be an int/);
  });

  test('in a file', () => {
    const net = network({ kind: 'lstm' }, true);
    const bytes = net.save();
    const changed = new TextDecoder('latin1').decode(bytes).replace('\\"embedding\\":8', '\\"embedding\\":9');
    assert.throws(() => lstm.openNetwork(Uint8Array.from(changed, (c) => c.charCodeAt(0))), (error) => (
      error instanceof FileFormatError && /tied needs an embedding of 8, .* got 9/.test(error.message)));
    net.dispose();
  });
});
