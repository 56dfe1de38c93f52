// Several Workers as one trainer, in real Workers: openWorker({ threads }) and train(text, { threads }).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { openWorker } from '../../../src/js/worker.js';
import { killMany } from '../training/team/kills.js';

const text = 'a bad face had a bad head, and a cafe fed a deaf bee.\n'.repeat(40);
const config = { text, hiddenSize: 24, seed: 1 };
const options = { steps: 40, batchSize: 16, window: 16 };

/** @param {Uint8Array} bytes */
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {import('node:test').TestContext} t @param {any} [how] */
async function open(t, how) {
  const lstm = await openWorker({ variant: 'simd', ...how });
  t.after(() => lstm.terminate());
  return { lstm, model: await lstm.createCharModel(config) };
}

test('a training on several Workers gives the bits of one', async (t) => {
  const { lstm, model } = await open(t);
  assert.equal((await model.fit(text, { ...options, threads: 1 })).threads, undefined);
  const expected = hashOf(await model.save());
  for (const threads of [2, 3]) {
    const other = await lstm.createCharModel(config);
    const report = await other.fit(text, { ...options, threads });
    assert.equal(report.threads, threads);
    assert.equal(hashOf(await other.save()), expected);
    await other.dispose();
  }
});

test('a translator on several Workers learns the bits of one, several batches an update too', async (t) => {
  const { lstm } = await open(t);
  const pairs = Array.from({ length: 40 }, (_, i) => [`${i}`, `${i * i}`]);
  for (const accumulate of [1, 3]) {
    const hashes = [];
    for (const threads of [1, 2, 4]) {
      const model = await lstm.createTranslator({ pairs, hiddenSize: 12, seed: 2 });
      const report = await model.fit(pairs, { steps: 20, batchSize: 16, dropout: 0.1, accumulate, threads });
      assert.equal(report?.threads, threads === 1 ? undefined : threads);
      hashes.push(hashOf(await model.save()));
    }
    assert.equal(new Set(hashes).size, 1);
  }
});

test('an LSTM with normalised products and a gate of h gives the same bits on several Workers', async (t) => {
  const { lstm } = await open(t);
  const gated = { ...config, layerNorm: /** @type {const} */ ('products'), multiplicative: /** @type {const} */ ('diagonal') };
  const hashes = [];
  for (const threads of [1, 2, 3]) {
    const model = await lstm.createCharModel(gated);
    await model.fit(text, { ...options, threads });
    hashes.push(hashOf(await model.save()));
    await model.dispose();
  }
  assert.deepEqual(hashes, [hashes[0], hashes[0], hashes[0]]);
});

test('threads of openWorker are those of a training that does not say', async (t) => {
  const { model } = await open(t, { threads: 2 });
  assert.equal((await model.fit(text, options)).threads, 2);
  assert.equal((await model.fit(text, { ...options, threads: 1 })).threads, undefined);
  assert.equal((await model.fit(text, { ...options, threads: 8, batchSize: 4 })).threads, 4, 'one a sequence');
  await assert.rejects(openWorker({ threads: 0 }), /openWorker: threads must be an integer from 1 to 64, got 0/);
  await assert.rejects(model.fit(text, { threads: 1.5 }), /train: threads must be an integer from 1 to 64, got 1.5/);
});

test('where a step is too short to be divided, a training that does not say is on one', async (t) => {
  const { model } = await open(t);
  assert.equal((await model.fit(text, { ...options, window: 2 })).threads, undefined);
});

test('models of other kinds train on several', async (t) => {
  const { lstm } = await open(t, { threads: 2 });
  const sequences = Array.from({ length: 24 }, (_, b) => Array.from({ length: 5 + (b % 4) }, (_, s) => [Math.sin(s + b)]));
  const classifier = await lstm.createClassifier({ labels: ['a', 'b'], features: 1, hiddenSize: 6 });
  const network = await lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'gru', hiddenSize: 4 }], output: { values: 1 } });
  const words = await lstm.createTokenModel({ text, by: 'word', hiddenSize: 8 });
  const pairs = Array.from({ length: 8 }, (_, i) => [[...`${i}`], [...`${i * i}`]]);
  const translator = await lstm.createTranslator({ pairs, hiddenSize: 6 });
  const reports = await Promise.all([
    translator.fit(pairs, { steps: 10 }),
    classifier.fit(sequences.map((sequence, b) => ({ label: b % 2 ? 'a' : 'b', sequence })), { steps: 10 }),
    network.fit({ inputs: sequences, targets: sequences }, { steps: 10 }),
    words.fit(text, { steps: 10, batchSize: 8 }),
  ]);
  assert.deepEqual(reports.map((report) => report?.threads), [2, 2, 2, 2]);
});

describe('while several train', () => {
  test('other calls are answered, and leaving the loop stops', async (t) => {
    const { model } = await open(t, { threads: 3 });
    let reports = 0;
    for await (const report of model.train(text, { ...options, steps: Infinity })) {
      assert.equal(report.threads, 3);
      assert.equal((await model.predict('a bad ', { top: 1 })).length, 1);
      assert.ok((await model.checkpoint()).length > 0);
      if (++reports === 3) break;
    }
    const { steps } = model;
    const saved = hashOf(await model.save());
    await new Promise((resolve) => { setTimeout(resolve, 30); });
    assert.equal(hashOf(await model.save()), saved);
    assert.equal(model.steps, steps);
  });

  test('a signal ends it with its reason', async (t) => {
    const { model } = await open(t, { threads: 2 });
    const controller = new AbortController();
    const fit = model.fit(text, { ...options, steps: Infinity, signal: controller.signal, onReport: () => controller.abort(new Error('enough')) });
    await assert.rejects(fit, /enough/);
    assert.equal((await model.fit(text, { ...options, steps: 5 })).threads, 2);
  });

  test('seconds are those of the one that leads', async (t) => {
    const { model } = await open(t, { threads: 2 });
    const report = await model.fit(text, { ...options, steps: undefined, seconds: 0.2 });
    assert.equal(report.done, true);
    assert.ok(report.seconds >= 0.2);
  });

  test('two models at once', async (t) => {
    const { lstm, model } = await open(t, { threads: 3 });
    const others = [model, await lstm.createCharModel(config)];
    await Promise.all(others.map((one) => one.fit(text, options)));
    const [first, second] = await Promise.all(others.map(async (one) => hashOf(await one.save())));
    assert.equal(first, second);
  });

  test('terminate ends all', async (t) => {
    const { lstm, model } = await open(t, { threads: 3 });
    const fit = model.fit(text, { ...options, steps: Infinity, onReport: () => lstm.terminate() });
    await assert.rejects(fit, /the Worker has been terminated/);
  });
});

test('where others cannot start, a training that asks for them says so, and one that does not goes on alone', async (t) => {
  const { model, lstm } = await open(t);
  lstm.connection.recruit = () => Promise.reject(new Error('there is no room'));
  await assert.rejects(model.fit(text, { ...options, threads: 2 }), /there is no room/);
  const large = await lstm.createCharModel({ ...config, hiddenSize: 100 });
  assert.equal((await large.fit(text, { ...options, steps: 3 })).threads, undefined);
});

test('50 kills at random moments: each run goes on, or says why not', async () => {
  const { kills, ledOn } = await killMany(50);
  assert.ok(kills >= 50 && ledOn > 10);
});
