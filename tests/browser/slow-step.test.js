// One training step in slow motion, as the lab computes it, against the library's own training; and its words. No browser
// is needed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { barsOf, passageOf, phases, sentenceOf } from '../../web/model/learn/SlowMotion.js';
import { kinds } from '../../web/model/learn/settings.js';
import { slowStep } from '../../web/worker/slow/slow-step.js';
import { wordsOfWeight } from '../../web/worker/slow/weight-words.js';

const lstm = await load();
const book = readFileSync(new URL('../../build/moby-dick.txt', import.meta.url), 'utf8');
const text = book.slice(20_000, 40_000);
const PLACES = /^(.+)\[(\d+)(?:, (\d+))?\]$/;

/** @param {object} options @param {number} steps */
function learnt(options, steps) {
  const model = lstm.createCharModel({ text: book, hiddenSize: 24, seed: 3, ...options });
  if (steps) for (const report of model.train(text, { steps, learningRate: 0.01, schedule: { type: 'constant' } })) void report;
  return model;
}

/** The rest of a run on another text: one step of it. */
const one = { steps: 1, batchSize: 1, window: 12, dropout: 0, validation: 0, recoveries: 0 };

describe('a slow step', () => {
  for (const [name, { options }] of Object.entries(kinds)) {
    for (const layers of [1, 2]) {
      test(`of ${layers} × ${name} is the step that the library makes, and its passage is better guessed`, () => {
        const model = learnt({ ...options, layers }, 120);
        const file = model.checkpoint();
        const passage = 'the white whale rose'.slice(0, 13);
        const step = slowStep(lstm, file, { text: passage, learningRate: 7 });
        assert.deepEqual([step.first, ...step.characters].join(''), passage);
        assert.deepEqual(step.optimizer, { name: 'adam', learningRate: 0.01, isOfRun: true });
        assert.ok(step.after.loss < step.before.loss, `${step.before.loss} -> ${step.after.loss}`);
        for (const { probabilities, loss } of [step.before, step.after]) {
          const mean = probabilities.reduce((sum, p) => sum - Math.log(p), 0) / 12;
          assert.ok(Math.abs(mean - loss) < 1e-5, 'the loss is the mean of the surprises');
        }
        const trained = lstm.openCharModel(file);
        const [report] = trained.train(passage, one);
        assert.ok(Math.abs(report.loss - step.before.loss) < 1e-6);
        const network = lstm.openNetwork(trained.save());
        const [before, after] = [lstm.openNetwork(file), network].map((opened) => opened.parameters());
        const moves = Object.keys(after).flatMap((key) => [...after[key]].map((value, k) => Math.abs(value - before[key][k])));
        moves.sort((a, b) => b - a);
        assert.equal(step.weights, moves.length);
        assert.equal(step.pushes.length, 5);
        step.pushes.forEach((push, k) => {
          const [, key, row, column] = /** @type {string[]} */ (push.name.match(PLACES));
          const [, columns] = network.shapes[key];
          const index = column === undefined ? Number(row) : Number(row) * columns + Number(column);
          assert.deepEqual([push.from, push.to], [before[key][index], after[key][index]], push.name);
          assert.equal(Math.abs(push.to - push.from), moves[k], 'they are the furthest');
          assert.ok(push.words, push.name);
        });
        assert.deepEqual(model.checkpoint(), file, 'nothing of the run has changed');
      });
    }
  }

  test('goes on from what was read before the passage, and follows the message of the last character', () => {
    const model = learnt({}, 120);
    const file = model.checkpoint();
    const before = text.slice(500, 600);
    const passage = text.slice(600, 613);
    const step = slowStep(lstm, file, { text: before + passage, learningRate: 1 });
    const network = lstm.openNetwork(file);
    const tokens = [...before + passage].map((char) => model.alphabet.indexOf(char));
    const trainer = network.createTrainer({ batchSize: 1, window: 12 });
    trainer.setState(network.run(tokens.slice(0, 100), { batchSize: 1 }).state);
    const { loss } = trainer.evaluate(tokens.slice(100, 112), tokens.slice(101));
    assert.ok(Math.abs(loss - step.before.loss) < 1e-6);
    const [{ c }] = trainer.gradientFlow();
    assert.deepEqual([...step.flow], [...c.slice(0, 12)].reverse());
    assert.ok(step.flow[11] > step.flow[0]);
  });

  test('a network that has learnt nothing takes the first step of Adam, at the rate that is given', () => {
    const model = learnt({}, 0);
    for (const file of [model.save(), model.checkpoint()]) {
      const step = slowStep(lstm, file, { text: text.slice(0, 50), learningRate: 0.02 });
      assert.deepEqual(step.optimizer, { name: 'adam', learningRate: 0.02, isOfRun: false });
      for (const { from, to } of step.pushes) assert.ok(Math.abs(Math.abs(to - from) - 0.02) < 1e-5);
      assert.ok(step.after.loss < step.before.loss);
    }
  });

  test('takes the optimizer of any run', () => {
    for (const optimizer of ['sgd', 'adamw', 'rmsprop', 'adagrad']) {
      const model = lstm.createCharModel({ text: book, hiddenSize: 16, seed: 1 });
      for (const report of model.train(text, { steps: 20, optimizer: /** @type {any} */ (optimizer), learningRate: 0.01 })) void report;
      const step = slowStep(lstm, model.checkpoint(), { text: text.slice(0, 50), learningRate: 1 });
      assert.ok(step.optimizer.name === optimizer && step.optimizer.isOfRun && step.optimizer.learningRate <= 0.01);
    }
  });

  test('of too few characters that the network knows is refused in a sentence', () => {
    const file = learnt({}, 0).save();
    assert.throws(() => slowStep(lstm, file, { text: 'хвала киту'.repeat(9), learningRate: 1 }), /knows only \d+ of the text’s|knows only \d+ of the text's/);
    assert.throws(() => slowStep(lstm, file.subarray(0, 50), { text, learningRate: 1 }), { code: 'ERR_FILE_FORMAT' });
  });
});

test('the words of a weight name the gate and the unit that it moves', () => {
  for (const options of [...Object.values(kinds).map((kind) => kind.options), { kind: 'lstm', outputGate: false }, { kind: 'lstm', forgetGate: false }]) {
    const H = 3;
    const layers = /** @type {any} */ ([{ hiddenSize: H, ...options }]);
    const network = lstm.createNetwork({ input: { tokens: 5 }, layers, output: { classes: 5 }, seed: 1 });
    const alphabet = [...'abcde'];
    const gatesWith = (/** @type {Record<string, Float32Array>} */ values) => {
      network.setParameters(values);
      network.step(2, network.initialState());
      return network.gates(0);
    };
    const values = network.parameters();
    const former = gatesWith(values);
    for (let row = 0; row < network.shapes.bias_ih_l0[0]; row++) {
      const words = String(wordsOfWeight('bias_ih_l0', [row], network.config, alphabet));
      const [, unit, gate] = words.match(/^unit (\d+)(?:’s (\w+)(?: gate)?)?, its bias$/) ?? assert.fail(words);
      assert.equal(wordsOfWeight('weight_ih_l0', [row, 2], network.config, alphabet), words.replace('its bias', 'from “c”'));
      if (!gate) continue; // a plain RNN has none
      const bias = values.bias_ih_l0.slice();
      bias[row] += 1;
      const gates = gatesWith({ ...values, bias_ih_l0: bias });
      assert.notEqual(gates[gate][Number(unit)], former[gate][Number(unit)], words);
      for (let other = 0; other < H; other++) if (other !== Number(unit)) assert.equal(gates[gate][other], former[gate][other], words);
    }
    for (const [name, shape] of Object.entries(network.shapes)) {
      assert.ok(wordsOfWeight(name, shape.map((size) => size - 1), network.config, alphabet), name);
    }
  }
  const { config } = lstm.createNetwork({ input: { tokens: 2 }, layers: [{ kind: 'lstm', hiddenSize: 3 }, { kind: 'gru', hiddenSize: 2 }], output: { classes: 2 } });
  assert.equal(wordsOfWeight('weight_hh_l0', [4, 1], config, [' ', 'b']), 'unit 1’s forget gate in layer 1, from itself');
  assert.equal(wordsOfWeight('weight_ih_l1', [3, 2], config, [' ', 'b']), 'unit 1’s update gate in layer 2, from unit 2 below');
  assert.equal(wordsOfWeight('head.weight', [0, 1], config, [' ', 'b']), 'the score of space, from unit 1');
  assert.equal(wordsOfWeight('norm_c_bias_l0', [0], config, [' ', 'b']), undefined);
});

describe('in words', () => {
  const step = {
    first: 'a', characters: [...'bcdefghijklm'], weights: 1234, pushes: [], flow: Float64Array.from({ length: 12 }, (_, k) => 0.5 ** (12 - k)),
    before: { probabilities: new Float64Array(12).fill(0.21), loss: -Math.log(0.21) },
    after: { probabilities: new Float64Array(12).fill(0.34), loss: -Math.log(0.34) },
    optimizer: { name: 'adam', learningRate: 0.0078125, isOfRun: true },
  };

  test('each phase has a sentence, whose numbers are true', () => {
    const said = phases.map((_, phase) => sentenceOf(step, phase));
    assert.match(said[0], /0\.21 to the last/);
    assert.match(said[1], /−ln\(0\.21\) = 1\.56 nats for the last; 1\.56 on average/);
    assert.match(said[2], /0\.50 at the last character, 0\.00024 at the first/);
    assert.match(said[3], /1,234/);
    assert.match(said[4], /^Adam.*0\.0078\./);
    assert.equal(said[5], '0.21 → 0.34 for the last; the loss 1.56 → 1.08.');
    assert.match(sentenceOf({ ...step, after: { ...step.after, loss: 1.7 } }, 5), /1\.56 → 1\.70 has not fallen/);
    assert.match(sentenceOf({ ...step, optimizer: { ...step.optimizer, isOfRun: false } }, 4), /^Adam, the optimizer, moves/);
  });

  test('bars are as high as their numbers', () => {
    for (let phase = 0; phase < phases.length; phase++) {
      const { values, most } = barsOf(step, phase);
      assert.ok(values.length === 12 && values.every((value) => value >= 0 && value <= most), phases[phase]);
    }
    assert.deepEqual(barsOf(step, 5).before, [...step.before.probabilities]);
  });

  test('a passage has 13 characters after those that are read, from any text', () => {
    for (const given of [text, 'x'.repeat(200), '\u{1F40B} '.repeat(100), 'ab cd '.repeat(40)]) {
      for (let k = 0; k < 40; k++) {
        const chars = [...passageOf(given, k)];
        assert.ok(chars.length >= 13 && chars.length < 130, `${chars.length}`);
        assert.ok(!/^[\ud800-\udfff]$/.test(chars[0]));
      }
    }
    assert.notEqual(passageOf(text, 0), passageOf(text, 1));
  });
});
