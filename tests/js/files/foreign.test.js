// Files that other frameworks wrote open, and compute what those computed: see tests/reference/zoo.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ArgumentError, FileFormatError, inspect, load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { openWorker } from 'lstm-wasm/worker';

const NEAR = 1e-6;
const folder = new URL('../../reference/zoo/files/', import.meta.url);
const names = readdirSync(folder);
const lstm = await load();
const predictor = await loadPredictor();

/** @param {string} name @returns {any} what its framework computed */
const expectedOf = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
const bytesOf = (/** @type {string} */ name) => new Uint8Array(readFileSync(new URL(name, folder)));

/**
 * The outputs of the framework are those of the last steps, and of the first tokens: a vocabulary may have an end here that it
 * has not there.
 * @param {any} opened
 * @param {{ inputs: any, outputs: number[], columns?: number }} expected
 */
function assertComputes(opened, { inputs, outputs, columns }) {
  const network = opened.network ?? opened;
  const all = [...network.run(inputs).outputs];
  const width = all.length / inputs.length;
  const got = all.filter((_, i) => i % width < (columns ?? width)).slice(-outputs.length);
  assert.equal(got.length, outputs.length);
  outputs.forEach((value, i) => assert.ok(Math.abs(got[i] - value) <= NEAR * Math.max(1, Math.abs(value)), `output ${i}: ${value} expected, got ${got[i]}`));
}

const files = names.filter((name) => names.includes(`${name}.json`));

describe('files of other frameworks', () => {
  test('there are files of each', () => {
    const least = { torch: 45, keras: 20, keras2: 20, onnx: 25, tf2onnx: 3, tfjs: 3, ml5: 1 };
    for (const [format, count] of Object.entries(least)) assert.ok(files.filter((name) => name.startsWith(`${format}-`)).length >= count, format);
  });

  for (const name of files) {
    test(name, async () => {
      const expected = expectedOf(name);
      const { options, kind = 'network', alphabet, notes = [], address = name } = expected;
      const source = new URL(address, folder);
      const model = await lstm.open(source, options);
      assertComputes(model, expected);
      const told = await inspect(source, options);
      assert.equal(told.kind, kind);
      assert.ok(told.origin?.format);
      if (alphabet) assert.deepEqual(told.alphabet, alphabet);
      for (const note of notes) assert.ok(told.origin.notes?.some((text) => text.includes(note)), note);
      // It is a model as any other: it is saved, and opens again.
      const again = await lstm.open(model.save());
      assertComputes(again, expected);
      assertComputes(await predictor.open(source, options), expected);
      for (const each of [model, again]) each.dispose();
    });
  }

  test('it opens from bytes, a Blob and a promise, and trains on', async () => {
    const bytes = bytesOf('torch-lstm.safetensors');
    for (const source of [bytes, new Blob([bytes]), Promise.resolve(bytes), new Response(bytes)]) {
      assertComputes(await lstm.open(source), expectedOf('torch-lstm.safetensors'));
    }
    const network = /** @type {any} */ (await lstm.open(bytes));
    const losses = [...network.train({ inputs: [[[0, 1, 0], [1, 0, 1], [0, 1, 0]]], targets: [[[0], [1], [0]]] }, { steps: 30, learningRate: 0.01, reportEvery: 1 })].map(({ loss }) => loss);
    assert.ok(losses[losses.length - 1] < losses[0]);
  });

  test('bytes that change while the importer is loaded are read as they were', async () => {
    const bytes = bytesOf('torch-lstm.safetensors');
    const opening = lstm.open(bytes);
    bytes.fill(0);
    assertComputes(await opening, expectedOf('torch-lstm.safetensors'));
  });

  test("a Worker's open() takes them: they are read on the page's side", async () => {
    const worker = await openWorker();
    try {
      const source = new URL('torch-char-rnn.net', folder);
      const model = /** @type {any} */ (await worker.open(source));
      const { inputs, outputs, alphabet } = expectedOf('torch-char-rnn.net');
      assert.deepEqual([...model.alphabet], alphabet);
      const best = await model.predict(inputs.map((/** @type {number} */ token) => alphabet[token]).join(''), { top: 1 });
      assert.ok(Math.abs(best[0].probability - Math.max(...outputs.slice(-alphabet.length))) < NEAR);
    } finally {
      worker.terminate();
    }
  });

  test('inspect tells of them by a promise, and says so where it is asked for bytes at once', async () => {
    const bytes = bytesOf('torch-lstm.safetensors');
    assert.throws(() => inspect(bytes), (/** @type {Error} */ error) => error instanceof FileFormatError && /await inspect\(new Blob/.test(error.message));
    const { config, origin } = await inspect(new Blob([bytes]));
    assert.deepEqual(origin, { format: 'PyTorch' });
    assert.deepEqual(config, { input: { size: 3 }, layers: [{ kind: 'lstm', hiddenSize: 8, bias: true }], output: { values: 1 }, seed: 0 });
  });

  test('what cannot be opened is refused by name, with what to do', async () => {
    /** @type {[string, any, RegExp][]} */
    const refused = [
      ['refused-module.pt', {}, /a whole module of class __main__\.Model.*torch\.save\(model\.state_dict\(\), path\)/],
      ['refused-pair.safetensors', {}, /norm\.bias \(4\).*module: 'encoder'/],
      ['refused-no-cell.safetensors', {}, /no LSTM, GRU or RNN among its 2 tensors: conv\.bias, conv\.weight/],
      ['torch-relu-between.pt', {}, /between fc1 and fc2 is not in a state_dict.*activation: 'relu'/],
      ['refused-keras-hard-sigmoid.keras', {}, /layer lstm\w*: recurrent_activation hard_sigmoid is not known, only sigmoid/],
      ['refused-keras2-hard-sigmoid.h5', {}, /layer lstm\w*: recurrent_activation hard_sigmoid is not known, only sigmoid/],
      ['refused-keras-conv.keras', {}, /layer taps is a Conv1D, which this library does not have: it opens Embedding, .*LSTM/],
      ['refused-keras-backwards.keras', {}, /go_backwards is not known: give the network its sequences from their end/],
      ['refused-keras-last-of-both.keras', {}, /return_sequences false.*return_sequences=True/],
      ['refused-keras-two-inputs.keras', {}, /layer joined reads several, lstm\w* and lstm\w*: only models whose layers make one chain/],
      ['refused-onnx-attention.onnx', {}, /"\/Softmax": Softmax must stand behind a linear layer/],
      ['refused-onnx-conv.onnx', {}, /is a Conv, which this library does not have: it opens LSTM, GRU, RNN, Gather/],
      ['refused-onnx-ends.onnx', {}, /the ends of two directions together.*read the last step/],
      ['refused-onnx-steps.onnx', {}, /written out step by step: open the file of the framework/],
      ['refused-tf2onnx-loop.onnx', {}, /is a Loop, .*converted step by step: open the file of the framework/],
      ['torch-lstm.pt', { module: 'gru' }, /no tensors below the module gru: lstm\.weight_ih_l0/],
    ];
    for (const [name, options, message] of refused) {
      await assert.rejects(lstm.open(new URL(name, folder), options), (/** @type {Error} */ error) => {
        assert.ok(error instanceof FileFormatError, error.message);
        assert.match(error.message, message);
        return true;
      }, name);
    }
    const encoder = await lstm.open(new URL('refused-pair.safetensors', folder), { module: 'encoder' });
    assert.deepEqual(/** @type {any} */ (encoder).config.layers.length, 1);
  });

  test('what lies beside a file is found by its address, or given', async () => {
    const model = bytesOf('tfjs-lstm/model.json');
    const shard = new Blob([bytesOf('tfjs-lstm/group1-shard1of1.bin')]);
    await assert.rejects(lstm.open(model), (/** @type {Error} */ error) => error instanceof ArgumentError && /files must have "group1-shard1of1\.bin"/.test(error.message));
    const named = Object.assign(shard, { name: 'group1-shard1of1.bin' });
    for (const files of [{ 'group1-shard1of1.bin': shard }, [named]]) assertComputes(await lstm.open(model, { files }), expectedOf('tfjs-lstm'));
    // No file leads out of its folder.
    for (const path of ['../secret.bin', '/etc/passwd', 'https://example.org/x.bin', 'a\\b.bin']) {
      const text = new TextDecoder().decode(model).replace('group1-shard1of1.bin', path.replace('\\', '\\\\'));
      await assert.rejects(lstm.open(new TextEncoder().encode(text), { files: {} }), (/** @type {Error} */ error) =>
        error instanceof FileFormatError && /must have a plain name/.test(error.message), path);
    }
  });

  test('options that a file cannot have are refused', async () => {
    const own = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 2 }] }).save();
    await assert.rejects(lstm.open(own, { module: 'lstm' }), /module must be absent/);
    const source = new URL('torch-language.pt', folder);
    for (const options of [{ module: 1 }, { activation: 'gelu' }, { output: 'probabilities' }, { alphabet: ['a', 'a'] }, { alphabet: ['a', 'b'] }, { alphabet: { a: 0, b: 2 } }]) {
      await assert.rejects(lstm.open(source, /** @type {any} */ (options)), ArgumentError, JSON.stringify(options));
    }
  });

  test('an alphabet may lie beside the weights as JSON: a list, char_to_idx or its reverse', async () => {
    const source = new URL('torch-language.pt', folder);
    const alphabet = [...'abcdefghij\n'];
    const numbers = Object.fromEntries(alphabet.map((char, i) => [char, i]));
    const jsons = [alphabet, numbers, Object.fromEntries(alphabet.map((char, i) => [i, char])), { idx_to_char: alphabet }];
    for (const given of [alphabet.join(''), alphabet, numbers, ...jsons.map((json) => new Blob([JSON.stringify(json)]))]) {
      const model = /** @type {any} */ (await lstm.open(source, { alphabet: /** @type {any} */ (given) }));
      assert.deepEqual([...model.alphabet], alphabet);
      assert.equal(model.generate({ length: 5, seed: 1 }).length, 5);
    }
    await assert.rejects(lstm.open(source, { alphabet: new Blob(['no']) }), FileFormatError);
  });
});
