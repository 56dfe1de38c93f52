// A saved character model opens in Python with safetensors and torch.nn.LSTM, and Python's file opens here.
// Skipped, with the reason, where python3 has no torch or safetensors.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'lstm-wasm';
import { readSafetensors } from '../../reference/read.js';

const NEAR = 1e-5;
const script = fileURLToPath(new URL('../../reference/open_model.py', import.meta.url));
// Characters of 1, 2, 3 and 4 bytes in UTF-8, a quote and a line end.
const text = 'Call me "Ishmael".\r\nSome years ago — naïve 🐋 years.\n'.repeat(12);
const start = 'Some years ago — naïve 🐋 ye';

/** @param {string[]} args */
function python(...args) {
  return spawnSync('python3', args, { encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
}

const search = 'import importlib.util as u; print(*(n for n in ["torch", "safetensors"] if not u.find_spec(n)))';
const found = python('-c', search);
const missing = found.error?.message ?? (found.stdout.trim() || found.stderr.trim().split('\n').at(-1));
const skip = missing !== '' && `python3 with torch and safetensors is needed, missing: ${missing}`;
if (skip) console.error(`SKIPPED: files are not opened in Python. ${skip}`);

/**
 * @param {{ char: string, probability: number }[]} got best first
 * @param {Record<string, number>} expected
 */
function assertSamePrediction(got, expected) {
  assert.deepEqual(got.map(({ char }) => char).sort(), Object.keys(expected).sort());
  for (const { char, probability } of got) {
    assert.ok(Math.abs(probability - expected[char]) <= NEAR,
      `probability of ${JSON.stringify(char)}: ${expected[char]} expected, got ${probability}`);
  }
}

describe('safetensors files in Python', { skip }, async () => {
  const lstm = await load();
  const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const bias of [true, false]) {
    const model = lstm.createCharModel({ text, layers: 2, hiddenSize: 13, bias, seed: 1, unknown: bias ? 'error' : 'skip' });
    for (const report of model.train(text, { batchSize: 2, window: 12, steps: 60, learningRate: 1e-2 })) {
      assert.ok(report.loss > 0);
    }
    after(() => model.dispose());
    const [V, H] = [model.alphabet.length, 13];
    /** @type {string} */
    let writtenFile;
    /** @type {Record<'saved' | 'written', any>} what Python sees in the two files */
    let seen;

    before(() => {
      const savedFile = join(folder, `saved-${bias}.safetensors`);
      writtenFile = join(folder, `written-${bias}.safetensors`);
      writeFileSync(savedFile, model.save());
      const { status, stdout, stderr } = python(script, savedFile, writtenFile, start);
      assert.equal(status, 0, stderr);
      seen = JSON.parse(stdout);
    });

    test(`a trained model opens in torch.nn.LSTM, bias ${bias}`, () => {
      const { shapes, metadata, probabilities } = seen.saved;
      const layer = (/** @type {number} */ l, /** @type {number} */ D) => ({
        [`weight_ih_l${l}`]: [4 * H, D], [`weight_hh_l${l}`]: [4 * H, H],
        ...(bias && { [`bias_ih_l${l}`]: [4 * H], [`bias_hh_l${l}`]: [4 * H] }) });
      assert.deepEqual(shapes, { ...layer(0, V), ...layer(1, H), 'head.weight': [V, H], 'head.bias': [V] });
      assert.equal(metadata.format, 'pt');
      assert.equal(metadata.lstm_wasm, '1');
      assert.deepEqual(JSON.parse(metadata.alphabet), model.alphabet);
      assert.equal(metadata.notes, bias ? undefined : '{"unknown":"skip"}');
      const { input, layers, output } = JSON.parse(metadata.config);
      const layerConfig = { kind: 'lstm', hiddenSize: H, bias, ...(bias && { forgetBias: 0 }) };
      assert.deepEqual({ input, layers, output },
        { input: { tokens: V }, layers: [layerConfig, layerConfig], output: { classes: V } });
      assertSamePrediction(model.predict(start), probabilities);
    });

    test(`a file written by safetensors.torch.save_file opens, bias ${bias}`, () => {
      const bytes = readFileSync(writtenFile);
      const opened = lstm.openCharModel(bytes);
      assert.deepEqual(opened.alphabet, model.alphabet);
      assertSamePrediction(opened.predict(start), seen.written.probabilities);

      // What it saves holds the parameters Python wrote, bit for bit.
      assert.deepEqual(readSafetensors(opened.save()).tensors, readSafetensors(bytes).tensors);
      opened.dispose();
    });

    test(`a copy that Python makes, with all of the metadata, has the right checksum, and a change another, bias ${bias}`, () => {
      const copy = `
import sys
from safetensors import safe_open
from safetensors.torch import load_file, save_file
path, copied, changed = sys.argv[1:]
with safe_open(path, 'pt') as file: metadata = file.metadata()
tensors = load_file(path)
save_file(tensors, copied, metadata=metadata)
tensors['head.bias'][0] += 1
save_file(tensors, changed, metadata=metadata)`;
      const [saved, copied, changed] = ['saved', 'copied', 'changed'].map((name) => join(folder, `${name}-${bias}.safetensors`));
      const { status, stderr } = python('-c', copy, saved, copied, changed);
      assert.equal(status, 0, stderr);
      assert.notDeepEqual(readFileSync(copied), readFileSync(saved));
      assert.deepEqual(lstm.openCharModel(readFileSync(copied)).save(), model.save());
      assert.throws(() => lstm.openCharModel(readFileSync(changed)), { name: 'FileFormatError', message: /not as it was saved/ });
    });
  }
});
