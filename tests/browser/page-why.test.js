/** Part 2 of the page, used as a visitor would: a message travels back, and four networks race. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { racers } from '../../web/model/why/racers.js';
import { assertNoLongTasks, openPage, soon } from './page-setup.js';

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
    await soon(() => readErrors(page), (errors) => errors.length > 0 && errors.every((error) => Math.abs(error - 0.58) < 0.1));
    await soon(() => readReach(page), (reach) => reach[RNN] < 1e-9 && reach[LSTM] > 0.05);
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
    await soon(() => readErrors(page), (errors) => errors[LSTM] < 0.25 && errors[RNN] > 0.45);
    await soon(() => readReach(page), (reach) => reach[LSTM] > 0.01);

    const sequences = await readSequences(page);
    await page.waitForTimeout(300);
    assert.equal(await readSequences(page), sequences);
    await race(page, sequences + 160);
    await page.click('#race-reset');
    await ready(page);
    await soon(() => readSequences(page), (learnt) => learnt === 0);
    await page.waitForSelector('#race-start:text("Start")');
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
    await soon(() => page.textContent('#reach-values'), (values) => values === first);
    for (const seed of ['', '0', '1.5']) {
      await setSeed(seed);
      await soon(() => page.inputValue('#race-seed'), (value) => value === '1');
    }
  }));

  test('half open gates: the gradient of the LSTM vanishes too, over fewer steps less of it', () => visitPage(async (page) => {
    await lookAtRace(page);
    await changed(page, () => page.selectOption('#race-gates', 'usual'));
    await soon(() => readReach(page), (reach) => reach[LSTM] < 1e-4);
    await changed(page, async () => {
      await page.focus('#race-lag');
      await page.keyboard.press('Home');
    });
    await page.waitForSelector('#race-question:has-text("came 10 numbers ago")');
    await soon(() => page.inputValue('#reach-steps'), (steps) => steps === '10');
    await soon(() => readReach(page), (reach) => reach[LSTM] > 1e-3);
  }));

  test('steps back are read out by slider, keys and click', () => visitPage(async (page) => {
    await lookAtRace(page);
    await openReach(page);
    await page.focus('#reach-steps');
    await page.keyboard.press('Home');
    await page.waitForSelector('#reach-back:text-is("1")');
    const near = await readReach(page);
    await page.keyboard.press('End');
    await page.waitForSelector('#reach-back:text-is("200")');
    const far = await readReach(page);
    for (const k of racers.keys()) assert.ok(far[k] < near[k], `${racers[k].name}: ${near[k]}, ${far[k]}`);
    await page.click('#reach-chart .u-over');
    await page.waitForSelector('#reach-back:text-is("100")');
  }));

  test('the message: Step and Play carry it back, each with its factor; the gates change what arrives', () => visitPage(async (page) => {
    await lookAtRace(page);
    const left = () => readNumbers(page, '#why-lanes .left');
    const factors = () => page.locator('#why-lanes .factor').allTextContents();
    await soon(async () => [await left(), await factors()], (shown) => assert.deepEqual(shown, [[1, 1, 1], ['', '', '']]));
    await page.click('#why-step');
    await page.click('#why-step');
    await page.waitForSelector('#why-message-status:has-text("2 steps back")');
    await soon(left, ([rnn, gru, lstm]) => rnn < 0.5 && gru > 0.9 && lstm > 0.9);
    await soon(factors, (texts) => texts.every((text) => /^×\u00a00\.\d\d$/.test(text)));
    assert.match(await page.textContent('#why-message-status') ?? '', /^2 steps back: RNN 0\.\d+, GRU 0\.9\d, LSTM 0\.9\d of the message left\.$/);
    await soon(() => page.getAttribute('#why-lanes .tape', 'aria-label'),
      (label) => assert.match(label ?? '', /^RNN, 2 steps back: 0\.\d+ of the message left$/));

    await page.click('#why-play');
    await page.waitForSelector('#why-play:text("Pause")');
    await page.waitForSelector('#why-play:text("Again")', { timeout: 20_000 });
    const arrived = await soon(left, (all) => all[0] < 1e-4 && all[2] > 0.5);
    await soon(() => page.locator('#why-lanes li:first-child .tape small:not(:empty)').count(), (count) => count === 24);
    // They grow and shrink while they are seen.
    await soon(() => page.$$eval('#why-lanes li:first-child .tape i', (bars) => bars.map((bar) => bar.getBoundingClientRect().height)),
      (heights) => heights[0] <= 1.5 && heights[24] > 40);

    await page.focus('#why-gate');
    for (let k = 0; k < 25; k++) await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('#why-gate-value:text-is("0.73")');
    await page.waitForSelector('#why-power:text-is("0.73²⁴ = 5.2 × 10⁻⁴")');
    await soon(left, (narrower) => narrower[2] < 0.01 && narrower[0] === arrived[0]);
    await page.click('#why-play');
    await page.click('#why-play:text("Pause")');
    await soon(left, ([rnn]) => rnn > arrived[0]);
  }));

  test('each task asks its question, draws answers or what is right, and names its paper', () => visitPage(async (page) => {
    await lookAtRace(page);
    const seen = new Set();
    for (const task of await page.$$eval('#race-task option', (options) => options.map(({ value }) => /** @type {any} */ (value)))) {
      if (task === 'remember') await ready(page);
      else await changed(page, () => page.selectOption('#race-task', task));
      const isNumber = ['remember', 'adding'].includes(task);
      await page.waitForSelector(`#racers li:last-child .${isNumber ? 'answers' : 'grid'}:visible`);
      await page.waitForSelector('#race-lag', { state: task === 'remember' ? 'visible' : 'hidden' });
      seen.add(await page.textContent('#race-question'));
      const cells = task === 'counting' ? 20 : 64;
      if (!isNumber) await soon(() => page.locator('#racers .grid').first().locator('i').count(), (count) => count === cells);
      const said = isNumber ? /^Answers of the RNN: correlation with the right number -?\d\.\d\d, error 0\.\d\d\.$/ : /^RNN: \d+ of \d+ answers are right\.$/;
      await soon(() => page.locator('#racers [role=img]:visible').first().getAttribute('aria-label'), (label) => assert.match(label ?? '', said));
      const paper = await page.locator('#race-paper a').getAttribute('href', { timeout: 500 }).catch(() => undefined);
      if (paper) assert.equal(await page.locator(paper).count(), 1, paper);
    }
    assert.equal(seen.size, 7);
    await page.selectOption('#race-task', 'order');
    await soon(() => page.textContent('#race-paper'), (paper) => paper === 'Hochreiter 1997: 31,390 sequences');
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
    await soon(() => page.locator('#racers .answers').first().getAttribute('aria-label'),
      (label) => assert.match(label ?? '', /correlation with the right number 0\.\d\d, on 2 levels/));
  }, { url: '#why?lag=10&seed=4' }));

  test('the address has the settings, and takes them', () => visitPage(async (page) => {
    await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#race-seed')).value === '7');
    await lookAtRace(page);
    await soon(() => page.$$eval('#race-task, #race-gates', (all) => all.map((one) => /** @type {HTMLSelectElement} */ (one).value)),
      (values) => assert.deepEqual(values, ['adding', 'usual']));
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
    await page.waitForSelector('#why-message-status:has-text("1 step back")');
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await soon(() => page.$$eval('#why-lanes .tape .now i, #why-lanes .tape span:last-child i', (bars) => bars.map((bar) => getComputedStyle(bar).backgroundColor)),
      (colours) => colours.length === 6 && colours.every((colour) => colour !== paper));
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
