// What is exported opens here again as it was, number by number; what a format does not have is refused by name.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { load, ArgumentError, DisposedError, FileFormatError } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { openWorker } from 'lstm-wasm/worker';
import { inKeras, inOnnx, inTorchOnly, networkOf, sequencesFor } from './exported-networks.js';

const lstm = await load();
const text = 'the quick brown fox jumps over the lazy dog\n'.repeat(8);

/** @param {{ save(): Uint8Array }} a @param {{ save(): Uint8Array }} b */
const assertSame = (a, b) => assert.equal(Buffer.compare(Buffer.from(a.save()), Buffer.from(b.save())), 0, 'their files differ');

/** The Python of a program, and the file beside it. @param {Record<string, Uint8Array>} files */
const programIn = (files) => new TextDecoder().decode(files['model.py']);

describe('ONNX', () => {
  for (const [name, options] of Object.entries(inOnnx)) {
    test(`${name} opens again from each of its files with every number`, async () => {
      const network = networkOf(lstm, options);
      const { format, files } = await network.export('onnx');
      assert.equal(format, 'onnx');
      const isBoth = options.layers.some(({ bidirectional }) => bidirectional);
      assert.deepEqual(Object.keys(files), isBoth ? ['model.onnx'] : ['model.onnx', 'model-step.onnx']);
      for (const bytes of Object.values(files)) {
        const opened = await lstm.open(bytes);
        assertSame(network, /** @type {any} */ (opened));
        opened.dispose();
      }
      network.dispose();
    });
  }

  test('a network whose learnt state is still zeros has it when it comes back', async () => {
    const network = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 3, trainableState: true }], output: { values: 1 } });
    for (const bytes of Object.values((await network.export('onnx')).files)) assertSame(network, /** @type {any} */ (await lstm.open(bytes)));
  });

  test('files without this library\'s metadata are read by their graph alone', async () => {
    for (const [name, options] of Object.entries(inOnnx)) {
      if (name === 'mixture') continue; // what its answer is made of is known by the metadata only
      const network = networkOf(lstm, options);
      const { files } = await network.export('onnx');
      const bytes = Buffer.from(files['model.onnx']);
      const at = bytes.indexOf('lstm_wasm');
      assert.ok(at > 0);
      bytes.write('LSTM_WASM', at);
      const opened = /** @type {import('lstm-wasm').Network} */ (await lstm.open(bytes));
      const data = sequencesFor(options, 2, 4);
      assert.deepEqual(opened.run(/** @type {any} */ (data)).outputs, network.run(/** @type {any} */ (data)).outputs, name);
      const isTied = options.output && 'tied' in options.output;
      assert.equal(opened.parameterCount, network.parameterCount + (isTied ? 28 : 0), name);
    }
  });

  test('character models of every version come back as such a model', async () => {
    let count = 0;
    for (const file of readdirSync('tests/files').filter((one) => /^(char|int8-char)-.*\.safetensors$/.test(one))) {
      const model = /** @type {any} */ (await lstm.open(readFileSync(`tests/files/${file}`)));
      if (/tdnn|four-gate|"peephole":"full"/.test(JSON.stringify(model.network.config.layers))) {
        await assert.rejects(model.export('onnx'), { name: 'ArgumentError', message: /^export: layers\[\d\] .*, which ONNX has not: export\('torch'\)/ });
        continue;
      }
      const { files } = await model.export('onnx');
      for (const bytes of Object.values(files)) {
        const opened = /** @type {any} */ (await lstm.open(bytes));
        assert.equal(opened.constructor, model.constructor, file);
        if (!model.isQuantized) assertSame(model, opened);
        else assert.deepEqual(opened.network.parameters(), model.network.parameters(), file);
        count++;
        opened.dispose();
      }
      model.dispose();
    }
    assert.ok(count > 20, `${count} files`);
  });

  for (const [kind, model] of Object.entries({
    TokenModel: () => lstm.createTokenModel({ sequences: [['C4', 'D4', 'E4'], ['C4', 'G4']], hiddenSize: 5, seed: 1 }),
    Classifier: () => lstm.createClassifier({ labels: ['walk', 'run'], features: 3, hiddenSize: 5, scale: 'none', seed: 1 }),
    Forecaster: () => lstm.createForecaster({ hiddenSize: 5, seed: 1 }),
  })) {
    test(`a ${kind} comes back as one`, async () => {
      const made = /** @type {any} */ (model());
      for (const bytes of Object.values((await made.export('onnx')).files)) assertSame(made, /** @type {any} */ (await lstm.open(bytes)));
    });
  }

  test('its float numbers are those that weights of 8 bits stand for', async () => {
    const model = lstm.createCharModel({ text, hiddenSize: 9, seed: 2 }).quantize();
    const { files } = await model.export('onnx');
    const opened = /** @type {import('lstm-wasm').CharModel} */ (await lstm.open(files['model.onnx']));
    assert.equal(opened.isQuantized, false);
    assert.deepEqual(opened.network.parameters(), model.network.parameters());
  });

  test('a file of another framework is exported as any other', async () => {
    const network = networkOf(lstm, inOnnx.lstm);
    const other = /** @type {any} */ (await lstm.open((await network.export('onnx')).files['model-step.onnx']));
    const again = await other.export('onnx');
    assertSame(network, /** @type {any} */ (await lstm.open(again.files['model.onnx'])));
  });

  test('what it opens is what it says, where another program has changed layers', async () => {
    const model = lstm.createCharModel({ text, hiddenSize: 9, seed: 2 });
    const bytes = Buffer.from((await model.export('onnx')).files['model.onnx']);
    const at = bytes.indexOf('"hiddenSize":9');
    bytes.write('"hiddenSize":8', at);
    const opened = /** @type {any} */ (await lstm.open(bytes));
    assert.equal(opened.alphabet, undefined);
    assert.equal(opened.config.layers[0].hiddenSize, 9);

    for (const [name, said, other] of [['clipped', '"clip":0.8', '"clip":0.9'], ['gru-and-dense', '"labels"', '"values"']]) {
      const network = networkOf(lstm, inOnnx[name]);
      const changed = Buffer.from((await network.export('onnx')).files['model.onnx']);
      changed.write(other, changed.indexOf(said));
      const data = /** @type {any} */ (sequencesFor(inOnnx[name], 2, 4));
      assert.deepEqual(/** @type {any} */ (await lstm.open(changed)).run(data).outputs, network.run(data).outputs, name);
    }
  });
});

test('exported files that were cut off or changed at random, their metadata above all, open or are refused by name', async () => {
  let [state, opened] = [1, 0];
  const random = (/** @type {number} */ limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const networks = [inOnnx['coupled-tied'], inOnnx['gru-and-dense'], inOnnx['peepholes-no-bias'], inOnnx.mixture, inOnnx['dense-first']];
  const files = await Promise.all(networks.map(async (options) => Object.values((await networkOf(lstm, options).export('onnx')).files)[1]));
  files.push((await lstm.createCharModel({ text, hiddenSize: 3, seed: 1 }).export('onnx')).files['model.onnx']);
  for (let n = 0; n < 4000; n++) {
    const whole = files[random(files.length)];
    const bytes = random(20) ? whole.slice() : whole.slice(0, random(whole.length));
    const metadata = Buffer.from(bytes).lastIndexOf('lstm_wasm');
    const from = metadata > 0 && random(3) ? metadata : 0;
    for (let i = 0; i <= random(3) && bytes.length > 0; i++) {
      const at = from + random(bytes.length - from);
      bytes[at] = random(2) ? 0x20 + random(96) : bytes[at] ^ (1 << random(8));
    }
    try {
      (await lstm.open(bytes)).dispose();
      opened++;
    } catch (error) {
      assert.ok(error instanceof FileFormatError, `file ${n}: ${/** @type {Error} */ (error).stack}`);
    }
  }
  assert.ok(opened > 400 && opened < 3600, `${opened} opened`);
  assert.ok(lstm.memoryBytes < 2 ** 26, `${lstm.memoryBytes} bytes`);
});

describe('what is refused', () => {
  const layers = {
    'layers[0] is a four-gate': { kind: 'four-gate' }, 'layers[0] is a tdnn': { kind: 'tdnn', delays: 2 },
    'layers[0] has a projection of 2': { kind: 'lstm', projection: 2 }, 'layers[0] has peephole full': { kind: 'lstm', peephole: 'full' },
    'layers[0] has inputGate false': { kind: 'lstm', inputGate: false }, 'layers[0] has forgetGate false': { kind: 'lstm', forgetGate: false },
    'layers[0] has outputGate false': { kind: 'lstm', outputGate: false }, 'layers[0] has inputActivation false': { kind: 'lstm', inputActivation: false },
    'layers[0] has outputActivation false': { kind: 'lstm', outputActivation: false }, 'layers[0] has fullGateRecurrence true': { kind: 'lstm', fullGateRecurrence: true },
    'layers[0] has layerNorm true': { kind: 'lstm', layerNorm: true }, 'layers[0] has layerNorm products': { kind: 'lstm', layerNorm: 'products' },
    'layers[0] has multiplicative diagonal': { kind: 'lstm', multiplicative: 'diagonal' }, 'layers[0] is a feedforward that is bidirectional': { kind: 'feedforward', bidirectional: true },
  };
  for (const [what, layer] of Object.entries(layers)) {
    test(`ONNX: ${what}`, async () => {
      const network = lstm.createNetwork(/** @type {any} */ ({ input: { size: 2 }, layers: [{ hiddenSize: 4, ...layer }] }));
      await assert.rejects(network.export('onnx'), (error) => error instanceof ArgumentError
        && error.message === `export: ${what}, which ONNX has not: export('torch') writes it out as a module of PyTorch's`);
    });
  }

  test('Keras: cells, options and outputs that it has not', async () => {
    const cases = {
      'layers[0] is a tdnn': { layers: [{ kind: 'tdnn', hiddenSize: 3, delays: 2 }] },
      'layers[0] has layerNorm': { layers: [{ kind: 'lstm', hiddenSize: 3, layerNorm: 'products' }] },
      'layers[0] has multiplicative': { layers: [{ kind: 'lstm', hiddenSize: 3, multiplicative: 'diagonal' }] },
      'layers[0] has clip': { layers: [{ kind: 'gru', hiddenSize: 3, clip: 1 }] },
      'layers[1] has trainableState': { layers: [{ kind: 'rnn', hiddenSize: 3 }, { kind: 'lstm', hiddenSize: 3, trainableState: true }] },
      'layers[0] has coupled': { layers: [{ kind: 'lstm', hiddenSize: 3, coupled: true }] },
      'the output is a mixture': { layers: [{ kind: 'lstm', hiddenSize: 3 }], output: { values: 2, mixture: 2 } },
    };
    for (const [what, options] of Object.entries(cases)) {
      const network = lstm.createNetwork(/** @type {any} */ ({ input: { size: 2 }, ...options }));
      await assert.rejects(network.export('keras'), { name: 'ArgumentError', message: `export: ${what}, which Keras has not: export('torch') writes it out as a module of PyTorch's` });
    }
  });

  test('a format that is not known, a translator, a memory, a model that is disposed', async () => {
    const model = lstm.createCharModel({ text, hiddenSize: 4 });
    await assert.rejects(model.export(/** @type {any} */ ('tflite')), (error) => error instanceof ArgumentError
      && error.message === "export: format must be one of 'onnx', 'torch', 'keras', got \"tflite\"");
    await assert.rejects(/** @type {any} */ (model).export(), ArgumentError);
    const translator = lstm.createTranslator({ source: ['a', 'b'], target: ['c', 'd'], hiddenSize: 4 });
    for (const format of /** @type {const} */ (['onnx', 'torch', 'keras'])) await assert.rejects(translator.export(format), { name: 'ArgumentError', message: /^export: a translator is two networks/ });
    const layers = [{ kind: /** @type {const} */ ('gru'), hiddenSize: 4 }];
    const decoder = lstm.createNetwork({ input: { size: 2 }, layers, output: { values: 2 }, memory: { summary: 3 } });
    for (const format of /** @type {const} */ (['onnx', 'torch', 'keras'])) await assert.rejects(decoder.export(format), { name: 'ArgumentError', message: /the network is given a memory/ });
    model.dispose();
    await assert.rejects(model.export('onnx'), DisposedError);
  });
});

describe('PyTorch and Keras', () => {
  for (const [name, options] of Object.entries({ ...inOnnx, ...inTorchOnly })) {
    test(`the safetensors of ${name} opens here with every number`, async () => {
      const network = networkOf(lstm, options);
      const { files } = await network.export('torch');
      assert.deepEqual(Object.keys(files), ['model.py', 'model.safetensors']);
      assertSame(network, /** @type {any} */ (await lstm.open(files['model.safetensors'])));
      assert.match(programIn(files), /^"""[^]*class Model\(torch\.nn\.Module\):[^]*\n {8}\]\)\n/);
    });
  }

  test('the cells that PyTorch has are its own, and only what is needed is written out', async () => {
    const plain = programIn((await networkOf(lstm, inKeras.lstm).export('torch')).files);
    assert.match(plain, /torch\.nn\.LSTM\(3, 6\),/);
    assert.doesNotMatch(plain, /class (Cell|Lstm)/);
    const own = programIn((await networkOf(lstm, inOnnx.clipped).export('torch')).files);
    for (const each of ['Cell(torch.nn.Module)', 'Lstm(Cell)', 'Gru(Cell)', 'Rnn(Cell)']) assert.ok(own.includes(`class ${each}:`), each);
    assert.doesNotMatch(own, /class (Tdnn|FourGate)/);
  });
});

test('lstm-wasm/predict and a Worker export the same files', async () => {
  const model = lstm.createCharModel({ text, hiddenSize: 7, seed: 4 });
  const predicting = /** @type {any} */ (await (await loadPredictor()).open(model.save()));
  const remote = await openWorker();
  try {
    const there = await remote.createCharModel({ text, hiddenSize: 7, seed: 4 });
    const network = await remote.createNetwork(inOnnx.lstm);
    assert.deepEqual(Object.keys((await network.export('onnx')).files), ['model.onnx', 'model-step.onnx']);
    for (const format of /** @type {const} */ (['onnx', 'torch', 'keras'])) {
      const here = await model.export(format);
      assert.deepEqual(await predicting.export(format), here);
      assert.deepEqual(await there.export(format), here);
    }
    await assert.rejects(there.export(/** @type {any} */ ('x')), { name: 'ArgumentError', message: /^export: format must be/ });
  } finally {
    await remote.terminate();
  }
});
