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
    test('any one bit flipped: refused, or nothing that counts has changed', () => {
      let state = 5;
      const random = (/** @type {number} */ limit) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % limit;
      const checksum = new TextDecoder().decode(bytes).indexOf('"checksum"');
      assert.ok(checksum > 0);
      const counts = { refused: 0, opened: 0 };
      for (let i = 0; i < 4000; i++) {
        const flipped = bytes.slice();
        const at = random(bytes.length);
        flipped[at] ^= 1 << random(8);
        try {
          const opened = open(name, flipped);
          assert.deepEqual(opened.save(), open(name, bytes).save());
          // Only the word 'checksum' is anything else's name then.
          assert.ok(at > checksum && at < checksum + 9, `byte ${at}`);
          counts.opened += 1;
        } catch (error) {
          assert.ok(error instanceof FileFormatError, error.stack);
          counts.refused += 1;
        }
      }
      assert.ok(counts.refused > 3900, JSON.stringify(counts));
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
