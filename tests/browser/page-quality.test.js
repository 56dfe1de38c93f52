/** What holds for the page as a whole: who can use it, how fast it is there, where it works, and what it says if not. */
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { violations } from './axe.js';
import { launchChromium } from './browsers.js';
import { assertNoLongTasks, folder, learn, openPage, pageIsReady, pause } from './page-setup.js';
import { serve } from './server.js';

/** @typedef {import('playwright-core').Page} Page */

const { visitPage, url, files, skip, skipFirefox, firefox } = await openPage({ firefox: true });
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/**
 * Scrolls through the page, so that what waits to be seen is there.
 * @param {Page} page
 */
async function scrollThrough(page) {
  for (const id of ['cell', 'why', 'learn', 'book', 'beyond', 'exercises', 'use']) {
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
  }
}

/**
 * What has moved without the visitor's doing, so far that it can be seen.
 * @param {Page} page
 */
const layoutShifts = (page) => page.evaluate(() => new Promise((resolve) => {
  /** A text moves with its element. */
  const nameOf = (/** @type {any} */ node) => {
    const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    return element?.id || element?.className || element?.nodeName;
  };
  new PerformanceObserver((list) => {
    const shifts = list.getEntries().map((entry) => /** @type {any} */ (entry));
    resolve(shifts.filter(({ hadRecentInput, value }) => !hadRecentInput && value > 1e-5).map(({ value, sources }) => (
      { value, moved: sources.map(({ node }) => nameOf(node)) })));
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve([]), 500);
}));

/**
 * Of all that a visit loads: the bytes with gzip, each address once, and in which order of size.
 * @param {Page} page
 */
function watchTransfer(page) {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  /** @type {Promise<void>[]} */
  const reading = [];
  page.context().on('response', (response) => {
    reading.push(response.body().then((body) => { sizes.set(response.url(), gzipSync(body).length); }, () => {}));
  });
  return async () => {
    await Promise.all(reading);
    return sizes;
  };
}

const OTHER_TITLE = 'Another build';

/**
 * Makes of a build another one, with a title and a script of its own.
 * @param {string} from
 * @param {string} to
 */
async function makeOtherBuild(from, to) {
  await cp(from, to, { recursive: true });
  const assets = await readdir(join(to, 'assets'));
  const script = assets.find((name) => /^index-.*\.js$/.test(name)) ?? '';
  await rename(join(to, 'assets', script), join(to, 'assets', 'index-00000000.js'));
  const others = assets.filter((name) => name.endsWith('.js') && name !== script).map((name) => `assets/${name}`);
  for (const name of ['index.html', 'service-worker.js', ...others]) {
    const text = (await readFile(join(to, name), 'utf8')).replaceAll(script, 'index-00000000.js');
    const other = text.replace(/(?<=<h1>).*?(?=<)/, OTHER_TITLE).replace(/(?<="id":")\w+/, '000000000000');
    await writeFile(join(to, name), name.startsWith('assets/') ? text : other);
  }
}

describe('the page', { skip }, () => {
  for (const [name, context] of Object.entries({
    'in light colours': { colorScheme: /** @type {const} */ ('light') },
    'in dark colours': { colorScheme: /** @type {const} */ ('dark') },
    'in forced colours': { forcedColors: /** @type {const} */ ('active') },
    'at 768 px': { viewport: { width: 768, height: 1024 } },
    'on a phone': phone,
    'on a narrow phone in dark colours': { ...phone, viewport: { width: 360, height: 640 }, colorScheme: /** @type {const} */ ('dark') },
  })) {
    test(`axe-core finds nothing against it ${name}, before and after training`, () => visitPage(async (page) => {
      await scrollThrough(page);
      assert.deepEqual(await violations(page), []);
      await learn(page, 50);
      assert.deepEqual(await violations(page), []);
      await pause(page);
      await page.evaluate(() => { for (const details of document.querySelectorAll('details')) details.open = true; });
      assert.deepEqual(await violations(page), []);
      const { scroll, width } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, width: innerWidth }));
      assert.ok(scroll <= width, `the page is ${scroll} wide in a window of ${width}`);
    }, { context }));
  }

  test('has at most 800 visible words: code, bars and what is for screen readers only are none', () => visitPage(async (page) => {
    await scrollThrough(page);
    const words = await page.evaluate(() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      let count = 0;
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const { parentElement } = node;
        if (!parentElement?.checkVisibility() || parentElement.closest('pre, script, .unseen, .skip, [aria-hidden=true], #bars, #sample, option')) continue;
        count += node.textContent?.match(/\p{L}[\p{L}’'-]*/gu)?.length ?? 0;
      }
      return count;
    });
    assert.ok(words > 300 && words <= 800, `${words} words`);
  }));

  test('nothing moves after the first paint but by the visitor, at any width', async () => {
    for (const width of [360, 768, 1280, 1600]) {
      await visitPage(async (page) => {
        await page.waitForTimeout(500);
        await scrollThrough(page);
        await learn(page, 300);
        await page.waitForTimeout(500);
        await pause(page);
        await page.waitForTimeout(700);
        assert.deepEqual(await layoutShifts(page), [], `${width} px`);
      }, { context: { viewport: { width, height: 900 } } });
    }
  });

  // What it is now, up to the next 5 kB: the network, and what predicts of the library.
  test('before the first prediction no more than 700 kB is loaded, from a server that does not compress', () => visitPage(async (page) => {
    /** @type {Map<string, number>} */
    const sizes = new Map();
    /** @type {Promise<void>[]} */
    const reading = [];
    page.context().on('response', (response) => {
      reading.push(response.body().then((body) => { sizes.set(response.url().slice(url.length), body.length); }, () => {}));
    });
    const isLater = (/** @type {string} */ address) => /\/(rest|moby-dick|worker|chunk|race|main|lstm-simd)-/.test(address);
    await page.route(({ pathname }) => isLater(pathname), () => {}); // never answered: the prediction needs none of these
    await page.goto(url);
    await page.waitForSelector('#bars li:not([hidden])');
    await Promise.all(reading);
    for (const wanted of ['pretrained', 'predict-simd', 'lab', 'first']) assert.ok([...sizes.keys()].some((name) => name.includes(`/${wanted}-`)), wanted);
    assert.deepEqual([...sizes.keys()].filter((name) => name.endsWith('.wasm')), []);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    assert.ok(total < 700_000, `${total} bytes: ${JSON.stringify(Object.fromEntries(sizes))}`);
  }, { url: 'about:blank', context: { serviceWorkers: 'block' }, mayFail: true }));

  test('each module is asked for once for all Workers of the page', () => visitPage(async (page) => {
    /** @type {string[]} */
    const asked = [];
    page.context().on('request', (request) => { if (/(lstm|predict)-(simd|scalar|relaxed)/.test(request.url())) asked.push(request.url()); });
    await page.goto(url);
    await pageIsReady(page);
    await learn(page, 5);
    await page.locator('#why').scrollIntoViewIfNeeded();
    await page.click('#race-start');
    await page.waitForSelector('#race-start:text("Pause")');
    assert.deepEqual(asked.map((address) => address.replace(/.*\/|-[\w-]{8}(?=\.)/g, '')), ['predict-simd.deflate', 'lstm-simd.deflate']);
  }, { url: 'about:blank', context: { serviceWorkers: 'block' }, mayFail: true }));

  test('a visit loads less than 600 kB with gzip', () => visitPage(async (page) => {
    const transfer = watchTransfer(page);
    await page.goto(url);
    await pageIsReady(page);
    await scrollThrough(page);
    await learn(page, 20);
    await page.waitForLoadState('networkidle');
    const sizes = await transfer();
    const report = [...sizes].sort((a, b) => b[1] - a[1]).map(([address, size]) => `${size} ${address.slice(url.length)}`).join('\n');
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const wanted of ['pretrained', 'moby-dick', 'predict-simd', 'lstm-simd', 'lab', 'main', 'index']) assert.match(report, new RegExp(wanted));
    assert.ok(total < 600_000, `${total} bytes:\n${report}`);
  }, { url: 'about:blank', context: { serviceWorkers: 'block' }, mayFail: true }));

  test('no task of the main thread takes over 50 ms while all of the page is at work', () => visitPage(async (page) => {
    await page.check('#cell-source [value=yours]', { force: true });
    await learn(page, 5);
    await assertNoLongTasks(page);
  }));

  test('what stands below the first screen is made in turns, so that a key is answered in between', () => visitPage(async (page) => {
    await page.addInitScript(() => {
      // A task of its own for each section: between two of them a message comes through.
      const { port1, port2 } = new MessageChannel();
      let turn = 0;
      port1.onmessage = () => { turn += 1; port2.postMessage(0); };
      port2.postMessage(0);
      /** @type {Record<string, number>} */
      const made = {};
      new MutationObserver((records) => {
        for (const { target } of records) {
          const { id = '' } = /** @type {Element} */ (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest('section') ?? {};
          if (id) made[id] ??= turn;
        }
      }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      Object.assign(globalThis, { made, forget: () => { for (const id of Object.keys(made)) delete made[id]; } });
    });
    await page.route('**/rest-*.js', async (route) => {
      await page.evaluate(() => /** @type {any} */ (globalThis).forget());
      await route.continue();
    });
    await page.goto(url);
    await pageIsReady(page);
    const made = await page.evaluate(() => /** @type {any} */ (globalThis).made);
    const turns = ['why', 'exercises', 'learn', 'use'].map((id) => made[id]);
    assert.ok(turns.every(Number.isFinite) && new Set(turns).size === turns.length, JSON.stringify(made));
  }, { url: 'about:blank', context: { serviceWorkers: 'block' }, mayFail: true }));

  test('works without a network after the first visit, also in a folder of the server', async (t) => {
    const root = join(files, 'server');
    await mkdir(join(root, 'some', 'where'), { recursive: true });
    await symlink(folder, join(root, 'some', 'where', 'page'));
    const server = await serve(root);
    t.after(() => server.close());
    await visitPage(async (page) => {
      await page.waitForSelector('#offline:has-text("without a network")');
      await server.close();
      await page.reload();
      await pageIsReady(page);
      await learn(page, 5);
    }, { url: `${server.url}some/where/page/` });
  });

  test('shows the newest build where there is a network; what it has kept is one build, never parts of two', async (t) => {
    const root = await mkdtemp(join(files, 'builds-'));
    await makeOtherBuild(folder, join(root, 'old'));
    await symlink('old', join(root, 'page'));
    const server = await serve(root);
    t.after(() => server.close());
    await visitPage(async (page) => {
      await page.waitForSelector('#offline:has-text("without a network")');
      assert.equal(await page.textContent('h1'), OTHER_TITLE);

      await rm(join(root, 'page'));
      await symlink(folder, join(root, 'page'));
      await page.reload();
      await pageIsReady(page);
      assert.notEqual(await page.textContent('h1'), OTHER_TITLE);
      const isKept = () => page.evaluate(async () => {
        const { active, installing, waiting } = await navigator.serviceWorker.ready;
        return (await caches.keys()).length === 2 && active?.state === 'activated' && !installing && !waiting;
      });
      while (!await isKept()) await page.waitForTimeout(100);

      await server.close();
      await page.reload();
      await pageIsReady(page);
      assert.notEqual(await page.textContent('h1'), OTHER_TITLE);
    }, { url: `${server.url}page/` });
  });

  test('needs no special headers, and lives with the strict policy that it names', () => visitPage(async (page) => {
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content') ?? '';
    assert.ok(policy.startsWith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self';"));
    assert.ok(!/unsafe-inline|'unsafe-eval'|blob:/.test(policy), policy);
    await page.addInitScript(() => {
      /** @type {any} */ (globalThis).violations = [];
      addEventListener('securitypolicyviolation', (event) => /** @type {any} */ (globalThis).violations.push(event.violatedDirective));
    });
    await page.reload();
    await pageIsReady(page);
    await scrollThrough(page);
    await learn(page, 20);
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).violations), []);
  }));

  test('where WebAssembly is blocked, it says what happened and what to do, and its words stay', async (t) => {
    const strict = await serve(folder, { 'content-security-policy': "script-src 'self'" });
    t.after(() => strict.close());
    await visitPage(async (page) => {
      await page.waitForSelector('#alert:has-text("cannot start"):has-text("WebAssembly")');
      assert.equal(await page.textContent('#alert button'), 'Try again');
      assert.ok(await page.isVisible('#why-title'));
    }, { url: strict.url, mayFail: true });
  });

  test('without SIMD it works, and says that it is slower', async (t) => {
    const { browser } = await launchChromium(['--js-flags=--no-enable-sse4-1']);
    t.after(() => browser?.close());
    await visitPage(async (page) => {
      await page.waitForSelector('#alert:has-text("SIMD"):has-text("slower")');
      await learn(page, 5);
    }, { inBrowser: browser });
  });

  test('a module that cannot be loaded is told, and no slow one runs in its place', () => visitPage(async (page) => {
    // Neither its file nor its copy.
    await page.route('**/predict-simd*', (route) => route.fulfill({ status: 503 }));
    await page.reload();
    await page.waitForSelector('#alert:has-text("cannot start"):has-text("\'simd\' module"):has-text("503")');
    await page.unroute('**/predict-simd*');
    await page.click('#alert button');
    await pageIsReady(page);
    await learn(page, 5);
  }, { mayFail: true, context: { serviceWorkers: 'block' } }));

  test("where the modules' files are missing, their copies take their place", () => visitPage(async (page) => {
    await page.route(/(lstm|predict)-simd-[^/]*\.(wasm|deflate)$/, (route) => route.fulfill({ status: 404 }));
    await page.reload();
    await pageIsReady(page);
    await learn(page, 5);
  }, { mayFail: true, context: { serviceWorkers: 'block' } }));

  test('when the Workers die, it says so and can begin again', () => visitPage(async (page) => {
    await page.route('**/lab-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("out of luck")' }));
    await page.reload();
    await page.waitForSelector('#alert:has-text("The network that reads cannot start"):has-text("out of luck")');
    await page.unroute('**/lab-*.js');
    await page.click('#alert button');
    await pageIsReady(page);
    assert.equal(await page.textContent('#alert'), '');
    await learn(page, 5);
  }, { mayFail: true, context: { serviceWorkers: 'block' } }));

  test('where the script of what stands below cannot be loaded, a message says so, and the cell goes on', () => visitPage(async (page) => {
    await page.route('**/rest-*.js', (route) => route.abort());
    await page.reload();
    await page.waitForSelector('#alert:has-text("What stands below the cell could not be loaded")');
    await page.waitForSelector('#bars li:not([hidden])');
    await page.click('#cell-back');
    await page.waitForSelector('#cell-step:enabled');
  }, { mayFail: true, context: { serviceWorkers: 'block' } }));

  test('where the script of the first screen cannot be loaded, the page says so, and loads again', () => visitPage(async (page) => {
    await page.route('**/first-*.js', (route) => route.abort());
    await page.reload();
    await page.waitForSelector('#alert:has-text("could not be loaded")');
    await page.unroute('**/first-*.js');
    await page.click('#alert button:text-is("Load again")');
    await pageIsReady(page);
  }, { mayFail: true, context: { serviceWorkers: 'block' } }));

  test('everything can be reached with the Tab key', () => visitPage(async (page) => {
    await scrollThrough(page);
    const wanted = await page.evaluate(() => {
      const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]');
      // The buttons for the completion are for who has no keys; arrows lead to the others of a row of tabs.
      const others = ':disabled, [tabindex="-1"], [type="radio"]:not(:checked), #accept, #dismiss';
      const usable = [...all].filter((element) => element.checkVisibility() && !element.matches(others));
      for (const [k, element] of usable.entries()) /** @type {HTMLElement} */ (element).dataset.stop = String(k);
      return usable.map((element) => element.id || element.outerHTML);
    });
    const seen = new Set();
    await page.evaluate(() => { document.querySelector('body')?.focus(); scrollTo(0, 0); });
    for (let k = 0; k < wanted.length + 20; k++) {
      await page.keyboard.press('Tab');
      const { id, stop } = await page.evaluate(() => {
        const element = /** @type {HTMLElement} */ (document.activeElement);
        return { id: element.id, stop: element.dataset.stop };
      });
      seen.add(Number(stop));
      if (id === 'typed') await page.keyboard.press('Escape');
    }
    assert.deepEqual(wanted.filter((_, k) => !seen.has(k)), []);
  }));
});

test('in Firefox: predicts, learns, and nothing is written to the console', { skip: skipFirefox }, async () => {
  await visitPage((page) => learn(page, 5), { inBrowser: firefox.browser });
});

test('one script of the page has the library in it; what the service worker does not keep are copies, and the package as it is', async () => {
  const assets = join(folder, 'assets');
  const names = (await readdir(assets)).filter((name) => name.endsWith('.js')).sort();
  const texts = new Map(await Promise.all(names.map(async (name) => /** @type {const} */ ([name, await readFile(join(assets, name), 'utf8')]))));
  const { files } = JSON.parse(/BUILD = (\{.*\});/.exec(await readFile(join(folder, 'service-worker.js'), 'utf8'))?.[1] ?? '');
  const kept = names.filter((name) => files.includes(`assets/${name}`));
  // What the module exports for training is called by these names.
  const withLibrary = kept.filter((name) => /\.lstm_trainer_\w+\(/.test(texts.get(name) ?? ''));
  assert.equal(withLibrary.length, 1, withLibrary.join());
  assert.match(withLibrary[0], /^main-/);

  const others = names.filter((name) => !kept.includes(name));
  // For the page, and for its Workers, whose own come with what loads them; of the lab's also the kinds of models that it refuses.
  const copies = others.filter((name) => /^(lstm-(relaxed|simd|scalar)|library-copy)-|-copy-[\w-]{8}\.js$/.test(name));
  const nameOf = (/** @type {string} */ name) => name.replace(/-[\w-]{8}\.js$/, '').replace(/-[A-Z0-9]{8}-copy$/, '-copy');
  assert.deepEqual([...new Set(copies.map(nameOf))].sort(), ['chunk-copy', 'ensemble-copy', 'export-copy', 'foreign-copy', 'library-copy', 'lstm-relaxed', 'lstm-relaxed-copy',
    'lstm-scalar', 'lstm-scalar-copy', 'lstm-simd', 'lstm-simd-copy', 'predict-relaxed-copy', 'predict-scalar-copy', 'predict-simd-copy',
    'predicting-classifier-copy', 'predicting-ensemble-copy', 'predicting-forecaster-copy', 'predicting-tokens-copy', 'predicting-translator-copy']);
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  const scripts = (await readdir(dist)).filter((name) => name.endsWith('.js'));
  const shipped = new Set(await Promise.all(scripts.map((name) => readFile(join(dist, name), 'utf8'))));
  assert.deepEqual(others.filter((name) => !copies.includes(name) && !shipped.has(texts.get(name) ?? '')), []);
});

test('the folder of the page has only files whose names change with their content, beside index.html, the service worker and the notices', async () => {
  assert.deepEqual((await readdir(folder)).sort(), ['THIRD-PARTY-NOTICES.txt', 'assets', 'guide', 'hashmap.json', 'index.html', 'reference', 'service-worker.js']);
  for (const name of await readdir(join(folder, 'assets'))) assert.match(name, /-[\w-]{8}\.\w+$/);
});
