/** The package in Chromium and Firefox, without a bundler: its files from a static server and an import map. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium, launchFirefox } from './browsers.js';
import { serve } from './server.js';

const TEXT = 'the quick brown fox jumps over the lazy dog; \u{1F40B} and the whale looks on.\r\n'.repeat(60);

/** Something of each kind. @param {any} lstm the library, here or in a Worker */
async function everyKind(lstm) {
  const cell = await lstm.createCell({ inputSize: 2, hiddenSize: 3, seed: 1 });
  const state = await cell.initialState();
  await cell.step([1, -1], state);
  const network = await lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 4 }], output: { values: 2 }, seed: 2 });
  const trainer = await network.createTrainer({ batchSize: 1, window: 3 });
  const losses = [];
  for (let i = 0; i < 3; i++) losses.push(await trainer.step([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 0, 0]));
  trainer.learningRate = 0.1;
  losses.push(await trainer.step([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 0, 0]));
  const sequence = [[1, 2], [2, 1]];
  const classifier = await lstm.createClassifier({ labels: ['a', 'b'], features: 2, hiddenSize: 3, seed: 3 });
  await classifier.fit([{ sequence, label: 'a' }, { sequence: [[0, 1]], label: 'b' }], { steps: 5, batchSize: 2 });
  const reading = await classifier.read();
  await reading.push([1, 2]);
  const translator = await lstm.createTranslator({ pairs: [['ab', 'ba'], ['ba', 'ab']], by: 'character', hiddenSize: 4, seed: 4 });
  await translator.fit([['ab', 'ba'], ['ba', 'ab']], { steps: 5, batchSize: 2 });
  const kept = [network, classifier, translator];
  const files = await Promise.all(kept.map((model) => model.save()));
  const opened = await Promise.all(files.map((bytes) => lstm.open(bytes)));
  return [state, await cell.gates(), losses, trainer.steps, await trainer.gradientFlow(), await network.forecast(5, { inputs: sequence }),
    await classifier.predict(sequence), await reading.predict(), await translator.translate('ab'),
    await Promise.all(opened.map((model) => model.config)), files.map((bytes) => [...bytes].join())];
}

const server = await serve(fileURLToPath(new URL('../..', import.meta.url)));
const browsers = { Chromium: await launchChromium(), Firefox: await launchFirefox() };
after(() => server.close());

for (const [name, { browser, reason }] of Object.entries(browsers)) {
  describe(`the package in ${name}`, { skip: browser ? false : `SKIPPED: ${reason}` }, () => {
    /** @type {import('playwright-core').Page} */
    let page;
    const problems = [];

    before(async () => {
      page = await browser.newPage();
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text());
      });
      page.on('pageerror', (error) => problems.push(String(error)));
      await page.goto(`${server.url}tests/browser/package.html`);
      await page.waitForFunction(() => globalThis.lstmWasm !== undefined);
    });
    after(() => browser.close());

    test('every variant loads, its loss falls, and scalar and simd predict the same bits', async () => {
      const results = await page.evaluate(async (text) => {
        const run = async (variant) => {
          const lstm = await globalThis.lstmWasm.load({ variant });
          const model = lstm.createCharModel({ text, hiddenSize: 24, layers: 2, seed: 3 });
          const losses = [];
          const schedule = { type: 'constant' };
          const options = { steps: 60, batchSize: 8, window: 32, learningRate: 0.02, schedule, reportEvery: 1 };
          for (const { loss } of model.train(text, options)) losses.push(loss);
          const prediction = model.predict('the \u{1F40B}');
          const written = model.generate({ prime: 'the ', length: 50, seed: 5 });
          model.dispose();
          return { variant: lstm.variant, losses, prediction, written };
        };
        return [await run('scalar'), await run('simd'), await run('auto')];
      }, TEXT);
      const [scalar, simd, automatic] = results;
      for (const { variant, losses, prediction } of results) {
        assert.ok(losses.at(-1) < losses[0] - 1, `${variant}: ${losses[0]} to ${losses.at(-1)}`);
        const sum = prediction.reduce((total, { probability }) => total + probability, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5, `${variant}: ${sum}`);
      }
      assert.deepEqual({ ...simd, variant: 'scalar' }, scalar);
      assert.ok(['relaxed', 'simd'].includes(automatic.variant), automatic.variant);
      for (const [k, { char, probability }] of automatic.prediction.entries()) {
        const exact = scalar.prediction.find((p) => p.char === char);
        assert.ok(Math.abs(probability - exact.probability) < 1e-3, `${k}: ${char}`);
      }
    });

    test('networks, cells, trainers and models of all kinds answer the same bits in a Worker as in the page', async () => {
      const [here, there] = await page.evaluate(async (script) => {
        const { load, openWorker } = globalThis.lstmWasm;
        const work = new Function('lstm', `return (${script})(lstm)`);
        const inWorker = await openWorker({ variant: 'simd' });
        const results = [await work(await load({ variant: 'simd' })), await work(inWorker)];
        inWorker.terminate();
        return results.map((result) => JSON.stringify(result));
      }, String(everyKind));
      assert.equal(there, here);
      assert.ok(here.length > 5000, here);
    });

    test('a Worker trains, and answers while it trains', async () => {
      const result = await page.evaluate(async (text) => {
        const lstm = await globalThis.lstmWasm.openWorker({ variant: 'simd' });
        const model = await lstm.createCharModel({ text, hiddenSize: 24, layers: 2, seed: 3 });
        const reports = [];
        const sums = [];
        const options = { steps: 400, batchSize: 8, window: 32, learningRate: 0.01, validation: 0.1, validateEvery: 150 };
        for await (const report of model.train(text, options)) {
          reports.push(report);
          const prediction = await model.predict('the ');
          sums.push(prediction.reduce((total, { probability }) => total + probability, 0));
        }
        // The same in the page itself, to compare.
        const here = (await globalThis.lstmWasm.load({ variant: 'simd' })).openCharModel(await model.save());
        const same = JSON.stringify(here.predict('the ')) === JSON.stringify(await model.predict('the '));
        const reopened = await lstm.openCharModel(await model.save());
        const small = await (await model.quantize()).save();
        const isSmall = small.length < 0.4 * (await model.save()).length && (await lstm.openCharModel(small)).alphabet.length > 0;
        const sameAgain = JSON.stringify(here.predict('fox')) === JSON.stringify(await reopened.predict('fox'));
        here.dispose();
        lstm.terminate();
        return { variant: lstm.variant, alphabet: model.alphabet, reports, sums, same, sameAgain, isSmall };
      }, TEXT);
      assert.equal(result.variant, 'simd');
      assert.deepEqual(result.alphabet, [...new Set(TEXT)].sort((a, b) => a.codePointAt(0) - b.codePointAt(0)));
      assert.ok(result.same && result.sameAgain && result.isSmall);
      const { reports } = result;
      assert.equal(reports.at(-1).step, 400);
      assert.equal(reports.at(-1).done, true);
      assert.deepEqual(reports.filter((r) => r.valLoss !== undefined).map((r) => r.step), [150, 300, 400]);
      assert.ok(reports.at(-1).loss < reports[0].loss - 0.5, `${reports[0].loss} to ${reports.at(-1).loss}`);
      for (const sum of result.sums) assert.ok(Math.abs(sum - 1) < 1e-5);
    });

    test('leaving the loop, and an abort signal, stop the training in the Worker; a later one continues', async () => {
      const { left, next, aborted, reason, late } = await page.evaluate(async (text) => {
        const lstm = await globalThis.lstmWasm.openWorker();
        const model = await lstm.createCharModel({ text, hiddenSize: 16 });
        const options = { batchSize: 4, window: 16 };
        let left;
        for await (left of model.train(text, options)) break;
        const { value: next } = await model.train(text, { ...options, steps: 1 }).next();
        const controller = new AbortController();
        let aborted;
        let reason;
        try {
          for await (aborted of model.train(text, { ...options, signal: controller.signal })) controller.abort('enough');
        } catch (thrown) {
          reason = thrown;
        }
        const { value: late } = await model.train(text, { ...options, steps: 1 }).next();
        lstm.terminate();
        return { left, next, aborted, reason, late };
      }, TEXT);
      assert.ok(left.step >= 1);
      assert.ok(next.step > left.step && next.done);
      assert.equal(reason, 'enough');
      assert.equal(late.step, aborted.step + 1);
    });

    test('the AbortSignal of an iframe stops a training in the Worker', async () => {
      const { reports, name } = await page.evaluate(async (text) => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        const controller = new frame.contentWindow.AbortController();
        const lstm = await globalThis.lstmWasm.openWorker();
        const model = await lstm.createCharModel({ text, hiddenSize: 16 });
        const reports = [];
        const reason = await (async () => {
          for await (const report of model.train(text, { batchSize: 4, window: 16, signal: controller.signal })) {
            reports.push(report);
            controller.abort();
          }
        })().catch((thrown) => thrown);
        lstm.terminate();
        frame.remove();
        return { reports, name: reason?.name };
      }, TEXT);
      assert.ok(reports.length > 0);
      assert.equal(name, 'AbortError');
    });

    test('a training and a stream that the page has forgotten end in the Worker, and so does the Worker', {
      skip: name === 'Chromium' ? false : 'no way to collect garbage from here',
    }, async () => {
      const session = await page.context().newCDPSession(page);
      await page.evaluate(async (text) => {
        const lstm = await globalThis.lstmWasm.openWorker();
        const model = await lstm.createCharModel({ text, hiddenSize: 16 });
        globalThis.forgetful = { lstm, model };
        await model.train(text, { batchSize: 4, window: 16 }).next();
        await model.stream({ length: 2 ** 30 }).next();
      }, TEXT);
      // It still trains while two files differ.
      const isQuiet = () => page.evaluate(async () => {
        const { model } = globalThis.forgetful;
        const before = await model.save();
        for (let i = 0; i < 20; i++) await model.predict('the');
        return JSON.stringify([...before]) === JSON.stringify([...await model.save()]);
      });
      assert.equal(await isQuiet(), false);
      let tries = 0;
      do {
        await session.send('HeapProfiler.collectGarbage');
      } while (!await isQuiet() && ++tries < 100);
      assert.ok(tries < 100, 'it trains on');

      // The Worker itself, when nothing leads to it any more.
      const before = page.workers().length;
      await page.evaluate(() => { delete globalThis.forgetful; });
      for (tries = 0; page.workers().length === before && tries < 100; tries++) {
        await session.send('HeapProfiler.collectGarbage');
        await new Promise((resolve) => { setTimeout(resolve, 10); });
      }
      assert.equal(page.workers().length, before - 1);
    });

    test('errors of the Worker are the errors of the library', async () => {
      const errors = await page.evaluate(async (text) => {
        const { openWorker, LstmError } = globalThis.lstmWasm;
        const lstm = await openWorker();
        const model = await lstm.createCharModel({ text });
        const tell = async (promise) => {
          const error = await promise.then(() => undefined, (e) => e);
          const isCompileError = error?.cause instanceof WebAssembly.CompileError;
          const isOurs = error instanceof LstmError;
          return { isOurs, isCompileError, name: error?.name, code: error?.code, message: error?.message };
        };
        const all = {
          variant: await tell(openWorker({ variant: 'fast' })),
          option: await tell(openWorker({ speed: 1 })),
          wasm: await tell(openWorker({ wasm: new Uint8Array(8) })),
          hiddenSize: await tell(lstm.createCharModel({ text, hiddenSize: 0 })),
          character: await tell(model.predict('\u00e9')),
          file: await tell(lstm.openCharModel(new Uint8Array(12))),
          window: await tell(model.train(text, { window: -1 }).next()),
          unknown: await tell(model.train(text, { speed: 1 }).next()),
          reportEvery: await tell(model.train(text, { reportEvery: 0.5 }).next()),
        };
        await model.dispose();
        all.disposed = await tell(model.predict('the'));
        const other = await lstm.createCharModel({ text });
        const pending = tell(other.train(text, { reportEvery: 1_000_000 }).next());
        lstm.terminate();
        all.terminated = await pending;
        return all;
      }, TEXT);
      assert.ok(errors.wasm.isCompileError, 'the cause was lost');
      const expected = {
        variant: ['ArgumentError', /variant/], option: ['ArgumentError', /speed/], wasm: ['LstmError', /wasm/],
        hiddenSize: ['ArgumentError', /hiddenSize/], character: ['ArgumentError', /\u00e9/], file: ['FileFormatError', /./],
        window: ['ArgumentError', /window/], unknown: ['ArgumentError', /speed/], reportEvery: ['ArgumentError', /reportEvery/],
        disposed: ['DisposedError', /disposed/], terminated: ['LstmError', /terminated/],
      };
      for (const [key, [errorName, message]] of Object.entries(expected)) {
        assert.equal(errors[key].name, errorName, `${key}: ${errors[key].message}`);
        assert.ok(errors[key].isOurs, key);
        assert.match(errors[key].message, message);
      }
    });

    test('nothing was written to the console', () => {
      assert.deepEqual(problems, []);
    });
  });
}
