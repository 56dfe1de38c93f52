// Arguments that run code while they are read, getters and Proxies, which dispose what they are given to and let others take its
// memory: an error that says so or a result, and nobody's memory is written.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load, LstmError } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';

const [lstm, predictor] = [await load({ variant: 'simd' }), await loadPredictor({ variant: 'simd' })];

/**
 * A copy of plain data all through which each look at anything is told.
 * @template T @param {T} value @param {() => void} onLook @returns {T}
 */
function watched(value, onLook) {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return /** @type {any} */ (new Proxy(value, {
    get(target, name, receiver) {
      if (typeof name === 'string' && name !== 'constructor') onLook();
      return watched(Reflect.get(target, name, receiver), onLook);
    },
    ownKeys(target) {
      onLook();
      return Reflect.ownKeys(target);
    },
  }));
}

const vectors = { input: { size: 2 }, output: { values: 2 } };
const tokens = { input: { tokens: 3 }, output: { classes: 3 } };
const layers = [{ kind: /** @type {const} */ ('lstm'), hiddenSize: 3 }];
const network = (/** @type {any} */ options = vectors) => lstm.createNetwork({ layers, seed: 1, ...options });
const plain = (/** @type {any} */ value) => JSON.parse(JSON.stringify(value, (_, one) => (ArrayBuffer.isView(one) ? Array.from(/** @type {any} */ (one)) : one)));
const [x, y] = [[0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4]];

const classifier = (() => {
  const model = lstm.createClassifier({ labels: ['a', 'b'], features: 2, hiddenSize: 2 });
  for (const report of model.train({ sequences: [[[1, 2]], [[2, 1]]], labels: ['a', 'b'] }, { steps: 1, batchSize: 1 })) void report;
  return model.save();
})();

/**
 * What a call is made of: what is disposed, and the call with its arguments, which `watch` watches.
 * @typedef {{ gone: { dispose(): void }, call: (watch: <T>(value: T) => T) => unknown }} Case
 * @type {Record<string, () => Case | Promise<Case>>}
 */
const calls = {
  'step: input': () => { const gone = network(); const state = gone.initialState(); return { gone, call: (watch) => gone.step(watch([1, 2]), state) }; },
  'step: state': () => { const gone = network(); const state = plain(gone.initialState()); return { gone, call: (watch) => gone.step([1, 2], watch(state)) }; },
  'a cell': () => { const gone = lstm.createCell({ inputSize: 2, hiddenSize: 3 }); const state = plain(gone.initialState()); return { gone, call: (watch) => gone.step(watch([1, 2]), watch(state)) }; },
  run: () => { const gone = network(); const state = plain(gone.initialState()); return { gone, call: (watch) => gone.run(watch(x), watch({ lengths: [2], state })) }; },
  'run: nested': () => { const gone = network(); return { gone, call: (watch) => gone.run(watch([[[1, 2], [3, 4]], [[5, 6]]])) }; },
  'run step by step': async () => { const gone = /** @type {any} */ (await predictor.open(network().save())); const state = plain(gone.initialState()); return { gone, call: (watch) => gone.run(watch(x), watch({ lengths: [2], state })) }; },
  setParameters: () => { const gone = network(); const values = plain(gone.parameters()); return { gone, call: (watch) => gone.setParameters(watch(values)) }; },
  setMemory: () => {
    const gone = network({ input: { tokens: 3 }, output: { classes: 3 }, memory: { size: 2, attention: 'product', summary: 3 }, layers: [{ kind: 'lstm', hiddenSize: 2 }] });
    return { gone, call: (watch) => gone.setMemory(watch({ values: [1, 2, 3, 4], summary: [1, 2, 3] })) };
  },
  generate: () => { const gone = network(tokens); const state = plain(gone.initialState()); return { gone, call: (watch) => gone.generate(watch({ token: 1, length: 3, state, seed: 1 })) }; },
  forecast: () => { const gone = network(); const state = plain(gone.initialState()); return { gone, call: (watch) => gone.forecast(3, watch({ inputs: [[1, 2], [3, 4]], state })) }; },
  createTrainer: () => { const gone = network(); return { gone, call: (watch) => gone.createTrainer(watch({ batchSize: 1, window: 2, dropout: 0.5 })) }; },
  ...Object.fromEntries(['step', 'evaluate', 'gradients'].map((name) => [`a trainer's ${name}`, () => {
    const gone = network().createTrainer({ batchSize: 1, window: 2 });
    return { gone, call: (/** @type {any} */ watch) => /** @type {any} */ (gone)[name](watch(x), watch(y), watch({ lengths: [2], mask: [1, 1], weights: [1, 2] })) };
  }])),
  "a trainer's predict": () => { const gone = network().createTrainer({ batchSize: 1, window: 2 }); return { gone, call: (watch) => gone.predict(watch(x), watch({ lengths: [2] })) }; },
  "a trainer's network": () => { const gone = network(); const trainer = gone.createTrainer({ batchSize: 1, window: 2 }); return { gone, call: (watch) => trainer.step(watch(x), watch(y)) }; },
  'setState of a trainer': () => { const gone = network().createTrainer({ batchSize: 1, window: 2 }); const state = plain(gone.state()); return { gone, call: (watch) => gone.setState(watch(state)) }; },
  restore: () => {
    const gone = network().createTrainer({ batchSize: 1, window: 2, dropout: 0.5, optimizer: 'adam' });
    const checkpoint = plain(gone.checkpoint());
    return { gone, call: (watch) => gone.restore(watch(checkpoint)) };
  },
  'a pair': () => {
    const decoder = network({ ...tokens, memory: { summary: 6 } });
    const gone = decoder.createPairTrainer(network({ input: { tokens: 3 }, output: undefined }), { batchSize: 1, window: 2, sourceWindow: 2 });
    return { gone, call: (watch) => gone.step(watch({ source: [0, 1], target: [1, 2], lengths: [2] }), watch([2, 0]), watch({ mask: [1, 1] })) };
  },
  'restore of a pair': () => {
    const decoder = network({ ...tokens, memory: { summary: 6 } });
    const gone = decoder.createPairTrainer(network({ input: { tokens: 3 }, output: undefined }), { batchSize: 1, window: 2, sourceWindow: 2 });
    const checkpoint = plain(gone.checkpoint());
    return { gone, call: (watch) => gone.restore(watch(checkpoint)) };
  },
  'a text to train on': () => { const gone = lstm.createCharModel({ alphabet: 'ab', hiddenSize: 3 }); return { gone, call: (watch) => [...gone.train(watch(['ab', 'ba', 'abab']), watch({ steps: 1 }))] }; },
  'data to train on': () => { const gone = network(); return { gone, call: (watch) => [...gone.train(watch({ inputs: [[[1, 2]]], targets: [[[1, 2]]] }), watch({ steps: 1 }))] }; },
  'a series': () => { const gone = lstm.createForecaster({ columns: ['a'], hiddenSize: 2, window: 4 }); return { gone, call: (watch) => [...gone.train(watch(Array.from({ length: 20 }, (_, i) => [i % 3])), { steps: 1 })] }; },
  'what a classifier predicts': async () => { const gone = /** @type {any} */ (await lstm.open(classifier)); return { gone, call: (watch) => gone.predict(watch([[1, 2], [3, 4]])) }; },
  'a place to go on from': () => { const gone = lstm.createCharModel({ alphabet: 'ab', hiddenSize: 3 }); const state = gone.read('a').save(); return { gone, call: (watch) => gone.read(watch({ state })) }; },
};

describe('disposed by its own argument', () => {
  for (const [name, make] of Object.entries(calls)) {
    test(name, async () => {
      (await make()).call((value) => value);
      let look = 1;
      for (let ended = false; !ended && look < 400; look++) {
        const { gone, call } = await make();
        /** @type {any[]} */
        let others = [];
        let before;
        let count = 0;
        const watch = (/** @type {any} */ value) => watched(value, () => {
          if (++count !== look) return;
          gone.dispose();
          // Of many sizes, so that they lie where it lay.
          others = Array.from({ length: 12 }, (_, i) => network({ ...(i % 2 ? vectors : tokens), layers: [{ kind: 'lstm', hiddenSize: 1 + i }] }));
          before = others.map((other) => plain(other.parameters()));
        });
        try {
          call(watch);
        } catch (error) {
          assert.ok(error instanceof LstmError, `look ${look}: ${error.stack}`);
        }
        ended = count < look;
        assert.deepEqual(others.map((other) => plain(other.parameters())), before ?? [], `look ${look}`);
        for (const other of others) other.dispose();
        if (ended) gone.dispose();
      }
      assert.ok(look > 3, 'it was watched');
    });
  }
});
