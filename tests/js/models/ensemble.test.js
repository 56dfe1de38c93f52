// Several models as one: the mean of what they predict, in everything that a model does; what cannot be one, by name; nothing leaks.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DisposedError, FileFormatError, inspect, load, OutOfMemoryError } from 'lstm-wasm';
import { inspect as inspectToPredict, load as loadPredictor } from 'lstm-wasm/predict';
import { openWorker } from 'lstm-wasm/worker';
import { readSafetensors, writeSafetensors } from '../../../src/js/files/safetensors.js';

const variants = /** @type {const} */ (['scalar', 'simd']);
const text = 'The quick brown fox jumps over the lazy dog.\nPack my box with five dozen liquor jugs.\n'.repeat(8);
const part = text.slice(30, 330);
const training = { steps: 40, batchSize: 4, window: 16, validation: 0 };

/** Three that have learnt: another cell each, one with 8 bits, one with its characters in another order. @param {any} lstm */
function membersOf(lstm) {
  const lstmCell = lstm.createCharModel({ text, hiddenSize: 12, seed: 1 });
  const gru = lstm.createCharModel({ text, kind: 'gru', hiddenSize: 9, layers: 2, seed: 2 });
  const reversed = lstm.createCharModel({ alphabet: [...lstmCell.alphabet].reverse(), kind: 'tdnn', delays: 2, hiddenSize: 7, seed: 3 });
  for (const model of [lstmCell, gru, reversed]) for (const report of model.train(text, training)) void report;
  return [lstmCell, gru.quantize(), reversed];
}

const lstm = await load({ variant: 'simd' });
const members = membersOf(lstm);
const ensemble = await lstm.createEnsemble(members);
const bytes = ensemble.save();

/** The file with something changed in it. @param {Uint8Array} file @param {(file: any) => void} change @param {boolean} [isSigned] as before */
function edited(file, change, isSigned = false) {
  const read = readSafetensors(file, 'test');
  if (!isSigned) read.metadata.delete('checksum');
  change(read);
  return writeSafetensors(read);
}

/** The mean of what they say of each character. @param {any[]} models @param {string} before */
function meanOf(models, before) {
  const all = models.map((model) => new Map(model.predict(before).map((/** @type {any} */ { char, probability }) => [char, probability])));
  return new Map(models[0].alphabet.map((/** @type {string} */ char) => [char, all.reduce((sum, one) => sum + one.get(char), 0) / all.length]));
}

/** @param {any[]} models @param {string} read */
function meanScores(models, read) {
  const all = models.map((model) => model.score(read));
  return Float64Array.from(all[0], (_, i) => Math.log(all.reduce((sum, scores) => sum + Math.exp(scores[i]), 0) / all.length));
}

describe('an ensemble', () => {
  test('predicts the mean of what its models predict, after each character of a text', () => {
    for (let at = 1; at < 120; at++) {
      const expected = meanOf(members, part.slice(0, at));
      const got = ensemble.predict(part.slice(0, at));
      assert.equal(got.length, expected.size);
      for (const { char, probability } of got) assert.ok(Math.abs(probability - expected.get(char)) < 1e-7, `${char} at ${at}`);
      assert.deepEqual(got.map(({ probability }) => probability), got.map(({ probability }) => probability).sort((a, b) => b - a));
    }
  });

  test('scores and evaluates by the logarithm of the mean', async () => {
    // Characters in another order are summed in another one, in floats.
    for (const { models, by } of [{ models: members.slice(0, 2), by: 1e-12 }, { models: members, by: 1e-6 }]) {
      const own = await lstm.createEnsemble(models);
      const scores = own.score(part);
      meanScores(models, part).forEach((expected, i) => assert.ok(Math.abs(scores[i] - expected) < by, `${scores[i]}, ${expected} at ${i}`));
      const { loss, characters } = own.evaluate(part);
      // The first character is read, and not predicted.
      const expected = -meanScores(models.map((model) => model.read(part[0])), part.slice(1)).reduce((sum, each) => sum + each) / (part.length - 1);
      assert.ok(Math.abs(loss - expected) < by, `${loss}, ${expected}`);
      assert.equal(characters, part.length - 1);
      const mean = models.reduce((sum, model) => sum + model.evaluate(part).loss, 0) / models.length;
      assert.ok(loss < mean - 1e-4, `${loss} is below the mean of the losses, ${mean}`);
    }
  });

  test('writes at temperature 0 the most probable of the mean', () => {
    let expected = '';
    for (let n = 0; n < 60; n++) {
      const [[best]] = [...meanOf(members, `The${expected}`)].sort(([, a], [, b]) => b - a);
      expected += best;
    }
    assert.equal(ensemble.generate({ prime: 'The', length: 60, temperature: 0 }), expected);
  });

  test('draws from the mean: how often each comes is how probable it is', () => {
    const expected = meanOf(members, 'o');
    const counts = new Map();
    const reading = ensemble.read('o');
    const DRAWS = 4000;
    for (let seed = 0; seed < DRAWS; seed++) {
      const char = reading.generate({ length: 1, seed });
      counts.set(char, (counts.get(char) ?? 0) + 1);
    }
    for (const [char, probability] of expected) {
      // Five standard deviations.
      const near = 5 * Math.sqrt((probability * (1 - probability)) / DRAWS) + 1 / DRAWS;
      assert.ok(Math.abs((counts.get(char) ?? 0) / DRAWS - probability) < near, `${char}: ${counts.get(char)}, ${probability}`);
    }
  });

  test('obeys topK, topP, allowed, stop and pattern, and streams what it generates', () => {
    const best = ensemble.predict('The').slice(0, 3).map(({ char }) => char);
    for (let seed = 0; seed < 20; seed++) {
      assert.ok(best.includes(ensemble.generate({ prime: 'The', length: 1, topK: 3, seed })));
      assert.equal(ensemble.generate({ prime: 'The', length: 1, topP: 1e-9, seed }), best[0]);
      assert.match(ensemble.generate({ prime: 'The', length: 12, pattern: '[a-f]+ [q-z]{2}', seed }), /^[a-f]+ [q-z]{2}$/);
      assert.match(ensemble.generate({ length: 9, allowed: 'ox', seed }), /^[ox]{9}$/);
      const options = { prime: 'The', length: 50, temperature: 0.8, stop: 'e', seed };
      assert.equal([...ensemble.stream(options)].join(''), ensemble.generate(options));
    }
  });

  test('completes by the mean: what it says of a completion is the sum of its scores', () => {
    const completions = ensemble.complete('The', { beams: 4, length: 6 });
    assert.equal(completions.length, 4);
    for (const { text: found, logProbability } of completions) {
      const sum = ensemble.read('The').score(found).reduce((total, each) => total + each, 0);
      assert.ok(Math.abs(sum - logProbability) < 1e-9, `${found}: ${sum}, ${logProbability}`);
    }
  });

  test('a reading steps all, and goes on from what JSON kept of it with the same bits', () => {
    const reading = ensemble.read('The quick');
    const restored = ensemble.read({ state: JSON.parse(JSON.stringify(reading.save())) });
    for (const place of [reading, restored]) place.push(' brown');
    assert.deepEqual(restored.predict(), reading.predict());
    assert.equal(restored.generate({ seed: 5 }), reading.generate({ seed: 5 }));
    assert.deepEqual(restored.save(), reading.save());
    assert.deepEqual(reading.predict(), ensemble.predict('The quick brown'));
    const branch = reading.branch().push('x');
    assert.notDeepEqual(branch.predict(), reading.predict());
    assert.equal('learn' in reading, false);
    // It is not that of one of the models, nor of another ensemble.
    assert.throws(() => members[0].read({ state: reading.save() }), /read: state: model must be/);
  });

  test('traces the layers of all its models, one after the other', () => {
    const { layers, logProbabilities } = ensemble.trace('box');
    assert.deepEqual(layers.map(({ layer, kind, hiddenSize }) => [layer, kind, hiddenSize]),
      [[0, 'lstm', 12], [1, 'gru', 9], [2, 'gru', 9], [3, 'tdnn', 7]]);
    assert.deepEqual(layers[0].h, members[0].trace('box').layers[0].h);
    assert.deepEqual(layers[2].gates, members[1].trace('box').layers[1].gates);
    assert.deepEqual(ensemble.trace('box', { layer: 2 }).layers[0].h, layers[2].h);
    assert.deepEqual(logProbabilities, ensemble.score('box'));
    assert.throws(() => ensemble.trace('box', { layer: 4 }), /trace: layer must be an integer from 0 to 3/);
  });

  test('scalar and simd give the same bits', async () => {
    const all = await Promise.all(variants.map(async (variant) => {
      const own = await load({ variant });
      const opened = /** @type {any} */ (await own.open(bytes));
      return [opened.predict('The'), opened.score(part), opened.generate({ seed: 3, length: 100 }), opened.complete('The', { length: 5 })];
    }));
    assert.deepEqual(all[0], all[1]);
  });

  test('says what it is: its alphabet, its configuration, its size', () => {
    assert.deepEqual(ensemble.alphabet, members[0].alphabet);
    assert.equal(ensemble.tokens, undefined);
    assert.deepEqual(ensemble.config, { members: members.map(({ config }) => config) });
    assert.equal(ensemble.parameterCount, members.reduce((sum, { parameterCount }) => sum + parameterCount, 0));
    assert.equal(ensemble.isQuantized, false);
  });
});

describe('the file of an ensemble', () => {
  test('opens here, on the module that only predicts, and in a Worker, with the same bits', async () => {
    const opened = /** @type {any} */ (await lstm.open(bytes));
    assert.deepEqual(opened.save(), bytes);
    const worker = await openWorker({ variant: 'simd' });
    try {
      for (const other of [opened, await (await loadPredictor({ variant: 'simd' })).open(bytes), await worker.open(bytes)]) {
        const any = /** @type {any} */ (other);
        assert.deepEqual(any.config, ensemble.config);
        assert.equal((await any.evaluate(part)).loss, ensemble.evaluate(part).loss);
        assert.equal(await any.generate({ seed: 2 }), ensemble.generate({ seed: 2 }));
        const reading = await (await any.read('The')).push(' lazy');
        assert.deepEqual(await reading.predict(), ensemble.predict('The lazy'));
        await any.dispose();
      }
    } finally {
      worker.terminate();
    }
  });

  test('is told of by inspect, here and for those who only predict', () => {
    const told = inspect(bytes);
    assert.deepEqual(inspectToPredict(bytes), told);
    const { kind, of, members: count, alphabet, isQuantized, parameterCount, config } = /** @type {any} */ (told);
    assert.deepEqual({ kind, of, count, alphabet, isQuantized, parameterCount },
      { kind: 'ensemble', of: 'characters', count: 3, alphabet: ensemble.alphabet, isQuantized: false, parameterCount: ensemble.parameterCount });
    assert.deepEqual(Object.keys(config), ['member.0', 'member.1', 'member.2']);
    assert.equal(inspect(ensemble.quantize().save()).isQuantized, true);
  });

  test('keeps which models have 8 bits, and 8 bits of all where it is quantized', async () => {
    const opened = /** @type {any} */ (await lstm.open(bytes));
    assert.deepEqual(opened.network.networks.map((/** @type {any} */ net) => net.isQuantized), [false, true, false]);
    const quantized = ensemble.quantize();
    assert.equal(quantized.isQuantized, true);
    assert.ok(quantized.save().length < bytes.length * 0.75);
    const again = /** @type {any} */ (await lstm.open(quantized.save()));
    assert.equal(again.evaluate(part).loss, quantized.evaluate(part).loss);
    assert.ok(Math.abs(quantized.evaluate(part).loss - ensemble.evaluate(part).loss) < 0.01);
    // Characters in another order, and 8 bits.
    const both = await lstm.createEnsemble([members[0], members[2].quantize(), quantized]);
    const expected = meanOf([members[0], members[2].quantize(), members[0].quantize(), members[1], members[2].quantize()], 'Pack');
    for (const { char, probability } of both.predict('Pack')) assert.ok(Math.abs(probability - expected.get(char)) < 1e-7);
  });

  test('is no model to train, nor a network, nor another framework\'s', async () => {
    assert.throws(() => lstm.openCharModel(bytes), /no character model: the file is of an ensemble: open\(\) takes any/);
    assert.throws(() => lstm.openNetwork(bytes), FileFormatError);
    assert.equal('train' in ensemble, false);
    for (const format of /** @type {const} */ (['onnx', 'torch', 'keras'])) {
      await assert.rejects(ensemble.export(format), (/** @type {any} */ error) =>
        error instanceof ArgumentError && /an ensemble is several networks, .* export the models that it was made of/.test(error.message));
    }
  });

  const model = (/** @type {(model: any) => void} */ change) => (/** @type {any} */ { metadata }) => {
    const read = JSON.parse(metadata.get('model'));
    change(read);
    metadata.set('model', JSON.stringify(read));
  };
  /** @type {Record<string, [(file: any) => void, RegExp]>} */
  const wrong = {
    'one model': [model((read) => { read.members = 1; }), /members must be an integer from 2 to 64, got 1/],
    'too many': [model((read) => { read.members = 65; }), /members must be an integer from 2 to 64, got 65/],
    'more than there are': [model((read) => { read.members = 4; }), /config: member\.3/],
    'fewer than there are': [model((read) => { read.members = 2; }), /unknown option "member\.2"/],
    'no number': [model((read) => { delete read.members; }), /members must be an integer/],
    'of ensembles': [model((read) => { read.of = 'ensemble'; }), /of must be one of 'characters', 'tokens', got "ensemble"/],
    'of networks': [model((read) => { read.of = 'network'; }), /of must be one of/],
    'another alphabet': [model((read) => { read.alphabet.pop(); }), /needs input\.tokens and output\.classes/],
    'characters and tokens': [model((read) => { read.tokens = ['a']; }), /unknown option "tokens"/],
    'a tensor that is missing': [({ tensors }) => tensors.delete('member.1.head.bias'), /tensor 'member\.1\.head\.bias' is missing/],
    'a tensor of no model': [({ tensors }) => tensors.set('member.3.head.bias', { shape: [1], values: new Float32Array(1) }), /unknown tensor "member\.3\.head\.bias"/],
    'a tensor of no name': [({ tensors }) => tensors.set('head.bias', { shape: [1], values: new Float32Array(1) }), /unknown tensor "head\.bias"/],
    'another that is unlike the first': [({ metadata }) => {
      const config = JSON.parse(metadata.get('config'));
      config['member.2'].output.classes -= 1;
      metadata.set('config', JSON.stringify(config));
    }, /member\.2: expected input\.tokens and output\.classes of \d+, one way/],
    'one that reads both ways': [({ metadata }) => {
      const config = JSON.parse(metadata.get('config'));
      config['member.1'].layers[0].bidirectional = true;
      metadata.set('config', JSON.stringify(config));
    }, /member\.1: expected .* one way/],
    '8 bits in none of them': [({ metadata }) => metadata.set('quantization', 'int8 in member.7'), /quantization must be/],
    '8 bits in one that has floats': [({ metadata }) => metadata.set('quantization', 'int8 in member.0 member.1'), /member\.0\.\w+" must be of dtype I8/],
    'no 8 bits in one that has them': [({ metadata }) => metadata.delete('quantization'), /member\.1\.\w+" must be of dtype F32/],
    'a number that is not finite': [({ tensors }) => { tensors.get('member.2.head.bias').values[0] = NaN; }, /member\.2\.head\.bias" has NaN/],
    'a number that was changed': [({ tensors }) => { tensors.get('member.2.head.bias').values[0] += 1; }, /checksum/],
  };
  for (const [name, [change, message]] of Object.entries(wrong)) {
    test(`with ${name} is refused by name, and takes no memory`, async () => {
      const file = edited(bytes, change, /checksum/.test(message.source));
      for (const by of [lstm, await loadPredictor()]) {
        await assert.rejects(by.open(file), (/** @type {any} */ error) => error.code === 'ERR_FILE_FORMAT' && message.test(error.message)
          || assert.fail(error));
      }
    });
  }
});

describe('createEnsemble', () => {
  /** @type {[string, () => any, RegExp][]} */
  const refused = [
    ['no list', () => 3, /models must be a list of models, got 3/],
    ['one model', () => [members[0]], /expected 2 to 64 models, got 1/],
    ['none', () => [], /expected 2 to 64 models, got 0/],
    ['65', () => Array.from({ length: 65 }, () => members[0]), /expected 2 to 64 models, got 65/],
    ['what is no model', () => [members[0], {}], /models\[1\] must be a model of characters or tokens/],
    ['a classifier', () => [lstm.createClassifier({ labels: ['a', 'b'], features: 1, hiddenSize: 2 })], /models\[0\] must be a model of characters or tokens/],
    ['another alphabet', () => [members[0], lstm.createCharModel({ alphabet: 'abc', hiddenSize: 2 })],
      /models\[1\] must know the same characters as models\[0\], got one without "\\n"/],
    ['a larger one', () => [members[0], lstm.createCharModel({ alphabet: [...members[0].alphabet, 'é'], hiddenSize: 2 })], /got one with "é": give the same alphabet/],
    ['tokens among characters', () => [members[0], lstm.createTokenModel({ tokens: ['a'], hiddenSize: 2 })], /must be a model of characters, as models\[0\] is, got a model of tokens/],
    ['texts cut otherwise', () => [lstm.createTokenModel({ text: 'a b', hiddenSize: 2 }), lstm.createTokenModel({ tokens: ['a', ' b'], hiddenSize: 2 })],
      /must be a model of tokens \{"by":"word".*\}, as models\[0\] is, got a model of tokens/],
  ];
  for (const [name, make, message] of refused) {
    test(`refuses ${name} by name`, async () => {
      await assert.rejects(lstm.createEnsemble(make()), (/** @type {any} */ error) =>
        (error instanceof ArgumentError && message.test(error.message)) || assert.fail(error));
    });
  }

  test('refuses one that was disposed', async () => {
    const gone = lstm.createCharModel({ text, hiddenSize: 2 });
    gone.dispose();
    await assert.rejects(lstm.createEnsemble([members[0], gone]), DisposedError);
  });

  test('copies: its models can be disposed, and go on learning', async () => {
    const own = [1, 2].map((seed) => lstm.createCharModel({ text, hiddenSize: 6, seed }));
    const made = await lstm.createEnsemble(own);
    const before = made.predict('The');
    for (const report of own[0].train(text, training)) void report;
    own[1].dispose();
    assert.deepEqual(made.predict('The'), before);
  });

  test('takes models of another instance, and those of an ensemble one by one', async () => {
    const elsewhere = await load({ variant: 'scalar' });
    const made = await elsewhere.createEnsemble(new Set([ensemble, members[0]]));
    const expected = meanOf([...members, members[0]], 'fox');
    for (const { char, probability } of made.predict('fox')) assert.ok(Math.abs(probability - expected.get(char)) < 1e-7);
    assert.equal(made.config.members.length, 4);
  });

  test('of models of lines ends where they do, and keeps the rule of the first for unknown characters', async () => {
    const lines = ['to be\n', 'or not\n', 'to be it\n'];
    const own = [1, 2].map((seed) => {
      const one = lstm.createCharModel({ text: lines, hiddenSize: 8, seed, unknown: seed === 1 ? 'skip' : 'error' });
      for (const report of one.train(lines, { steps: 150, batchSize: 2, window: 8 })) void report;
      return one;
    });
    const made = await lstm.createEnsemble(own);
    assert.equal(made.unknown, 'skip');
    assert.ok(made.generate({ temperature: 0, length: 100 }).length < 12);
    const opened = /** @type {any} */ (await lstm.open(made.save()));
    assert.equal(opened.unknown, 'skip');
    assert.deepEqual(opened.score('to é be'), made.score('to é be'));
    assert.ok(Number.isNaN(made.score('é')[0]));
  });

  test('of models of tokens predicts the mean too', async () => {
    const sequences = [['a', 'b', 'c'], ['b', 'c', 'a', 'a'], ['c', 'a', 'b']];
    const own = [1, 2].map((seed) => {
      const one = lstm.createTokenModel({ tokens: seed === 1 ? ['a', 'b', 'c'] : ['c', 'b', 'a'], hiddenSize: 6, seed });
      for (const report of one.train(sequences, { steps: 60, batchSize: 2, window: 4 })) void report;
      return one;
    });
    const made = await lstm.createEnsemble(own);
    assert.deepEqual([made.alphabet, made.tokens], [undefined, own[0].tokens]);
    for (const opened of [made, await lstm.open(made.save()), await (await loadPredictor()).open(made.save())]) {
      const any = /** @type {any} */ (opened);
      for (const { token, probability } of any.predict(['a', 'b'])) {
        const mean = own.reduce((sum, model) => sum + Number(model.predict(['a', 'b']).find((one) => one.token === token)?.probability), 0) / 2;
        assert.ok(Math.abs(probability - mean) < 1e-7, token);
      }
      assert.ok(Array.isArray(any.generate({ length: 3 })));
      assert.deepEqual(any.config, { members: own.map(({ config: { by: _, ...config } }) => config), ...(own[0].config.by && { by: own[0].config.by }) });
    }
    assert.deepEqual(/** @type {any} */ (inspectToPredict(made.save())).tokens, own[0].tokens);
  });
});

describe('memory', () => {
  test('is given back by dispose, and nothing can be asked then', async () => {
    const own = await load();
    const file = bytes.slice();
    for (let n = 0; n < 3; n++) /** @type {any} */ (await own.open(file)).dispose();
    const { memoryBytes } = own;
    for (let n = 0; n < 300; n++) {
      const opened = /** @type {any} */ (await own.open(file));
      const quantized = opened.quantize();
      const again = await own.createEnsemble([opened, quantized]);
      for (const one of [opened, quantized, again]) one.dispose();
    }
    assert.equal(own.memoryBytes, memoryBytes);
    const gone = /** @type {any} */ (await own.open(file));
    const { network } = gone;
    const reading = gone.read('The');
    gone.dispose();
    gone.dispose();
    for (const use of [() => gone.predict('a'), () => gone.save(), () => reading.predict(), () => network.networks, () => network.initialState()]) {
      assert.throws(use, DisposedError);
    }
    assert.equal(gone.config.members.length, 3);
  });

  test('where one model cannot be opened or copied, the others are given back', async () => {
    const own = await load();
    const damaged = edited(bytes, ({ tensors }) => tensors.delete('member.2.head.bias'));
    await assert.rejects(own.open(damaged), FileFormatError);
    /** @type {any} */ (await own.open(bytes)).dispose();
    const { memoryBytes } = own;
    for (let n = 0; n < 300; n++) await assert.rejects(own.open(damaged), FileFormatError);
    assert.equal(own.memoryBytes, memoryBytes);

    // Memory that ends while the second is copied.
    const { exports } = /** @type {any} */ (own.createCharModel({ text: 'ab', hiddenSize: 2 })).network.handle.wasm;
    const { lstm_network_create: create } = exports;
    const wasm = /** @type {any} */ (own.createCharModel({ text: 'ab', hiddenSize: 2 })).network.handle.wasm;
    for (let n = 0; n < 50; n++) {
      let left = 1;
      wasm.exports = { ...exports, lstm_network_create: (/** @type {number[]} */ ...given) => (left-- > 0 ? create(...given) : 0) };
      await assert.rejects(own.createEnsemble(members), OutOfMemoryError);
      wasm.exports = exports;
    }
    assert.equal(own.memoryBytes, memoryBytes);
  });
});
