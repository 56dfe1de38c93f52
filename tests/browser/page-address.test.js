/** The address of the page: it tells what is seen, and what it tells is seen again; links, modes for teachers, one part alone. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { folder, openPage } from './page-setup.js';
import { serve } from './server.js';

/** @typedef {import('playwright-core').Page} Page */

const { visitPage, skip, skipFirefox, firefox, url } = await openPage({ firefox: true });

const FULL = '#cell?source=brackets&kind=four-gate&text=%28abcde+a&unit=2&at=3&part=remember&hold=f:0@2-!all&edit=c:0.5@1&names=symbols';

/** What stands in the address behind the page, when it has come to rest at it. @param {Page} page @param {string | RegExp} expected */
async function addressIs(page, expected) {
  const source = typeof expected === 'string' ? `^${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$` : expected.source;
  await page.waitForFunction((pattern) => new RegExp(pattern).test(location.search + location.hash), source).catch(async () => {
    assert.equal(await page.evaluate(() => location.search + location.hash), String(expected));
  });
}

/** What the cell shows. @param {Page} page */
const seen = (page) => page.evaluate(() => {
  const checked = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (document.querySelector(`input[name="${name}"]:checked`))?.value;
  const value = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id))?.value;
  return {
    source: checked('cell-source'), kind: checked('cell-kind'), names: checked('cell-names'), text: value('typed'), unit: value('cell-unit'),
    sentence: document.getElementById('cell-sentence')?.innerText, changes: document.querySelectorAll('#cell-changes li').length,
    first: /** @type {HTMLElement} */ (document.querySelector('#bars li'))?.innerText.replace(/\s+/g, ' ').trim(),
  };
});

/**
 * Where the book's section begins in the window, when all is there, what it shows too, and nothing has moved in twenty looks.
 * @param {Page} page
 */
async function comesToRest(page) {
  await page.waitForSelector('#start:enabled');
  await page.waitForSelector('#bars li:not([hidden])');
  const look = () => page.evaluate(() => ({
    top: Math.round(document.getElementById('book')?.getBoundingClientRect().top ?? NaN), height: document.body.scrollHeight,
  }));
  let last = await look();
  for (let same = 0; same < 20;) {
    await page.waitForTimeout(100);
    const now = await look();
    same = now.top === last.top && now.height === last.height ? same + 1 : 0;
    last = now;
  }
  return last.top;
}

/** The changes are listed before the network that they are of is there. @param {Page} page */
async function isShown(page) {
  await page.waitForSelector('#cell-changes li:nth-child(2)');
  await page.waitForSelector('#bars li:not([hidden])');
}

describe('what is seen is in the address', { skip }, () => {
  test('a link shows all that it tells, and stays as it is', () => visitPage(async (page) => {
    await isShown(page);
    const { sentence, first, ...rest } = await seen(page);
    assert.deepEqual(rest, { source: 'brackets', kind: 'four-gate', names: 'symbols', text: '(abcde a', unit: '2', changes: 2 });
    assert.match(sentence ?? '', /c at “c”/);
    await page.waitForSelector('#start:enabled');
    await page.waitForTimeout(700);
    await addressIs(page, FULL);
    assert.equal(await page.locator('#alert > div').count(), 0);
  }, { url: FULL, until: '#bars li:not([hidden])' }));

  test('nothing is in it at first; it follows steps, units, names, kinds, text and tampering; reload comes back to it', () => visitPage(async (page) => {
    await page.waitForTimeout(700);
    await addressIs(page, '');
    await page.click('label:has([name=cell-source][value=brackets])');
    await addressIs(page, /^#cell\?source=brackets&text=%28abcde\+a&unit=\d&at=7$/);
    await page.fill('#cell-unit', '4');
    await page.keyboard.press('Tab');
    await page.click('#cell-back');
    await addressIs(page, '#cell?source=brackets&text=%28abcde+a&unit=4&at=6&part=use');
    await page.click('label:has([name=cell-names][value=pytorch])');
    await page.click('#cell-diagram [data-gate=forget]');
    await page.click('#cell-gate button:text("Shut")');
    await page.keyboard.press('Escape');
    await addressIs(page, '#cell?source=brackets&text=%28abcde+a&unit=4&at=6&part=use&hold=f:0@6&names=pytorch');
    await page.click('label:has([name=cell-kind][value=gru])');
    await page.click('#typed');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('b]');
    await addressIs(page, /^#cell\?source=brackets&kind=gru&text=%28abcde\+ab%5D&unit=\d&at=9&.*names=pytorch$/);
    const before = await seen(page);
    await page.reload();
    await page.waitForSelector('#bars li:not([hidden])');
    await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('[name=cell-kind][value=gru]')).checked);
    assert.deepEqual(await seen(page), before);
  }));

  test('the message, the book and the code for elsewhere are in it too', () => visitPage(async (page) => {
    const lookAt = async () => {
      await page.locator('#why').scrollIntoViewIfNeeded();
      await page.waitForSelector('#why-lanes .left:not(:text-is("–"))');
      await page.locator('#book').scrollIntoViewIfNeeded();
      await page.waitForSelector('#book-units .book-choose');
    };
    const shown = () => page.evaluate(() => ['#why-lanes', '#reach-back', '#book-place', '#book-heard', '#book-cost', '#use-code']
      .map((selector) => document.querySelector(selector)?.textContent));
    await lookAt();
    await page.fill('#why-gate', '0.9');
    for (let k = 0; k < 3; k++) await page.click('#why-step');
    await page.click('#why-reach summary');
    await page.fill('#reach-steps', '120');
    await page.fill('#book-at', '40');
    await page.click('label:has(#book-show-unit)');
    await page.click('[aria-label="Silence unit 88"]');
    await page.waitForSelector('#book-cost:has-text("Without unit 88:")');
    await page.click('#use-node');
    await page.check('#use-train');
    await addressIs(page, /\?reach=120&message=0\.9@3&place=40&bars=unit&without=88&code=node&does=train$/);
    const before = await shown();
    await page.reload();
    await page.waitForSelector('#start:enabled');
    await lookAt();
    await page.waitForSelector('#book-cost:has-text("Without unit 88:")');
    await page.waitForFunction((text) => document.querySelector('#why-lanes')?.textContent === text, before[0]);
    assert.deepEqual(await shown(), before);

    // A link to the book alone is of the network that is asked there.
    await page.click('label:has([name=cell-source][value=brackets])');
    await page.locator('#book').scrollIntoViewIfNeeded();
    await page.waitForSelector('#book-units:has-text("inside round brackets")');
    await page.click('#book .copy-link');
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /#book\?source=brackets&text=%28abcde\+a&unit=0&at=7&bars=unit$/);
    // What is asked of another network waits until that one is read.
    await page.evaluate(() => { location.hash = '#book?source=moby&text=There+she+bl&without=88'; });
    await page.waitForSelector('#book-cost:has-text("Without unit 88:")');
  }, { context: { permissions: ['clipboard-read', 'clipboard-write'] } }));

  test('links of the page lead on and Back leads back, to what was changed too', () => visitPage(async (page) => {
    await page.click('label:has([name=cell-source][value=brackets])');
    await page.click('#cell-back');
    await addressIs(page, /source=brackets.*&at=6&part=use$/);
    const before = await seen(page);
    await page.evaluate(() => { location.hash = '#cell?text=Call+me+Ish&unit=3&at=4'; });
    await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.getElementById('typed')).value === 'Call me Ish');
    await page.goBack();
    await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.getElementById('typed')).value === '(abcde a');
    await page.waitForFunction((text) => document.getElementById('cell-sentence')?.innerText === text, before.sentence);
    assert.deepEqual(await seen(page), before);
    await page.click('nav a[href="#why"]'); // a link that asks for nothing changes nothing
    await addressIs(page, /^#why\?source=brackets&/);
    assert.deepEqual(await seen(page), before);
  }));

  test('reload and Back from another page come to the same place of the page', () => visitPage(async (page) => {
    await page.click('nav a[href="#book"]');
    await comesToRest(page);
    await page.mouse.wheel(0, 150);
    const before = await comesToRest(page);
    for (const leave of [() => page.reload(), () => page.goto(`${url}guide/index.html`).then(() => page.goBack())]) {
      await leave();
      const after = await comesToRest(page);
      assert.ok(Math.abs(after - before) < 60, `${before} became ${after}`);
    }
  }));

  test('what a link leads to stays where it is for as long as sections above it grow', () => visitPage(async (page) => {
    await page.clock.install();
    await page.reload(); // with that clock
    const before = await comesToRest(page);
    await page.evaluate(() => { document.documentElement.style.overflowAnchor = 'none'; }); // not every browser helps
    for (const section of ['learn', 'book']) { // a link, followed now
      await page.evaluate((hash) => { location.hash = hash; }, `#${section}?unit=1`);
    }
    for (let k = 0; k < 4; k++) {
      await page.clock.fastForward(3000);
      await page.evaluate(() => {
        const block = document.createElement('div');
        block.style.height = '200px';
        document.getElementById('why')?.append(block);
        return new Promise((resolve) => { new ResizeObserver(resolve).observe(block); });
      });
    }
    const after = await comesToRest(page);
    assert.ok(Math.abs(after - before) < 60, `${before} became ${after}`);
  }, { url: '#book?unit=1' }));

  test('former anchors and the settings of a run go on working', async () => {
    await visitPage(async (page) => {
      await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('[name=cell-kind][value=four-gate]')).checked);
      assert.match(await page.innerText('#learn-settings-summary'), /four-gate LSTM, 1 × 64/);
      await addressIs(page, /^\?(kind=four-gate&size=64|size=64&kind=four-gate)#cell\?source=brackets&kind=four-gate/);
    }, { url: '?kind=four-gate&size=64#inside' });
    await visitPage(async (page) => {
      assert.ok(await page.evaluate(() => scrollY < 50));
      assert.equal((await seen(page)).source, 'moby');
    }, { url: '#predict' });
  });

  test('what cannot be read is told, and something is seen all the same', () => visitPage(async (page) => {
    const notes = page.locator('#alert');
    await page.waitForSelector('#alert:has-text("means nothing")');
    for (const part of ['kind=<img src=x> is none of', 'unit=-5 is not possible; 0 is taken', 'hold=f:9@1 cannot be read', 'hide=all is no part', '“evil” means nothing', 'part=fly is none of']) {
      assert.ok((await notes.innerText()).includes(part), `${part}\n${await notes.innerText()}`);
    }
    assert.equal((await seen(page)).unit, '0');
    assert.equal(await page.locator('img').count(), 0);
  }, { url: '#cell?kind=<img src=x>&unit=-5&hold=f:9@1&part=fly&hide=all&evil=1' }));

  test('a network that the visitor has not trained is waited for', () => visitPage(async (page) => {
    await page.waitForTimeout(700);
    await addressIs(page, /source=yours/);
  }, { url: '#cell?source=yours&text=The+wh&unit=1&at=3' }));

  test('another cell that no bracket network has is left out, and the page reads on', () => visitPage(async (page) => {
    await page.waitForSelector('#alert:has-text("kind=coupled can be looked at only")');
    assert.equal((await seen(page)).kind, 'lstm');
  }, { url: '#cell?kind=coupled' }));
});

describe('links are copied', { skip }, () => {
  test('of the part where the button stands, as it is now', () => visitPage(async (page) => {
    await isShown(page);
    await page.click('#cell .copy-link');
    await page.waitForSelector('#cell .copy-link:text-is("Copied")');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${url}${FULL}`);
    assert.match(await page.innerText('#copied'), /Copied/);
    await page.waitForSelector('#cell .copy-link:text-is("Copy link")');
    for (const button of await page.$$('button.copy-link')) {
      assert.match(await button.getAttribute('data-part') ?? '', /^[a-z-]+$/);
    }
  }, { url: FULL, context: { permissions: ['clipboard-read', 'clipboard-write'] } }));

  test('where the browser lets no page copy, the link is there, selected', () => visitPage(async (page) => {
    await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); });
    await page.click('#cell .copy-link');
    await page.waitForSelector('#cell input.link:focus');
    assert.match(await page.evaluate(() => getSelection()?.toString() ?? ''), /#cell\?text=There\+she\+bl&unit=\d+&at=11$/);
    await page.keyboard.press('Escape');
    await page.waitForSelector('#cell input.link', { state: 'detached' });
    assert.ok(await page.evaluate(() => document.activeElement?.matches('.copy-link')));
  }));
});

describe('for teachers', { skip }, () => {
  test('large for a projector: nothing of the cell is smaller than 22 px', () => visitPage(async (page) => {
    await isShown(page);
    await page.click('#big');
    await addressIs(page, /big=1/);
    await page.waitForTimeout(500);
    const small = await page.evaluate(() => {
      /** @type {string[]} */
      const found = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = /** @type {Element} */ (walker.currentNode.parentElement);
        const text = walker.currentNode.textContent?.trim();
        if (!text || !element.closest('header, #cell') || element.closest('.unseen, .index, [popover]') || !element.getClientRects().length) continue;
        if (!element.checkVisibility()) continue;
        const scale = element instanceof SVGElement ? /** @type {SVGGraphicsElement} */ (element).getScreenCTM?.()?.a ?? 1 : 1;
        const size = parseFloat(getComputedStyle(element).fontSize) * scale;
        if (size < 21.9) found.push(`${text.slice(0, 20)}: ${size.toFixed(1)}`);
      }
      return found;
    });
    assert.deepEqual(small, []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.ok(await page.evaluate(() => Number(document.getElementById('cell-sentence')?.getBoundingClientRect().bottom) <= innerHeight), 'all on one screen');
    await page.click('#big');
    await page.waitForFunction(() => !location.hash.includes('big'));
  }, { url: FULL, context: { viewport: { width: 1920, height: 1080 } } }));

  test('parts are hidden by a link, which the page makes', () => visitPage(async (page) => {
    await page.click('#ex-teachers > summary');
    await page.check('#ex-hide [value=train]');
    await page.check('#ex-hide [value=race]');
    await page.click('#ex-hide-link');
    await page.waitForSelector('#learn', { state: 'hidden' });
    await page.waitForSelector('nav a[href="#learn"]', { state: 'hidden' });
    await page.waitForSelector('#race-start', { state: 'hidden' });
    await addressIs(page, /hide=race,train/);
    assert.ok(await page.locator('#why-message').isVisible());
    await page.goBack();
    await page.waitForSelector('#learn', { state: 'visible' });
  }));

  test('the message and the race can each be shown alone', async () => {
    for (const [part, there, away] of [['message', '#why-play', '#race-start'], ['race', '#race-start', '#why-play']]) {
      await visitPage(async (page) => {
        await page.waitForSelector(away, { state: 'hidden' });
        assert.ok(await page.locator(there).isVisible());
      }, { url: `#why?only=${part}`, until: there });
    }
  });

  test('the cell alone loads nothing of what stands below it, until that is wanted', () => visitPage(async (page) => {
    const isLater = (/** @type {string} */ address) => /\/(rest|moby-dick|worker|race|library)-/.test(address);
    await page.evaluate(() => { location.hash = '#cell?text=There+she+b&only=cell'; });
    await addressIs(page, /only=cell/);
    /** @type {string[]} */
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    await page.waitForSelector('#bars li:not([hidden])');
    await page.click('#cell-step');
    await page.waitForTimeout(1500);
    assert.ok(asked.length > 3);
    assert.deepEqual(asked.filter(isLater), []);
    await page.goBack();
    await page.waitForSelector('#start:enabled');
  }, { url: '#cell?text=There+she+bl', until: '#start:enabled', mayFail: true, context: { serviceWorkers: 'block' } }));

  test('one figure alone stands in another page, with what it shows, and can be used there', async () => {
    const other = await serve(folder, { 'content-security-policy': `frame-src ${new URL(url).origin}; default-src 'self'; style-src 'unsafe-inline'` });
    after(() => other.close());
    await visitPage(async (page) => {
      await page.goto(`${other.url}hashmap.json`);
      await page.setContent(`<iframe width="900" height="700" src="${url}${FULL}&only=cell"></iframe>`);
      const frame = page.frameLocator('iframe');
      await frame.locator('#cell-changes li:nth-child(2)').waitFor();
      for (const away of ['header', 'footer', '#why', '#exercises']) assert.equal(await frame.locator(away).first().isVisible(), false, away);
      await frame.locator('#cell-step').click();
      await frame.locator('#cell-sentence:has-text("is shown")').waitFor();
    }, { url: 'about:blank', mayFail: true });
  });
});

describe('the address, in Firefox', { skip: skipFirefox }, () => {
  test('a link shows what it tells, also after reload', () => visitPage(async (page) => {
    await isShown(page);
    const before = await seen(page);
    await page.reload();
    await isShown(page);
    assert.deepEqual(await seen(page), before);
    await addressIs(page, FULL);
  }, { url: FULL, inBrowser: firefox.browser, until: '#bars li:not([hidden])' }));
});
