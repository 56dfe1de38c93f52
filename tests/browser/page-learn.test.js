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
    await page.click(`#learn-undo:text("Undo: back to step ${step}")`);
    await page.waitForSelector('#learn-status:text("Paused.")');
    assert.equal(await readNumber(page, 'step'), step);
    await page.goto(`${url}?kind=rnn`);
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
    await saveFile(page, files, '#learn-save', 'moby-dick-chapters-1-to-12-2x128.safetensors');
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

  test('a link to the run is copied, with its settings and the section', () => visitPage(async (page) => {
    await page.click('#learn-settings summary');
    await page.fill('#learn-seed', '12');
    await page.keyboard.press('Tab');
    await addressHas(page, '?seed=12');
    await page.click('.copy-link[data-part=learn]');
    await page.waitForSelector('.copy-link[data-part=learn]:has-text("Copied")');
    const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
    assert.deepEqual([link.search, link.hash.slice(0, 6)], ['?seed=12', '#learn']);
  }, { context: { permissions: ['clipboard-read', 'clipboard-write'] } }));

  test('a rate that is too high: the run goes back and says so', () => visitPage(async (page) => {
    await page.click('#start');
    await page.waitForSelector('#learn-recovery:has-text("goes on with half the learning rate")', { timeout: 60_000 });
  }, { url: '?kind=rnn&rate=1' }));
});

/**
 * Leaves the page in one way while the network learns, and sees that less than a second of it is lost.
 * @param {Page} page
 * @param {() => Promise<unknown>} leave and come back
 */
async function losesHardlyAnything(page, leave) {
  await learn(page, 10);
  await page.waitForTimeout(2500);
  const before = await readNumber(page, 'step');
  await page.waitForTimeout(1000);
  await leave();
  await pageIsReady(page);
  assert.ok(await readNumber(page, 'step') >= before, `a second before it was at step ${before}, now at ${await readNumber(page, 'step')}`);
}

/** @param {Page} page */
async function comesBackByBack(page) {
  await learn(page, 5);
  await pause(page);
  await isSaved(page);
  const before = await readNumbers(page);
  await page.focus('#learn-temperature');
  await page.keyboard.press('ArrowLeft');
  await page.evaluate(() => { for (const details of document.querySelectorAll('#learn details')) details.open = true; });
  await page.selectOption('#learn-hidden-size', '64');
  await addressHas(page, '?size=64&temperature=0.7');
  await page.goto('about:blank');
  await page.goBack();
  await pageIsReady(page);
  assert.deepEqual(await readNumbers(page), before);
  assert.equal(await page.textContent('#learn-status'), 'Reset makes the network that you chose.');
  assert.equal(await page.inputValue('#learn-temperature'), '0.7');
}

describe('no run is lost', { skip }, () => {
  test('by a reload while it learns', () => visitPage((page) => losesHardlyAnything(page, () => page.reload())));
  test('by Back', () => visitPage((page) => losesHardlyAnything(page, async () => {
    await page.goto('about:blank');
    await page.goBack();
  })));
  test('by Back after choices that the run does not have yet', () => visitPage(comesBackByBack));

  test('by Reset: Undo brings it back, also after a reload, and the other one again', () => visitPage(async (page) => {
    await learn(page, 20);
    await pause(page);
    await isSaved(page);
    const before = await readNumbers(page);
    const sample = await page.textContent('#learn-sample');
    const step = await readNumber(page, 'step');
    assert.equal(await page.isVisible('#learn-undo'), false);
    await page.click('#learn-reset');
    await page.waitForSelector(`#learn-undo:text("Undo: back to step ${step}")`);
    await page.waitForSelector('#learn-earlier-key:has-text("LSTM, 1 × 128, seed 1")');
    assert.equal(await readNumber(page, 'step'), 0);
    await page.reload();
    await pageIsReady(page);
    assert.equal(await readNumber(page, 'step'), 0);
    await page.waitForSelector('#learn-earlier-key:has-text("LSTM, 1 × 128, seed 1")');
    await page.focus('#learn-undo');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#learn-status:text("Paused.")');
    assert.deepEqual(await readNumbers(page), before);
    assert.equal(await page.textContent('#learn-sample'), sample);
    assert.equal(await page.isVisible('#learn-undo'), false);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'start');
    assert.equal(await page.isVisible('#learn-compare'), false, 'it is the present run again');
    await isSaved(page);
    await learn(page, step + 5);
    await pause(page);
  }));

  test('by another text; the curve of the run before lies beside, until none is wanted', () => visitPage(async (page) => {
    await learn(page, 20);
    await page.click('#learn-paste summary');
    await page.fill('#learn-pasted', 'row, row, row your boat, gently down the stream;\n'.repeat(50));
    await page.click('#learn-use-pasted');
    await page.waitForSelector('#learn-source-name:has-text("Your text")');
    await page.waitForSelector('#learn-undo:has-text("Undo: back to step")');
    await learn(page, 20);
    await pause(page);
    assert.deepEqual(await page.locator('#learn-earlier option').allTextContents(), ['with none', 'LSTM, 1 × 128, seed 1']);
    const pixels = () => page.evaluate(() => document.querySelector('#learn-chart canvas').toDataURL());
    const both = await pixels();
    await page.selectOption('#learn-earlier', { label: 'with none' });
    await page.waitForFunction((drawn) => document.querySelector('#learn-chart canvas').toDataURL() !== drawn, both);
    assert.equal(await page.isVisible('#learn-earlier-key'), false);
    await page.click('#learn-undo');
    await page.waitForSelector('#learn-source-name:has-text("Moby-Dick")');
    assert.deepEqual(await page.locator('#learn-earlier option').allTextContents(), ['with none', 'LSTM, 1 × 128, seed 1, Your text']);
  }));

  test('a run that was kept by the page before this one opens', () => visitPage(async (page) => {
    await learn(page, 10);
    await pause(page);
    await isSaved(page);
    const before = await readNumbers(page);
    // The database as its first version was, in a page of this server that has no script.
    const tab = await page.evaluate(() => sessionStorage.getItem('lstm-wasm-tab'));
    await page.goto(`${url}icon.svg`).catch(() => {});
    await page.evaluate(async (name) => {
      const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const now = await done(indexedDB.open('lstm-wasm'));
      const stores = now.transaction(['runs', 'texts']);
      const [run, text] = await Promise.all(['runs', 'texts'].map((store) => done(stores.objectStore(store).get(name))));
      delete run.id;
      now.close();
      await done(indexedDB.deleteDatabase('lstm-wasm'));
      const opening = indexedDB.open('lstm-wasm', 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore('runs').createIndex('savedAt', 'savedAt');
        opening.result.createObjectStore('texts');
      };
      const then = await done(opening);
      const writing = then.transaction(['runs', 'texts'], 'readwrite');
      await Promise.all([done(writing.objectStore('runs').put(run, name)), done(writing.objectStore('texts').put(text, name))]);
      then.close();
    }, tab);
    await page.goto(url);
    await pageIsReady(page);
    assert.deepEqual(await readNumbers(page), before);
    await learn(page, (await readNumber(page, 'step')) + 5);
    await pause(page);
    await isSaved(page);
  }, { mayFail: true, until: '#start:enabled' }));
});

describe('one training step, slowly', { skip }, () => {
  test('six phases by buttons and keys; nothing of the run changes', () => visitPage(async (page) => {
    await learn(page, 30);
    await pause(page);
    const model = await readFile(await saveFile(page, files, '#learn-save-checkpoint'));
    await page.click('#learn-slow-make');
    await page.waitForSelector('#learn-slow-shown:visible');
    assert.equal(await page.locator('#learn-slow-tape li').count(), 12);
    const phase = () => page.textContent('#learn-slow-phases [aria-current=step]');
    const said = () => page.textContent('#learn-slow-said');
    assert.equal(await phase(), 'Guess');
    const [, guessed] = (await said()).match(/: (0\.\d+) to the last/);
    await page.click('#learn-slow-next');
    assert.match(await said(), /−ln\(0\.\d+\) [=≈] \d+\.\d+ nats/);
    await page.click('#learn-slow-next');
    assert.equal(await phase(), 'Message back');
    await page.focus('#learn-slow-phases [aria-current=step]');
    await page.keyboard.press('ArrowRight');
    assert.equal(await phase(), 'Pushes');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Pushes');
    assert.equal(await page.locator('#learn-slow-pushes li').count(), 5);
    await page.click('#learn-slow-phases button:text("Better guess")');
    const [, before, , from, to] = (await said()).match(/^(0\.\d+) → (0\.\d+) for the last; the loss (\d\.\d+) → (\d\.\d+)/);
    assert.equal(before, guessed);
    assert.ok(Number(to) < Number(from));
    assert.equal(await page.getAttribute('#learn-slow-next', 'aria-disabled'), 'true');
    await page.focus('#learn-slow-next');
    await page.keyboard.press('Enter');
    assert.equal(await phase(), 'Better guess', 'there is no further one');
    await page.click('#learn-slow-play');
    await page.waitForFunction(() => document.querySelector('#learn-slow-phases [aria-current=step]').textContent === 'Surprise');
    await page.click('#learn-slow-play:text("Pause")');
    assert.ok((await readFile(await saveFile(page, files, '#learn-save-checkpoint'))).equals(model));
  }));

  test('while the network learns, and no task of the main thread takes over 50 ms', () => visitPage(async (page) => {
    await learn(page, 1);
    await page.click('#learn-slow-make');
    await page.waitForSelector('#learn-slow-shown:visible');
    await page.click('#learn-slow-play');
    const { longest } = await longestTask(page, 6000);
    assert.ok(longest < 50, `${longest} ms`);
    const step = await readNumber(page, 'step');
    await page.waitForFunction((n) => Number(document.querySelector('#step').textContent.replaceAll(',', '')) > n, step);
  }));
});

test('the section has at most 180 visible words', { skip }, () => visitPage(async (page) => {
  const words = await page.evaluate(() => {
    const count = (id) => document.querySelector(id).innerText.split(/\s+/).filter(Boolean).length;
    return count('#learn') - count('#learn-sample');
  });
  assert.ok(words <= 180, `${words}`);
}));

describe('the section that learns, in Firefox', { skip: skipFirefox }, () => {
  test('it learns, pauses and goes on', () => visitPage(startsToLearn, { inBrowser: firefox.browser }));
  test('after a reload all is there', () => visitPage(goesOnAfterReload, { inBrowser: firefox.browser }));
  test('a reload while it learns loses hardly anything', () => visitPage((page) => losesHardlyAnything(page, () => page.reload()), {
    inBrowser: firefox.browser,
  }));
  test('Back comes back to the run', () => visitPage(comesBackByBack, { inBrowser: firefox.browser }));
});
