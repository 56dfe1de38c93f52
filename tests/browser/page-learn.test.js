// The section that learns, in real browsers, used as a visitor would.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { addressHas, isSaved, lossBelow, readNumbers, runIsOver, saveFile } from './learn-setup.js';
import { longestTask } from './main-thread.js';
import { learn, openPage, pageIsReady, pause, readNumber } from './page-setup.js';

const { files, firefox, skip, skipFirefox, url, chromium, visitPage } = await openPage({ firefox: true });

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
async function startsToLearn(page) {
  await learn(page, 1);
  const first = await readNumber(page, 'learn-loss');
  await lossBelow(page, first - 1);
  await page.waitForFunction(() => document.querySelectorAll('#learn-sample .caption').length > 1);
  assert.match(await page.textContent('#learn-sample > div:last-child .caption'), /^After [\d,]+ characters, loss \d\.\d\d$/);
  await pause(page);
  const step = await readNumber(page, 'step');
  await page.waitForTimeout(500);
  assert.equal(await readNumber(page, 'step'), step);
  return { first, step };
}

/** @param {Page} page */
async function goesOnAfterReload(page) {
  await learn(page, 20);
  await pause(page);
  await isSaved(page);
  const before = await readNumbers(page);
  const samples = await page.textContent('#learn-sample');
  await page.reload();
  await pageIsReady(page);
  assert.deepEqual(await readNumbers(page), before);
  assert.equal(await page.textContent('#learn-sample'), samples);
  assert.match(await page.textContent('#learn-saved'), /^Goes on from step [\d,]+, where your last visit left it\.$/);
  await learn(page, (await readNumber(page, 'step')) + 5);
  await pause(page);
}

describe('the section that learns', { skip }, () => {
  test('a new network says so, and writes noise', () => visitPage(async (page) => {
    assert.match(await page.textContent('#learn-status'), /Ready: an untrained LSTM\./);
    assert.match(await page.textContent('#learn-source-name'), /^Moby-Dick, chapters 1 to \d+: \d{3},\d{3} characters$/);
    await page.waitForSelector('#learn-sample .caption:text("Untrained")');
    assert.equal(new URL(page.url()).search, '');
  }));

  test('the loss falls and samples come; Pause stops; Continue goes on; Reset forgets', () => visitPage(async (page) => {
    const { first, step } = await startsToLearn(page);
    assert.ok(await readNumber(page, 'learn-speed') > 0);
    assert.ok(Number(await page.textContent('#learn-gradient-norm')) > 0);
    for (const chart of ['#learn-chart canvas', '#learn-norm-chart canvas']) assert.equal(await page.locator(chart).count(), 1);
    assert.equal(await page.textContent('#start'), 'Continue');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'start', 'the focus stays where it was');

    await learn(page, step + 1);
    assert.ok(await readNumber(page, 'learn-loss') < first - 0.5);
    await page.click('#learn-reset');
    await page.waitForFunction(() => document.querySelector('#step').textContent === '0');
    await page.waitForSelector('#start:text("Start")');
    await page.waitForSelector('#learn-sample .caption:text("Untrained")');
    assert.equal(await page.locator('#learn-sample .caption').count(), 1);
  }));

  test('Pause takes effect within 100 ms', () => visitPage(async (page) => {
    // A machine busy with something else can be late, but hardly every time.
    const times = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      await learn(page, (await readNumber(page, 'step')) + 5);
      const time = await page.evaluate(() => new Promise((resolve) => {
        const start = document.querySelector('#start');
        const from = performance.now();
        new MutationObserver(() => {
          if (!start.disabled) resolve(performance.now() - from);
        }).observe(start, { attributes: true });
        document.querySelector('#pause').click();
      }));
      if (time < 100) return;
      times.push(time);
    }
    assert.fail(`ms until it paused: ${times}`);
  }));

  test('no task of the main thread takes over 50 ms while the network learns', () => visitPage(async (page) => {
    await learn(page, 1);
    const { longest, tasks } = await longestTask(page, 15_000);
    assert.ok(tasks > 500, `${tasks} tasks were seen`);
    assert.ok(longest < 50, `${longest} ms`);
  }));

  test('the same link gives the same run to the last bit, also when paused and loaded again in its midst', async () => {
    const link = '?size=64&seed=7&steps=500&dropout=0.1&batch=8';
    /** @type {Buffer[]} */
    const models = [];
    await visitPage(async (page) => {
      await page.click('#start');
      await runIsOver(page);
      assert.equal(await readNumber(page, 'step'), 500);
      models.push(await readFile(await saveFile(page, files, '#learn-save')));
    }, { url: link });
    await visitPage(async (page) => {
      await learn(page, 20);
      await pause(page);
      await isSaved(page);
      assert.ok(await readNumber(page, 'step') < 500, 'it was paused in its midst');
      await page.reload();
      await pageIsReady(page);
      await addressHas(page, '?size=64&seed=7&batch=8&dropout=0.1&steps=500');
      await page.click('#start');
      await runIsOver(page);
      assert.equal(await readNumber(page, 'step'), 500);
      models.push(await readFile(await saveFile(page, files, '#learn-save')));
    }, { url: link });
    assert.ok(models[0].equals(models[1]));
    await visitPage(async (page) => {
      await page.click('#start');
      await runIsOver(page);
      assert.ok(!models[0].equals(await readFile(await saveFile(page, files, '#learn-save'))), 'another seed is another run');
    }, { url: link.replace('seed=7', 'seed=8') });
  });

  test('after a reload all is there and the run goes on', () => visitPage(goesOnAfterReload));

  test('what was chosen just before a reload is there too', () => visitPage(async (page) => {
    await page.click('#learn-settings summary');
    await learn(page, 5);
    await pause(page);
    await isSaved(page);
    const step = await readNumber(page, 'step');
    await page.selectOption('#learn-learning-rate', '0.002');
    await page.selectOption('#learn-kind', 'gru');
    await addressHas(page, '?kind=gru&rate=0.002');
    await page.reload();
    await pageIsReady(page);
    assert.equal(await readNumber(page, 'step'), step);
    assert.equal(await page.textContent('#learn-status'), 'Reset makes the network that you chose.');
    assert.equal(await page.inputValue('#learn-learning-rate'), '0.002');
    await learn(page, step + 3);
    await pause(page);
    await page.click('#learn-reset');
    await page.waitForSelector('#learn-status:has-text("Ready: an untrained GRU.")');
  }));

  test('a link with settings of its own begins anew, and what was kept stays', () => visitPage(async (page) => {
    await learn(page, 5);
    await pause(page);
    await isSaved(page);
    const step = await readNumber(page, 'step');
    await page.goto(`${url}?kind=gru`);
    await pageIsReady(page);
    assert.equal(await readNumber(page, 'step'), 0);
    await page.goto(`${url}?kind=lstm`);
    await pageIsReady(page);
    assert.equal(await readNumber(page, 'step'), step);
  }));

  test('two tabs do not overwrite what the other keeps', { skip }, async () => {
    const context = await chromium.browser.newContext();
    try {
      const [first, second] = [await context.newPage(), await context.newPage()];
      await first.goto(url);
      await pageIsReady(first);
      await learn(first, 10);
      await pause(first);
      await isSaved(first);
      const step = await readNumber(first, 'step');

      await second.goto(url);
      await pageIsReady(second);
      assert.equal(await readNumber(second, 'step'), step, 'a new tab begins with the newest run');
      await learn(second, step + 10);
      await pause(second);
      await isSaved(second);
      const further = await readNumber(second, 'step');

      for (const [page, own] of /** @type {const} */ ([[first, step], [second, further]])) {
        await page.bringToFront();
        await page.reload();
        await pageIsReady(page);
        assert.equal(await readNumber(page, 'step'), own);
      }
    } finally {
      await context.close();
    }
  });

  test('a browser that keeps nothing: a note, and all else works', () => visitPage(async (page) => {
    await page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }));
    await page.reload();
    await pageIsReady(page);
    await page.waitForSelector('#learn-saved:has-text("This browser keeps nothing"):has-text("save the model")');
    await learn(page, 5);
    await pause(page);
    assert.match(await page.textContent('#learn-saved'), /This browser keeps nothing/);
  }));

  test('every kind of cell learns; the settings stand in the address', () => visitPage(async (page) => {
    await page.click('#learn-settings summary');
    const kinds = await page.$$eval('#learn-kind option', (options) => options.map(({ value }) => value));
    assert.deepEqual(kinds, ['lstm', 'gru', 'rnn', 'peephole', 'coupled', 'four-gate']);
    await page.selectOption('#learn-hidden-size', '32');
    for (const kind of kinds.reverse()) {
      await page.selectOption('#learn-kind', kind);
      if (await page.textContent('#start') === 'Continue') {
        await page.waitForSelector('#learn-status:has-text("Reset makes the network")');
        await page.click('#learn-reset');
      }
      await page.waitForSelector('#learn-status:has-text("Ready")');
      await learn(page, 1);
      const first = await readNumber(page, 'learn-loss');
      await lossBelow(page, first - 0.2);
      await pause(page);
      await addressHas(page, kind === 'lstm' ? '?size=32' : `?kind=${kind}&size=32`);
    }
  }));

  test('a choice of the training holds at once; one of the network asks for Reset', () => visitPage(async (page) => {
    await page.click('#learn-settings summary');
    await learn(page, 5);
    await page.selectOption('#learn-learning-rate', '0.005');
    await page.selectOption('#learn-window', '64');
    const step = await readNumber(page, 'step');
    await page.waitForFunction(
      (n) => Number(document.querySelector('#step').textContent.replaceAll(',', '')) > n, step + 3,
    );
    await addressHas(page, '?rate=0.005&window=64');
    await page.selectOption('#learn-layers', '2');
    await pause(page);
    assert.equal(await page.textContent('#learn-status'), 'Reset makes the network that you chose.');
    await page.fill('#learn-seed', '5');
    await page.keyboard.press('Tab');
    await page.click('#learn-reset');
    await page.waitForSelector('#learn-status:has-text("Ready")');
    await saveFile(page, files, '#learn-save', 'moby-dick-chapters-1-to-45-2x128.safetensors');
    assert.equal(await page.textContent('#learn-settings-summary'), 'LSTM, 2 × 128, seed 5');
  }));

  test('wrong settings in a link: a note, and the nearest that is possible', () => visitPage(async (page) => {
    await page.waitForSelector('#alert:has-text("kind=<b>x</b> is none of lstm, gru")');
    await page.waitForSelector('#alert:has-text("size=9999 is not possible; 512 is taken")');
    await page.waitForSelector('#alert:has-text("seed=one is no number; 1 is taken")');
    await addressHas(page, '?size=512&temperature=0.5');
    assert.equal(await page.inputValue('#learn-hidden-size'), '512');
    assert.equal(await page.textContent('#learn-temperature-value'), '0.5');
  }, { url: '?kind=<b>x</b>&size=9999&seed=one&temperature=0.5&other=1' }));

  test('the temperature changes what is written at once, also while the network rests', () => visitPage(async (page) => {
    const untrained = await page.textContent('#learn-sample p:last-child');
    await page.focus('#learn-temperature');
    for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('#learn-sample .caption:text("Untrained, temperature 0.5")');
    assert.equal(await page.locator('#learn-sample .caption').count(), 1);
    assert.notEqual(await page.textContent('#learn-sample p:last-child'), untrained);
    await addressHas(page, '?temperature=0.5');
    await learn(page, 3);
    await pause(page);
    await page.keyboard.press('ArrowLeft');
    await page.focus('#learn-temperature');
    await page.keyboard.press('End');
    await page.waitForSelector('#learn-sample > div:last-child .caption:has-text("temperature 1.5")');
  }));

  test('a link is copied', () => visitPage(async (page) => {
    await page.click('#learn-settings summary');
    await page.fill('#learn-seed', '12');
    await page.click('#copy-link');
    await page.waitForSelector('#link-note:has-text("It repeats this run, step by step.")');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${url}?seed=12`);
  }, { context: { permissions: ['clipboard-read', 'clipboard-write'] } }));

  test('a rate that is too high: the run goes back and says so', () => visitPage(async (page) => {
    await page.click('#start');
    await page.waitForSelector('#learn-recovery:has-text("goes on with half the learning rate")', { timeout: 60_000 });
  }, { url: '?kind=rnn&rate=1' }));
});

describe('the section that learns, in Firefox', { skip: skipFirefox }, () => {
  test('it learns, pauses and goes on', () => visitPage(startsToLearn, { inBrowser: firefox.browser }));
  test('after a reload all is there', () => visitPage(goesOnAfterReload, { inBrowser: firefox.browser }));
});
