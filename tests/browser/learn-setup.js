// What the tests of the section that learns share.
import assert from 'node:assert/strict';
import { join } from 'node:path';

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @param {number} loss */
export const lossBelow = (page, loss) => page.waitForFunction(
  (wanted) => Number(document.querySelector('#learn-loss').textContent) < wanted, loss, { timeout: 60_000 },
);

/**
 * All numbers that the page shows of the run, but for its speed.
 * @param {Page} page
 */
export const readNumbers = (page) =>
  page.$$eval('#learn-numbers b:not(#learn-speed)', (numbers) => numbers.map((number) => number.textContent));

/** @param {Page} page */
export const isSaved = (page) => page.waitForFunction(() => {
  const step = document.querySelector('#step').textContent;
  return document.querySelector('#learn-saved').textContent === `Kept in this browser at step ${step}.`;
});

/**
 * Presses a button that saves a file.
 * @param {Page} page
 * @param {string} folder for the file
 * @param {string} button
 * @param {string} [name] that the file should have, where it matters
 */
export async function saveFile(page, folder, button, name) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  if (name) assert.equal(download.suggestedFilename(), name);
  const file = join(folder, `${Date.now()}-${download.suggestedFilename()}`);
  await download.saveAs(file);
  return file;
}

/** The address follows the settings a little later. @param {Page} page @param {string} search */
export const addressHas = (page, search) => page.waitForFunction((wanted) => location.search === wanted, search);

/** @param {Page} page */
export const runIsOver = (page) => page.waitForSelector('#learn-status:has-text("The run is over")', { timeout: 60_000 });
