// Pictures of the page for people to look at: its top, each section at work and each kind of cell, light, dark and in forced colours, wide
// and phone, in build/screenshots. `npm run screenshots` builds the page first; with `-- --readme` it takes the README's picture only,
// .github/page.png.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './browsers.js';
import { serve } from './server.js';

const root = new URL('../../build/', import.meta.url);
const into = fileURLToPath(new URL('screenshots/', root));
/** Higher than any section, since a browser that has to grow for a picture forgets that it plays a phone. */
const sizes = {
  wide: { viewport: { width: 1280, height: 5000 } },
  phone: { viewport: { width: 390, height: 5000 }, isMobile: true, hasTouch: true },
};
const screen = 844;
/** @type {Record<string, import('playwright-core').BrowserContextOptions>} */
const looks = { light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, forced: { colorScheme: 'dark', forcedColors: 'active' } };
const picture = fileURLToPath(new URL('../.github/page.png', root));

/** The kinds of cell, of which each is a picture. */
const kinds = ['lstm', 'four-gate', 'peephole', 'gru', 'rnn'];

/** What is done in a section before its picture is taken. @type {Record<string, (page: import('playwright-core').Page) => Promise<unknown>>} */
const sections = {
  cell: async (page) => {
    for (let k = 0; k < 2; k++) await page.click('#cell-step');
  },
  why: async (page) => {
    await page.locator('#why').scrollIntoViewIfNeeded();
    await page.waitForSelector('#race-start:enabled');
    await page.click('#race-start');
    await page.waitForTimeout(15_000);
  },
  learn: async (page) => {
    await page.click('#start');
    await page.waitForTimeout(12_000);
    await page.click('#pause');
    await page.click('#learn-slow-make');
    await page.click('#learn-slow-phases button:text("Pushes")');
    await page.waitForTimeout(2000);
  },
  book: async (page) => {
    await page.locator('#book').scrollIntoViewIfNeeded();
    await page.locator('.book-silence').last().click();
    await page.click('#book-why');
    await page.waitForSelector('#book-reason:has-text("together")', { timeout: 120_000 });
    await page.click('#book-all summary');
    await page.waitForSelector('#book-maps canvas');
  },
  beyond: async (page) => {
    await page.locator('#beyond').scrollIntoViewIfNeeded();
    await page.waitForSelector('#curve-pad .line');
    await page.click('#gestures-fill');
    for (const id of ['curve', 'gestures', 'translator']) {
      await page.click(`#${id}-start`);
      await page.waitForSelector(`#${id}-start:text("Stop")`);
      await page.waitForSelector(`#${id}-start:not(:text("Stop"))`, { timeout: 120_000 });
    }
  },
  exercises: async () => {},
  use: async (page) => {
    await page.click('#use-node');
  },
};

const { browser, reason } = await launchChromium();
if (!browser) throw new Error(reason);
const server = await serve(fileURLToPath(new URL('web', root)));
const onlyReadme = process.argv.includes('--readme');
if (onlyReadme) await takeReadmePicture(browser);
else await mkdir(into, { recursive: true });
for (const [look, colours] of Object.entries(onlyReadme ? {} : looks)) {
  for (const [name, size] of Object.entries(sizes)) {
    const page = await browser.newPage({ ...size, ...colours });
    await page.goto(server.url);
    await page.waitForSelector('#start:enabled');
    await page.waitForSelector('#bars li:not([hidden])');
    const clip = { x: 0, y: 0, width: size.viewport.width, height: screen };
    await page.screenshot({ path: `${into}top-${look}-${name}.png`, clip });
    for (const [id, work] of Object.entries(sections)) {
      await work(page);
      await page.locator(`#${id}`).screenshot({ path: `${into}${id}-${look}-${name}.png` });
    }
    for (const kind of kinds) {
      await page.check(`#cell-kind [value=${kind}]`, { force: true });
      await page.waitForTimeout(1500);
      await page.locator('#cell').screenshot({ path: `${into}cell-${kind}-${look}-${name}.png` });
    }
    await page.click('#papers summary');
    await page.locator('footer').screenshot({ path: `${into}footer-${look}-${name}.png` });
    await page.close();
  }
}
await browser.close();
await server.close();
console.log(onlyReadme ? picture : into);

/** The page while it learns. @param {import('playwright-core').Browser} open */
async function takeReadmePicture(open) {
  const page = await open.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'light' });
  await page.goto(server.url);
  await page.waitForSelector('#start:enabled');
  await page.click('#start');
  await page.waitForTimeout(15_000);
  await page.locator('#learn').evaluate((section) => section.scrollIntoView());
  await page.waitForTimeout(500);
  await page.screenshot({ path: picture });
  await page.close();
}
