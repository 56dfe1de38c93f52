/** Part 5 of the page, used as a visitor would, with a pointer and with keys: a curve, gestures, a translator. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { violations } from './axe.js';
import { assertNoLongTasks, openPage } from './page-setup.js';

/** @typedef {import('playwright-core').Page} Page */

const { visitPage, skip } = await openPage();
const LONG = { timeout: 180_000 };

/** Scrolls there, and waits for its code. @param {Page} page */
async function lookAt(page) {
  await page.locator('#beyond').scrollIntoViewIfNeeded();
  await page.waitForSelector('#curve-pad .line');
}

/** Places from 0 to 1 of a pad's width and height. @param {Page} page @param {string} pad @param {[number, number][]} points */
async function drawOn(page, pad, points) {
  await page.locator(pad).scrollIntoViewIfNeeded();
  const box = await page.locator(pad).boundingBox();
  assert.ok(box);
  const at = (/** @type {[number, number]} */ [x, y]) => /** @type {[number, number]} */ ([box.x + x * box.width, box.y + y * box.height]);
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 2 });
  await page.mouse.up();
}

/** @type {[number, number][]} */
const wavy = Array.from({ length: 60 }, (_, k) => [0.01 + k * 0.0105, 0.5 + 0.3 * Math.sin(k / 3)]);
/** @type {[number, number][]} on a pad of 3 : 2 */
const circle = Array.from({ length: 25 }, (_, k) => [0.5 + 0.2 * Math.sin((2 * Math.PI * k) / 24), 0.6 - 0.3 * Math.cos((2 * Math.PI * k) / 24)]);
/** @type {[number, number][]} */
const zigzag = [-0.3, -0.18, -0.06, 0.06, 0.18, 0.3].map((x, k) => [0.5 + 0.7 * x, k % 2 ? 0.4 : 0.75]);

describe('beyond letters', { skip }, () => {
  test('its code is not there before the section comes near', () => visitPage(async (page) => {
    const scripts = () => page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => /\/beyond-[\w-]+\.js$/.test(name)).length);
    await page.waitForTimeout(500);
    assert.equal(await scripts(), 0);
    await lookAt(page);
    assert.equal(await scripts(), 1);
  }));

  test('a curve that is drawn with the pointer is continued as soon as the pen is up, with a band; no task over 50 ms', () => visitPage(async (page) => {
    await lookAt(page);
    await drawOn(page, '#curve-pad', wavy);
    await page.waitForSelector('#curve-start:text("Stop")');
    await page.waitForFunction(() => document.querySelector('#curve-pad .likely')?.getAttribute('d'), undefined, LONG);
    assert.match(await page.textContent('#curve-status') ?? '', /^Learning: \d+ %\.$/);
    await assertNoLongTasks(page, 2000);
    await page.waitForSelector('#curve-status:has-text("Learnt")', LONG);
    assert.equal(await page.inputValue('#curve-choice'), 'drawn');
    assert.match(await page.getAttribute('#curve-pad', 'aria-label') ?? '', /^Curve of \d+ points, continued by \d+: the last at -?\d+ of 100, with 95 % between -?\d+ and \d+$/);
    const link = await page.evaluate(() => location.hash);
    assert.match(link, /curve=\d+\.[0-9a-z]+/);
    await page.selectOption('#curve-choice', 'beats');
    await page.waitForFunction(() => !document.querySelector('#curve-pad .likely')?.getAttribute('d'));
    await page.waitForFunction(() => location.hash.includes('curve=beats'));
  }));

  test('a curve is drawn with keys, and continued with Enter', () => visitPage(async (page) => {
    await lookAt(page);
    await page.focus('#curve-pad');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#curve-status:has-text("1 points of the 24")');
    for (let k = 0; k < 40; k++) {
      for (let up = 0; up < 2; up++) await page.keyboard.press(k % 10 < 5 ? 'ArrowUp' : 'ArrowDown');
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#curve-status:has-text("Learnt")', LONG);
    assert.match(await page.getAttribute('#curve-pad', 'aria-label') ?? '', /^Curve of 40 points, continued by 104/);
  }));

  test('gestures: drawn or filled in, named, learnt, and told while they are drawn, by pointer and keys', () => visitPage(async (page) => {
    await lookAt(page);
    for (let k = 0; k < 2; k++) await drawOn(page, '#gestures-pad', circle);
    await page.waitForSelector('#gestures-labels .row:first-of-type output:text("2/10")');
    assert.equal(await page.locator('#gestures-pad .examples path').count(), 2);
    await drawOn(page, '#gestures-pad', [[0.5, 0.5], [0.51, 0.5]]);
    await page.waitForSelector('#gestures-status:has-text("very short")');
    assert.ok(await page.isDisabled('#gestures-start'));

    await page.fill('#gestures-labels .row:nth-of-type(2) input[type=text]', 'circle');
    await page.waitForSelector('#gestures-status:has-text("different names")');
    await page.fill('#gestures-labels .row:nth-of-type(2) input[type=text]', 'storm');
    await page.click('#gestures-fill');
    await page.click('#gestures-start');
    await page.waitForSelector('#gestures-status:has-text("Learnt")', LONG);
    const box = await page.locator('#gestures-pad').boundingBox();
    assert.ok(box);
    await drawOn(page, '#gestures-pad', zigzag);
    await page.waitForSelector('#gestures-status:has-text("storm")');
    await drawOn(page, '#gestures-pad', circle);
    await page.waitForSelector('#gestures-status:has-text("It takes this for circle")');
    const shares = await page.locator('#gestures-labels output:last-child').allTextContents();
    assert.ok(Math.abs(shares.reduce((sum, text) => sum + Number.parseFloat(text.replace('<', '')), 0) - 100) < 1, shares.join());

    await page.focus('#gestures-pad');
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp']) for (let k = 0; k < 5; k++) await page.keyboard.press(key);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#gestures-status:has-text("It takes this for")');
    await page.waitForFunction(() => location.hash.includes('gesture=storm'));
    await page.click('#gestures-reset');
    await page.waitForSelector('#gestures-status:has-text("0 of 10")');
  }));

  test('a translator learns; its attention is read by pointer and arrow keys; another text is translated as it is typed', () => visitPage(async (page) => {
    await lookAt(page);
    await page.click('#translator-start');
    await page.waitForSelector('#translator-status:has-text("pairs seen, never this one")', LONG);
    assert.equal(await page.textContent('#translator-answer'), '828172');
    assert.equal(await page.locator('#translator-attention td[tabindex]').count(), 7 * 6);
    await page.hover('#translator-attention tr:nth-child(2) td[tabindex]:last-child');
    await page.waitForSelector('#translator-look:text-matches("^For 8 it looked at 8: \\\\d+\\\\.\\\\d %$")');
    await page.focus('#translator-attention td[tabindex="0"]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    assert.match(await page.textContent('#translator-look') ?? '', /^For 2 it looked at 7: /);
    await page.fill('#translator-text', '123');
    await page.waitForFunction(() => document.querySelectorAll('#translator-attention td[tabindex]').length === 12);
    assert.deepEqual(await violations(page, '#beyond'), []);
    await page.selectOption('#translator-task', 'dates');
    await page.waitForFunction(() => document.querySelector('#translator-text').value === 'Saturday, 3 May 1997');
    await page.waitForFunction(() => location.hash.includes('pairs=dates'));
    assert.equal(await page.locator('#translator-attention td').count(), 0);
  }));

  test('a link brings its curve, names, task and text, and what it cannot mean is told', () => visitPage(async (page) => {
    await page.waitForSelector('#curve-pad .line');
    assert.deepEqual([await page.inputValue('#curve-choice'), await page.inputValue('#translator-task'), await page.inputValue('#translator-text')],
      ['growth', 'dates', 'May 4, 2020']);
    assert.deepEqual(await page.$$eval('#gestures-labels input[type=text]', (all) => all.map((one) => /** @type {HTMLInputElement} */ (one).value)), ['a', 'b', 'c']);
    await page.goto(page.url().replace(/#.*/, '#beyond?curve=nonsense'));
    await page.waitForSelector('#alert:has-text("curve=nonsense is none of waves, growth, beats")');
  }, { url: '#beyond?curve=growth&gesture=a&gesture=b&gesture=c&pairs=dates&translate=May+4%2C+2020' }));

  test('the code stands there, and can be copied', () => visitPage(async (page) => {
    await lookAt(page);
    for (const [k, name] of ['createForecaster', 'createClassifier', 'createTranslator'].entries()) {
      const part = page.locator('.beyond-part').nth(k);
      await part.locator('summary').click();
      await part.locator('pre', { hasText: name }).waitFor();
      await part.locator('button:text("Copy the code")').click();
      await part.locator('button:text("Copied")').waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await part.locator('pre').textContent());
    }
    assert.deepEqual(await violations(page, '#beyond'), []);
  }, { context: { permissions: ['clipboard-read', 'clipboard-write'] } }));

  test('when its Worker cannot start, it says so and can begin again', () => visitPage(async (page) => {
    await lookAt(page);
    await page.route('**/main-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("out of luck")' }));
    await page.click('#curve-start');
    await page.waitForSelector('#curve-status:has-text("It could not learn this")');
    await page.unroute('**/main-*.js');
    await page.click('#curve-start');
    await page.waitForSelector('#curve-status:has-text("Learning")', LONG);
  }, { mayFail: true, context: { serviceWorkers: 'block' } }));
});
