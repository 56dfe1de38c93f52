// Files of other frameworks that were cut off or changed at random open or are refused by name: no other error than the library's,
// little memory, nothing that takes long. LSTM_WASM_FUZZ=1000000 tries as many.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { FileFormatError, load } from 'lstm-wasm';

const COUNT = Number(process.env.LSTM_WASM_FUZZ ?? 6000);
const MOST_MEMORY = 2 ** 26;
const folder = new URL('../../reference/zoo/files/', import.meta.url);
const names = readdirSync(folder).filter((name) => /\.(pt|pth|net|ckpt|safetensors|keras|h5|onnx)$/.test(name) && name !== 'onnx-beside.onnx');
const bytesOf = (/** @type {string} */ name) => new Uint8Array(readFileSync(new URL(name, folder)));
const lstm = await load();

let state = 1;
/** A whole number below the limit. @param {number} limit */
function random(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

/** @param {Uint8Array} bytes @param {string} what */
async function tryOpen(bytes, what) {
  try {
    (await lstm.open(bytes)).dispose();
    return true;
  } catch (error) {
    assert.ok(error instanceof FileFormatError, `${what}: ${/** @type {Error} */ (error).stack}`);
    return false;
  } finally {
    assert.ok(lstm.memoryBytes <= MOST_MEMORY, `${what}: ${lstm.memoryBytes} bytes`);
  }
}

const crcs = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});
const crcOf = (/** @type {Uint8Array} */ bytes) => ~bytes.reduce((sum, byte) => (sum >>> 8) ^ crcs[(sum ^ byte) & 255], -1) >>> 0;

/**
 * The checksums of a zip's files made right again, so that what reads them is reached. Of stored files alone.
 * @param {Uint8Array} bytes
 */
function withChecksums(bytes) {
  const view = new DataView(bytes.buffer);
  for (let at = bytes.length - 46; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    const [size, local] = [view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
    if (local + 30 > bytes.length) continue;
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    view.setUint32(at + 16, crcOf(bytes.subarray(from, from + size)), true);
  }
  return bytes;
}

test('one small file of each format, cut off at every byte', async () => {
  for (const ending of ['pt', 'safetensors', 'h5', 'onnx', 'keras']) {
    const [name] = names.filter((each) => each.endsWith(`.${ending}`)).sort((a, b) => statSync(new URL(a, folder)).size - statSync(new URL(b, folder)).size);
    const bytes = bytesOf(name);
    const step = Math.ceil(bytes.length / 2500);
    for (let length = 1; length < bytes.length; length += step) await tryOpen(bytes.slice(0, length), `${name}, ${length} bytes`);
  }
});

test(`${COUNT} files of all formats that were changed at random`, async () => {
  let opened = 0;
  for (let n = 0; n < COUNT; n++) {
    const name = names[random(names.length)];
    const bytes = bytesOf(name);
    const seed = state;
    for (let i = 0; i <= random(3); i++) {
      const at = random(bytes.length);
      bytes[at] = random(2) ? random(256) : bytes[at] ^ (1 << random(8));
    }
    const isStored = /\.(pt|pth|net|ckpt)$/.test(name) && name !== 'torch-legacy.pt';
    opened += Number(await tryOpen(isStored && random(4) ? withChecksums(bytes) : bytes, `${name}, seed ${seed}`));
  }
  // Where a weight was changed, or a name that nobody reads.
  assert.ok(opened > COUNT / 20 && opened < COUNT * 0.95, `${opened} of ${COUNT} opened`);
});
