// The guide and the reference as they are built beside the page: each page can be used by everybody, says nothing to the
// console, and leads nowhere that is not; snippets run, are changed and stopped; at any path. `./build.sh web` makes it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { violations } from '../browser/axe.js';
import { folder, openPage } from '../browser/page-setup.js';
import { serve } from '../browser/server.js';
import { pages, snippets } from './snippets.js';

/** @typedef {import('playwright-core').Page} Page */

const { url, files, chromium, skip } = await openPage();

/** The pages of the build, from its root. */
const site = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html')).sort();
const built = site.filter((file) => file !== 'index.html');
const guide = built.filter((file) => file.startsWith('guide/'));
/** One of each kind of the reference's pages; its texts differ, its elements do not. */
const kinds = new Map(built.filter((file) => file.startsWith('reference/')).map((file) => [file.replace(/[^/]*$/, ''), file]));

/**
 * Visits pages one after another, and sees that nothing is written to the console.
 * @param {string} root of the site
 * @param {(page: Page) => Promise<unknown>} visit
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function visiting(root, visit, options) {
  assert.ok(chromium.browser);
  const page = await chromium.browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  /** @type {string[]} */
  const problems = [];
  page.on('console', (message) => problems.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error}`));
  page.on('response', (response) => { if (response.status() >= 400) problems.push(`${page.url()}: ${response.status()} ${response.url()}`); });
  try {
    await visit(page);
    assert.deepEqual(problems, []);
  } finally {
    await page.close();
  }
}

/** @param {Page} page @param {string} address */
async function open(page, address) {
  await page.goto(address);
  await page.waitForFunction(() => !document.querySelector('runnable-snippet:not(:has(.snippet-bar))'));
}

/** Follows a link at the top. @param {Page} page @param {string} name */
const goTo = (page, name) => page.locator('.VPNavBar').getByRole('link', { name }).click();

/** The text of a snippet's output, once it is done or has failed. @param {import('playwright-core').Locator} snippet */
async function outputOf(snippet) {
  await snippet.locator('[role=status]:text-matches("Done|failed|Stopped")').waitFor({ timeout: 60_000 });
  return await snippet.locator('.snippet-output').innerText();
}

describe('the guide and the reference', { skip }, () => {
  test('each page of the guide is built, and the reference of each entry', () => {
    assert.deepEqual(guide.map((file) => file.replace(/^guide\/|\.html$/g, '')).sort(), pages);
    for (const entry of ['index', 'worker/index']) assert.ok(built.includes(`reference/lstm-wasm/${entry}.html`));
    assert.ok(kinds.size > 5 && built.length > 60, `${built.length} pages`);
  });

  for (const [name, options] of Object.entries({
    'in light colours': { colorScheme: /** @type {const} */ ('light') },
    'in dark colours': { colorScheme: /** @type {const} */ ('dark') },
    'on a phone': { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  })) {
    test(`axe-core finds nothing ${name}, the console is silent, and nothing is wider than the window`, async () => {
      /** @type {string[]} */
      const found = [];
      await visiting(url, async (page) => {
        for (const file of [...guide, ...kinds.values()]) {
          await open(page, url + file);
          for (const violation of await violations(page)) found.push(`${file}: ${violation}`);
          const { scroll, width } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, width: innerWidth }));
          if (scroll > width) found.push(`${file} is ${scroll} wide in a window of ${width}`);
        }
      }, options);
      assert.deepEqual(found, []);
    });
  }

  test('a snippet being edited, its output and its error pass axe-core too', () => visiting(url, async (page) => {
    await open(page, `${url}guide/index.html`);
    const snippet = page.locator('runnable-snippet').first();
    await snippet.getByRole('button', { name: 'Edit' }).click();
    await snippet.locator('textarea').fill("console.log('one'); console.error('two'); throw new TypeError('three');");
    await snippet.getByRole('button', { name: 'Run' }).click();
    assert.equal(await outputOf(snippet), 'one\ntwo\nTypeError: three\n');
    assert.deepEqual(await violations(page), []);
  }));

  test('every link leads to a page and a place in it that exist; those to elsewhere are https', () => {
    /** @type {Map<string, Set<string>>} */
    const places = new Map();
    const idsOf = (/** @type {string} */ file) => {
      const known = places.get(file);
      if (known) return known;
      const ids = new Set([...readFileSync(file, 'utf8').matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id));
      places.set(file, ids);
      return ids;
    };
    /** @type {Set<string>} */
    const broken = new Set();
    /** @type {Set<string>} */
    const elsewhere = new Set();
    for (const file of site) {
      for (const [, escaped] of readFileSync(join(folder, file), 'utf8').matchAll(/<(?:a|link)\b[^>]*\bhref="([^"]+)"/g)) {
        const href = escaped.replaceAll('&amp;', '&');
        const target = new URL(href, `http://site/${file}`);
        if (target.protocol === 'data:') continue;
        if (target.host !== 'site') {
          elsewhere.add(href);
          continue;
        }
        const path = decodeURIComponent(target.pathname);
        const named = join(folder, path.endsWith('/') ? `${path}index.html` : path);
        const id = decodeURIComponent(target.hash.slice(1).split('?', 1)[0]); // what stands behind it is what the page shows there
        if (!existsSync(named) || !statSync(named).isFile() || (id && !idsOf(named).has(id))) broken.add(`${file}: ${href}`);
      }
    }
    assert.deepEqual([...broken], []);
    assert.deepEqual([...elsewhere].filter((href) => !/^https:\/\/[\w.-]+\.\w+(\/\S*)?$/.test(href)), []);
  });

  test('a snippet runs, runs as it is changed, and its endless loop is stopped while the page goes on', () => visiting(url, async (page) => {
    await open(page, `${url}guide/index.html`);
    const snippet = page.locator('runnable-snippet').first();
    await snippet.getByRole('button', { name: 'Run' }).click();
    assert.match(await outputOf(snippet), /nats/);

    await snippet.getByRole('button', { name: 'Edit' }).click();
    const editor = snippet.locator('textarea');
    assert.match(await editor.inputValue(), /from 'lstm-wasm'/);
    await editor.fill("import { load } from 'lstm-wasm';\nconsole.log((await load()).variant.length > 3, [1, { a: 'b' }]);");
    await snippet.getByRole('button', { name: 'Run' }).click();
    assert.equal(await outputOf(snippet), "true [ 1, { a: 'b' } ]\n");

    await editor.fill("console.log('begun');\nfor (;;) console.log('again');");
    await snippet.getByRole('button', { name: 'Run' }).click();
    await page.waitForFunction(() => document.querySelector('.snippet-output')?.textContent?.includes('no more'));
    await snippet.getByRole('button', { name: 'Stop' }).click();
    assert.match(await outputOf(snippet), /^begun\nagain/);
    assert.equal(await snippet.locator('[role=status]').innerText(), 'Stopped.');

    await snippet.getByRole('button', { name: 'Reset' }).click();
    assert.ok(await snippet.locator('pre code').isVisible());
  }));

  test('one that continues others prints only what is its own; leaving the page ends it', () => visiting(url, async (page) => {
    const { page: name, index } = /** @type {{ page: string, index: number }} */ (pages.map((each) => ({
      page: each, index: snippets(each).filter(({ words }) => words.has('run')).findIndex(({ words }) => words.has('continued')),
    })).find(({ index }) => index > 0));
    await open(page, `${url}guide/${name}.html`);
    const [before, snippet] = [index - 1, index].map((k) => page.locator('runnable-snippet').nth(k));
    await before.getByRole('button', { name: 'Edit' }).click();
    await before.locator('textarea').fill('let unlikely = 12345; console.log(99);');
    await snippet.getByRole('button', { name: 'Edit' }).click();
    await snippet.locator('textarea').fill('console.log(unlikely);');
    await snippet.getByRole('button', { name: 'Run' }).click();
    assert.equal(await outputOf(snippet), '12345\n');

    await snippet.locator('textarea').fill('for (;;);');
    await snippet.getByRole('button', { name: 'Run' }).click();
    await page.waitForFunction(() => document.querySelector('[role=status]') !== null);
    await goTo(page, 'Reference');
    await page.waitForURL('**/reference/**');
    for (let left = 100; page.workers().length > 0 && left > 0; left--) await page.waitForTimeout(100);
    assert.equal(page.workers().length, 0);
  }));

  test('search finds a page of the reference and one of the guide', () => visiting(url, async (page) => {
    await open(page, `${url}guide/index.html`);
    for (const [word, path] of [['checkpoint', /reference\//], ['PyTorch', /guide\//]]) {
      await page.keyboard.press('Control+k');
      await page.locator('.VPLocalSearchBox input').fill(/** @type {string} */ (word));
      await page.locator('.VPLocalSearchBox .result').first().waitFor();
      const found = await page.locator('.VPLocalSearchBox .result').evaluateAll((all) => all.map((each) => each.getAttribute('href')));
      assert.ok(found.some((href) => /** @type {RegExp} */ (path).test(href ?? '')), `${word}: ${found}`);
      await page.keyboard.press('Escape');
    }
  }));

  test('in a folder of the server it goes from the page to the guide, runs, and to the reference and back', async (t) => {
    await mkdir(join(files, 'root', 'some', 'where'), { recursive: true });
    await symlink(folder, join(files, 'root', 'some', 'where', 'site'));
    const server = await serve(join(files, 'root'));
    t.after(() => server.close());
    const root = `${server.url}some/where/site/`;
    await visiting(root, async (page) => {
      await page.goto(root);
      await page.waitForSelector('#offline:has-text("without a network")'); // its service worker is there
      await page.locator('header a', { hasText: 'guide' }).click();
      await page.waitForURL(`${root}guide/`);
      const snippet = page.locator('runnable-snippet').first();
      await snippet.getByRole('button', { name: 'Run' }).click();
      assert.match(await outputOf(snippet), /nats/);
      await page.locator('.VPSidebar a', { hasText: 'The cells' }).click();
      await page.waitForURL(`${root}guide/cells.html`);
      await page.reload();
      await page.waitForSelector('h1:has-text("cells")');
      await goTo(page, 'Reference');
      await page.waitForURL(`${root}reference/**`);
      await goTo(page, 'The page');
      await page.waitForSelector('#bars li:not([hidden])');
      assert.equal(new URL(page.url()).pathname.replace('index.html', ''), new URL(root).pathname);
      const kept = await page.evaluate(async () => {
        const all = await Promise.all((await caches.keys()).map(async (key) => (await (await caches.open(key)).keys()).map(({ url }) => url)));
        return all.flat();
      });
      assert.ok(kept.length > 3);
      assert.deepEqual(kept.filter((address) => /\/(guide|reference)\//.test(address)), []);
    });
  });

  test('needs no inline script but VitePress\'s own, no eval, and no blob: address', () => {
    for (const file of built) {
      const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? '';
      assert.match(policy, /^default-src 'none'; script-src 'self' ('sha256-[\w+/=]+' ?)+; connect-src 'self'; worker-src 'self'; style-src 'self'; /, file);
      assert.doesNotMatch(policy.replace("style-src-attr 'unsafe-inline'", ''), /unsafe|blob:/, file);
    }
  });
});
