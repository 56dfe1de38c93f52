// Real browsers for the tests: Debian's Chromium and Firefox ESR, driven by playwright-core. Where one is missing, the
// tests that need it are skipped with the reason given here. CHROMIUM and FIREFOX name other programs.
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, firefox } from 'playwright-core';

/**
 * @typedef {object} Launched
 * @property {import('playwright-core').Browser | null} browser
 * @property {string} reason why there is no browser; '' where there is one
 */

/**
 * The first of these programs that is on the PATH.
 * @param {string[]} names
 */
function find(names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not in this folder
      }
    }
  }
  return undefined;
}

/** Without a sandbox, which root cannot have, and without what Chromium does on the network of its own accord. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {string | undefined} its program */
export function findChromium() {
  return process.env.CHROMIUM || find(['chromium', 'chromium-browser', 'google-chrome']);
}

/**
 * @param {string[]} [more] arguments
 * @returns {Promise<Launched>}
 */
export async function launchChromium(more = []) {
  const executablePath = findChromium();
  if (!executablePath) return { browser: null, reason: 'Chromium is not on this machine' };
  const browser = await chromium.launch({ executablePath, args: [...chromiumArguments, ...more] });
  return { browser, reason: '' };
}

/** @returns {Promise<Launched>} */
export async function launchFirefox() {
  const executablePath = process.env.FIREFOX || find(['firefox-esr', 'firefox']);
  if (!executablePath) return { browser: null, reason: 'Firefox is not on this machine' };
  // Firefox wants a home that it can write to.
  const home = mkdtempSync(join(tmpdir(), 'lstm-wasm-firefox-'));
  const env = /** @type {Record<string, string>} */ ({ ...process.env, HOME: home });
  const remove = () => {
    try {
      rmSync(home, { recursive: true, force: true, maxRetries: 10 });
    } catch {
      // a child of Firefox, which ends after it, writes there to the last; what is left is the system's to clear
    }
  };
  try {
    const browser = await firefox.launch({ channel: 'moz-firefox', executablePath, env });
    browser.on('disconnected', remove);
    return { browser, reason: '' };
  } catch (error) {
    remove();
    throw error;
  }
}
