// Files of other frameworks that ask for more than they have: shared parts that grow when they are written out, layers without
// end, one file under many names. Each is refused for what it is, before it takes time or memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileFormatError, load } from 'lstm-wasm';

const lstm = await load();

/** @param {Uint8Array} bytes @param {RegExp} message @param {any} [options] */
const assertRefused = (bytes, message, options) => assert.rejects(lstm.open(bytes, options), (/** @type {Error} */ error) => {
  assert.ok(error instanceof FileFormatError, error.stack);
  assert.match(error.message, message);
  return true;
});

/** torch.save's file from before 1.6: the magic number, the protocol, the system, and what was saved. @param {string} object */
const legacy = (object) => Uint8Array.from([
  '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.', '\x80\x02M\xe9\x03.', '\x80\x02}.', `\x80\x02${object}.`, '\x80\x02].',
].join(''), (sign) => sign.charCodeAt(0));
/** A pair of itself, forty times: 2^40 numbers to who writes it out. */
const nested = `K\x01${'2\x86'.repeat(40)}`;

test('what a pickle shares is never written out', async () => {
  // As the key of a dict, as a class's name, and as a storage's key.
  await assertRefused(legacy(`}${nested}K\x01s`), /no weights: expected a state_dict/);
  await assertRefused(legacy(`}(X\x01\x00\x00\x00a${nested}${nested}K\x01u`), /no weights: expected a state_dict/);
  await assertRefused(legacy(`X\x01\x00\x00\x00a${nested}\x93`), /a class without a name/);
  await assertRefused(legacy(`(X\x07\x00\x00\x00storagectorch\nFloatStorage\n${nested}X\x03\x00\x00\x00cpuK\x01tQ`), /whole module of class FloatStorage/);
});

test('layers without end are counted first', async () => {
  const text = (/** @type {object} */ value) => new TextEncoder().encode(JSON.stringify(value));
  const layers = Array.from({ length: 2000 }, (_, l) => ({ class_name: 'Dropout', config: { name: `d${l}` } }));
  const modelTopology = { model_config: { class_name: 'Sequential', config: { layers } } };
  await assertRefused(text({ modelTopology, weightsManifest: [] }), /2000 layers, more than 1024/);

  const entry = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
  const header = text(Object.fromEntries(Array.from({ length: 100 }, (_, l) => [`lstm.weight_ih_l${l}`, entry])));
  const bytes = new Uint8Array(8 + header.length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 8);
  await assertRefused(bytes, /lstm: 100 layers, more than 64/);
});

test('a shard is read once', async () => {
  const modelTopology = { model_config: { class_name: 'Sequential', config: { layers: [] } } };
  const model = { modelTopology, weightsManifest: [{ paths: ['a.bin', 'a.bin'], weights: [] }] };
  const files = { 'a.bin': new Blob([new Uint8Array(4)]) };
  await assertRefused(new TextEncoder().encode(JSON.stringify(model)), /not each named once/, { files });
});

test('parts without number are counted before they are made', async () => {
  const filled = (/** @type {number} */ length, /** @type {number[]} */ pattern, /** @type {number[]} */ head) => {
    const bytes = Uint8Array.from({ length }, (_, i) => pattern[i % pattern.length]);
    bytes.set(head);
    return bytes;
  };
  const code = (/** @type {string} */ sign) => sign.charCodeAt(0);
  const most = { fields: /more than 524288 fields/, made: /more than 262144 lists, maps and names/, steps: /more than 4194304 steps/ };
  await assertRefused(filled(2 ** 21, [8, 1], [8, 7, 18, 0]), most.fields);
  await assertRefused(filled(2 ** 21, [0x72, 0], [8, 7, 18, 0]), most.fields);
  for (const sign of [']', '}', ')']) await assertRefused(filled(2 ** 19, [code(sign)], [0x80, 2]), most.made);
  await assertRefused(filled(2 ** 20, [code('('), code('t')], [0x80, 2]), most.made);
  await assertRefused(filled(2 ** 23, [code('N')], [0x80, 2]), most.steps);
  await assertRefused(filled(2 ** 23, [0x94], [0x80, 2, code('N')]), most.steps);

  // A tensor in a graph whose shape has a million numbers: fields 7, 5 and 1.
  const long = (/** @type {number} */ field, /** @type {Uint8Array} */ content) => {
    const length = [content.length & 127 | 128, content.length >> 7 & 127 | 128, content.length >> 14];
    return Uint8Array.from([field << 3 | 2, ...length, ...content]);
  };
  const graph = long(7, long(5, long(1, new Uint8Array(2 ** 20).fill(1))));
  await assertRefused(Uint8Array.from([8, 7, 18, 0, ...graph]), /more than 64 numbers where a shape or a tensor has no more/);
  await assertRefused(new Uint8Array(2 ** 25 + 1).fill(32).map((space, i) => [123, 34, 97, 34, 58, 49][i] ?? space), /a JSON file of 33554433 bytes/);
});
