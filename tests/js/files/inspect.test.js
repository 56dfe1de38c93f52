// inspect tells of every kind of file what the opened model tells, and refuses what is none.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, load } from 'lstm-wasm';

const lstm = await load({ variant: 'repeatable' });
const text = 'In the beginning was the word, and the word was new. '.repeat(20);

/** @param {{ parameterCount: number, shapes: Record<string, number[]> }} network */
const parametersOf = ({ shapes }) => Object.entries(shapes)
  .map(([name, shape]) => ({ name, shape, count: shape.reduce((product, length) => product * length) }));

describe('inspect', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 6, embedding: 3, seed: 1 });
  for (const [name, made] of [['a character model', model], ['one of 8 bits', model.quantize()]]) {
    test(name, () => {
      const bytes = made.save();
      const { network, alphabet } = made;
      assert.deepEqual(inspect(bytes), {
        kind: 'characters', bytes: bytes.length, isQuantized: network.isQuantized, config: network.config, alphabet,
        parameterCount: network.parameterCount, parameters: parametersOf(network),
      });
      assert.deepEqual(inspect(bytes.buffer), inspect(bytes));
    });
  }

  test('a network', () => {
    const network = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 3 }], output: { values: 1 } });
    const bytes = network.save();
    const { config, parameterCount } = network;
    assert.deepEqual(inspect(bytes), {
      kind: 'network', bytes: bytes.length, isQuantized: false, config, parameterCount, parameters: parametersOf(network),
    });
  });

  test('a checkpoint: its parameters are the model\'s, and it tells how far its run is', () => {
    const trained = lstm.createCharModel({ text, hiddenSize: 6, seed: 1 });
    assert.deepEqual(inspect(trained.checkpoint()).checkpoint, { step: 0, chars: 0 });
    for (const report of trained.train(text, { steps: 3, batchSize: 2, window: 8 })) void report;
    let middle = new Uint8Array();
    const options = /** @type {const} */ ({ steps: 5, batchSize: 2, window: 8, validation: 0.2, keepBest: true, clipNorm: Infinity });
    for (const { step } of trained.train(text, { ...options, reportEvery: 1 })) if (step === 5) middle = trained.checkpoint();
    const { checkpoint, parameters } = inspect(middle);
    assert.deepEqual(parameters, parametersOf(trained.network));
    assert.equal(checkpoint?.step, 5);
    assert.equal(checkpoint?.chars, 5 * 16);
    assert.equal(checkpoint?.run?.step, 2, 'of the five steps of the second call');
    for (const [name, value] of Object.entries(options)) assert.equal(checkpoint?.run?.options[name], value, name);
  });

  test('what is no such file, or damaged, is refused', () => {
    const bytes = model.save();
    const header = new TextDecoder().decode(bytes.subarray(8));
    const edit = (/** @type {string} */ from, /** @type {string} */ to) => {
      assert.ok(header.includes(from) && from.length === to.length);
      const edited = bytes.slice();
      edited.set(new TextEncoder().encode(to), 8 + new TextEncoder().encode(header.slice(0, header.indexOf(from))).length);
      return edited;
    };
    for (const [given, message] of /** @type {const} */ ([
      [new Uint8Array(3), /inspect: not a safetensors file/],
      [bytes.subarray(0, bytes.length - 1), /inspect: truncated/],
      [edit('"lstm_wasm":"1"', '"lstm_wasm":"7"'), /inspect: not a file of lstm-wasm/],
      [edit('\\"kind\\":\\"lstm\\"', '\\"kind\\":\\"lstn\\"'), /inspect: config: layers\[0\]: kind/],
      [edit('\\"tokens\\":', '\\"tokenz\\":'), /inspect: config/],
      [edit('"alphabet":"[', '"alphabet":"{'), /inspect: metadata alphabet must be JSON/],
    ])) assert.throws(() => inspect(given), { code: 'ERR_FILE_FORMAT', message });
    for (const wrong of [undefined, null, 5, [1, 2], {}]) {
      assert.throws(() => inspect(/** @type {any} */ (wrong)), { code: 'ERR_ARGUMENT', message: /inspect: source must be/ });
    }
  });
});
