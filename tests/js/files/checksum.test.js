// A file that is not as it was saved is refused, and one that others wrote anew, with all that it means, is not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { FileFormatError, load } from 'lstm-wasm';
import { dataOf, edited, fileOf, headerOf, unsigned } from './edit.js';

const lstm = await load({ variant: 'simd' });
const text = 'a cat ate a tea at\n'.repeat(30);
const model = lstm.createCharModel({ text, hiddenSize: 3, seed: 1 });
for (const report of model.train(text, { batchSize: 2, window: 4, steps: 3 })) void report;
const network = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 3 }], output: { values: 1 } });
const files = {
  'a model': model.save(), 'a checkpoint': model.checkpoint(), 'a model of 8 bits': model.quantize().save(),
  'a network': network.save(),
};
const open = (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) =>
  (name === 'a network' ? lstm.openNetwork(bytes) : lstm.openCharModel(bytes));

for (const [name, bytes] of Object.entries(files)) {
  describe(name, () => {
    test('any one bit flipped: refused', () => {
      let state = 5;
      const random = (/** @type {number} */ limit) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % limit;
      const checksum = new TextDecoder().decode(bytes).indexOf('"checksum"');
      assert.ok(checksum > 0);
      for (let i = 0; i < 4000; i++) {
        const flipped = bytes.slice();
        // Those of the word 'checksum' first.
        const at = i < 80 ? checksum + (i >> 3) : random(bytes.length);
        flipped[at] ^= 1 << (i < 80 ? i & 7 : random(8));
        assert.throws(() => open(name, flipped), FileFormatError, `byte ${at}`);
      }
    });

    test('a weight or a letter that another program changed, with the old checksum: it says what to do', () => {
      const changed = bytes.slice();
      dataOf(changed)[1] ^= 1;
      const message = new RegExp('^open(CharModel|Network): the file is not as it was saved: its checksum is "[0-9a-f]{14}", that of what '
        + 'it has "[0-9a-f]{14}"\\. It is damaged; or a program has changed it and kept the old checksum: then let it leave '
        + '\'checksum\' out of the metadata$');
      assert.throws(() => open(name, changed), { name: 'FileFormatError', message });
      assert.notDeepEqual(open(name, unsigned(changed)).save(), bytes);
    });

    test('written anew by another program: tensors and names in another order, other white space', () => {
      const { __metadata__: metadata, ...entries } = headerOf(bytes);
      const data = dataOf(bytes);
      let end = 0;
      /** @type {Uint8Array[]} */
      const parts = [];
      const moved = Object.entries(entries).reverse().map(([tensor, { data_offsets: [from, to], ...entry }]) => {
        parts.push(data.subarray(from, to));
        return [tensor, { data_offsets: [end, (end += to - from)], ...entry }];
      });
      const header = { ...Object.fromEntries(moved), __metadata__: Object.fromEntries(Object.entries(metadata).reverse()) };
      const anew = fileOf(JSON.stringify(header, null, 3), new Uint8Array(Buffer.concat(parts)));
      assert.deepEqual(open(name, anew).save(), open(name, bytes).save());
    });

    test('more in the metadata is a change too', () => {
      const { checksum } = headerOf(bytes).__metadata__;
      const more = edited(bytes, (header) => Object.assign(header.__metadata__, { note: 'mine', checksum }));
      assert.throws(() => open(name, more), /not as it was saved/);
      open(name, unsigned(more)).dispose();
    });

    test('a checksum that is none', () => {
      const other = edited(bytes, (header) => (header.__metadata__.checksum = '\u001b[2J'));
      assert.throws(() => open(name, other), /its checksum is "\\u001b\[2J"/);
    });
  });
}

test('nothing is taken for what is refused', () => {
  const changed = files['a model'].slice();
  dataOf(changed)[1] ^= 1;
  const before = lstm.memoryBytes;
  for (let i = 0; i < 3000; i++) assert.throws(() => lstm.openCharModel(changed), FileFormatError);
  assert.equal(lstm.memoryBytes, before);
});

test('files of before have none, and open', () => {
  const bytes = readFileSync(new URL('../../files/char-lstm.safetensors', import.meta.url));
  assert.equal(headerOf(bytes).__metadata__.checksum, undefined);
  const saved = lstm.openCharModel(bytes).save();
  assert.match(headerOf(saved).__metadata__.checksum, /^[0-9a-f]{14}$/);
});

describe('of every kind, any bit flipped and any length cut off: refused', () => {
  const task = { epochs: 2, batchSize: 2 };
  const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), i % 7]);
  const examples = { sequences: rows.map(([x]) => [[x], [-x]]), labels: rows.map(([x]) => (x > 0 ? 'up' : 'down')) };
  const pairs = [['ab', 'ba'], ['ba', 'ab'], ['aab', 'baa'], ['bb', 'bb']];
  /** @type {Record<string, [model: any, data: any]>} */
  const models = {
    'a network': [lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'gru', hiddenSize: 2 }], output: { classes: 2 } }),
      { inputs: examples.sequences, targets: examples.labels.map((label) => [Number(label === 'up'), 0]) }],
    'a token model': [lstm.createTokenModel({ tokens: ['a', 'bc', 'd'], hiddenSize: 2 }), ['a', 'bc', 'd', 'a', 'bc', 'd', 'd', 'a', 'bc', 'd', 'a', 'a']],
    'a forecaster': [lstm.createForecaster({ columns: ['a', 'b'], hiddenSize: 2, window: 4 }), rows],
    'a classifier': [lstm.createClassifier({ labels: ['up', 'down'], features: 1, hiddenSize: 2 }), examples],
    'a translator': [lstm.createTranslator({ source: 'ab', target: 'ab', hiddenSize: 2 }), pairs],
  };
  for (const [name, [model, data]] of Object.entries(models)) {
    test(name, async () => {
      for (const report of model.train(data, task)) void report;
      for (const file of [model.save(), model.checkpoint(), model.quantize().save()]) {
        (await lstm.open(file)).dispose();
        // Steps that have no divisor in common with the length, so that all parts of the file have their turn.
        for (let i = 0; i < 1200; i++) {
          const flipped = file.slice();
          flipped[(i * 7919) % file.length] ^= 1 << (i % 8);
          const cut = file.slice(0, (i * 104_729) % file.length);
          for (const bytes of [flipped, cut]) await assert.rejects(lstm.open(bytes), FileFormatError, `${i} of ${file.length}`);
        }
      }
    });
  }

  test('a reading that was kept as JSON', () => {
    const reading = model.read('a cat');
    const kept = JSON.stringify(reading.save());
    assert.deepEqual(model.read({ state: JSON.parse(kept) }).predict(), reading.predict());
    let refused = 0;
    for (let i = 0; i < 8 * kept.length; i++) {
      const flipped = Buffer.from(kept);
      flipped[i >> 3] ^= 1 << (i & 7);
      try {
        const state = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(flipped));
        // Digits that no float has are the same number.
        assert.deepEqual(model.read({ state }).save(), reading.save(), `${flipped}`);
      } catch (error) {
        if (error.code === 'ERR_ASSERTION') throw error;
        refused += 1;
      }
    }
    assert.ok(refused > 6 * kept.length, `${refused} of ${8 * kept.length}`);
    const { checksum, ...others } = reading.save();
    assert.equal(typeof checksum, 'string');
    assert.deepEqual(model.read({ state: others }).predict(), reading.predict());
    assert.throws(() => model.read({ state: { ...others, checksum: 'x' } }), { name: 'ArgumentError', message: /checksum must be '[0-9a-f]{14}', that of what it has, or absent/ });
  });
});
