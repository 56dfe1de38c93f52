// What any version has written opens for ever, and computes what it did, to the last bit; a run that goes on learns what it did but
// for rounding, since versions may add in another order, and may draw dropout otherwise. See tests/files/README.md.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { inspect, load } from 'lstm-wasm';

const folder = new URL('../../files/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors')).map((name) => name.slice(0, -12));

/** @param {Float32Array | Float64Array} values */
const base64 = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** @param {import('lstm-wasm').Network} net @param {any} expected */
function checkNetwork(net, { config, isQuantized, run, steps }) {
  assert.deepEqual({ config: net.config, isQuantized: net.isQuantized }, { config, isQuantized });
  assert.equal(base64(net.run(run.inputs, run.options).outputs), run.outputs);
  if (!steps) return;
  const state = net.initialState();
  const size = steps.inputs.length / steps.outputs.length;
  steps.outputs.forEach((/** @type {string} */ output, /** @type {number} */ t) => {
    const input = 'tokens' in config.input ? steps.inputs[t] : steps.inputs.slice(t * size, (t + 1) * size);
    assert.equal(base64(net.step(input, state)), output, `step ${t}`);
  });
  const last = state.map((layer) => Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, base64(values)])));
  assert.deepEqual(last, steps.state);
}

/** The probability of each character of the alphabet. @param {import('lstm-wasm').CharModel} model @param {string} text */
function probabilitiesOf(model, text) {
  const found = new Map(model.predict(text).map(({ char, probability }) => [char, probability]));
  return base64(Float64Array.from(model.alphabet, (char) => found.get(char) ?? NaN));
}

/** @param {import('lstm-wasm').CharModel} model @param {any} expected */
function checkCharModel(model, { text, probabilities, generated, evaluated, ...expected }) {
  for (const name of ['alphabet', 'config']) {
    if (name in expected) assert.deepEqual(model[/** @type {'config'} */ (name)], expected[name]);
  }
  assert.equal(model.network.isQuantized, expected.isQuantized ?? false);
  assert.equal(probabilitiesOf(model, text), probabilities);
  assert.equal(model.generate({ prime: text, seed: 4, length: 20 }), generated);
  assert.equal(model.evaluate(evaluated.text).loss, evaluated.loss);
}

/** The next steps of a run. @param {import('lstm-wasm').CharModel} model @param {any} expected */
function checkRun(model, { text, resumed: { texts, options, from, reports, after } }) {
  assert.equal(model.steps, from);
  const all = texts.repeat ? texts.repeat.repeat(texts.times) : texts;
  const given = { ...options };
  if (given.schedule === 'a function of progress') given.schedule = (/** @type {number} */ progress) => 1 - progress / 2;
  const got = [];
  for (const { step, chars, loss, learningRate, valLoss } of model.train(all, given)) {
    got.push({ step, chars, loss, learningRate, ...(valLoss !== undefined && { valLoss }) });
    if (got.length === reports.length) break;
  }
  const { dropout, recurrentDropout, weightDrop } = inspect(model.checkpoint()).checkpoint.run.options;
  const isDrawn = dropout > 0 || recurrentDropout > 0 || weightDrop > 0;
  assertNear(got, reports, isDrawn ? 0.6 : 1e-4, 'reports');
  if (!isDrawn) assertNear(numbersIn(probabilitiesOf(model, text)), numbersIn(after.probabilities), 1e-4, 'probabilities');
}

/** @param {string} text base64 */
const numbersIn = (text) => [...new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer)];

/** Losses may differ so much, all else not. @param {any} got @param {any} expected @param {number} by @param {string} path */
function assertNear(got, expected, by, path) {
  if (typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(got), Object.keys(expected), path);
    for (const name of Object.keys(expected)) assertNear(got[name], expected[name], by, `${path}.${name}`);
  } else if (/loss|valLoss|probabilities/i.test(path) && typeof expected === 'number') {
    assert.ok(Math.abs(got - expected) <= by, `${path}: ${got}, expected ${expected}`);
  } else {
    assert.equal(got, expected, path);
  }
}

test('there are files of every kind', () => {
  for (const kind of ['network', 'int8-network', 'char', 'int8-char', 'checkpoint', 'command', 'ensemble']) {
    assert.ok(names.some((name) => name.startsWith(`${kind}-`)), kind);
  }
  assert.ok(names.length >= 118, `${names.length} files`);
});

for (const variant of /** @type {const} */ (['scalar', 'simd'])) {
  describe(`files of former versions, ${variant}`, async () => {
    const lstm = await load({ variant });
    for (const name of names) {
      const bytes = readFileSync(new URL(`${name}.safetensors`, folder));
      const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
      test(name, async () => {
        if (expected.call === 'openNetwork') {
          const net = lstm.openNetwork(bytes);
          checkNetwork(net, expected);
          return net.dispose();
        }
        if (expected.call === 'open') {
          const opened = /** @type {any} */ (await lstm.open(bytes));
          checkCharModel(opened, expected);
          checkCharModel(/** @type {any} */ (await lstm.open(opened.save())), expected);
          return opened.dispose();
        }
        const model = lstm.openCharModel(bytes);
        checkCharModel(model, expected);
        // What it saves is the same model.
        const saved = lstm.openCharModel(model.save());
        checkCharModel(saved, expected);
        saved.dispose();
        if (expected.resumed) {
          const again = lstm.openCharModel(model.checkpoint());
          for (const one of [model, again]) checkRun(one, expected);
          again.dispose();
        }
        model.dispose();
      });
    }
  });
}
