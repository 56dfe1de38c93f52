// What all models take alike: data of their own to validate with, and any iterable as a list, in a Worker too.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { openWorker } from 'lstm-wasm/worker';

const lstm = await load({ variant: 'simd' });
const worker = await openWorker({ variant: 'simd' });
after(() => worker.terminate());

const wave = (/** @type {number} */ from) => Array.from({ length: 60 }, (_, t) => Math.sin((from + t) / 3));
const labelled = (/** @type {number} */ from) => Array.from({ length: 8 }, (_, i) => ({
  sequence: [from + i % 2, i % 2, 0.5], label: i % 2 ? 'up' : 'down',
}));
const rows = (/** @type {number} */ from) => ({ inputs: [[[from], [0.5], [1]]], targets: [[[0.5], [from], [0]]] });
const texts = ['to be\n', 'or not\n', 'to be it\n'];
const lists = [['a', 'b', 'a'], ['b', 'a', 'b', 'b']];
/** @type {[string, string][]} */
const pairs = [['one', '1'], ['two', '2'], ['one two', '12']];

/**
 * Of each model: how it is made, what it learns, and what measures it: bare, and by name.
 * @type {Record<string, { create: (lstm: any) => any, data: any, bare: any, name: string }>}
 */
const models = {
  network: {
    create: (by) => by.createNetwork({ input: { size: 1 }, layers: [{ kind: 'gru', hiddenSize: 4 }], output: { values: 1 } }),
    data: rows(0.1), bare: rows(0.3), name: 'data',
  },
  forecaster: { create: (by) => by.createForecaster({ hiddenSize: 4, window: 8 }), data: wave(0), bare: wave(5), name: 'data' },
  classifier: {
    create: (by) => by.createClassifier({ labels: ['up', 'down'], features: 1, hiddenSize: 4 }),
    data: labelled(0), bare: labelled(0.2), name: 'data',
  },
  translator: { create: (by) => by.createTranslator({ pairs, hiddenSize: 8 }), data: pairs, bare: pairs.slice(1), name: 'pairs' },
  characters: { create: (by) => by.createCharModel({ text: texts, hiddenSize: 8 }), data: texts, bare: texts.slice(1), name: 'text' },
  words: { create: (by) => by.createTokenModel({ text: texts, hiddenSize: 8 }), data: texts, bare: texts.slice(1), name: 'text' },
  lists: { create: (by) => by.createTokenModel({ sequences: lists, hiddenSize: 8 }), data: lists, bare: lists.slice(1), name: 'sequences' },
};

/** @param {Iterable<any>} list */
function* once(list) {
  yield* list;
}

/** @param {any} by @param {typeof models[string]} model @param {{ data?: any, validation: any }} given */
async function measure(by, { create, data: all }, { data = all, validation }) {
  const model = await create(by);
  const { valLoss } = await model.fit(data, { steps: 3, validation });
  return valLoss;
}

for (const [name, model] of Object.entries(models)) {
  describe(name, () => {
    const { bare, data } = model;
    test('is measured with data as they are trained on, and by their name', async () => {
      const expected = await measure(lstm, model, { validation: bare });
      assert.ok(Number.isFinite(expected));
      assert.equal(await measure(lstm, model, { validation: { [model.name]: bare } }), expected);
      assert.equal(await measure(worker, model, { validation: bare }), expected);
      // Series may have any names.
      if (name !== 'forecaster') assert.throws(() => model.create(lstm).train(data, { steps: 1, validation: { other: bare } }), { name: 'ArgumentError', message: /other/ });
      if (!Array.isArray(bare)) return;
      assert.equal(await measure(worker, model, { validation: new Set(bare) }), await measure(lstm, model, { validation: new Set(bare) }));
    });

    if (Array.isArray(data)) {
      test('takes any iterable of them, in a Worker too', async () => {
        const expected = await measure(lstm, model, { validation: bare });
        for (const by of [lstm, worker]) {
          assert.equal(await measure(by, model, { data: once(data), validation: bare }), expected);
          assert.equal(await measure(by, model, { data: new Set(data), validation: bare }), expected);
        }
        if (typeof data[0] === 'string') return;
        const [here, there] = [model.create(lstm), await model.create(worker)];
        if (!here.evaluate || name === 'lists') return;
        for (const one of [here, there]) await one.fit(data, { steps: 2, validation: 0 });
        const scored = here.evaluate(data);
        assert.deepEqual(here.evaluate(new Set(data)), scored);
        for (const form of [data, new Set(data), once(data)]) assert.deepEqual(await there.evaluate(form), scored);
      });
    }
  });
}

test('what the symbols are known from may be any iterable in a Worker too', async () => {
  const characters = await worker.createCharModel({ text: /** @type {any} */ (once(texts)), hiddenSize: 4 });
  assert.deepEqual(characters.alphabet, lstm.createCharModel({ text: texts, hiddenSize: 4 }).alphabet);
  const tokens = await worker.createTokenModel({ sequences: once(lists), hiddenSize: 4 });
  assert.deepEqual(tokens.tokens, lstm.createTokenModel({ sequences: lists, hiddenSize: 4 }).tokens);
  const translator = await worker.createTranslator({ pairs: new Set(pairs), hiddenSize: 4 });
  assert.deepEqual(translator.config, lstm.createTranslator({ pairs, hiddenSize: 4 }).config);
});
