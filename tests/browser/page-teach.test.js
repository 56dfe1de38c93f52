/** Exercises and the tour, each done as a visitor would, after what does not solve it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BRACKET_NETWORKS } from '../../web/model/cell/brackets.js';
import { exercises } from '../../web/model/exercises/exercises.js';
import { tour } from '../../web/model/exercises/tour.js';
import { openPage } from './page-setup.js';

/** @typedef {import('playwright-core').Page} Page */

const { visitPage, skip, url } = await openPage();
const { lstm } = BRACKET_NETWORKS;

/** @param {Page} page @param {string} id */
async function begin(page, id) {
  const link = page.locator(`#exercises li[data-id=${id}] a`);
  await page.evaluate((name) => {
    const more = /** @type {HTMLDetailsElement | null} */ (document.querySelector(`#exercises details:has([data-id=${name}])`));
    if (more) more.open = true;
  }, id);
  await link.click();
  await page.waitForSelector(`#coach-title:has-text("${exercises.findIndex((task) => task.id === id) + 1} of ${exercises.length}")`);
  await page.waitForFunction(() => document.querySelector('#coach-verdict')?.textContent === '');
}

/** @param {Page} page @param {string} words */
const hint = (page, words) => page.waitForSelector(`#coach-verdict:not(.right):has-text("${words}")`);
/** @param {Page} page @param {string} words */
const right = (page, words) => page.waitForSelector(`#coach-verdict.right:has-text("${words}")`, { timeout: 60_000 });

/** Opens a gate of the drawing. @param {Page} page @param {string} name */
async function press(page, name) {
  await page.click(`#cell-diagram [data-gate=${name}]`);
  await page.waitForSelector('#cell-gate:popover-open');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#cell-gate:popover-open', { state: 'detached' });
}

/**
 * Holds a gate shut or open.
 * @param {Page} page
 * @param {string} gate
 * @param {'Shut' | 'Open'} how
 * @param {string[]} [choices]
 */
async function hold(page, gate, how, choices = []) {
  await page.click(`#cell-diagram [data-gate=${gate}]`);
  for (const choice of choices) await page.click(`#cell-gate label:has-text("${choice}")`);
  await page.click(`#cell-gate button:text-is("${how}")`);
  await page.keyboard.press('Escape');
}

/** @param {Page} page @param {string} memory @param {(page: Page) => Promise<unknown>} act */
async function withMemory(page, memory, act) {
  await page.locator(`#cell-diagram [data-memory=${memory}]`).last().click();
  await page.waitForSelector('#cell-memory:popover-open');
  await act(page);
}

/** Puts the reading at a character of the tape. @param {Page} page @param {number} at */
const goTo = (page, at) => page.locator('#ghost > span > span').nth(at).evaluate((char) => {
  const { left, top, width, height } = char.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}).then(({ x, y }) => page.mouse.click(x, y));

describe('exercises', { skip }, () => {
  test('are ten, of which three are seen at first', () => visitPage(async (page) => {
    assert.equal(await page.locator('#ex-list li').count(), 3);
    assert.equal(await page.locator('#ex-more li').count(), exercises.length - 3);
    assert.equal(await page.innerText('#exercises details summary'), 'Seven more');
    const words = (await page.innerText('#exercises')).split(/\s+/).length;
    assert.ok(words <= 90, `${words} words`);
  }));

  test('which gate opened at the bracket', () => visitPage(async (page) => {
    await begin(page, 'opened');
    await press(page, 'forget');
    await hint(page, 'Try another');
    await press(page, 'input');
    await right(page, 'the bracket is learnt, the letters are ignored');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#coach', { state: 'hidden' });
    assert.match(await page.innerText('#ex-progress'), /1 of 10 solved/);
    await page.reload();
    await page.waitForSelector('#exercises li.solved');
  }));

  test('forgetting, repairing, the other bracket: gates and memories', () => visitPage(async (page) => {
    await begin(page, 'forget');
    await hold(page, 'output', 'Shut', ['All units']);
    await hint(page, 'Which gate');
    await page.click('#cell-undo');
    await hold(page, 'forget', 'Shut');
    await right(page, 'f · LTM is what is kept, and f is 0.00 now');

    await page.click('#coach-next');
    await page.waitForSelector('#coach-title:has-text("Repair")');
    await page.click('#cell-undo-all');
    await hint(page, 'Forget is open again');
    await page.click('#coach-again');
    await page.waitForFunction(() => document.querySelector('#coach-verdict')?.textContent === '');
    await withMemory(page, 'c', async () => {
      await page.fill('#cell-memory input[type=number]', '-1');
      await page.click('#cell-memory button:text-is("Set")');
    });
    await hint(page, 'what was its memory before');
    await withMemory(page, 'c', async () => {
      await page.fill('#cell-memory input[type=number]', '0.97');
      await page.click('#cell-memory button:text-is("Set")');
    });
    await right(page, 'a memory is a number');

    await begin(page, 'swap');
    await hold(page, 'forget', 'Shut');
    await hint(page, 'only a memory may change');
    await page.click('#cell-undo');
    await withMemory(page, 'c', () => page.click('#cell-memory button:text-is("Swap")'));
    await right(page, 'which bracket was opened is one number');
  }));

  test('always or never: measured', () => visitPage(async (page) => {
    await begin(page, 'always');
    await page.click('#coach-choices button >> nth=0');
    await hint(page, 'So which is worse');
    await page.click('#coach-choices button >> nth=1');
    await right(page, 'never 5.');
  }));

  test('the unit that knows capitals', () => visitPage(async (page) => {
    await begin(page, 'capitals');
    await page.click('#coach-choices button >> nth=1');
    await hint(page, 'First silence unit 88');
    await withMemory(page, 'h', () => page.click('#cell-memory button:text-is("Silence unit 88")'));
    await right(page, 'it costs 0.000');
    await begin(page, 'capitals');
    await page.click('#coach-choices button >> nth=0');
    await withMemory(page, 'h', () => page.click('#cell-memory button:text-is("Silence unit 88")'));
    await hint(page, 'Go to the capitals');
  }));

  test('what a guess listens to, and the wire', () => visitPage(async (page) => {
    await begin(page, 'listens');
    await goTo(page, 3);
    await hint(page, 'Another one matters more');
    await goTo(page, 0);
    await right(page, 'Without “(”');

    await begin(page, 'wire');
    await press(page, 'output');
    await hint(page, 'What does it multiply');
    await press(page, 'use');
    await right(page, 'before anything was learnt');
  }));

  test('by keys alone: a link of the list leads to the task, from which Tab leads to the cell', () => visitPage(async (page) => {
    const focused = () => page.evaluate(() => document.activeElement?.id);
    /** @param {string} selector @param {number} most */
    const tabTo = async (selector, most) => {
      for (let k = 0; k < most; k++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
      }
      assert.fail(`${selector} is further than ${most} stops`);
    };
    await page.focus('#exercises li[data-id=forget] a');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#coach-title:has-text("Make it forget")');
    assert.equal(await focused(), 'coach-title');
    await tabTo('[data-gate=forget] [role=button]', 25);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#cell-gate:popover-open');
    await tabTo('#cell-gate button:not(.close)', 5); // Shut
    await page.keyboard.press('Enter');
    await right(page, 'f · LTM is what is kept');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#coach', { state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement?.closest('li')?.dataset.id), 'forget');
  }));

  test('why 0.58, and a cell that remembers', () => visitPage(async (page) => {
    await begin(page, 'cells');
    await page.click('label:has([name=cell-kind][value=lstm])');
    await page.waitForSelector('#coach-verdict:not(:empty)'); // the unit that is drawn first may be the one
    await page.fill('#cell-unit', String(lstm.unit));
    await page.keyboard.press('Enter');
    await hint(page, 'Which gate keeps it? Click it.');
    await press(page, 'forget');
    await right(page, 'stays as it is');

    await begin(page, 'half-open');
    await page.waitForFunction(() => Number(document.getElementById('why')?.getBoundingClientRect().top) < innerHeight);
    assert.equal(await page.inputValue('#race-gates'), 'usual');
    await page.click('#coach-choices button >> nth=1');
    await hint(page, 'See it first');
    await page.click('#race-start');
    await page.click('#coach-choices button >> nth=0');
    await page.waitForFunction(() => document.querySelector('#coach-verdict')?.textContent?.includes('half the error'), undefined, { timeout: 120_000 });
    await page.click('#coach-choices button >> nth=1');
    await right(page, '0.58 from 0, root mean square');
    await page.click('#race-start');
  }));

  test('a link sets one, with what was done so far', () => visitPage(async (page) => {
    await right(page, 'f is 0.00 now');
    await page.click('#coach-leave');
    await page.waitForFunction(() => !location.hash.includes('exercise'));
  }, { url: `#cell?source=brackets&text=${encodeURIComponent(lstm.text)}&unit=${lstm.unit}&at=7&hold=f:0@5-&exercise=2` }));
});

describe('the tour', { skip }, () => {
  /** How one presses: on a phone with a finger. @typedef {(selector: string) => Promise<unknown>} Press */

  /** Opens what holds or changes a gate or memory, does that, and closes it. @param {Page} page @param {Press} press @param {string} opener @param {string} [button] */
  async function within(page, press, opener, button) {
    await press(opener);
    await page.waitForSelector('.cell-popover:popover-open');
    if (button) await press(`.cell-popover:popover-open button:text-is("${button}")`);
    if (await page.locator('.cell-popover:popover-open').count()) await press('.cell-popover:popover-open .close');
  }

  /** What a visitor does at each stop. @type {Record<string, (page: Page, press: Press) => Promise<unknown>>} */
  const acts = {
    predict: (_, press) => press('#bars li button'),
    event: (_, press) => press('#cell-step'),
    memories: (_, press) => press('label:has([name=cell-names][value=symbols])'),
    forget: (page, press) => within(page, press, '#cell-diagram [data-gate=forget]'),
    learn: (page, press) => within(page, press, '#cell-diagram [data-gate=candidate]'),
    remember: async (_, press) => { for (let k = 0; k < 2; k++) await press('#cell-step'); },
    use: (_, press) => press('#cell-step'),
    tamper: (page, press) => within(page, press, '#cell-diagram [data-gate=forget]', 'Shut'),
    swap: (page, press) => within(page, press, '#cell-diagram [data-memory=c] >> nth=-1', 'Swap'),
    rnn: (_, press) => press('label:has([name=cell-kind][value=rnn])'),
    why: (_, press) => press('#why-play'),
    train: (_, press) => press('#start'),
  };

  for (const [where, context] of /** @type {const} */ ([
    ['on a laptop', { viewport: { width: 1280, height: 720 }, hasTouch: false }],
    ['on a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ])) {
    test(`twelve stops, ${where}: each waits, and its card never covers what is to be done`, () => visitPage(async (page) => {
      const press = (/** @type {string} */ selector) => (context.hasTouch ? page.tap(selector) : page.click(selector));
      await press('#tour');
      for (const [k, { id, title }] of tour.entries()) {
        await page.waitForSelector(`#coach-title:has-text("${k + 1} of 12: ${title}")`);
        await page.waitForFunction(() => document.querySelector('#coach-verdict')?.textContent === '');
        assert.match(page.url(), new RegExp(`tour=${k + 1}\\b`));
        if (k < 10 && where === 'on a laptop') {
          assert.ok(await page.evaluate(() => {
            const [card, figure] = ['coach', 'cell-diagram'].map((name) => /** @type {HTMLElement} */ (document.getElementById(name)).getBoundingClientRect());
            return card.bottom <= figure.top || card.top >= figure.bottom;
          }), `the card covers the cell at ${id}`);
        }
        await acts[id](page, press);
        await page.waitForSelector('#coach-verdict.right');
        if (id === 'train') await press('#pause');
        await press('#coach-next');
      }
      await page.waitForSelector('#coach', { state: 'hidden' });
    }, { context }));
  }

  test('Back, Escape, and the way back of the browser', () => visitPage(async (page) => {
    await page.focus('#tour');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#coach-title:has-text("1 of 12")');
    await page.click('#coach-next'); // nobody has to do anything
    await page.waitForSelector('#coach-title:has-text("2 of 12")');
    await page.click('#coach-back');
    await page.waitForSelector('#coach-title:has-text("1 of 12")');
    await page.goBack();
    await page.waitForSelector('#coach-title:has-text("2 of 12")');
    await page.goForward();
    await page.waitForSelector('#coach-title:has-text("1 of 12")');
    await page.focus('#coach-next');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#coach', { state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'tour');
    assert.ok(url);
  }));
});
