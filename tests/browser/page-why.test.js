/** The fourth part of the page, used as a visitor would: four networks race, and their gradients reach back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { BATCH_SIZE, createRacer, drawBatch, racers, randomNumbers, reachOf } from '../../web/model/why/lag-task.js';
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

describe('the task of the race', () => {
  test('the first number is asked for at the last step, and only there', () => {
    const { inputs, targets, mask } = drawBatch(10, 3, randomNumbers(1));
    assert.deepEqual([inputs.length, targets.length, mask.length], [66, 33, 33]);
    for (let b = 0; b < 3; b++) {
      assert.equal(targets[30 + b], inputs[2 * b]);
      assert.equal(inputs[2 * b + 1], 1);
    }
    assert.deepEqual([...mask], [...new Array(30).fill(0), 1, 1, 1]);
    assert.ok(inputs.every((number, at) => (at % 2 === 0 ? number >= -1 && number < 1 : number === Number(at < 6))));
  });

  test('random numbers: the same for the same seeds, others for others, even over 0 to 1', () => {
    const take = (/** @type {number[]} */ ...seeds) => Array.from({ length: 1000 }, randomNumbers(...seeds));
    assert.deepEqual(take(1, 2), take(1, 2));
    assert.notDeepEqual(take(1, 2), take(2, 1));
    assert.notDeepEqual(take(1), take(2));
    const mean = take(7).reduce((sum, number) => sum + number / 1000, 0);
    assert.ok(Math.abs(mean - 0.5) < 0.05, `${mean}`);
  });

  test('the networks have as many parameters within 3 %, and repeat with the seed', async () => {
    const lstm = await load({ variant: 'simd' });
    const networks = racers.map((racer) => createRacer(lstm, racer, { lag: 60, gates: 'open', seed: 5 }));
    const counts = networks.map(({ parameterCount }) => parameterCount);
    assert.ok(Math.max(...counts) < 1.03 * Math.min(...counts), `${counts}`);
    const again = createRacer(lstm, racers[LSTM], { lag: 60, gates: 'open', seed: 5 });
    assert.deepEqual(again.parameters(), networks[LSTM].parameters());
  });

  test('open gates hold for about 1 to `lag` steps; a plain RNN has none', async () => {
    const lstm = await load({ variant: 'simd' });
    const biases = (/** @type {number} */ k, /** @type {'open' | 'usual'} */ gates) => {
      const { bias_ih_l0: ih, bias_hh_l0: hh } = createRacer(lstm, racers[k], { lag: 60, gates, seed: 1 }).parameters();
      return ih.map((bias, row) => bias + hh[row]);
    };
    assert.deepEqual(biases(RNN, 'open'), biases(RNN, 'usual'));
    for (const [k, hiddenSize] of [[1, 28], [LSTM, 24], [3, 24]]) {
      const gate = biases(k, 'open').subarray(hiddenSize, 2 * hiddenSize);
      assert.ok(gate.every((bias) => bias >= 0 && bias <= Math.log(59)), `${racers[k].name}: ${gate}`);
      assert.ok(Math.max(...gate) > Math.log(30), `${racers[k].name}: ${gate}`);
    }
  });

  test('the gradient of an untrained RNN vanishes, that of an LSTM with open gates does not', async () => {
    const lstm = await load({ variant: 'simd' });
    const left = (/** @type {number} */ k, /** @type {'open' | 'usual'} */ gates) => {
      const network = createRacer(lstm, racers[k], { lag: 60, gates, seed: 1 });
      const trainer = network.createTrainer({ window: 61, batchSize: BATCH_SIZE, carryState: false });
      const { inputs, targets, mask } = drawBatch(60, BATCH_SIZE, randomNumbers(1));
      trainer.evaluate(inputs, targets, { mask });
      const reach = reachOf(trainer.gradientFlow());
      assert.equal(reach[0], 1);
      return reach[60];
    };
    assert.ok(left(RNN, 'open') < 1e-9, `${left(RNN, 'open')}`);
    assert.ok(left(LSTM, 'open') > 0.05, `${left(LSTM, 'open')}`);
    assert.ok(left(LSTM, 'usual') < 1e-4, `${left(LSTM, 'usual')}`);
  });
});

describe('why an LSTM', { skip }, () => {
  test('in view, before Start: untrained networks, their gradients; nothing is learnt', () => visitPage(async (page) => {
    const before = page.workers().length;
    await lookAtRace(page);
    assert.equal(page.workers().length, before + 1);
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
    assert.equal(await page.textContent('#why .lead .lag'), '10');
    assert.equal(await page.inputValue('#reach-steps'), '10');
    assert.ok((await readReach(page))[LSTM] > 1e-3);
  }));

  test('steps back are read out by slider, keys and click', () => visitPage(async (page) => {
    await lookAtRace(page);
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
