/** Part 2 of the page, used as a visitor would: a message travels back, and four networks race. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { racers } from '../../web/model/why/racers.js';
import { assertNoLongTasks, openPage } from './page-setup.js';

/** @typedef {import('playwright-core').Page} Page */

const { visitPage, skip } = await openPage();

const RNN = 0;
const LSTM = 2;

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 1.2 × 10⁻³ and 0.12 as numbers. @param {string} text */
const readScientific = (text) => Number(text.replace(' × 10', 'e').replace('⁻', '-')
  .replace(/[⁰¹²³⁴-⁹]/g, (digit) => String(SUPERSCRIPTS.indexOf(digit))));

/** @param {Page} page @param {string} selector */
const readNumbers = async (page, selector) => (await page.locator(selector).allTextContents()).map(readScientific);

/** @param {Page} page */
const readErrors = (page) => readNumbers(page, '#racers .error');

/** Opens what is closed at first. @param {Page} page */
const openReach = (page) => page.click('#why-reach summary');

/** @param {Page} page */
const readReach = (page) => readNumbers(page, '#reach-values dd');

/** How many are learnt. @param {Page} page */
const readSequences = (page) => page.$eval('#race-sequences', ({ textContent }) => parseInt(textContent.replace(/,/g, '')));

/** Scrolls there, and waits for the networks. @param {Page} page */
async function lookAtRace(page) {
  await page.locator('#why').scrollIntoViewIfNeeded();
  await ready(page);
}

/** @param {Page} page */
const ready = (page) => page.waitForSelector('#race-status:has-text("Ready")');

/**
 * Changes a setting, and waits for the new networks' weights and gradients.
 * @param {Page} page
 * @param {() => Promise<unknown>} change
 */
async function changed(page, change) {
  const before = await page.textContent('#reach-values');
  await change();
  await page.waitForFunction((text) => document.querySelector('#reach-values')?.textContent !== text, before);
  await ready(page);
}

/** Presses Start, and waits until so many sequences are learnt. @param {Page} page @param {number} sequences */
async function race(page, sequences) {
  await page.click('#race-start');
  await page.waitForFunction((wanted) => {
    const { textContent } = /** @type {HTMLElement} */ (document.querySelector('#race-sequences'));
    return parseInt(/** @type {string} */ (textContent).replace(/,/g, '')) >= wanted;
  }, sequences);
}

describe('why an RNN forgets', { skip }, () => {
  test('in view, before Start: untrained networks, their gradients; nothing is learnt', () => visitPage(async (page) => {
    await lookAtRace(page);
    for (const error of await readErrors(page)) assert.ok(Math.abs(error - 0.58) < 0.1, `${error}`);
    const reach = await readReach(page);
    assert.ok(reach[RNN] < 1e-9 && reach[LSTM] > 0.05, `${reach}`);
    await page.waitForTimeout(500);
    assert.equal(await readSequences(page), 0);
    assert.equal(await page.locator('#why canvas').count(), 6);
  }));

  test('the LSTM learns, the RNN does not; Pause, Continue, Reset; no task over 50 ms', () => visitPage(async (page) => {
    await lookAtRace(page);
    await race(page, 160);
    await assertNoLongTasks(page);
    await page.waitForFunction((k) => {
      const { textContent } = document.querySelectorAll('#racers .error')[k];
      return Number(textContent) < 0.15;
    }, LSTM, { timeout: 120_000 });
    await page.click('#race-start:text("Pause")');
    await page.waitForSelector('#race-status:has-text("Paused. Errors: RNN 0.")');
    const errors = await readErrors(page);
    assert.ok(errors[LSTM] < 0.25 && errors[RNN] > 0.45, `${errors}`);
    assert.ok((await readReach(page))[LSTM] > 0.01);

    const sequences = await readSequences(page);
    await page.waitForTimeout(300);
    assert.equal(await readSequences(page), sequences);
    await race(page, sequences + 160);
    await page.click('#race-reset');
    await ready(page);
    assert.equal(await readSequences(page), 0);
    assert.equal(await page.textContent('#race-start'), 'Start');
  }));

  test('a seed repeats its networks, another gives others, what is none is not taken', () => visitPage(async (page) => {
    await lookAtRace(page);
    const first = await page.textContent('#reach-values');
    const setSeed = async (/** @type {string} */ seed) => {
      await page.fill('#race-seed', seed);
      await page.press('#race-seed', 'Tab');
    };
    await changed(page, () => setSeed('2'));
    await changed(page, () => setSeed('1'));
    assert.equal(await page.textContent('#reach-values'), first);
    for (const seed of ['', '0', '1.5']) {
      await setSeed(seed);
      assert.equal(await page.inputValue('#race-seed'), '1');
    }
  }));

  test('half open gates: the gradient of the LSTM vanishes too, over fewer steps less of it', () => visitPage(async (page) => {
    await lookAtRace(page);
    await changed(page, () => page.selectOption('#race-gates', 'usual'));
    const reach = await readReach(page);
    assert.ok(reach[LSTM] < 1e-4, `${reach}`);
    await changed(page, async () => {
      await page.focus('#race-lag');
      await page.keyboard.press('Home');
    });
    assert.match(await page.textContent('#race-question') ?? '', /came 10 numbers ago/);
    assert.equal(await page.inputValue('#reach-steps'), '10');
    assert.ok((await readReach(page))[LSTM] > 1e-3);
  }));

  test('steps back are read out by slider, keys and click', () => visitPage(async (page) => {
    await lookAtRace(page);
    await openReach(page);
    await page.focus('#reach-steps');
    await page.keyboard.press('Home');
    const near = await readReach(page);
    await page.keyboard.press('End');
    const far = await readReach(page);
    assert.equal(await page.textContent('#reach-back'), '200');
    for (const k of racers.keys()) assert.ok(far[k] < near[k], `${racers[k].name}: ${near[k]}, ${far[k]}`);
    await page.click('#reach-chart .u-over');
    assert.equal(await page.textContent('#reach-back'), '100');
  }));

  test('the message: Step and Play carry it back, each with its factor; the gates change what arrives', () => visitPage(async (page) => {
    await lookAtRace(page);
    const left = () => readNumbers(page, '#why-lanes .left');
    const factors = () => page.locator('#why-lanes .factor').allTextContents();
    assert.deepEqual([await left(), await factors()], [[1, 1, 1], ['', '', '']]);
    await page.click('#why-step');
    await page.click('#why-step');
    const [rnn, gru, lstm] = await left();
    assert.ok(rnn < 0.5 && gru > 0.9 && lstm > 0.9, `${[rnn, gru, lstm]}`);
    for (const text of await factors()) assert.match(text, /^×\u00a00\.\d\d$/);
    assert.match(await page.textContent('#why-message-status') ?? '', /^2 steps back: RNN 0\.\d+, GRU 0\.9\d, LSTM 0\.9\d of the message left\.$/);
    assert.match(await page.getAttribute('#why-lanes .tape', 'aria-label') ?? '', /^RNN, 2 steps back: 0\.\d+ of the message left$/);

    await page.click('#why-play');
    await page.waitForSelector('#why-play:text("Pause")');
    await page.waitForSelector('#why-play:text("Again")', { timeout: 20_000 });
    const arrived = await left();
    assert.ok(arrived[0] < 1e-4 && arrived[2] > 0.5, `${arrived}`);
    assert.equal(await page.locator('#why-lanes li:first-child .tape small:not(:empty)').count(), 24);
    const heights = await page.$$eval('#why-lanes li:first-child .tape i', (bars) => bars.map((bar) => bar.getBoundingClientRect().height));
    assert.ok(heights[0] <= 1.5 && heights[24] > 40, `${heights}`);

    await page.focus('#why-gate');
    for (let k = 0; k < 25; k++) await page.keyboard.press('ArrowLeft');
    assert.equal(await page.textContent('#why-gate-value'), '0.73');
    assert.equal(await page.textContent('#why-power'), '0.73²⁴ = 5.2 × 10⁻⁴');
    await page.waitForFunction(() => document.querySelectorAll('#why-lanes .left')[2].textContent?.includes('10'));
    const narrower = await left();
    assert.ok(narrower[2] < 0.01 && narrower[0] === arrived[0], `${narrower}`);
    await page.click('#why-play');
    await page.click('#why-play:text("Pause")');
    assert.ok((await left())[0] > arrived[0]);
  }));

  test('each task asks its question, draws answers or what is right, and names its paper', () => visitPage(async (page) => {
    await lookAtRace(page);
    const seen = new Set();
    for (const task of await page.$$eval('#race-task option', (options) => options.map(({ value }) => /** @type {any} */ (value)))) {
      if (task === 'remember') await ready(page);
      else await changed(page, () => page.selectOption('#race-task', task));
      const isNumber = ['remember', 'adding'].includes(task);
      await page.waitForSelector(`#racers li:last-child .${isNumber ? 'answers' : 'grid'}:visible`);
      assert.equal(await page.isVisible('#race-lag'), task === 'remember');
      seen.add(await page.textContent('#race-question'));
      if (!isNumber) assert.equal(await page.locator('#racers .grid').first().locator('i').count(), task === 'counting' ? 20 : 64);
      assert.match(await page.locator('#racers [role=img]:visible').first().getAttribute('aria-label') ?? '',
        isNumber ? /^Answers of the RNN: correlation with the right number -?\d\.\d\d, error 0\.\d\d\.$/ : /^RNN: \d+ of \d+ answers are right\.$/);
      const paper = await page.locator('#race-paper a').getAttribute('href', { timeout: 500 }).catch(() => undefined);
      if (paper) assert.equal(await page.locator(paper).count(), 1, paper);
    }
    assert.equal(seen.size, 7);
    await page.selectOption('#race-task', 'order');
    assert.equal(await page.textContent('#race-paper'), 'Hochreiter 1997: 31,390 sequences');
    await page.click('#race-start');
    await page.waitForFunction((k) => document.querySelectorAll('#racers .verdict')[k].textContent?.startsWith('right after'), LSTM, { timeout: 90_000 });
    await page.click('#race-start:text("Pause")');
    await page.waitForSelector('#race-status:has-text("Paused. Errors: RNN 0."):has-text("LSTM 0.00, right after ")');
  }));

  test('a latch is named: an RNN over 10 steps, seed 4, answers on two levels', () => visitPage(async (page) => {
    await lookAtRace(page);
    await page.click('#race-start');
    await page.waitForSelector('#racers li:first-child .verdict:text("on 2 levels")', { timeout: 60_000 });
    await page.waitForFunction(() => document.querySelector('#race-words')?.textContent?.includes('RNN 2 levels'));
    assert.match(await page.locator('#racers .answers').first().getAttribute('aria-label') ?? '', /correlation with the right number 0\.\d\d, on 2 levels/);
  }, { url: '#why?lag=10&seed=4' }));

  test('the address has the settings, and takes them', () => visitPage(async (page) => {
    await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#race-seed')).value === '7');
    await lookAtRace(page);
    assert.deepEqual(await page.$$eval('#race-task, #race-gates', (all) => all.map((one) => /** @type {HTMLSelectElement} */ (one).value)), ['adding', 'usual']);
    await page.fill('#race-seed', '8');
    await page.press('#race-seed', 'Tab');
    await page.waitForFunction(() => location.hash.includes('seed=8') && location.hash.includes('task=adding'));
  }, { url: '#why?task=adding&gates=usual&seed=7' }));

  test('at most 170 words are seen', () => visitPage(async (page) => {
    await lookAtRace(page);
    const words = await page.$eval('#why', (section) => {
      const copy = /** @type {HTMLElement} */ (section.cloneNode(true));
      for (const unseen of copy.querySelectorAll('option, .unseen, [hidden], details > :not(summary), .u-wrap')) unseen.remove();
      return (copy.textContent ?? '').replace(/\s+/g, ' ').trim().split(' ').filter((word) => /[a-z]/i.test(word)).length;
    });
    assert.ok(words <= 170, `${words}`);
  }));

  test('in forced colours bars and cells are seen', () => visitPage(async (page) => {
    await lookAtRace(page);
    await page.click('#why-step');
    const colours = await page.$$eval('#why-lanes .tape .now i, #why-lanes .tape span:last-child i', (bars) =>
      bars.map((bar) => getComputedStyle(bar).backgroundColor));
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    for (const colour of colours) assert.notEqual(colour, paper);
  }, { context: { forcedColors: 'active' } }));

  test('when its Worker cannot start, it says so and can begin again', () => visitPage(async (page) => {
    const broken = { contentType: 'text/javascript', body: 'throw new Error("out of luck")' };
    await page.route('**/main-*.js', (route) => route.fulfill(broken));
    await page.locator('#why').scrollIntoViewIfNeeded();
    await page.waitForSelector('#race-status:has-text("out of luck")');
    await page.unroute('**/main-*.js');
    await race(page, 160);
    await page.waitForSelector('#race-status:text("Learning.")');
  }, { mayFail: true, context: { serviceWorkers: 'block' } })); // which would bring what it kept
});
