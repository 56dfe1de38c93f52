// The page trains on several cores, from a plain server that sends no header, in a folder of it. Nothing may be missing there.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect, load } from 'lstm-wasm';
import { trainingPlan } from '../../web/model/learn/plan.js';
import { modelOptions, readSettings } from '../../web/model/learn/settings.js';
import { isSaved, readNumbers, runIsOver } from './learn-setup.js';
import { learn, openPage, pageIsReady, pause, readNumber } from './page-setup.js';
import { serve } from './server.js';

/** @typedef {import('playwright-core').Page} Page */

const { chromium, firefox, visitPage } = await openPage({ firefox: true });
const LEARNT = 'The sea was calm; the ship lay still, and nobody spoke a word.\n'.repeat(40);
const server = await serve(fileURLToPath(new URL('../../build', import.meta.url)));
after(() => server.close());

/** In the page: knows the Workers that have the library, and takes what is saved. */
function watch() {
  /** @type {Worker[]} */
  const libraries = [];
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(/** @type {any} */ address, /** @type {WorkerOptions} */ options) {
      super(address, options);
      if (options?.name === 'library') libraries.push(this);
    }
  };
  /** @type {Blob[]} */
  const saved = [];
  const { createObjectURL } = URL;
  URL.createObjectURL = (/** @type {any} */ blob) => {
    saved.push(blob);
    return createObjectURL.call(URL, blob);
  };
  Object.assign(globalThis, { libraries, saved });
}

/** Four cores, whatever there are. */
function watchOnFour() {
  Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => 4 });
}

/** One core. */
function watchOnOne() {
  Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => 1 });
}

/** What the page saves. @param {Page} page @param {string} [button] @returns {Promise<Uint8Array>} */
async function save(page, button = '#learn-save') {
  const before = await page.evaluate(() => /** @type {any} */ (globalThis).saved.length);
  await page.click(button);
  await page.waitForFunction((count) => /** @type {any} */ (globalThis).saved.length > count, before);
  return Uint8Array.from(await page.evaluate(async () => [...new Uint8Array(await /** @type {any} */ (globalThis).saved.at(-1).arrayBuffer())]));
}

/** @param {Uint8Array} bytes */
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Workers that have the library. @param {Page} page @returns {Promise<number>} */
const libraries = (page) => page.evaluate(() => /** @type {any} */ (globalThis).libraries.length);

/** @param {Page} page @param {number} cores */
const trainsOn = (page, cores) => page.waitForFunction((text) => document.querySelector('#learn-speed-name')?.textContent === text,
  cores > 1 ? `Speed on ${cores} cores` : 'Speed', { timeout: 60_000 });

/** @param {Page} page @param {number} cores */
async function choose(page, cores) {
  if (!await page.isVisible('#learn-cores')) await page.click('#learn-settings summary');
  await page.selectOption('#learn-cores', String(cores));
}

/** On one core, without the page. @param {string} link @param {number} steps @returns {Promise<string>} of the model */
async function trainHere(link, steps) {
  const { settings } = readSettings(link);
  const lstm = await load({ variant: 'repeatable' });
  const model = lstm.createCharModel({ text: LEARNT, ...modelOptions(settings) });
  const plan = { ...trainingPlan(settings, LEARNT.length), reportEvery: 1 };
  for (const { step } of model.train(LEARNT, /** @type {any} */ (plan))) if (step >= steps) break;
  return hashOf(model.save());
}

/** @param {Page} page */
const start = (page) => page.click('#start');

for (const [name, { browser, reason }] of Object.entries({ Chromium: chromium, Firefox: firefox })) {
  describe(`the page on several cores in ${name}`, { skip: browser ? false : `SKIPPED: ${reason}` }, () => {
    /** @param {(page: Page) => Promise<unknown>} visit @param {string} [search] @param {() => void} [first] */
    const visit = async (visit, search = '', first = watch) => {
      await visitPage(visit, { url: `${server.url}web/${search}`, inBrowser: browser, first });
      assert.deepEqual(server.missing, []);
    };

    /** To the end of a run. @param {string} search @returns {Promise<string>} of the model */
    async function run(search) {
      let made = '';
      await visit(async (page) => {
        const before = await libraries(page);
        await start(page);
        await runIsOver(page);
        const cores = Number(new URLSearchParams(search).get('cores') ?? 1);
        await trainsOn(page, cores);
        assert.equal(await libraries(page), before + cores - 1);
        made = hashOf(await save(page));
      }, search);
      return made;
    }

    test('two cores make the network of one, bit for bit, with floats and with integers, with dropout', async () => {
      const link = '?size=64&seed=7&steps=100&dropout=0.1';
      const alone = await run(link);
      assert.equal(await run(`${link}&cores=2`), alone);
      const integers = await run(`${link}&precision=int8`);
      assert.notEqual(integers, alone);
      assert.equal(await run(`${link}&precision=int8&cores=2`), integers);
    });

    test('cores change while it trains, between Pause and Continue, and after a reload: the network of one', async () => {
      const link = '?size=64&seed=7&dropout=0.1';
      let steps = 0;
      let made = '';
      await visit(async (page) => {
        await page.evaluate(() => { for (const details of document.querySelectorAll('#learn details')) details.open = true; });
        await page.fill('#learn-pasted', LEARNT);
        await page.click('#learn-use-pasted');
        await page.waitForSelector('#learn-source-name:has-text("Your text")');
        await learn(page, 3);
        await choose(page, 2);
        await trainsOn(page, 2);
        await choose(page, 1);
        await trainsOn(page, 1);
        await pause(page);
        await choose(page, 2);
        await learn(page, await readNumber(page, 'step') + 1);
        await trainsOn(page, 2);
        await pause(page);
        await isSaved(page);
        // The address follows a moment later, and what it says is what a reload takes.
        await page.waitForFunction(() => new URLSearchParams(location.search).get('cores') === '2');
        const before = await readNumbers(page);
        await page.reload();
        await pageIsReady(page);
        assert.deepEqual(await readNumbers(page), before);
        assert.equal(await page.inputValue('#learn-cores'), '2');
        await choose(page, 1);
        await learn(page, await readNumber(page, 'step') + 1);
        await trainsOn(page, 1);
        await pause(page);
        // More than the last report has told.
        steps = inspect(await save(page, '#learn-save-checkpoint')).checkpoint?.step ?? 0;
        made = hashOf(await save(page));
      }, link);
      assert.equal(made, await trainHere(link, steps), `after ${steps} steps`);
    });

    test('a Worker that ends without a word is missed, and the run goes on without it; the next has another', () => visit(async (page) => {
      await start(page);
      await trainsOn(page, 2);
      const count = await libraries(page);
      await page.evaluate(() => /** @type {any} */ (globalThis).libraries.at(-1).terminate());
      await trainsOn(page, 1);
      await pause(page);
      await start(page);
      await trainsOn(page, 2);
      assert.equal(await libraries(page), count + 1);
      await pause(page);
    }, '?size=64&cores=2'));
  });
}

describe('the cores to choose from', { skip: chromium.browser ? false : `SKIPPED: ${chromium.reason}` }, () => {
  /** @param {(page: Page) => Promise<unknown>} visit @param {() => void} first @param {string} [search] */
  const visit = (visit, first, search = '') => visitPage(visit, { url: `${server.url}web/${search}`, first });

  test('on four: all but one train where nothing else is chosen, and one where steps are short', async () => {
    await visit(async (page) => {
      await page.click('#learn-settings summary');
      const offered = await page.$$eval('#learn-cores option', (options) => options.map(({ textContent }) => textContent));
      assert.deepEqual(offered, ['all but one (3)', '1', '2', '3', '4']);
      await start(page);
      await trainsOn(page, 3);
      await choose(page, 4);
      await trainsOn(page, 4);
      await pause(page);
    }, watchOnFour, '?size=256&layers=2');
    await visit(async (page) => {
      await learn(page, 10);
      await trainsOn(page, 1);
      await pause(page);
    }, watchOnFour, '?size=16&window=8');
  });

  test('on one there is nothing to choose', () => visit(async (page) => {
    await page.click('#learn-settings summary');
    assert.equal(await page.isVisible('#learn-precision'), true);
    assert.equal(await page.isVisible('#learn-cores'), false);
    await learn(page, 3);
    await trainsOn(page, 1);
    await pause(page);
  }, watchOnOne, '?cores=4'));
});
