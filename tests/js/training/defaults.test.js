// What a character model and its training are where nobody says, and that what is said always wins.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultLearningRate, defaultSchedule, load } from 'lstm-wasm';
import { readSafetensors, writeSafetensors } from '../../../src/js/files/safetensors.js';

const lstm = await load({ variant: 'simd' });
const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(40);
const metadataOf = (bytes) => readSafetensors(bytes, 'test').metadata;

describe('forgetBias', () => {
  const H = 5;
  /** What the biases of gate 1 sum to, and whether all others are drawn. @param {Record<string, Float32Array>} all */
  function sumsOf(all) {
    const [ih, hh] = Object.keys(all).filter((name) => name.startsWith('bias_')).map((name) => all[name]);
    return Array.from(ih.subarray(H, 2 * H), (value, j) => value + hh[H + j]);
  }

  for (const kind of ['lstm', 'four-gate']) {
    test(`of ${kind}: 1 in cells and networks, 0 in character models, or what is asked for`, () => {
      for (const [given, cell, model] of [[{}, 1, 0], [{ forgetBias: 2.5 }, 2.5, 2.5], [{ forgetBias: 0 }, 0, 0]]) {
        const layer = { kind, hiddenSize: H, ...given };
        const net = lstm.createNetwork({ input: { size: 2 }, layers: [layer] });
        assert.deepEqual(sumsOf(lstm.createCell({ inputSize: 2, ...layer }).parameters()), Array(H).fill(cell));
        assert.deepEqual(sumsOf(net.parameters()), Array(H).fill(cell));
        for (const options of [layer, { layers: [layer] }]) {
          const made = lstm.createCharModel({ text, ...options });
          assert.deepEqual(sumsOf(made.network.parameters()), Array(H).fill(model));
          assert.equal(made.config.forgetBias, model);
          assert.deepEqual(lstm.createCharModel({ text, ...made.config }).config, made.config);
        }
      }
    });
  }

  test('of a layer with options, both ways, and of none where there is nothing to set', () => {
    const options = { peephole: 'full', layerNorm: true, bidirectional: true, forgetBias: -1 };
    const layers = [{ kind: 'lstm', hiddenSize: H, ...options }];
    const all = Object.entries(lstm.createNetwork({ input: { size: 2 }, layers }).parameters());
    for (const isReverse of [true, false]) {
      const one = all.filter(([name]) => name.endsWith('_reverse') === isReverse);
      assert.deepEqual(sumsOf(Object.fromEntries(one)), Array(H).fill(-1));
    }
    for (const without of [{ bias: false }, { coupled: true }, { forgetGate: false }, { kind: 'gru' }]) {
      assert.ok(!('forgetBias' in lstm.createCharModel({ text, hiddenSize: H, ...without }).config));
    }
  });

  test('files from before it open as they were: with biases that were 1 at first', () => {
    const made = lstm.createCharModel({ text, hiddenSize: H, forgetBias: 1 });
    const { layers } = JSON.parse(metadataOf(made.save()).get('config'));
    assert.deepEqual(layers, [{ kind: 'lstm', hiddenSize: H, bias: true }], 'as it was written before');
    const opened = lstm.openCharModel(made.save());
    assert.deepEqual(opened.config, made.config);
    assert.deepEqual(opened.network.parameters(), made.network.parameters());
  });
});

describe('hiddenSize', () => {
  const sizeOf = (options) => lstm.createCharModel({ text: 'ab', alphabet: undefined, ...options }).config.hiddenSize;
  const long = 'ab'.repeat(100_000);

  test('192, and by the time that there is', () => {
    assert.equal(sizeOf({}), 192);
    assert.equal(sizeOf({ text: long }), 192);
    const sizes = [0.1, 8, 9, 30, 31, 100, 101, 600, 601, 1e9].map((seconds) => sizeOf({ text: long, seconds }));
    assert.deepEqual(sizes, [64, 64, 128, 128, 192, 192, 256, 256, 384, 384]);
    assert.equal(sizeOf({ text: undefined, alphabet: 'ab', seconds: 60 }), 192);
  });

  test('smaller for short texts, and where there are several layers', () => {
    const lengths = [10_000, 10_001, 100_000, 100_001];
    const sizes = lengths.map((length) => sizeOf({ text: long.slice(0, length), seconds: 300 }));
    assert.deepEqual(sizes, [64, 128, 128, 256]);
    assert.deepEqual([1, 2, 3].map((layers) => sizeOf({ text: long, layers, seconds: 90 })), [192, 128, 128]);
  });

  test('what is said wins, and no time is refused', () => {
    assert.equal(sizeOf({ seconds: 1, hiddenSize: 7 }), 7);
    for (const seconds of [0, -1, NaN, Infinity, '60']) {
      assert.throws(() => sizeOf({ seconds }), {
        name: 'ArgumentError', message: /^createCharModel: seconds must be a number above 0, got/,
      });
    }
    assert.ok(!('seconds' in lstm.createCharModel({ text, seconds: 1 }).config));
  });
});

describe('train', () => {
  /** What a run is really asked for, as its checkpoint has it. */
  function optionsOf(asked, shape = { hiddenSize: 4 }) {
    const model = lstm.createCharModel({ text, ...shape });
    for (const report of model.train(text, { reportEvery: 1, ...asked })) if (report) break;
    return JSON.parse(metadataOf(model.checkpoint()).get('checkpoint')).last.options;
  }
  const perEpoch = 16 * 32 * Math.floor(Math.floor((text.length - 1) / 16) / 32);

  test('the budget that the model was created with, else a minute', () => {
    const budgetOf = ({ seconds, epochs, steps }) => [seconds, epochs, steps];
    assert.deepEqual(budgetOf(optionsOf({})), [60, undefined, undefined]);
    assert.deepEqual(budgetOf(optionsOf({}, { seconds: 2 })), [2, undefined, undefined]);
    assert.deepEqual(budgetOf(optionsOf({}, { seconds: 2, layers: [{ kind: 'rnn', hiddenSize: 4 }] })), [2, undefined, undefined]);
    assert.deepEqual(budgetOf(optionsOf({ seconds: 3 }, { seconds: 2 })), [3, undefined, undefined]);
    assert.deepEqual(budgetOf(optionsOf({ epochs: 3 }, { seconds: 2 })), [undefined, 3, undefined]);
    assert.deepEqual(budgetOf(optionsOf({ steps: 3 })), [undefined, undefined, 3]);
    assert.deepEqual(budgetOf(optionsOf({ steps: Infinity })), [undefined, undefined, 'Infinity']);
    const made = lstm.createCharModel({ text, seconds: 0.05 });
    const reports = [...made.train(text)];
    assert.ok(reports.at(-1).done && reports.at(-1).seconds >= 0.05);
    assert.ok(!metadataOf(made.save()).has('notes'));
    for (const notes of ['{"seconds":1}', '{"lines":1}', '{"hours":1}', '{"unknown":"ab"}', '{"unknown":"Ω"}', '[]', 'x']) {
      const file = readSafetensors(made.save(), 'test');
      file.metadata.set('notes', notes);
      assert.throws(() => lstm.openCharModel(writeSafetensors(file)), { name: 'FileFormatError', message: /notes/ });
    }
    const endless = readSafetensors(lstm.createCharModel({ alphabet: 'ab', hiddenSize: 2 }).save(), 'test');
    endless.metadata.set('notes', '{"lines":true}');
    assert.throws(() => lstm.openCharModel(writeSafetensors(endless)), { name: 'FileFormatError', message: /which the alphabet has not/ });
  });

  test('a run without an end that an older checkpoint holds goes on for a minute', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 4 });
    for (const { step } of model.train(text, { steps: Infinity, reportEvery: 1 })) if (step === 3) break;
    const file = readSafetensors(model.checkpoint(), 'test');
    const checkpoint = JSON.parse(file.metadata.get('checkpoint'));
    delete checkpoint.last.options.steps;
    checkpoint.last.state.seconds = 1000;
    file.metadata.set('checkpoint', JSON.stringify(checkpoint));
    file.metadata.delete('checksum');
    const [first] = lstm.openCharModel(writeSafetensors(file)).train(text, { reportEvery: 1 });
    assert.ok(first.step === 4 && first.progress > 0 && first.progress < 1);
    const endless = lstm.openCharModel(model.checkpoint()).train(text, { reportEvery: 1 }).next().value;
    assert.ok(endless.step === 4 && !('progress' in endless), 'one that said so goes on without an end');
  });

  test('batch and window', () => {
    const { batchSize, window } = optionsOf({});
    assert.deepEqual([batchSize, window], [16, 32]);
  });

  test('the rate of Adam by the widest layer, without a cosine half of it; the others have their own', () => {
    const rateOf = (asked, shape) => optionsOf({ steps: 100, ...asked }, shape).learningRate;
    const layers = [100, 200, 10].map((hiddenSize) => ({ kind: 'gru', hiddenSize }));
    for (const optimizer of [undefined, 'adam', 'adamw']) {
      assert.deepEqual([8, 64, 128, 200].map((hiddenSize) => rateOf({ optimizer }, { hiddenSize })),
        [0.03, 0.03, 2 / 128, 0.01]);
      assert.equal(rateOf({ optimizer }, { layers }), 0.01);
      assert.equal(rateOf({ optimizer, steps: Infinity }, { hiddenSize: 200 }), 0.005);
      for (const schedule of [{ type: 'constant' }, { type: 'step', every: 9, factor: 0.5 }]) {
        assert.equal(rateOf({ optimizer, schedule }, { hiddenSize: 200 }), 0.005);
      }
      assert.equal(rateOf({ optimizer, learningRate: 0.7 }), 0.7);
    }
    assert.deepEqual(['sgd', 'adagrad', 'rmsprop'].map((optimizer) => rateOf({ optimizer })), [0.001, 0.01, 0.01]);
  });

  test('defaultLearningRate tells the rate that train takes', () => {
    const layers = [100, 200, 10].map((hiddenSize) => ({ kind: 'gru', hiddenSize }));
    for (const shape of [{ hiddenSize: 8 }, { hiddenSize: 128, layers: 2 }, { layers }]) {
      assert.equal(defaultLearningRate(shape), optionsOf({ steps: 100 }, shape).learningRate);
      for (const schedule of [{ type: 'constant' }, { type: 'cosine', to: 0.1 }, { type: 'step', every: 9, factor: 0.5 }]) {
        assert.equal(defaultLearningRate(shape, schedule), optionsOf({ steps: 100, schedule }, shape).learningRate);
      }
    }
    for (const [config, schedule, message] of [
      [undefined, undefined, /defaultLearningRate: config must be an object, got undefined/],
      [{}, undefined, /config\.hiddenSize must be an integer from 1 to 65536, got undefined/],
      [{ layers: [{ hiddenSize: 8 }, {}] }, undefined, /config\.layers\[1\]\.hiddenSize must be/],
      [{ hiddenSize: 8 }, { type: 'fast' }, /defaultLearningRate: schedule/],
    ]) assert.throws(() => defaultLearningRate(config, schedule), { code: 'ERR_ARGUMENT', message });
  });

  test('defaultSchedule tells the schedule that train takes', () => {
    for (const steps of [1, 9, 10, 15, 505, 999, 1001, 3000, Infinity]) {
      assert.deepEqual(defaultSchedule(steps), optionsOf({ steps }).schedule, `${steps} steps`);
    }
    assert.deepEqual(defaultSchedule(), defaultSchedule(Infinity));
    for (const steps of [0, 1.5, -1, NaN, '9', null]) {
      assert.throws(() => defaultSchedule(steps), { code: 'ERR_ARGUMENT', message: /defaultSchedule: steps must be an integer from 1/ });
    }
  });

  test('a cosine to the end of a budget, with a warm-up of a tenth of it and at most 100 steps', () => {
    const scheduleOf = (asked) => optionsOf(asked).schedule;
    const cosine = (warmup) => ({ type: 'cosine', to: 0.05, warmup });
    assert.deepEqual(scheduleOf({ steps: 41 }), cosine(5));
    assert.deepEqual(scheduleOf({ steps: 5000 }), cosine(100));
    assert.deepEqual(scheduleOf({ epochs: 10 }), cosine(Math.ceil((perEpoch * 10) / 512 / 10)));
    assert.deepEqual(scheduleOf({ seconds: 1e4 }), cosine(100));
    assert.deepEqual(scheduleOf({}), cosine(100), 'to the end of a minute');
    assert.deepEqual(scheduleOf({ steps: Infinity }), { type: 'constant', warmup: 0 });
    const schedule = { type: 'constant', warmup: 3 };
    assert.deepEqual(scheduleOf({ steps: 41, schedule }), schedule);
    const rates = Array.from(lstm.createCharModel({ text, hiddenSize: 4 }).train(text, { steps: 50, reportEvery: 1 }),
      ({ learningRate }) => learningRate);
    assert.ok(Math.abs(rates[0] - 0.03 / 5) < 1e-9 && rates[5] > 0.028 && rates[49] < 0.03 * 0.06, `${rates}`);
  });

  test('dropout by how often the text is going to be read', () => {
    const dropoutOf = (asked) => optionsOf(asked).dropout;
    assert.deepEqual([0.5, 1.9, 2, 5, 10, 18, 20, 500].map((epochs) => dropoutOf({ epochs })),
      [0, 0, 0.04, 0.1, 0.2, 0.36, 0.4, 0.4]);
    const steps = (epochs) => Math.round((epochs * perEpoch) / 512);
    assert.deepEqual([1, 5, 10].map((epochs) => dropoutOf({ steps: steps(epochs) })), [0, 0.1, 0.2]);
    assert.deepEqual([dropoutOf({ seconds: 1e4 }), dropoutOf({ seconds: 1e-6 }), dropoutOf({ steps: Infinity })], [0.4, 0, 0]);
    assert.deepEqual([dropoutOf({ epochs: 9, dropout: 0 }), dropoutOf({ dropout: 0.5 })], [0, 0.5]);
  });

  test('a validation each time through the text, and at least every 1000 steps', () => {
    assert.equal(optionsOf({ steps: 1 }).validateEvery, perEpoch / 512);
    assert.equal(optionsOf({ steps: 1, batchSize: 1, window: 2 }).validateEvery, 1000);
    assert.equal(optionsOf({ steps: 1, validateEvery: 3 }).validateEvery, 3);
  });

  test('a checkpoint goes on with its own, and one from before without dropout', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 4 });
    for (const { step } of model.train(text, { steps: 200, reportEvery: 1 })) if (step === 20) break;
    const saved = model.checkpoint();
    const goOn = (bytes, asked) => {
      const opened = lstm.openCharModel(bytes);
      for (const report of opened.train(text, { reportEvery: 1, ...asked })) if (report) break;
      return JSON.parse(metadataOf(opened.checkpoint()).get('checkpoint')).last.options;
    };
    const own = JSON.parse(metadataOf(saved).get('checkpoint')).last.options;
    assert.ok(own.dropout > 0 && own.schedule.type === 'cosine');
    assert.deepEqual(goOn(saved, {}), own);
    const { steps, ...others } = own;
    assert.equal(steps, 200);
    assert.deepEqual(goOn(saved, { epochs: 1 }), { ...others, epochs: 1 });
    const file = readSafetensors(saved, 'test');
    const checkpoint = JSON.parse(file.metadata.get('checkpoint'));
    delete checkpoint.last.options.dropout;
    file.metadata.set('checkpoint', JSON.stringify(checkpoint));
    file.metadata.delete('checksum');
    assert.equal(goOn(writeSafetensors(file), {}).dropout, 0);
  });

  test('with these every kind learns, one layer and two', () => {
    for (const kind of ['rnn', 'lstm', 'gru', 'four-gate', 'feedforward', 'tdnn']) {
      for (const layers of [1, 2]) {
        const shape = { kind, ...(kind === 'tdnn' && { delays: 4 }), layers, hiddenSize: 32 };
        const model = lstm.createCharModel({ text, seed: 1, ...shape });
        const reports = [...model.train(text, { steps: 200 })];
        assert.ok(reports.every(({ event }) => event === undefined), `${kind} ${layers}: it diverged`);
        const { loss } = model.evaluate(text);
        assert.ok(loss < (kind === 'feedforward' ? 1.4 : 0.5), `${kind} ${layers}: ${loss}`);
      }
    }
  });
});
