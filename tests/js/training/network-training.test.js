// A network trains by itself: schedule, validation, the best, patience, recovery, and checkpoints that go on bit for bit, as a
// character model's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { layers, mapped, numbers, tokens } from '../layer-list.js';

const lstm = await load({ variant: 'repeatable' });

/** @param {Iterable<any>} reports */
const lastOf = (reports) => [...reports].at(-1);
/** Without what the clock says. @param {any} report */
const timeless = ({ seconds, secondsLeft, perSecond, ...others }) => others;

/** Sequences of several lengths over vectors of 2 numbers, and 3 classes a step. @param {number} count @param {number} [most] */
const sequencesOf = (count, most = 9) => {
  const lengths = tokens(count, most, 7).map((length) => length + 1);
  const inputs = lengths.map((length, i) => Array.from({ length }, (_, t) => [...numbers(2, 1 + i * 31 + t)]));
  return { inputs, targets: inputs.map((sequence) => sequence.map(([a, b]) => (a > b ? 0 : a + b > 0 ? 1 : 2))) };
};

/** @param {object} [options] */
const create = (options) => lstm.createNetwork({
  input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 8 }], output: { classes: 3 }, seed: 1, ...options,
});

/** @param {import('lstm-wasm').Network} network */
const bitsOf = (network) => JSON.stringify(mapped(network.parameters(), (values) => [...values]));

describe('network.train', () => {
  test('learns sequences of several lengths, and reports as every model does', () => {
    const network = create();
    const reports = [...network.train(sequencesOf(40), { epochs: 60, batchSize: 8, reportEvery: 50 })];
    const [first] = reports;
    const last = lastOf(reports);
    assert.ok(last.loss < 0.4 && last.loss < first.loss / 2, `${first.loss} -> ${last.loss}`);
    assert.equal(network.steps, last.step);
    assert.deepEqual([last.batchSize, last.window, last.done, Math.round(last.epoch), last.progress], [8, 9, true, 60, 1]);
    assert.ok(last.read >= 60 * sequencesOf(40).inputs.flat().length && last.perSecond > 0);
    assert.equal('chars' in last, false);
  });

  test('trains the state that sequences start from in every window where one begins, whatever the others do', () => {
    const network = create({ layers: [{ kind: 'lstm', hiddenSize: 3, trainableState: true }] });
    const starts = () => { const { h0_l0, c0_l0 } = network.parameters(); return JSON.stringify([[...h0_l0], [...c0_l0]]); };
    const lengths = [5, 11, 23, 31];
    const inputs = lengths.map((length, i) => Array.from({ length }, (_, t) => [...numbers(2, 1 + i * 31 + t)]));
    const targets = inputs.map((sequence) => sequence.map(([a, b]) => (a > b ? 0 : 1)));
    let [before, moved] = [starts(), 0];
    const options = { steps: 60, batchSize: 4, window: 8, optimizer: 'sgd', learningRate: 0.1, validation: 0, reportEvery: 1 };
    for (const _ of network.train({ inputs, targets }, /** @type {any} */ (options))) {
      const now = starts();
      moved += Number(now !== before);
      before = now;
    }
    // 70 steps an epoch, 8 a window, in 4 places: some sequence begins in about half of all windows.
    assert.ok(moved >= 20, `${moved} of 60`);
  });

  test('reads each sequence once an epoch, in another order each time', async () => {
    const { SequenceReader } = await import('../../../src/js/training/SequenceReader.js');
    const { Sequences } = await import('../../../src/js/training/Sequences.js');
    const lengths = Int32Array.from(tokens(23, 40, 3), (length) => length + 1);
    const starts = Float64Array.from(lengths, (_, i) => lengths.subarray(0, i).reduce((sum, length) => sum + length, 0));
    const total = lengths.reduce((sum, length) => sum + length);
    const inputs = Int32Array.from({ length: total }, (_, i) => i);
    for (const [batchSize, window] of [[4, 40], [4, 7], [23, 5], [1, 100], [5, 1]]) {
      const data = new Sequences({ inputs, inputSize: 1, starts, lengths, targets: inputs, targetSize: 1, isPerSequence: false });
      const reader = new SequenceReader(data, { batchSize, window, seed: 2 });
      const seen = new Int32Array(total);
      const orders = [];
      let order = [];
      while (reader.read < 3 * total) {
        const position = JSON.parse(JSON.stringify(reader.position));
        const { inputs: x, targets, options, count } = reader.window();
        const ends = options.lengths ?? new Int32Array(batchSize).fill(window);
        /** What is before the ends. @param {any} steps */
        const inside = (steps) => steps.filter((/** @type {number} */ _, /** @type {number} */ i) => Math.floor(i / batchSize) < ends[i % batchSize]);
        assert.equal(ends.reduce((sum, end) => sum + end), count);
        assert.deepEqual(inside(x), inside(targets));
        for (let b = 0; b < batchSize; b++) for (let t = 0; t < ends[b]; t++) {
          seen[x[t * batchSize + b]] += 1;
          if (t === 0 && starts.includes(x[b])) order.push(x[b]);
        }
        const copy = new SequenceReader(data, { batchSize, window, seed: 2 });
        assert.equal(copy.goTo(position), true);
        const { inputs: again, options: same } = copy.window();
        assert.deepEqual([inside(again), same], [inside(x), options]);
        reader.advance();
        if (order.length >= 23) orders.push(order.splice(0, 23).join());
      }
      assert.ok(seen.every((times) => times >= 2 && times <= 5), `${batchSize} x ${window}`);
      // One batch of all is sorted by length.
      if (batchSize < 23) assert.equal(new Set(orders).size, orders.length, 'the same order again');
      assert.equal(new SequenceReader(data, { batchSize, window, seed: 3 }).goTo(reader.position), false);
    }
  });

  test('gives what a trainer gives that is given the same windows', () => {
    const [network, other] = [create(), create()];
    const data = { inputs: numbers(2 * 12 * 4, 5), targets: Int32Array.from(tokens(48, 3, 6)) };
    const trainer = other.createTrainer({ batchSize: 1, window: 12, carryState: true, learningRate: 0.02 });
    const losses = [];
    for (let step = 0; step < 8; step++) {
      const from = (step % 4) * 12;
      if (from === 0) trainer.resetState();
      losses.push(trainer.step(data.inputs.subarray(from * 2, (from + 12) * 2), data.targets.subarray(from, from + 12)).loss);
    }
    const options = { steps: 8, window: 12, learningRate: 0.02, schedule: /** @type {const} */ ({ type: 'constant' }), reportEvery: 1 };
    assert.deepEqual([...network.train(data, options)].map(({ loss }) => loss), losses);
    assert.equal(bitsOf(network), bitsOf(other));
  });

  test('one target a sequence, tokens, two directions', () => {
    const network = create({ input: { tokens: 4 }, layers: [{ kind: 'gru', hiddenSize: 8, bidirectional: true }], output: { classes: 2 } });
    const inputs = Array.from({ length: 40 }, (_, i) => tokens(3 + (i % 5), 4, i + 1));
    const targets = inputs.map(([first]) => (first > 1 ? 1 : 0));
    const last = lastOf(network.train({ inputs, targets }, { epochs: 60, batchSize: 10 }));
    assert.ok(last.loss < 0.05, `${last.loss}`);
    assert.equal(Math.round(last.read / 40), 60, 'sequences are counted');
  });

  test('what does not count is not looked at: gaps in a series, a mask, lengths', () => {
    const series = Array.from({ length: 300 }, (_, t) => (t % 50 < 30 ? Math.sin(t / 3) : NaN));
    const network = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 12 }], output: { values: 1 } });
    const known = series.map((value) => (Number.isNaN(value) ? 0 : value));
    const data = { inputs: known.slice(0, -1), targets: series.slice(1), mask: series.slice(1).map((value) => (Number.isNaN(value) ? 0 : 1)) };
    const last = lastOf(network.train(data, { epochs: 150, window: 10 }));
    assert.ok(last.loss < 0.05, `${last.loss}`);
  });

  test('the best of a series by keepBest and patience (case 27)', () => {
    let s = 5; const rnd = () => ((s = (s * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff) * 2 - 1;
    const series = Float32Array.from({ length: 181 }, (_, t) => Math.sin(t / 6) + 0.4 * rnd());
    const net = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 64 }], output: { values: 1 }, seed: 1 });
    const data = { inputs: series.subarray(0, 90), targets: series.subarray(1, 91) };
    const validation = { inputs: series.subarray(90, 180), targets: series.subarray(91) };
    const options = { window: 90, learningRate: 0.01, steps: 3000, validation, validateEvery: 10, keepBest: true, patience: 10 };
    const last = lastOf(net.train(data, options));
    const trainer = net.createTrainer({ batchSize: 1, window: 90 });
    assert.equal(last.event, 'stopped');
    assert.ok(last.step < 3000 && last.valLoss > last.best);
    assert.equal(trainer.evaluate(validation.inputs, validation.targets).loss, last.best);
  });

  test('a validation of several sequences is the mean over all of their targets', () => {
    const network = create();
    const validation = { ...sequencesOf(7, 30), mask: sequencesOf(7, 30).targets.map((steps) => steps.map((_, t) => (t % 3 === 1 ? 0 : 1))) };
    const { valLoss } = lastOf(network.train(sequencesOf(20), { steps: 3, batchSize: 3, window: 4, validation }));
    let [sum, count] = [0, 0];
    validation.inputs.forEach((inputs, i) => {
      const { outputs } = network.run(inputs);
      inputs.forEach((_, t) => {
        if (validation.mask[i][t] === 0) return;
        sum -= Math.log(outputs[t * 3 + validation.targets[i][t]]);
        count += 1;
      });
    });
    assert.ok(Math.abs(valLoss - sum / count) < 1e-5, `${valLoss} and ${sum / count}`);
  });

  test('a fraction of the sequences, and of one sequence its last part, is not learnt', () => {
    const { inputs, targets } = sequencesOf(20);
    const report = lastOf(create().train({ inputs, targets }, { epochs: 1, validation: 0.25, batchSize: 2 }));
    assert.ok(report.valLoss > 0 && report.read < inputs.flat().length);
    const one = lastOf(create().train({ inputs: numbers(200), targets: tokens(100, 3) }, { epochs: 1, validation: 0.25, window: 25 }));
    assert.deepEqual([one.read, one.valLoss > 0], [75, true]);
  });

  test('fit gives the same bits, and lets a signal end it', async () => {
    const [network, other] = [create(), create()];
    const data = sequencesOf(20);
    const last = lastOf(network.train(data, { steps: 20, batchSize: 4 }));
    assert.deepEqual(timeless(await other.fit(data, { steps: 20, batchSize: 4 })), timeless(last));
    assert.equal(bitsOf(other), bitsOf(network));
    const stop = new AbortController();
    const onReport = () => stop.abort();
    await assert.rejects(other.fit(data, { steps: 1e6, signal: stop.signal, onReport }), { name: 'AbortError' });
  });

  test('a run that diverges is rolled back, and gives up with finite parameters', () => {
    const network = create({ output: { values: 1 } });
    const data = { inputs: numbers(200), targets: numbers(100).map((value) => value * 1e18) };
    const before = bitsOf(network);
    assert.throws(() => lastOf(network.train(data, { steps: 50, optimizer: 'sgd', learningRate: 1e30, clipNorm: Infinity, recoveries: 2 })), { name: 'DivergedError' });
    assert.equal(bitsOf(network), before);
  });
});

describe('a checkpoint of a network', () => {
  for (const [name, layer] of Object.entries(layers)) {
    test(`${name}: goes on bit for bit`, () => {
      const make = () => create({ layers: [{ ...layer, hiddenSize: 6 }, { kind: 'lstm', hiddenSize: 5 }] });
      const data = sequencesOf(12, 20);
      const options = { steps: 8, batchSize: 3, window: 6, dropout: 0.2, validation: 0.2, keepBest: true, validateEvery: 2, reportEvery: 1 };
      const network = make();
      const opened = make();
      const all = [...network.train(data, options)];
      let file = opened.checkpoint();
      for (const { step } of opened.train(data, options)) {
        if (step !== 5) continue;
        file = opened.checkpoint();
        break;
      }
      const second = lstm.openNetwork(file);
      const rest = [...second.train(data, { reportEvery: 1 })];
      assert.equal(rest[0].resumed?.at, 'same place');
      assert.deepEqual(rest.map(({ resumed, ...report }) => timeless(report)).at(-1), timeless(all.at(-1)));
      assert.equal(bitsOf(second), bitsOf(network));
    });
  }

  test('of two directions and one target a sequence, and open takes it too', async () => {
    const make = () => create({ layers: [{ kind: 'gru', hiddenSize: 5, bidirectional: true }] });
    const { inputs } = sequencesOf(12);
    const data = { inputs, targets: tokens(12, 3) };
    const [network, opened] = [make(), make()];
    const last = lastOf(network.train(data, { steps: 9, batchSize: 5, dropout: 0.1, reportEvery: 1 }));
    for (const { step } of opened.train(data, { steps: 9, batchSize: 5, dropout: 0.1, reportEvery: 1 })) if (step === 4) break;
    const second = /** @type {import('lstm-wasm').Network} */ (await lstm.open(opened.checkpoint()));
    assert.equal(lastOf(second.train(data, { reportEvery: 1 })).loss, last.loss);
    assert.equal(bitsOf(second), bitsOf(network));
    assert.throws(() => lstm.openNetwork(second.checkpoint()).train(data), /train: the run of this checkpoint is over, at step 9/);
  });

  test('goes on with other data from their start', () => {
    const network = create();
    for (const { step } of network.train(sequencesOf(12), { steps: 9, reportEvery: 1 })) if (step === 4) break;
    const second = lstm.openNetwork(network.checkpoint());
    const [first] = second.train(sequencesOf(15), { reportEvery: 1 });
    assert.deepEqual(first.resumed, { at: 'start of other data', moments: true });
  });
});

describe('what cannot be trained on', () => {
  const inputs = [[[1, 2], [3, 4]], [[5, 6]]];
  const targets = [[0, 1], [2]];
  /** @type {Record<string, [data: any, options: any, message: RegExp]>} */
  const wrong = {
    'no data': [undefined, {}, /train: data must be an object of inputs and targets, got undefined/],
    'another name': [{ input: inputs, targets }, {}, /train: data: unknown option "input", expected only inputs, targets/],
    'no sequence': [{ inputs: [], targets: [] }, {}, /train: data: inputs must be an array of sequences, or a flat one of T x 2/],
    'an empty sequence': [{ inputs: [[[1, 2]], []], targets: [[0], []] }, {}, /train: data: inputs\[1\] must be an array of 1 steps/],
    'another width': [{ inputs: [[[1, 2], [3, 4, 5]], [[5, 6]]], targets }, {}, /train: data: inputs\[0\]\[1\] must be an array of 2 numbers \(size 2\), got an array of 3/],
    'other lengths': [{ inputs, targets: [[0, 1], [2, 2]] }, {}, /train: data: targets\[1\] must be an array of 1 steps/],
    'a class that is none': [{ inputs, targets: [[0, 1], [3]] }, {}, /train: data: targets\[1\]\[0\] must be an integer from 0 to 2, got 3/],
    'no number': [{ inputs: [[[1, NaN], [3, 4]], [[5, 6]]], targets }, {}, /train: data: inputs\[0\]\[0\]\[1\] must be a finite number, got NaN/],
    'nothing that counts': [{ inputs, targets, mask: [[0, 0], [0]] }, {}, /train: data: must have a target that counts/],
    'a negative weight': [{ inputs, targets, weights: [1, -1] }, {}, /train: data: weights\[1\] must be a number from 0, got -1/],
    'a window that is too short': [{ inputs, targets: [0, 1] }, { window: 1 }, /train: window must be at least 2, the steps of the longest sequence, for a target belongs/],
    'too little to validate with': [{ inputs, targets }, { validation: 0.1 }, /train: validation must leave at least 1 sequence to measure on, got 0 of 2/],
    'a validation of another width': [{ inputs, targets }, { validation: { inputs: [[1, 2, 3]], targets: [0] } }, /train: validation: inputs/],
    'keepBest without validation': [{ inputs, targets }, { keepBest: true }, /train: keepBest needs a validation/],
    'an option that is none': [{ inputs, targets }, { epoch: 1 }, /train: unknown option "epoch"/],
  };
  for (const [name, [data, options, message]] of Object.entries(wrong)) {
    test(name, () => {
      const network = create();
      const before = bitsOf(network);
      assert.throws(() => network.train(data, options), (error) => error instanceof Error && error.name === 'ArgumentError' && message.test(error.message));
      assert.equal(bitsOf(network), before);
      assert.equal(network.steps, 0);
    });
  }

  test('a network of 8-bit weights', () => {
    assert.throws(() => create().quantize().train({ inputs, targets }), /train: needs a network with float weights/);
  });
});
