// Sequences as people have them: nested, of different lengths, batch-first, with one target each, with gaps that do not
// count. Each is held against the same in flat time-major arrays.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { numbers } from '../layer-list.js';

const lstm = await load();
const [B, T, D, V] = [3, 5, 2, 4];
const lengths = [5, 2, 4];
const [x, y] = [numbers(B * T * D, 3), numbers(B * T * V, 4)];
const classes = Int32Array.from({ length: B * T }, (_, i) => (i * 7 + 1) % V);

/** [b][t][k] of a flat (T, B, n); [b][t] for n = 0. @param {any} flat @param {number} n @param {number[]} [ends] */
const nest = (flat, n, ends = lengths) => ends.map((length, b) => Array.from({ length }, (_, t) =>
  (n === 0 ? flat[t * B + b] : [...flat.slice((t * B + b) * n, (t * B + b + 1) * n)])));
/** (B, T, n) of a flat (T, B, n). @param {any} flat @param {number} n */
const batchFirst = (flat, n) => flat.map((_, i) => {
  const [b, t, k] = [Math.floor(i / (T * n)), Math.floor(i / n) % T, i % n];
  return flat[(t * B + b) * n + k];
});
const full = [T, T, T];
const layers = [{ kind: 'lstm', hiddenSize: 6 }];
const networks = {
  'vectors to values': { input: { size: D }, output: { values: V }, inputs: x, targets: y, n: D, m: V },
  'vectors to classes': { input: { size: D }, output: { classes: V }, inputs: x, targets: classes, n: D, m: 0 },
  'tokens to classes': { input: { tokens: V }, output: { classes: V }, inputs: classes, targets: classes, n: 0, m: 0 },
  'tokens to h': { input: { tokens: V }, output: null, inputs: classes, targets: numbers(B * T * 6, 5), n: 0, m: 6 },
};
const refuses = (run, message) => assert.throws(run, { name: 'ArgumentError', message });

for (const [name, { input, output, inputs, targets, n, m }] of Object.entries(networks)) {
  describe(name, () => {
    const net = lstm.createNetwork({ input, layers, output, seed: 1 });
    const trainer = net.createTrainer({ batchSize: B, window: T });
    const mask = Uint8Array.from({ length: B * T }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const calls = ['gradients', 'evaluate'];

    test('nested is flat', () => {
      for (const call of calls) {
        const { inputs: dx, ...flat } = trainer[call](inputs, targets);
        const { inputs: nestedDx, ...nested } = trainer[call](nest(inputs, n, full), nest(targets, m, full));
        assert.deepEqual(nested, flat);
        assert.deepEqual(nestedDx, dx && batchFirst(dx, n));
        assert.deepEqual(trainer[call](inputs, nest(targets, m, full), { layout: 'time' }), trainer[call](inputs, targets));
      }
    });

    test('nested of different lengths is flat with lengths, also with a mask', () => {
      for (const call of calls) {
        for (const given of [undefined, mask]) {
          const { inputs: dx, ...flat } = trainer[call](inputs, targets, { lengths, mask: given });
          const nestedMask = given && nest(given, 0);
          const { inputs: nestedDx, ...nested } = trainer[call](nest(inputs, n), nest(targets, m), { mask: nestedMask });
          assert.deepEqual(nested, flat);
          assert.deepEqual(nestedDx, dx && batchFirst(dx, n));
        }
      }
    });

    test('batch-first is flat', () => {
      const [first, second] = [batchFirst(inputs, n || 1), batchFirst(targets, m || 1)];
      for (const call of calls) {
        const { inputs: dx, ...flat } = trainer[call](inputs, targets, { lengths, mask });
        const other = trainer[call](first, second, { lengths, mask: batchFirst(mask, 1), layout: 'batch' });
        const { inputs: otherDx, ...others } = other;
        assert.deepEqual(others, flat);
        assert.deepEqual(otherDx, dx && batchFirst(dx, n));
      }
    });

    test('run and predict, which say how their outputs lie', () => {
      const flat = net.run(inputs, { batchSize: B });
      assert.deepEqual([flat.layout, flat.shape], ['time', [T, B, m || V]]);
      for (const result of [net.run(nest(inputs, n, full)), net.run(batchFirst(inputs, n || 1), { batchSize: B, layout: 'batch' })]) {
        assert.deepEqual([result.layout, result.shape], ['batch', [B, T, m || V]]);
        assert.deepEqual(result.outputs, batchFirst(flat.outputs, m || V));
        assert.deepEqual(result.state, flat.state);
      }
      assert.deepEqual(trainer.predict(nest(inputs, n, full)), batchFirst(flat.outputs, m || V));
      assert.deepEqual(trainer.predict(inputs, { layout: 'time' }), flat.outputs);
      const ragged = net.run(nest(inputs, n));
      assert.deepEqual(ragged.state, net.run(inputs, { batchSize: B, lengths }).state);
      lengths.forEach((length, b) => {
        const alone = net.run(nest(inputs, n).slice(b, b + 1));
        assert.deepEqual(alone.shape, [1, length, m || V]);
        const part = ragged.outputs.subarray(b * T * (m || V), (b * T + length) * (m || V));
        assert.ok(part.every((value, i) => Math.abs(value - alone.outputs[i]) < 1e-6), `sequence ${b}`);
      });
    });

    test('one target a sequence counts at its last step', () => {
      const last = Uint8Array.from({ length: B * T }, (_, i) => (Math.floor(i / B) === lengths[i % B] - 1 ? 1 : 0));
      const wanted = trainer.gradients(inputs, targets, { lengths, mask: last });
      const nested = nest(targets, m).map((sequence) => sequence.at(-1));
      for (const one of [nested, nested.flat(), m === 0 ? Int32Array.from(nested) : Float32Array.from(nested.flat())]) {
        assert.deepEqual(trainer.gradients(inputs, one, { lengths }), wanted);
        assert.equal(trainer.evaluate(nest(inputs, n), one).loss, wanted.loss);
      }
      refuses(() => trainer.step(inputs, nested, { mask }), /^step: mask must be absent where there is one target a sequence/);
    });

    test('what does not count may be anything', () => {
      const isOut = (i, size) => Math.floor(i / size / B) >= lengths[Math.floor(i / size) % B];
      const [hole, other] = [[...inputs], [...targets]];
      hole.forEach((_, i) => { if (isOut(i, n || 1)) hole[i] = NaN; });
      other.forEach((_, i) => { if (isOut(i, m || 1) || !mask[Math.floor(i / (m || 1))]) other[i] = i % 2 ? undefined : NaN; });
      assert.deepEqual(trainer.gradients(hole, other, { lengths, mask }), trainer.gradients(inputs, targets, { lengths, mask }));
      assert.deepEqual(net.run(hole, { batchSize: B, lengths }).state, net.run(inputs, { batchSize: B, lengths }).state);
      trainer.predict(hole, { lengths });
      refuses(() => trainer.step(hole, targets), /^step: inputs\[\d+\] must be .*, got NaN$/);
    });

    test('steps, one after the other', () => {
      const [one, two] = [0, 1].map(() => lstm.createNetwork({ input, layers, output, seed: 1 }));
      const [flat, nested] = [one, two].map((each) => each.createTrainer({ batchSize: B, window: T }));
      for (let step = 0; step < 3; step++) {
        assert.deepEqual(nested.step(nest(inputs, n), nest(targets, m)), flat.step(inputs, targets, { lengths }));
      }
      assert.deepEqual(two.parameters(), one.parameters());
    });
  });
}

describe('a batch of one', () => {
  const net = lstm.createNetwork({ input: { size: D }, layers, output: { values: V }, seed: 1 });
  const trainer = net.createTrainer({ batchSize: 1, window: T });
  const rows = (flat, n) => Array.from({ length: flat.length / n }, (_, t) => flat.slice(t * n, (t + 1) * n));
  const [one, target] = [x.slice(0, T * D), y.slice(0, T * V)];

  test('may be the steps of its one sequence', () => {
    assert.deepEqual(net.run(rows(one, D)), { ...net.run(one), layout: 'batch', shape: [1, T, V] });
    assert.deepEqual(trainer.gradients(rows(one, D), rows(target, V)), trainer.gradients(one, target));
    const short = { lengths: [3] };
    assert.deepEqual(trainer.evaluate(rows(one, D).slice(0, 3), rows(target, V).slice(0, 3)), trainer.evaluate(one, target, short));
    const last = trainer.evaluate(one, target, { mask: [0, 0, 0, 0, 1] });
    for (const given of [rows(target, V).slice(-1), target.slice(-V)]) assert.deepEqual(trainer.evaluate(rows(one, D), given), last);
  });

  test('and so may what forecast goes on from', () => {
    const next = lstm.createNetwork({ input: { size: D }, layers, output: { values: D }, seed: 1 });
    assert.deepEqual(next.forecast(3, { inputs: rows(one, D) }), next.forecast(3, { inputs: one }));
    assert.deepEqual(next.forecast(3, { inputs: [rows(one, D)] }), next.forecast(3, { inputs: one }));
    refuses(() => next.forecast(3, { inputs: [[1, 2], [3]] }), 'forecast: inputs[1] must be an array of 2 numbers (size 2), got an array of 1');
    refuses(() => next.forecast(3, { inputs: [[1, 2], [3, NaN]] }), 'forecast: inputs[1][1] must be a finite number, got NaN');
  });
});

describe('what cannot be is named by its place', () => {
  const net = lstm.createNetwork({ input: { size: D }, layers, output: { classes: V }, seed: 1 });
  const trainer = net.createTrainer({ batchSize: B, window: T });
  const [nx, ny] = [() => nest(x, D), () => nest(classes, 0)];
  /** @param {(all: any) => void} change */
  const changed = (make, change) => { const all = make(); change(all); return all; };
  const cases = [
    [changed(nx, (a) => { a[2][3][1] = NaN; }), ny(), {}, 'step: inputs[2][3][1] must be a finite number, got NaN'],
    [changed(nx, (a) => { a[2][3][1] = 1e39; }), ny(), {}, 'step: inputs[2][3][1] must be a number that fits a 32-bit float, got 1e+39'],
    [changed(nx, (a) => { a[0][4] = [1]; }), ny(), {}, 'step: inputs[0][4] must be an array of 2 numbers (size 2), got an array of 1'],
    [changed(nx, (a) => { a[1][0] = 7; }), ny(), {}, 'step: inputs[1][0] must be an array of 2 numbers (size 2), got 7'],
    [changed(nx, (a) => { a[1] = []; }), ny(), {}, 'step: inputs[1] must be an array of 1 to 5 steps, got an array of 0'],
    [changed(nx, (a) => { a[0] = [...a[0], [1, 2]]; }), ny(), {}, 'step: inputs[0] must be an array of 1 to 5 steps, got an array of 6'],
    [changed(nx, (a) => { a[1] = null; }), ny(), {}, 'step: inputs[1] must be an array of 1 to 5 steps, got null'],
    [nx().slice(1), ny(), {}, 'step: inputs must be an array of 3 sequences (batchSize), got an array of 2'],
    [nx(), changed(ny, (a) => { a[1][1] = 4; }), {}, 'step: targets[1][1] must be an integer from 0 to 3, got 4'],
    [nx(), changed(ny, (a) => { a[1] = [1]; }), {}, 'step: targets[1] must be an array of 2 steps, got an array of 1'],
    [nx(), [0, 1, 4], {}, 'step: targets[2] must be an integer from 0 to 3, got 4'],
    [nx(), classes, {}, "step: layout must be 'time' or 'batch' where inputs are nested and targets flat, got undefined"],
    [nx(), ny(), { mask: [[1, 1, 1, 1, 1], [1, 2], [1, 1, 1, 1]] }, 'step: mask[1][1] must be an integer from 0 to 1, got 2'],
    [nx(), ny(), { layout: 'time' }, "step: layout 'time' is of flat arrays, and inputs are nested"],
    [nx(), ny(), { layout: 'rows' }, "step: layout must be one of 'time', 'batch', got \"rows\""],
    [nx(), ny(), { lengths: [5, 3, 4] }, 'step: lengths[1] must be at most 2, the steps of inputs[1], got 3'],
    [x, [0, 1], {}, 'step: targets must be an array of 15 (window 5 x batchSize 3), or of 3, one a sequence, got an array of 2'],
    [[[1, 2], [3, 4], [5, 6]], ny(), {}, 'step: inputs[0][0] must be an array of 2 numbers (size 2), got 1'],
  ];
  for (const [inputs, targets, options, message] of cases) {
    test(message, () => {
      const before = [net.parameters(), trainer.state(), trainer.steps];
      refuses(() => trainer.step(inputs, targets, options), message);
      assert.deepEqual([net.parameters(), trainer.state(), trainer.steps], before);
    });
  }

  test('run', () => {
    refuses(() => net.run([[[1, 2]], [[3]]]), 'run: inputs[1][0] must be an array of 2 numbers (size 2), got an array of 1');
    refuses(() => net.run(nx(), { batchSize: 2 }), 'run: inputs must be an array of 2 sequences (batchSize), got an array of 3');
    refuses(() => net.run([[]]), 'run: inputs[0] must be an array of 2 numbers (size 2), got an array of 0');
    refuses(() => net.run(nx(), { layout: 'time' }), /^run: layout 'time' is of flat arrays/);
  });
});

test('a classifier learns from nested samples and one label each, and not from batch-first numbers read as time-major', () => {
  const random = numbers(64 * 6 * 2, 9);
  const samples = Array.from({ length: 64 }, (_, b) => Array.from({ length: 6 }, (_, t) => [random[(b * 6 + t) * 2], random[(b * 6 + t) * 2 + 1]]));
  const labels = samples.map((sample) => (sample.reduce((sum, [first]) => sum + first, 0) > 0 ? 1 : 0));
  const lossWith = (inputs, options) => {
    const net = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 12 }], output: { classes: 2 }, seed: 1 });
    const trainer = net.createTrainer({ batchSize: 64, window: 6, learningRate: 0.02 });
    let loss = 0;
    for (let step = 0; step < 60; step++) ({ loss } = trainer.step(inputs, labels, options));
    return loss;
  };
  const nested = lossWith(samples);
  assert.ok(nested < 0.3, `${nested}`);
  assert.equal(lossWith(samples.flat(2), { layout: 'batch' }), nested);
  assert.ok(lossWith(samples.flat(2)) > 2 * nested);
});
