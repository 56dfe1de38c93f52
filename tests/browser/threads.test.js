/** Several Workers as one trainer, in Chromium and Firefox, from a static server that sends no header. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium, launchFirefox } from './browsers.js';
import { serve } from './server.js';

const server = await serve(fileURLToPath(new URL('../..', import.meta.url)));
const browsers = { Chromium: await launchChromium(), Firefox: await launchFirefox() };
after(() => server.close());

/** In the page. @param {{ threads: number, kills?: number }} how */
async function train({ threads, kills = 0 }) {
  const started = [];
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      started.push(this);
    }
  };
  try {
    const text = 'a bad face had a bad head, and a cafe fed a deaf bee.\n'.repeat(40);
    const lstm = await globalThis.lstmWasm.openWorker({ variant: 'simd', threads });
    const model = await lstm.createCharModel({ text, hiddenSize: 24, seed: 1 });
    const told = [];
    const options = { steps: 300, batchSize: 16, window: 16, dropout: 0.2 };
    for await (const report of model.train(text, options)) {
      told.push(report.threads ?? 1);
      await model.predict('a bad ');
      if (told.length <= kills) started[told.length].terminate();
    }
    const bytes = await model.save();
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    lstm.terminate();
    return { hash: [...hash].join(), first: told[0], last: told.at(-1), isIsolated: globalThis.crossOriginIsolated, workers: started.length };
  } finally {
    globalThis.Worker = Worker;
  }
}

for (const [name, { browser, reason }] of Object.entries(browsers)) {
  describe(`several Workers in ${name}`, { skip: browser ? false : `SKIPPED: ${reason}` }, () => {
    /** @type {import('playwright-core').Page} */
    let page;
    before(async () => {
      page = await browser.newPage();
      await page.goto(`${server.url}tests/browser/package.html`);
      await page.waitForFunction(() => globalThis.lstmWasm !== undefined);
    });
    after(() => browser.close());

    test('the weights after 300 steps are those of one', async () => {
      const alone = await page.evaluate(train, { threads: 1 });
      assert.equal(alone.workers, 1);
      for (const threads of [2, 3, 4, 8]) {
        const result = await page.evaluate(train, { threads });
        assert.deepEqual(result, { hash: alone.hash, first: threads, last: threads, isIsolated: false, workers: threads });
      }
    });

    test('where Workers are killed it goes on with the others', async () => {
      const alone = await page.evaluate(train, { threads: 1 });
      const result = await page.evaluate(train, { threads: 4, kills: 2 });
      assert.deepEqual({ ...result, last: 0 }, { ...alone, first: 4, last: 0, workers: 4 });
      // On a busy machine one that is late is missed like those that ended; the weights are the same.
      assert.ok(result.last === 2 || result.last === 1, `${result.last} at the end`);
    });
  });
}
