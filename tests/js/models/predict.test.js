// lstm-wasm/predict: what was kept of former versions opens and predicts as in the whole library, to the last bit; and it
// trains nothing.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as whole from 'lstm-wasm';
import * as small from 'lstm-wasm/predict';
import { edited } from '../files/edit.js';

const folder = new URL('../../files/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors')).map((name) => name.slice(0, -12));
const read = (/** @type {string} */ name) => readFileSync(new URL(`${name}.safetensors`, folder));
const dist = new URL('../../../dist/', import.meta.url);
const moduleOf = (/** @type {string} */ name) => readFileSync(new URL(`${name}.wasm`, dist));
/** Node 20 compiles no module with relaxed SIMD. */
const variants = /** @type {const} */ (['scalar', 'simd', 'relaxed']).filter((name) =>
  WebAssembly.validate(moduleOf(`predict-${name}`)));

/** What a network says of some inputs, in all the ways that both have. @param {any} net @param {any} expected */
function answersOf(net, { run, steps }) {
  const { input, layers, output } = net.config;
  const isOneWay = !layers.some((/** @type {any} */ layer) => layer.bidirectional);
  const ran = net.run(run.inputs, run.options);
  const answers = { ran, again: net.run(run.inputs, { ...run.options, state: ran.state }) };
  const history = 'size' in input && isOneWay && net.run(run.inputs, run.options).shape[2] === input.size
    && !(output && 'classes' in output);
  return {
    ...answers,
    ...(steps && { step: net.step('tokens' in input ? steps.inputs[0] : steps.inputs.slice(0, input.size), net.initialState()) }),
    ...(history && { forecast: net.forecast(3, { inputs: steps.inputs.slice(0, 2 * input.size) }) }),
    parameters: net.parameters(),
    saved: net.save(),
  };
}

/** @param {any} model @param {string} text */
function textsOf(model, text) {
  const reading = model.read(text);
  return {
    alphabet: model.alphabet,
    config: model.config,
    predicted: model.predict(text),
    generated: model.generate({ prime: text, seed: 4, length: 40 }),
    chosen: model.generate({ prime: text, seed: 5, length: 20, temperature: 0.7, topK: 5, topP: 0.9 }),
    streamed: [...model.stream({ prime: text, seed: 6, length: 20 })],
    completed: model.complete(text, { beams: 3, length: 6 }),
    scored: model.score(text),
    evaluated: model.evaluate(text),
    traced: model.trace(text.slice(0, 4)),
    read: reading.predict({ top: 3 }),
    ran: (model.network.networks ?? [model.network]).map((/** @type {any} */ network) => network.run([0, 1, 1, 0])),
    saved: model.save(),
  };
}

for (const variant of variants) {
  describe(`predicts what the whole library does, ${variant}`, async () => {
    const [big, predictor] = await Promise.all([whole.load({ variant }), small.load({ variant })]);
    for (const name of names) {
      test(name, async () => {
        const bytes = read(name);
        const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
        const [ours, theirs] = /** @type {any[]} */ (await Promise.all([predictor.open(bytes), big.open(bytes)]));
        const ask = (/** @type {any} */ opened) =>
          (expected.call === 'openNetwork' ? answersOf(opened, expected) : textsOf(opened, expected.text));
        assert.deepEqual(ask(ours), ask(theirs));
        if (expected.run && variant !== 'relaxed') {
          const { outputs } = ours.run(expected.run.inputs, expected.run.options);
          assert.equal(Buffer.from(outputs.buffer).toString('base64'), expected.run.outputs);
        }
        // And with 8 bits a weight, which a file of such has already.
        const rounded = [ours.quantize(), theirs.quantize()];
        assert.deepEqual(ask(rounded[0]), ask(rounded[1]));
        for (const opened of [ours, theirs, ...rounded]) opened.dispose();
      });
    }
  });
}

test('runs sequences of different lengths, in both layouts and from any state, as the whole library does', async () => {
  const [big, predictor] = await Promise.all([whole.load({ variant: 'simd' }), small.load({ variant: 'simd' })]);
  for (const layer of [{ kind: 'lstm', bidirectional: true }, { kind: 'gru', bidirectional: true }, { kind: 'tdnn', delays: 3 }]) {
    const layers = /** @type {any} */ ([{ ...layer, hiddenSize: 7 }, { kind: 'rnn', hiddenSize: 5 }]);
    const theirs = big.createNetwork({ input: { size: 3 }, layers, output: { values: 2 }, seed: 3 });
    const ours = /** @type {small.Network} */ (await predictor.open(theirs.save()));
    const nested = [5, 2, 9].map((length, b) =>
      Array.from({ length }, (_, t) => [Math.sin(t + b), Math.cos(2 * t), b - 1]));
    const [got, expected] = [ours.run(nested), theirs.run(nested)];
    assert.deepEqual(got.shape, expected.shape);
    assert.deepEqual(got.state, expected.state);
    nested.forEach(({ length }, b) => {
      const [mine, other] = [got, expected].map(({ outputs }) => outputs.slice(b * 18, b * 18 + 2 * length));
      assert.deepEqual(mine, other);
    });
    const flat = Array.from({ length: 4 * 2 * 3 }, (_, i) => Math.sin(i));
    for (const layout of /** @type {const} */ (['time', 'batch'])) {
      const options = { batchSize: 2, layout };
      assert.deepEqual(ours.run(flat, options), theirs.run(flat, options));
      const { state } = theirs.run(flat, options);
      assert.deepEqual(ours.run(flat, { ...options, state }), theirs.run(flat, { ...options, state }));
    }
    // More than a product's block of columns, which is where its sums are cut.
    const wide = big.createNetwork({ input: { size: 1100 }, layers: [{ kind: 'lstm', hiddenSize: 3 }], output: { values: 1 } });
    const long = Float32Array.from({ length: 2200 }, (_, i) => Math.sin(i));
    const opened = /** @type {small.Network} */ (await predictor.open(wide.save()));
    assert.deepEqual(opened.run(long), wide.run(long));
    for (const owned of [theirs, ours, wide, opened]) owned.dispose();
  }
});

test('has the same errors, and names what is wrong', async () => {
  for (const name of ['LstmError', 'ArgumentError', 'DisposedError', 'OutOfMemoryError', 'FileFormatError', 'DivergedError']) {
    assert.equal(/** @type {any} */ (small)[name], /** @type {any} */ (whole)[name]);
  }
  const predictor = await small.load();
  const net = /** @type {small.Network} */ (await predictor.open(read('network-lstm')));
  const message = (/** @type {RegExp} */ pattern) => ({ name: 'ArgumentError', message: pattern });
  assert.throws(() => net.run([1]), message(/^run: inputs must be an array of T x /));
  assert.throws(() => net.run([[[NaN, 0, 0]]].map((x) => x.map((v) => v.slice(0, 3)))), message(/^run: inputs/));
  assert.throws(() => net.run(new Float32Array(6), { batchSize: 0 }), message(/^run: batchSize must be /));
  await assert.rejects(predictor.open(new Uint8Array(3)), { name: 'FileFormatError' });
  await assert.rejects(predictor.open(/** @type {any} */ (7)), message(/^open: source must be /));
  const reason = new Error('no more');
  await assert.rejects(predictor.open(read('char-lstm'), { signal: AbortSignal.abort(reason) }), reason);
  net.dispose();
  assert.throws(() => net.run([1]), { name: 'DisposedError' });
});

test('takes a module of the whole library, which takes none of it', async () => {
  const predictor = await small.load({ variant: 'scalar', wasm: moduleOf('lstm-scalar') });
  const model = /** @type {small.CharModel} */ (await predictor.open(read('char-lstm')));
  assert.equal(model.generate({ length: 5, seed: 1 }).length, 5);
  assert.equal(model.network.run([0, 1]).shape[0], 2);
  await assert.rejects(whole.load({ variant: 'scalar', wasm: moduleOf('predict-scalar') }), {
    name: 'ArgumentError',
    message: 'load: the module must be one of lstm-wasm, which trains, got one of lstm-wasm/predict',
  });
});

test('trains nothing', async () => {
  const predictor = await small.load();
  const model = await predictor.open(read('checkpoint-adam'));
  for (const name of ['train', 'fit', 'checkpoint', 'createTrainer']) assert.ok(!(name in model), name);
  assert.ok(!('createTrainer' in /** @type {any} */ (model).network));
  assert.ok(!('createCharModel' in predictor) && !('createNetwork' in predictor));
});

/** Files of every kind of model, and what one of each says. @type {Record<string, { bytes: Uint8Array, ask: (opened: any) => unknown }>} */
const everyKind = {};
{
  const lstm = await whole.load({ variant: 'simd' });
  const size = { hiddenSize: 5, seed: 3 };
  const values = Array.from({ length: 80 }, (_, i) => Math.sin(i / 3) + i / 50);
  const forecaster = lstm.createForecaster({ columns: ['a', 'b'], predict: ['a'], known: ['b'], window: 8, ...size });
  await forecaster.fit({ a: values, b: values.map((value) => -value) }, { steps: 5 });
  const classifier = lstm.createClassifier({ labels: ['up', 'down'], features: ['x'], scale: 'none', ...size });
  await classifier.fit([{ sequence: [[1], [2]], label: 'up' }, { sequence: [[2], [1]], label: 'down' }], { steps: 3 });
  const pairs = /** @type {[string, string][]} */ ([['ab', 'ba'], ['ba', 'ab']]);
  const translator = lstm.createTranslator({ pairs, by: 'character', ...size });
  await translator.fit(pairs, { steps: 3 });
  /** @type {Record<string, [any, (opened: any) => unknown]>} */
  const made = {
    network: [lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 3 }] }), (net) => net.run([[1, 2]])],
    characters: [lstm.createCharModel({ text: 'to be or not', ...size }), (model) => model.predict('to b')],
    tokens: [lstm.createTokenModel({ text: 'to be or not to be', by: 'word', locale: 'en', ...size }), (model) => model.predict('to be')],
    classifier: [classifier, (model) => model.predict([[3], [2]])],
    translator: [translator, (model) => model.translate('ab')],
    forecaster: [forecaster, (model) => model.forecast(3, { known: { b: [1, 2, 3] }, seed: 4 })],
    ensemble: [await lstm.createEnsemble([1, 2].map((seed) => lstm.createCharModel({ text: 'to be', hiddenSize: 4, seed }))), (model) => model.predict('to b')],
  };
  for (const [kind, [model, ask]] of Object.entries(made)) everyKind[kind] = { bytes: model.save(), ask };
}

for (const [kind, { bytes, ask }] of Object.entries(everyKind)) {
  test(`a file of kind ${kind} opens, says what it says in the whole library, and is the caller's again at once`, async () => {
    const [big, predictor] = await Promise.all([whole.load({ variant: 'simd' }), small.load({ variant: 'simd' })]);
    const lent = bytes.slice();
    // The first time its code is loaded, the second it is here.
    const opening = [predictor.open(lent), predictor.open(new Blob([lent]))];
    lent.fill(0);
    const models = await Promise.all([...opening, predictor.open(Buffer.from(bytes))]);
    const expected = ask(await big.open(bytes));
    for (const model of models) assert.deepEqual(ask(model), expected);
    assert.deepEqual(/** @type {any} */ (models[0]).save(), bytes);
  });

  test(`a file of kind ${kind} is inspected as in the whole library, and what is told of it is checked`, () => {
    assert.equal(whole.inspect(bytes).kind, kind);
    assert.deepEqual(small.inspect(bytes), whole.inspect(bytes));
  });
}

test('what inspect tells of a model is of the types that it says', () => {
  const wrong = /** @type {[string, string, unknown][]} */ ([
    ['tokens', 'tokens', 'ab'], ['tokens', 'tokens', [7]], ['classifier', 'labels', { 0: 'up' }], ['classifier', 'every', 'day'],
    ['classifier', 'several', 1], ['classifier', 'features', true], ['translator', 'source', undefined], ['translator', 'target', [null]],
    ['forecaster', 'columns', [1, 2]], ['forecaster', 'predict', 'a'],
    ['ensemble', 'members', 65], ['ensemble', 'of', 'network'], ['ensemble', 'alphabet', 'ab'],
  ]);
  for (const [kind, name, value] of wrong) {
    const bytes = edited(everyKind[kind].bytes, ({ __metadata__: metadata }) => {
      metadata.model = JSON.stringify({ ...JSON.parse(metadata.model), [name]: value });
    });
    const refused = { name: 'FileFormatError', message: new RegExp(`^inspect: model: ${name}`) };
    assert.throws(() => small.inspect(bytes), refused, `${kind}: ${name}`);
    assert.throws(() => whole.inspect(bytes), { name: 'FileFormatError' }, `${kind}: ${name}`);
  }
});

test('inspects a file, a checkpoint as the model in it', async () => {
  for (const name of ['char-gru', 'int8-network-tdnn', 'checkpoint-adam']) {
    const { checkpoint, ...expected } = whole.inspect(read(name));
    assert.equal(checkpoint !== undefined, name.startsWith('checkpoint'));
    assert.deepEqual(small.inspect(read(name)), expected);
    assert.deepEqual(await small.inspect(new Blob([read(name)])), expected);
  }
});
