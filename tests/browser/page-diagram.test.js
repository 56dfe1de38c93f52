// The drawn cell on the page: it follows what is chosen and stepped, says what the sentence says, and fits the screen.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unreadable } from './drawing.js';
import { openPage } from './page-setup.js';

/** @typedef {import('playwright-core').Page} Page */

const { visitPage, skip } = await openPage();
const screen = { viewport: { width: 1280, height: 720 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const read = '#cell-diagram .box.lit';

/**
 * Chooses a kind, and waits until its cell is drawn.
 * @param {Page} page
 * @param {string} kind
 * @param {string} sign what only this kind's drawing has
 */
async function choose(page, kind, sign) {
  await page.locator(`#cell-kind label:has(input[value=${kind}])`).click();
  await page.waitForSelector(`#cell-diagram ${sign}`);
  await page.waitForFunction(() => document.querySelector('#cell-diagram .new') === null);
}

/** @type {Record<string, string>} */
const kinds = {
  lstm: '[data-id=squash]', 'four-gate': '[data-gate=use]', peephole: '[data-id=peephole-output]', gru: '[data-gate=update]',
  rnn: '[data-id=label-caption-0]',
};

describe('the drawn cell on the page', { skip }, () => {
  for (const [name, context] of Object.entries({ 'a screen': screen, 'a phone': phone })) {
    test(`of every kind can be read on ${name}`, () => visitPage(async (page) => {
      for (const [kind, sign] of Object.entries(kinds)) {
        await choose(page, kind, sign);
        assert.deepEqual(await unreadable(page), [], kind);
      }
    }, { context: /** @type {any} */ (context), until: read }));
  }

  test('stands on the first screen as a whole, and on a phone shares one with the Step button', async () => {
    await visitPage(async (page) => {
      const drawing = await page.locator('#cell-diagram svg').first().boundingBox();
      assert.ok(drawing && drawing.y + drawing.height <= 720, JSON.stringify(drawing));
    }, { context: screen, until: read });
    await visitPage(async (page) => {
      const [drawing, step] = [await page.locator('#cell-diagram svg').first().boundingBox(), await page.locator('#cell-step').boundingBox()];
      assert.ok(drawing && step);
      const ends = [drawing.y, drawing.y + drawing.height, step.y, step.y + step.height];
      assert.ok(Math.max(...ends) - Math.min(...ends) <= 844, `${ends}`);
    }, { context: /** @type {any} */ (phone), until: read });
  });

  test('lights one part after the other, and its list says what the sentence says', () => visitPage(async (page) => {
    await choose(page, 'lstm', kinds.lstm);
    /** @type {Set<string>} */
    const equations = new Set();
    for (let k = 0; k < 4; k++) {
      const before = await page.textContent('#cell-sentence');
      const sentence = before ?? '';
      const items = await page.locator('#cell-diagram ul li').allTextContents();
      assert.equal(items.length, 4);
      const said = items.map((item) => item.replace(/^[^:]+: /, '')).filter((equation) => sentence.includes(equation));
      assert.equal(said.length, 1, `${sentence} | ${items.join(' | ')}`);
      equations.add(said[0]);
      if (await page.locator('#cell-step').isEnabled()) await page.click('#cell-step');
      else await page.click('#cell-back');
      await page.waitForFunction((text) => document.querySelector('#cell-sentence')?.textContent !== text, before);
    }
    assert.ok(equations.size >= 2);
  }, { until: read }));

  test('names its things as courses, equations and PyTorch do', () => visitPage(async (page) => {
    await choose(page, 'lstm', kinds.lstm);
    for (const [names, title] of [['symbols', 'forget gate'], ['pytorch', /^rows \d+:\d+$/], ['course', 'Forget']]) {
      await page.locator(`#cell-names label:has(input[value=${names}])`).click();
      await page.waitForFunction((wanted) => {
        const text = document.querySelector('#cell-diagram [data-gate=forget] .title')?.textContent ?? '';
        return typeof wanted === 'string' ? text === wanted : /^rows \d+:\d+$/.test(text);
      }, typeof title === 'string' ? title : undefined);
      assert.deepEqual(await unreadable(page), [], String(names));
    }
  }, { until: read }));
});
