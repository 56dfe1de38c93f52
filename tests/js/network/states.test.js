// States that were kept: JSON and structured clones of them go on with the same bits.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { layers, numbers } from '../layer-list.js';

const lstm = await load({ variant: 'simd' });

/** @type {Record<string, (state: any) => any>} */
const ways = {
  'JSON of Float32Arrays': (state) => JSON.parse(JSON.stringify(state)),
  'JSON of plain arrays': (state) => JSON.parse(JSON.stringify(state.map((/** @type {object} */ layer) =>
    Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, [...values]]))))),
  'a structured clone': structuredClone,
};

describe('a state goes on with the same bits', () => {
  for (const [name, layer] of Object.entries(layers)) {
    test(name, () => {
      for (const input of [{ size: 2 }, { tokens: 3 }]) {
        const net = lstm.createNetwork({ input, layers: [{ hiddenSize: 5, ...layer }, { kind: 'lstm', hiddenSize: 3 }], output: { values: 2 }, seed: 3 });
        const feed = (/** @type {number} */ t) => ('size' in input ? numbers(2, t) : t % 3);
        const state = net.initialState();
        for (let t = 0; t < 9; t++) net.step(feed(t), state);
        const kept = Object.values(ways).map((way) => way(state));
        for (let t = 9; t < 13; t++) {
          const expected = net.step(feed(t), state);
          for (const own of kept) assert.deepEqual(net.step(feed(t), own), expected);
        }
        for (const own of kept) assert.deepEqual(own, state, 'it is made of Float32Arrays again');
      }
    });
  }
});

for (const [name, way] of Object.entries(ways)) {
  test(`${name}: wherever a state is taken`, () => {
    const cell = lstm.createCell({ inputSize: 2, hiddenSize: 4 });
    const one = cell.step([1, 2], cell.initialState());
    const [again] = way([one]);
    assert.deepEqual(cell.step([3, 4], again), cell.step([3, 4], one));

    const net = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'lstm', hiddenSize: 4 }], output: { classes: 3 } });
    const { state } = net.run([0, 1, 2, 0], { batchSize: 2 });
    assert.deepEqual(net.run([1, 1], { batchSize: 2, state: way(state) }), net.run([1, 1], { batchSize: 2, state }));
    const drawn = { token: 1, length: 9, seed: 1 };
    const start = net.initialState();
    assert.deepEqual(net.generate({ ...drawn, state: way(start) }), net.generate({ ...drawn, state: start }));

    const series = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 4 }], output: { values: 1 } });
    const before = series.run([1, 2, 3]).state;
    assert.deepEqual(series.forecast(3, { inputs: [4], state: way(before) }), series.forecast(3, { inputs: [4], state: before }));

    const trainer = net.createTrainer({ batchSize: 2, window: 2, carryState: true });
    trainer.step([0, 1, 2, 0], [1, 2, 0, 1]);
    const kept = trainer.state();
    trainer.resetState();
    trainer.setState(way(kept));
    assert.deepEqual(trainer.state(), kept);
  });
}

test('parameters and a trainer\'s checkpoint survive JSON too', () => {
  const make = () => {
    const net = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'lstm', hiddenSize: 4 }], output: { classes: 3 }, seed: 1 });
    return { net, trainer: net.createTrainer({ batchSize: 2, window: 2, carryState: true }) };
  };
  const [one, two] = [make(), make()];
  const step = (/** @type {ReturnType<typeof make>} */ { trainer }) => trainer.step([0, 1, 2, 0], [1, 2, 0, 1]);
  step(one);
  two.net.setParameters(JSON.parse(JSON.stringify(one.net.parameters())));
  two.trainer.restore(JSON.parse(JSON.stringify(one.trainer.checkpoint())));
  assert.deepEqual(step(two), step(one));
  assert.deepEqual(two.net.parameters(), one.net.parameters());
});
