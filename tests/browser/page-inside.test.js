/** The third part of the page, used as a visitor would: step through a text, choose units, look at another cell. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { Correlations } from '../../web/model/book/units.js';
import { folder, learn, openPage, pause } from './page-setup.js';

/** @typedef {import('playwright-core').Page} Page */

const { visitPage, skip, skipFirefox, chromium, firefox } = await openPage({ firefox: true });

const STEPS = ['Forget', 'Learn', 'Remember', 'Use'];

/**
 * Scrolls to the section, and waits until units are found.
 * @param {Page} page
 */
async function lookInside(page) {
  await page.locator('#book').scrollIntoViewIfNeeded();
  await page.waitForSelector('#inside-units li:last-child button:enabled');
}

/** The character that is looked at, counted from 1. @param {Page} page */
const place = async (page) => parseInt(await page.textContent('#inside-at-value') ?? '', 10);
/** @param {Page} page */
const unit = async (page) => Number(await page.inputValue('#inside-unit'));
/** The numbers of the cards, by their titles. @param {Page} page */
const readNumbers = (page) => page.$$eval('#inside-steps li', (cards) => Object.fromEntries(cards.map((card) =>
  [card.querySelector('h4')?.firstChild?.textContent?.trim(), card.querySelector('.numbers')?.textContent?.trim()])));
/** How each character is coloured, from -1 to 1. @param {Page} page */
const readColours = (page) => page.$$eval('#inside-text span', (spans) => spans.map((span) => {
  const amount = Number(/** @type {HTMLElement} */ (span).style.getPropertyValue('--v'));
  return span.classList.contains('negative') ? -amount : amount;
}));
/** The pixels of each picture. @param {Page} page */
const readPictures = (page) => page.$$eval('#inside-steps canvas', (canvases) => canvases.map((element) => {
  const canvas = /** @type {HTMLCanvasElement} */ (element);
  const { width, height } = canvas;
  const copy = Object.assign(document.createElement('canvas'), { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext('2d', { willReadFrequently: true }));
  context.drawImage(canvas, 0, 0);
  return [...new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)];
}));

/** @param {Page} page */
async function assertPictures(page) {
  for (const pixels of await readPictures(page)) {
    const colours = new Set(pixels).size;
    assert.ok(colours > 20, `a picture has ${colours} colours`);
  }
}

/** The pretrained network, and what it does in the text of the page. @param {Page} page */
async function traceText(page) {
  const file = (await readdir(join(folder, 'assets'))).find((name) => name.startsWith('pretrained')) ?? assert.fail();
  const model = (await load()).openCharModel(await readFile(join(folder, 'assets', file)));
  return model.trace(await page.inputValue('#inside-typed'));
}

/**
 * The browser may use another variant of the module, whose steps with 8 bits a weight round differently.
 * @param {number[]} shown
 * @param {ArrayLike<number>} values   (T, H)
 * @param {number} k   which unit
 */
function assertIsUnit(shown, values, k) {
  const size = values.length / shown.length;
  const features = [Float32Array.from(shown)];
  const correlations = new Correlations(features, size);
  correlations.add(Float32Array.from(values));
  const r = correlations.of(0);
  assert.ok(r[k] > 0.95 && r[k] === Math.max(...r), `r ${r[k]}, at best ${Math.max(...r)}`);
}

/** The numbers of an equation as it is written. @param {string} equation */
const numbersOf = (equation) => (equation.match(/−?\d+\.\d+/g) ?? []).map((number) => Number(number.replace('−', '-')));

test('before the visitor acts: a coloured text, pictures, units that track something, and right numbers', { skip }, () =>
  visitPage(async (page) => {
    await lookInside(page);
    await assertPictures(page);
    const { characters, layers: [{ c }] } = await traceText(page);
    const shown = await readColours(page);
    assert.equal(shown.length, characters.length);
    assertIsUnit(shown, c ?? [], await unit(page));

    const close = (/** @type {number} */ a, /** @type {number} */ b) =>
      assert.ok(Math.abs(a - b) < 0.02 * (2 + Math.abs(b)), `${a} ${b}`);
    const numbers = await readNumbers(page);
    assert.deepEqual(Object.keys(numbers), STEPS);
    const reach = numbersOf(`${await page.textContent('#inside-high')}.0`)[0];
    const t = await place(page) - 1;
    const [forget, before, kept] = numbersOf(numbers.Forget);
    const [input, candidate, learnt] = numbersOf(numbers.Learn);
    close(before, shown[t - 1] * reach);
    close(kept, forget * before);
    close(learnt, input * candidate);
    assert.deepEqual(numbersOf(numbers.Remember).slice(0, 4), [forget, before, input, candidate]);
    const cell = numbersOf(numbers.Remember)[4];
    close(cell, kept + learnt);
    close(cell, shown[t] * reach);
    const [output, used, h] = numbersOf(numbers.Use);
    assert.equal(used, cell);
    close(h, output * Math.tanh(cell));

    const found = await page.$$eval('#inside-units button', (buttons) => buttons.map((button) => button.ariaLabel));
    assert.equal(found.length, 15);
    for (const name of found) assert.match(name ?? '', /^[a-z ]+: unit \d+ −?0\.\d\d$/);
    assert.ok(found.some((name) => / −?0\.[5-9]/.test(name ?? '')), found.join('; '));
  }));

test('stepping: buttons, arrow keys and slider, and the numbers follow', { skip }, () => visitPage(async (page) => {
  await lookInside(page);
  const first = await place(page);
  const before = await readNumbers(page);
  await page.click('#inside-next');
  assert.equal(await place(page), first + 1);
  assert.notDeepEqual(await readNumbers(page), before);
  assert.equal(await page.$$eval('#inside-text span', (spans) => spans.findIndex((span) => span.className.includes('here'))), first);
  assert.match(await page.textContent('#inside-here') ?? '',
    /^After .+, which it had expected with (< )?\d+\.\d %\. Unit \d+: c = −?\d+\.\d\d, h = −?0\.\d\d\.$/);
  await page.click('#inside-back');
  assert.deepEqual(await readNumbers(page), before);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await place(page), first + 1);
  await page.focus('#inside-at');
  await page.keyboard.press('Home');
  assert.equal(await place(page), 1);
  await page.keyboard.press('ArrowRight');
  assert.equal(await place(page), 2);
  assert.match(await page.getAttribute('#inside-at', 'aria-valuetext') ?? '', /^2 of \d+: “T”$/);
  await page.click('#inside-text span:nth-child(5)');
  assert.equal(await place(page), 5);
}));

test('Play goes on by itself, lights the steps up one after the other, and can be paused', { skip }, () => visitPage(async (page) => {
  await lookInside(page);
  await page.evaluate(() => {
    const lit = /** @type {any} */ (globalThis).lit = /** @type {string[]} */ ([]);
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const card = /** @type {Element} */ (target);
        if (card.classList.contains('lit')) lit.push(card.querySelector('h4')?.firstChild?.textContent?.trim());
      }
    }).observe(document.querySelector('#inside-steps') ?? document.body, { subtree: true, attributeFilter: ['class'] });
  });
  const first = await place(page);
  await page.click('#inside-play');
  await page.waitForFunction((n) => parseInt(document.querySelector('#inside-at-value')?.textContent ?? '', 10) >= n, first + 2);
  assert.equal(await page.textContent('#inside-play'), 'Pause');
  await page.click('#inside-play');
  const stopped = await place(page);
  await page.waitForTimeout(1500);
  assert.equal(await place(page), stopped);
  const lit = await page.evaluate(() => /** @type {any} */ (globalThis).lit);
  assert.deepEqual(lit.slice(0, 4), STEPS);
  assert.equal(await page.locator('#inside-steps .lit').count(), 0);
}));

test('where motion is not wanted, nothing lights up', { skip }, () => visitPage(async (page) => {
  await lookInside(page);
  const first = await place(page);
  await page.click('#inside-next');
  assert.equal(await page.locator('#inside-steps .lit').count(), 0);
  await page.click('#inside-play');
  await page.waitForFunction((n) => parseInt(document.querySelector('#inside-at-value')?.textContent ?? '', 10) > n, first + 1);
  assert.equal(await page.locator('#inside-steps .lit').count(), 0);
}, { context: { reducedMotion: 'reduce' } }));

test('a unit is chosen by number, in a picture, and among those found; the text is coloured by it', { skip }, () => visitPage(async (page) => {
  await lookInside(page);
  const { layers: [{ c, h, hiddenSize }], characters } = await traceText(page);
  assert.ok(c);
  await page.fill('#inside-unit', '7');
  await page.keyboard.press('Enter');
  assertIsUnit(await readColours(page), c, 7);
  await page.selectOption('#inside-memory', 'h');
  assertIsUnit(await readColours(page), h, 7);
  assert.deepEqual([await page.textContent('#inside-low'), await page.textContent('#inside-high')], ['−1', '1']);

  const picture = page.locator('#inside-steps canvas').first();
  const { width, height } = await picture.boundingBox() ?? assert.fail();
  // The middle of the column of the 30th character.
  await picture.click({ position: { x: width * (29.5 / characters.length), y: height - 4 } });
  assert.equal(await place(page), 30);
  assert.notEqual(await unit(page), 7);

  const button = page.locator('#inside-units li:nth-child(3) button:nth-of-type(2)');
  await button.click();
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  assert.equal(await page.locator('#inside-units [aria-pressed=true]').count(), 1);
  assert.match(await button.textContent() ?? '', new RegExp(`^${await unit(page)} `));

  await page.fill('#inside-unit', '9999');
  await page.keyboard.press('Enter');
  assert.equal(await unit(page), hiddenSize - 1);
}));

test('another text is read at once, without the characters that the network does not know', { skip }, () => visitPage(async (page) => {
  await lookInside(page);
  const textOf = () => page.textContent('#inside-text');
  await page.click('#book summary');
  await page.fill('#inside-typed', 'A wh\u{1F40B}ale!');
  await page.waitForSelector('#inside-typed-note:has-text("does not know \u{1F40B}: skipped")');
  assert.equal(await textOf(), 'A whale!');
  assert.ok(await place(page) <= 8);
  assert.equal(await page.getAttribute('#inside-at', 'max'), '7');
  await page.fill('#inside-typed', '');
  await page.waitForFunction(() => document.querySelector('#inside-text')?.textContent?.startsWith('↵'));
  await page.fill('#inside-typed', 'Whale ho!');
  await page.waitForFunction(() => document.querySelector('#inside-text')?.textContent === 'Whale ho!');
  assert.equal(await page.textContent('#inside-typed-note'), '');
}));

test('reading, drawing and finding units take no task of over 50 ms', { skip }, () => visitPage(async (page) => {
  await page.waitForTimeout(500);
  await chromium.browser?.startTracing(page, { categories: ['toplevel'] });
  await lookInside(page);
  await page.waitForTimeout(200);
  const trace = JSON.parse(String(await chromium.browser?.stopTracing()));
  const { tid, pid } = trace.traceEvents.find((/** @type {any} */ { name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  // The time of the processor, since the page may wait for it on a busy machine: microseconds.
  const tasks = trace.traceEvents.filter((/** @type {any} */ event) => event.tid === tid && event.pid === pid && event.tdur > 0);
  const longest = Math.max(...tasks.map((/** @type {{ tdur: number }} */ { tdur }) => tdur));
  assert.ok(longest > 100 && longest < 50_000, `${longest / 1000} ms`);
}));

test('the network that is being trained can be looked into: another kind of cell has its own steps', { skip }, () => visitPage(async (page) => {
  await page.click('details:has(#learn-kind) > summary');
  await page.selectOption('#learn-kind', 'gru');
  await page.selectOption('#learn-hidden-size', '32');
  await learn(page, 50);
  await page.check('#read-yours');
  await lookInside(page);
  await page.waitForSelector('#inside-steps li:has-text("update gate")');
  assert.deepEqual(Object.keys(await readNumbers(page)), ['Look back', 'Learn', 'Remember']);
  assert.ok(await page.isDisabled('#inside-memory'));
  assert.equal(await page.getAttribute('#inside-unit', 'max'), '31');
  const before = await readColours(page);
  await page.waitForFunction((old) => old !== [...document.querySelectorAll('#inside-text span')]
    .map((span) => /** @type {HTMLElement} */ (span).style.getPropertyValue('--v')).join(), before.map(Math.abs).join());
  await pause(page);
  await page.check('#read-pretrained');
  await page.waitForSelector('#inside-steps li:has-text("forget gate")');
  await assertPictures(page);
}));

test('a network that knows other characters writes an example itself, and is searched in its own text', { skip }, () => visitPage(async (page) => {
  await page.click('details:has(#learn-pasted) > summary');
  await page.fill('#learn-pasted', 'хвала киту, хвала морю!\n'.repeat(30));
  await page.click('#learn-use-pasted');
  await page.waitForSelector('#learn-source-name:has-text("Your text")');
  await learn(page, 20);
  await pause(page);
  await page.check('#read-yours');
  await lookInside(page);
  await page.waitForFunction(() => /^[авиклмортухю,! \n]{120}$/.test(
    /** @type {HTMLTextAreaElement} */ (document.querySelector('#inside-typed')).value));
  assert.equal(await page.textContent('#inside-typed-note'), '');
}));

test('the pictures are drawn anew in the colours of another scheme', { skip }, () => visitPage(async (page) => {
  await lookInside(page);
  const light = await readPictures(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(300);
  (await readPictures(page)).forEach((dark, k) => assert.notDeepEqual(dark, light[k]));
}));

test('in Firefox too', { skip: skipFirefox }, () => visitPage(async (page) => {
  await lookInside(page);
  const first = await place(page);
  await page.click('#inside-next');
  assert.equal(await place(page), first + 1);
  await assertPictures(page);
  assert.doesNotMatch(Object.values(await readNumbers(page)).join(), /NaN|–$/);
}, { inBrowser: firefox.browser }));
