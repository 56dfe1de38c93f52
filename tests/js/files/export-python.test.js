// What is exported computes the same where it goes: ONNX's checker and ONNX Runtime, PyTorch, Keras 3 on PyTorch.
// Skipped, with the reason, where python3 has not the packages.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'lstm-wasm';
import { inKeras, inOnnx, inTorchOnly, networkOf, sequencesFor } from './exported-networks.js';

/** The largest difference of an output from that of this library, both float32. */
const NEAR = 1e-6;
const [B, T] = [3, 6];
const script = fileURLToPath(new URL('../../reference/run_exports.py', import.meta.url));
const lstm = await load();
const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string[]} args */
const python = (...args) => spawnSync('python3', args, { encoding: 'utf8', maxBuffer: 2 ** 27, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', KERAS_BACKEND: 'torch' } });

/** Why these are skipped, or false. @param {string} what @param {string[]} packages */
function without(what, packages) {
  const found = python('-c', `import importlib.util as u; print(*(n for n in ${JSON.stringify(packages)} if not u.find_spec(n)))`);
  const missing = found.error?.message ?? (found.stdout.trim() || found.stderr.trim().split('\n').at(-1));
  const skip = missing !== '' && `python3 with ${packages.join(', ')} is needed, missing: ${missing}`;
  if (skip) console.error(`SKIPPED: ${what}. ${skip}`);
  return skip;
}

/** @param {ArrayLike<number>} got @param {ArrayLike<number>} expected @param {string} what */
function assertNear(got, expected, what) {
  assert.equal(got.length, expected.length, what);
  let worst = 0;
  for (let i = 0; i < got.length; i++) worst = Math.max(worst, Math.abs(got[i] - expected[i]));
  assert.ok(worst <= NEAR, `${what}: off by ${worst}`);
  assert.ok(new Set([...expected].map((value) => value.toFixed(4))).size > 3, `${what}: outputs that are all alike show nothing`);
}

const frameworks = [
  { format: 'onnx', networks: inOnnx, packages: ['numpy', 'onnx', 'onnxruntime'], what: 'ONNX files are not run in ONNX Runtime' },
  { format: 'torch', networks: { ...inOnnx, ...inTorchOnly }, packages: ['numpy', 'safetensors', 'torch'], what: 'exported modules are not run in PyTorch' },
  { format: 'keras', networks: inKeras, packages: ['numpy', 'safetensors', 'torch', 'keras', 'h5py'], what: 'exported models are not built in Keras' },
];

for (const { format, networks, packages, what } of frameworks) {
  describe(format, { skip: without(what, packages) }, () => {
    const root = join(folder, format);
    const names = Object.keys(networks);
    /** @type {Record<string, { whole: number[][][], steps?: number[][][], trained?: number[][][] }>} */
    let results;
    /** @type {Record<string, { network: import('lstm-wasm').Network, data: any, isOneWay: boolean }>} */
    const cases = {};

    before(async () => {
      mkdirSync(root);
      for (const name of names) {
        const options = networks[name];
        const network = networkOf(lstm, options);
        mkdirSync(join(root, name));
        for (const [file, bytes] of Object.entries((await network.export(format)).files)) writeFileSync(join(root, name, file), bytes);
        const isOneWay = !options.layers.some((/** @type {any} */ layer) => layer.bidirectional);
        cases[name] = { network, data: sequencesFor(options, B, T), isOneWay };
      }
      writeFileSync(join(root, 'index.json'), JSON.stringify(names.map((name) => {
        const { network, data, isOneWay } = cases[name];
        const start = isOneWay && Object.fromEntries(network.initialState().flatMap((state, l) => Object.entries(state).map(([part, all]) => [`${part}_l${l}`, [...all]])));
        return { name, tokens: 'tokens' in networks[name].input, inputs: data, start: start || null };
      })));
      const { status, stdout, stderr } = python(script, format, root);
      assert.equal(status, 0, stderr);
      results = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    });

    for (const name of names) {
      test(`${name}: the same outputs`, async () => {
        const { network, data, isOneWay } = cases[name];
        const expected = network.run(data).outputs;
        const { whole, steps, trained } = results[name];
        assertNear(whole.flat(2), expected, 'whole sequences');
        assert.equal(steps !== undefined, isOneWay && format !== 'keras');
        if (steps) assertNear(steps.flat(2), expected, 'step by step');
        if (format === 'torch') {
          const back = /** @type {any} */ (await lstm.open(readFileSync(join(root, name, 'trained.safetensors'))));
          assert.notDeepEqual(back.parameters(), network.parameters());
          assert.deepEqual(back.config, network.config);
          assertNear(/** @type {any} */ (trained).flat(2), back.run(data).outputs, 'as it comes back from training there');
        }
        if (format === 'keras') {
          const back = /** @type {any} */ (await lstm.open(readFileSync(join(root, name, 'model.keras'))));
          assertNear(back.run(data).outputs, expected, 'as it comes back');
        }
      });
    }
  });
}

describe('a character model as a program of Python', { skip: without('the exported program is not run', ['numpy', 'safetensors', 'torch']) }, () => {
  const text = 'Call me "Ishmael".\r\nSome years ago — naïve 🐋 years.\n'.repeat(12);

  for (const unknown of ['error', 'skip', '?']) {
    test(`predicts a given text as it does here, unknown ${unknown}`, async () => {
      const model = lstm.createCharModel({ text: `${text}?`, seed: 1, layers: [{ kind: 'gru', hiddenSize: 12 }, { kind: 'lstm', hiddenSize: 9, peephole: 'diagonal' }], unknown });
      await model.fit(text, { steps: 30, batchSize: 2, window: 12 });
      const at = join(folder, `program-${unknown === '?' ? 'question' : unknown}`);
      mkdirSync(at);
      for (const [file, bytes] of Object.entries((await model.export('torch')).files)) writeFileSync(join(at, file), bytes);
      const start = unknown === 'error' ? 'naïve 🐋 ye' : 'naïve Ω🐋 ye';
      const { status, stdout, stderr } = python(join(at, 'model.py'), start);
      assert.equal(status, 0, stderr);
      const lines = stdout.split('\n').slice(0, 5).map((line) => Number(line.slice(0, 8)));
      const expected = model.predict(start, { top: 5 }).map(({ probability }) => probability);
      lines.forEach((probability, i) => assert.ok(Math.abs(probability - expected[i]) < 2e-6, `${probability} for ${expected[i]}`));
      assert.equal([...stdout].length > 200, true);
      if (unknown === 'error') {
        const refused = python(join(at, 'model.py'), 'Ω');
        assert.notEqual(refused.status, 0);
        assert.match(refused.stderr, /^model: 'Ω' is not one of the \d+ that the model knows/);
      }
    });
  }

  test('what has learnt a list of lines begins after a line', async () => {
    const model = lstm.createCharModel({ text: ['one two', 'three', 'four five six'], hiddenSize: 9, seed: 1 });
    await model.fit(['one two', 'three', 'four five six'], { steps: 10 });
    const at = join(folder, 'program-lines');
    mkdirSync(at);
    for (const [file, bytes] of Object.entries((await model.export('torch')).files)) writeFileSync(join(at, file), bytes);
    const { stdout } = python(join(at, 'model.py'), 'fo');
    const [best] = model.predict('fo', { top: 1 });
    assert.ok(Math.abs(Number(stdout.slice(0, 8)) - best.probability) < 2e-6, `${stdout.slice(0, 8)} for ${best.probability}`);
  });
});
