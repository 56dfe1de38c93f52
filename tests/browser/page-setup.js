// What the tests of the page share: the built page on a server, browsers, and visits that end well only when nothing
// was written to the console. `./build.sh web` makes build/web.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium, launchFirefox } from './browsers.js';
import { longestTask } from './main-thread.js';
import { serve } from './server.js';

/** @typedef {import('playwright-core').Page} Page */

/** The built page. */
export const folder = fileURLToPath(new URL('../../build/web', import.meta.url));

/** As long as Playwright waits: milliseconds. */
const PATIENCE = 30_000;

/**
 * @typedef {object} VisitOptions
 * @property {string} [url] another address than the page's; what begins with ? or # is added to the page's
 * @property {import('playwright-core').Browser | null} [inBrowser] default: Chromium
 * @property {import('playwright-core').BrowserContextOptions} [context] viewport, colorScheme, reducedMotion and others
 * @property {() => void} [first] what is done in the page before anything of it
 * @property {string} [until] the visit begins when this selector fits; default: the page can learn and has predicted
 * @property {boolean} [mayFail] what is written to the console is no failure, and the visit begins at once
 */

/**
 * Serves the page, and starts the browsers, which end with the tests of the file.
 * @param {{ firefox?: boolean }} [options] Firefox is started where it is asked for
 */
export async function openPage({ firefox: wantsFirefox = false } = {}) {
  assert.ok(existsSync(join(folder, 'index.html')), 'build/web is missing: run ./build.sh web');
  const files = await mkdtemp(join(tmpdir(), 'lstm-wasm-page-'));
  const server = await serve(folder);
  const chromium = await launchChromium();
  const firefox = wantsFirefox ? await launchFirefox() : { browser: null, reason: 'not asked for' };
  after(async () => {
    await chromium.browser?.close();
    await firefox.browser?.close();
    await server.close();
    await rm(files, { recursive: true });
  });

  /**
   * Opens the page as a new visitor, whose storage is empty, lets the visitor use it, and sees that nothing was written
   * to the console.
   * @param {(page: Page) => Promise<unknown>} visit
   * @param {VisitOptions} [options]
   */
  async function visitPage(visit, { url = '', inBrowser = chromium.browser, context, first, until, mayFail = false } = {}) {
    assert.ok(inBrowser);
    const page = await inBrowser.newPage({ viewport: { width: 1280, height: 900 }, ...context });
    if (first) await page.addInitScript(first);
    /** @type {string[]} */
    const problems = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    try {
      await page.goto(new URL(url, server.url).href);
      if (until) await page.waitForSelector(until);
      else if (!mayFail) await pageIsReady(page);
      await visit(page);
      if (!mayFail) assert.deepEqual(problems, []);
    } finally {
      await page.close();
    }
  }

  return {
    /** Of the page, with a slash at the end. */
    url: server.url,
    /** A folder for files that a test needs. */
    files,
    chromium,
    firefox,
    visitPage,
    /** For describe and test: why what needs Chromium cannot run, or false. */
    skip: chromium.browser ? /** @type {const} */ (false) : `SKIPPED: ${chromium.reason}`,
    skipFirefox: firefox.browser ? /** @type {const} */ (false) : `SKIPPED: ${firefox.reason}`,
  };
}

/**
 * The page has predicted, and its Start can be pressed.
 * @param {Page} page
 */
export async function pageIsReady(page) {
  await page.waitForSelector('#bars li:not([hidden])');
  await page.waitForSelector('#start:enabled');
}

/**
 * Reads what the page shows until it is right: much is drawn in a frame to come, or when a Worker has answered.
 * @template T
 * @param {() => Promise<T>} read
 * @param {(shown: T) => unknown} check throws, or gives false, where it is not right
 * @returns {Promise<T>} what is right
 */
export async function soon(read, check) {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const shown = await read();
    try {
      assert.notEqual(check(shown), false, `the page shows ${JSON.stringify(shown)}`);
      return shown;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

/**
 * A number that the page shows.
 * @param {Page} page
 * @param {string} id
 */
export async function readNumber(page, id) {
  return Number((await page.textContent(`#${id}`))?.replaceAll(',', ''));
}

/**
 * Presses Start, and waits until so many steps are done.
 * @param {Page} page
 * @param {number} steps
 */
export async function learn(page, steps) {
  await page.click('#start');
  await page.waitForFunction((n) => Number(document.querySelector('#step')?.textContent?.replaceAll(',', '')) >= n, steps);
}

/** @param {Page} page */
export async function pause(page) {
  await page.click('#pause');
  await page.waitForSelector('#start:enabled');
}

/**
 * No task of the main thread takes over 50 ms of its processor while the page goes on with what it does.
 * @param {Page} page
 * @param {number} [span] milliseconds
 */
export async function assertNoLongTasks(page, span = 5000) {
  const { longest, tasks } = await longestTask(page, span);
  assert.ok(tasks > 0 && longest < 50, `the longest of ${tasks} tasks took ${longest} ms`);
}
