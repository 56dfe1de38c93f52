// What every model says of itself, in a Worker too, and after it was disposed.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { openWorker } from 'lstm-wasm/worker';

const lstm = await load({ variant: 'simd' });
const worker = await openWorker({ variant: 'simd' });
const predictor = await loadPredictor({ variant: 'simd' });
after(() => worker.terminate());

const wave = Array.from({ length: 40 }, (_, t) => Math.sin(t / 3));
/** @type {Record<string, [(by: any) => any, any]>} */
const models = {
  network: [(by) => by.createNetwork({ input: { size: 1 }, layers: [{ kind: 'gru', hiddenSize: 4 }], output: { values: 1 } }),
    { inputs: [[[1], [2]]], targets: [[[0], [1]]] }],
  forecaster: [(by) => by.createForecaster({ hiddenSize: 4, window: 8 }), wave],
  classifier: [(by) => by.createClassifier({ labels: ['up', 'down'], features: 1, hiddenSize: 4 }),
    [{ sequence: [1, 2], label: 'up' }, { sequence: [2, 1], label: 'down' }]],
  translator: [(by) => by.createTranslator({ source: 'one two', target: '12', hiddenSize: 8 }), [['one', '1'], ['two', '2']]],
  characters: [(by) => by.createCharModel({ text: 'to be', hiddenSize: 8 }), 'to be or not to be'],
  tokens: [(by) => by.createTokenModel({ sequences: [['a', 'b']], hiddenSize: 8 }), [['a', 'b', 'c', 'a'], ['b', 'a', 'c']]],
};

/** @param {any} model */
const told = ({ parameterCount, isQuantized, steps, disposed, config }) => ({ parameterCount, isQuantized, steps, disposed, config });

for (const [name, [create, data]] of Object.entries(models)) {
  test(name, async () => {
    const [here, there] = [create(lstm), await create(worker)];
    const first = told(here);
    assert.ok(first.parameterCount > 20);
    assert.deepEqual([first.isQuantized, first.steps, first.disposed], [false, 0, false]);
    assert.deepEqual(told(there), first);

    for (const model of [here, there]) await model.fit(data, { steps: 3, reportEvery: 1, validation: 0 });
    assert.equal(here.steps, 3);
    const { config: _, ...trained } = told(here);
    const { config: __, ...elsewhere } = told(there);
    assert.deepEqual(elsewhere, trained); // some have grown
    assert.equal(trained.parameterCount > first.parameterCount, ['characters', 'tokens'].includes(name));
    for await (const { step } of there.train(data, { steps: 300, validation: 0 })) if (step >= 2) break;
    assert.ok(there.steps >= 5);
    assert.equal((await worker.open(await there.checkpoint())).steps, there.steps);

    const [quantized, remote] = [here.quantize(), await there.quantize()];
    for (const model of [quantized, remote]) assert.equal(model.isQuantized, true);
    assert.equal(/** @type {any} */ (await predictor.open(here.save())).parameterCount, trained.parameterCount);
    const config = here.config;
    for (const model of [here, there]) await model.dispose();
    assert.deepEqual([here.disposed, there.disposed], [true, true]);
    assert.deepEqual(told(here), { ...trained, disposed: true, config });
    here.dispose();
  });
}
