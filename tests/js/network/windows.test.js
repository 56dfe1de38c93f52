// Windows that cannot be: lengths, masks, inputs and states that are refused, by name, before anything changes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { numbers } from '../layer-list.js';

const lstm = await load();
const [B, T, D, V] = [3, 6, 2, 4];
const inputs = numbers(T * B * D, 3);
const targets = numbers(T * B * V, 4);

describe('windows that cannot be', () => {
  const layers = [{ kind: 'gru', hiddenSize: 5 }, { kind: 'gru', hiddenSize: 7 }];
  const net = lstm.createNetwork({ input: { size: D }, layers, output: { values: V } });
  const trainer = net.createTrainer({ batchSize: B, window: T });
  const whole = new Uint8Array(T * B).fill(1);
  const cases = [
    [{ lengths: [1, 2] }, /^step: lengths must be an array of 3 \(batchSize\), got an array of 2$/],
    [{ lengths: [1, 2, 7] }, /^step: lengths\[2\] must be an integer from 1 to 6, got 7$/],
    [{ lengths: [1, 0, 3] }, /^step: lengths\[1\] must be an integer from 1 to 6, got 0$/],
    [{ lengths: [1, 1.5, 3] }, /^step: lengths\[1\] must be an integer from 1 to 6, got 1.5$/],
    [{ lengths: 3 }, /^step: lengths must be an array of 3 \(batchSize\), got 3$/],
    [{ lengths: null }, /^step: lengths must be an array of 3 \(batchSize\), got null$/],
    [{ mask: [1] }, /^step: mask must be an array of 18 \(window 6 x batchSize 3\), got an array of 1$/],
    [{ mask: whole.map((_, i) => (i === 4 ? 2 : 1)) }, /^step: mask\[4\] must be an integer from 0 to 1, got 2$/],
    [{ mask: Array.from(whole, () => true) }, /^step: mask\[0\] must be an integer from 0 to 1, got true$/],
    [{ mask: new Uint8Array(T * B) }, /^step: mask must have a 1: the loss is the mean over those$/],
    [{ lengths: [1, 1, 1], mask: whole.map((_, i) => (i >= 3 ? 1 : 0)) },
      /^step: mask must have a 1 at a step before the end of its sequence/],
    [{ length: [1, 1, 1] }, /^step: unknown option "length", expected only lengths, mask, weights, layout$/],
    [[1, 2, 3], /^step: options must be an object, got an array of 3$/],
  ];
  for (const [options, message] of cases) {
    test(String(message), () => {
      const before = [net.parameters(), trainer.state(), trainer.steps];
      assert.throws(() => trainer.step(inputs, targets, options), { name: 'ArgumentError', message });
      assert.deepEqual([net.parameters(), trainer.state(), trainer.steps], before);
    });
  }

  test('targets and inputs that count are numbers', () => {
    const mask = whole.map((_, i) => (i === 17 ? 1 : 0));
    assert.throws(() => trainer.step(inputs, targets.map((value, i) => (i === 70 ? NaN : value)), { mask }),
      { name: 'ArgumentError', message: 'step: targets[70] must be a finite number, got NaN' });
    assert.throws(() => trainer.step(inputs.map((value, i) => (i === 35 ? NaN : value)), targets, { lengths: [1, 1, 6] }),
      { name: 'ArgumentError', message: 'step: inputs[35] must be a finite number, got NaN' });
    assert.throws(() => trainer.step(inputs.map((value, i) => (i === 5 ? NaN : value)), targets, { mask }),
      { message: 'step: inputs[5] must be a finite number, got NaN' }, 'a step before one that counts');
    assert.throws(() => trainer.evaluate([...inputs.slice(0, 35), 1e39], targets, { lengths: [1, 1, 6] }),
      { message: 'evaluate: inputs[35] must be a number that fits a 32-bit float, got 1e+39' });
  });

  test('predict takes lengths and nothing else', () => {
    assert.throws(() => trainer.predict(inputs, { mask: whole }), { message: /^predict: unknown option "mask"/ });
    assert.throws(() => trainer.predict(inputs, { lengths: [0, 1, 1] }), { message: /^predict: lengths\[0\] must be/ });
    assert.throws(() => trainer.predict([1]), { message: /^predict: inputs must be an array of 36 \(18 \(window 6/ });
  });

  test('run', () => {
    const refused = [
      [[], {}, /^run: inputs must be an array of T x 2 \(batchSize 1 x size 2\), got an array of 0$/],
      [[1], {}, /^run: inputs must be an array of T x 2 .*, got an array of 1$/],
      [inputs, { batchSize: 4 }, /^run: inputs must be an array of T x 8 \(batchSize 4 x size 2\), got Float32Array /],
      ['ab', {}, /^run: inputs must be an array of T x 2 .*, got "ab"$/],
      [[1, NaN], {}, /^run: inputs\[1\] must be a finite number, got NaN$/],
      [inputs, { batchSize: 0 }, /^run: batchSize must be an integer from 1 to 65536, got 0$/],
      [inputs, { lengths: [19] }, /^run: lengths\[0\] must be an integer from 1 to 18, got 19$/],
      [inputs, { state: [] }, /^run: state must be an array of 2 layers' states, got an array of 0$/],
      [inputs, { mask: [] }, /^run: unknown option "mask", expected only batchSize, lengths, layout, state$/],
      [new Float32Array(2 * (2 ** 20 + 1)), {}, /^run: T, the steps of inputs, must be an .* to 1048576, got 1048577$/],
    ];
    for (const [x, options, message] of refused) {
      assert.throws(() => net.run(x, options), { name: 'ArgumentError', message });
    }
    const tokens = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'rnn', hiddenSize: 2 }] });
    assert.throws(() => tokens.run([0, 3]), { message: 'run: inputs[1] must be an integer from 0 to 2, got 3' });
    assert.throws(() => tokens.run([0, 1, 2], { batchSize: 2 }), { message: /an array of T x 2 \(batchSize 2\)/ });
    tokens.dispose();
    assert.throws(() => tokens.run([0]), { name: 'DisposedError', message: 'Network.run: this Network was disposed' });
  });

  test('the tokens that a tdnn remembers are tokens', () => {
    const tdnn = lstm.createNetwork({
      input: { tokens: 4 },
      layers: [{ kind: 'tdnn', hiddenSize: 2, delays: 4 }, { kind: 'tdnn', hiddenSize: 2, delays: 2 }],
    });
    for (const wrong of [5, -1, 0.5, 1e9]) {
      const state = tdnn.initialState();
      assert.deepEqual(state.map(({ h, c }) => [h.length, c.length]), [[2, 3], [2, 2]]);
      state[1].c[0] = 0.25;
      tdnn.step(0, state);
      state[0].c[2] = wrong;
      const message = /^(step|run): state\[0\]\.c\[2\] must be an integer from 0 to 4, got /;
      assert.throws(() => tdnn.step(0, state), { name: 'ArgumentError', message });
      assert.throws(() => tdnn.run([0], { state }), { name: 'ArgumentError', message });
    }
  });
});
