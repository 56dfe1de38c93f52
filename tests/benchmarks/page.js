// npm run bench -- --page: how long a visitor of the page waits, beside a frame of the same browser in the same run.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from '../browser/browsers.js';
import { folder, learn, pageIsReady } from '../browser/page-setup.js';
import { serve } from '../browser/server.js';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ name: string, times: number[] }} Waits milliseconds */

const VISITS = 5;
const FRAMES = 60;
const TYPED = 'the captain of the ship stood';

/** @param {{ json: boolean }} options */
export async function measurePage({ json }) {
  if (!existsSync(join(folder, 'index.html'))) throw new Error('build/web is missing: run ./build.sh web');
  const { browser, reason } = await launchChromium();
  if (!browser) throw new Error(reason);
  const server = await serve(folder);
  try {
    for await (const waits of measure(() => browser.newPage({ viewport: { width: 1280, height: 900 }, serviceWorkers: 'block' }), server.url)) {
      const { name, times } = waits;
      const result = { name, median: quantile(times, 0.5), p95: quantile(times, 0.95), count: times.length };
      console.log(json ? JSON.stringify(result) : row(result));
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

/** @param {() => Promise<Page>} newPage @param {string} url @returns {AsyncGenerator<Waits>} */
async function* measure(newPage, url) {
  const firsts = [];
  for (let k = 0; k < VISITS; k++) firsts.push(await firstPrediction(newPage, url));
  yield { name: 'from the address to the first prediction', times: firsts };
  const page = await newPage();
  await page.goto(url);
  await pageIsReady(page);
  yield { name: 'a frame', times: await frames(page) };
  yield { name: 'from a key to the bars', times: await keys(page) };
  await learn(page, 5);
  yield { name: 'a frame, while a network learns', times: await frames(page) };
  yield { name: 'from a key to the bars, while a network learns', times: await keys(page) };
  yield { name: 'from Pause until it paused', times: await pauses(page) };
  await page.close();
}

/** @param {() => Promise<Page>} newPage @param {string} url */
async function firstPrediction(newPage, url) {
  const page = await newPage();
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector('#bars li:not([hidden])')) return;
      observer.disconnect();
      document.documentElement.dataset.predicted = String(performance.now());
    });
    observer.observe(document, { subtree: true, childList: true, attributeFilter: ['hidden'] });
  });
  await page.goto(url);
  const time = Number(await page.getAttribute('html[data-predicted]', 'data-predicted'));
  await page.close();
  return time;
}

/** @param {Page} page */
function frames(page) {
  return page.evaluate(async (count) => {
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let k = 0; k < count; k++) {
      const now = await new Promise(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    return times;
  }, FRAMES);
}

/** @param {Page} page */
function keys(page) {
  return page.evaluate(async (typed) => {
    const box = /** @type {HTMLTextAreaElement} */ (document.querySelector('#typed'));
    const bars = /** @type {HTMLElement} */ (document.querySelector('#bars'));
    const times = [];
    for (const char of typed) {
      const drawn = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          observer.disconnect();
          resolve(performance.now());
        });
        observer.observe(bars, { subtree: true, attributeFilter: ['data-probability'] });
      });
      const start = performance.now();
      box.value += char;
      box.dispatchEvent(new Event('input'));
      times.push(await drawn - start);
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    return times;
  }, TYPED);
}

/** @param {Page} page that learns */
async function pauses(page) {
  const times = [];
  for (let k = 0; k < VISITS; k++) {
    if (k > 0) await page.click('#start');
    await page.waitForSelector('#pause:enabled');
    times.push(await page.evaluate(() => new Promise((resolve) => {
      const start = /** @type {HTMLButtonElement} */ (document.querySelector('#start'));
      const from = performance.now();
      new MutationObserver(() => {
        if (!start.disabled) resolve(performance.now() - from);
      }).observe(start, { attributes: true });
      /** @type {HTMLButtonElement} */ (document.querySelector('#pause')).click();
    })));
  }
  return times;
}

/** @param {number[]} times @param {number} part */
function quantile(times, part) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

/** @param {{ name: string, median: number, p95: number, count: number }} result */
function row({ name, median, p95, count }) {
  return `${name.padEnd(52)} median ${median.toFixed(1).padStart(7)} ms, 95 % within ${p95.toFixed(1).padStart(7)} ms, of ${count}`;
}
