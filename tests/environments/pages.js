// Pages in real browsers. A page tells in its title what it saw.
import { launchChromium, launchFirefox } from '../browser/browsers.js';
import { readOutcome } from './program.js';
import { NotHere, wait } from './processes.js';
import { openWebKit } from './webkit.js';

/** @typedef {import('./program.js').Outcome} Outcome */
/** @typedef {'chromium' | 'firefox' | 'webkit'} BrowserName */

/** @type {Map<string, Promise<import('../browser/browsers.js').Launched>>} */
const launched = new Map();

/**
 * One browser of a kind for the whole run.
 * @param {'chromium' | 'firefox'} name
 * @param {string[]} flags of Chromium
 */
async function browserOf(name, flags) {
  const key = [name, ...flags].join(' ');
  if (!launched.has(key)) launched.set(key, name === 'chromium' ? launchChromium(flags) : launchFirefox());
  const { browser, reason } = await /** @type {Promise<import('../browser/browsers.js').Launched>} */ (launched.get(key));
  if (!browser) throw new NotHere(reason);
  return browser;
}

export async function closeBrowsers() {
  for (const one of launched.values()) await (await one.catch(() => undefined))?.browser?.close();
  launched.clear();
}

/**
 * Waits for the title.
 * @param {() => Promise<string>} title
 * @param {number} seconds
 * @param {() => string} notes for the error
 * @returns {Promise<Outcome>}
 */
export async function waitForTitle(title, seconds, notes) {
  let last = '';
  for (let left = seconds * 5; left > 0; left--) {
    try {
      last = await title();
    } catch {
      // the page is being loaded again, as Vite's first visit does
    }
    const outcome = readOutcome(last);
    if (outcome) return outcome;
    if (last.startsWith('FAILED ')) throw new Error(last.slice('FAILED '.length));
    await wait(0.2);
  }
  throw new Error([`the page told nothing in ${seconds} s`, notes()].filter(Boolean).join('; '));
}

/**
 * Notes what a page complains of.
 * @param {import('playwright-core').Page} page
 * @returns {string[]} which grows
 */
export function complaintsOf(page) {
  /** @type {string[]} */
  const complaints = [];
  const add = (/** @type {string} */ text) => complaints.length < 20 && complaints.push(text);
  page.on('pageerror', (error) => add(`page: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && add(`console: ${message.text()}`));
  page.on('response', (response) => response.status() >= 400 && add(`${response.status()} ${response.url()}`));
  return complaints;
}

/**
 * @param {BrowserName} name
 * @param {string} url
 * @param {number} seconds
 * @param {(text: string) => void} note
 * @param {string[]} [flags] of Chromium
 * @returns {Promise<Outcome>}
 */
export async function visitAs(name, url, seconds, note, flags = []) {
  if (name === 'webkit') {
    const { title, close } = await openWebKit(url);
    try {
      return await waitForTitle(title, seconds, () => '');
    } finally {
      await close();
    }
  }
  const context = await (await browserOf(name, flags)).newContext();
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  try {
    await page.goto(url, { timeout: seconds * 1000 });
    return await waitForTitle(() => page.title(), seconds, () => complaints.join('; '));
  } finally {
    note([`# ${name} at ${url}`, ...complaints].join('\n'));
    await context.close();
  }
}
