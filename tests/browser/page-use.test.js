/** The last part of the page: what the visitor did as code, which is run here as it stands, and as a folder to take along. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { build } from 'vite';
import { codeOf } from '../../web/model/use/snippets.js';
import { runIsOver } from './learn-setup.js';
import { openPage, soon } from './page-setup.js';
import { serve } from './server.js';

/** @typedef {import('playwright-core').Page} Page */

const run = promisify(execFile);
const { visitPage, files, chromium, firefox, skip } = await openPage({ firefox: true });
const root = fileURLToPath(new URL('../..', import.meta.url));
const TEXT = 'It\'s "the white" & the wh';
const LEARNT = 'The sea was calm; the ship lay still, and nobody spoke a word.\n'.repeat(40);

/** @param {Page} page @param {'page' | 'npm' | 'node'} place */
async function codeFor(page, place) {
  await page.click(`#use-${place}`);
  return await page.textContent('#use-code') ?? '';
}

/** What the page predicts, likeliest first: 77.1 %. @param {Page} page */
const predicted = (page) => page.$$eval('#bars li:not([hidden])', (items) =>
  items.map(({ textContent }) => /\d+\.\d %/.exec(textContent ?? '')?.[0] ?? '').filter(Boolean).slice(0, 3));

/** The text in the code for Node. @param {string} code */
const textIn = (code) => new Function(`return ${/^const text = ([^\n]*);$/m.exec(code)?.[1]}`)();

/** Types a text, and waits until it is read: the code has it, and what comes next is drawn in the same turn. @param {Page} page @param {string} text */
async function type(page, text) {
  await page.fill('#typed', text);
  await soon(() => codeFor(page, 'node'), (code) => textIn(code) === text);
}

/** A folder with the package in it, as npm would put it there, and these files. @param {Record<string, string | Uint8Array>} contents */
async function project(contents) {
  const folder = await mkdtemp(join(files, 'project-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules', 'lstm-wasm'));
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  return folder;
}

/** What the page hands over when this is clicked. @param {Page} page @param {string} selector */
async function downloaded(page, selector) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/**
 * Unpacks what the page puts together, and serves it in a folder of another server.
 * @param {Page} page
 * @param {import('node:test').TestContext} t
 */
async function takeFolder(page, t) {
  const { name, bytes } = await downloaded(page, '#use-download');
  const into = await mkdtemp(join(files, 'server-'));
  const unpacked = Object.fromEntries(Object.entries(unzipSync(bytes)).filter(([path]) => !path.endsWith('/')));
  for (const [path, content] of Object.entries(unpacked)) {
    await mkdir(dirname(join(into, 'some/where', path)), { recursive: true });
    await writeFile(join(into, 'some/where', path), content);
  }
  const server = await serve(into);
  t.after(() => server.close());
  return { name, missing: server.missing, paths: Object.keys(unpacked).sort(), url: `${server.url}some/where/${name.replace('.zip', '')}/` };
}

/** A run of 100 steps over a text of the visitor's. @param {Page} page */
async function trainShortRun(page) {
  await page.evaluate(() => { for (const details of document.querySelectorAll('#learn details')) details.open = true; });
  await page.fill('#learn-pasted', LEARNT);
  await page.click('#learn-use-pasted');
  await page.waitForSelector('#learn-source-name:has-text("Your text")');
  await page.click('#start');
  await runIsOver(page);
}

test('the folder predicts, from a sub-path of another server, in Chromium and Firefox, what the page predicts', { skip }, (t) =>
  visitPage(async (page) => {
    /** @type {string[]} */
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.locator('#use').scrollIntoViewIfNeeded();
    await type(page, TEXT);
    const expected = await soon(() => predicted(page), (shown) => shown.length === 3);
    assert.deepEqual(asked.filter((url) => /\/assets\/(zip|folder|predict|worker|chunk)-/.test(url)), [], 'nothing of it is loaded before it is asked for');
    const { name, paths, url } = await takeFolder(page, t);
    assert.equal(name, 'lstm-that-predicts.zip');
    const named = (/** @type {string} */ file) => paths.some((path) => path === `lstm-that-predicts/${file}`);
    for (const file of ['index.html', 'README.txt', 'model.safetensors', 'lstm-wasm/predict.js', 'lstm-wasm/predict-simd.wasm', 'lstm-wasm/predict-scalar.wasm']) {
      assert.ok(named(file), `${file} in ${paths}`);
    }
    assert.ok(!paths.some((path) => path.includes('copies') || path.includes('lstm-worker')), `${paths}`);
    for (const { browser } of [chromium, firefox]) {
      if (!browser) continue;
      await visitPage(async (other) => {
        assert.equal(await other.inputValue('#text'), TEXT);
        const shown = await other.$$eval('#next li', (items) => items.map((item) => item.textContent ?? ''));
        assert.deepEqual(shown.slice(0, 3).map((text) => /\d+\.\d %/.exec(text)?.[0]), expected);
        await other.fill('#text', '日本');
        assert.equal(await other.locator('#next li').count(), 5);
      }, { url, until: '#next li', inBrowser: browser });
    }
  }));

test('the code for Node and for npm, run as it stands with the model that the page reads with, predicts the same', { skip }, () =>
  visitPage(async (page) => {
    await type(page, TEXT);
    const expected = await predicted(page);
    const [node, npm, inPage] = [await codeFor(page, 'node'), await codeFor(page, 'npm'), await codeFor(page, 'page')];
    assert.match(inPage, /^<!doctype html>/);
    const { bytes } = await downloaded(page, '#use-download');
    const model = unzipSync(bytes)['lstm-that-predicts/model.safetensors'];
    const folder = await project({
      'predict.mjs': node, 'main.js': npm, 'model.safetensors': model,
      'index.html': '<!doctype html><title>npm</title><link rel="icon" href="data:,"><body><script type="module" src="./main.js"></script>',
    });
    const { stdout } = await run(process.execPath, ['predict.mjs'], { cwd: folder });
    const printed = [...stdout.matchAll(/probability: ([\d.e-]+)/g)].map(([, p]) => `${(100 * Number(p)).toFixed(1)} %`);
    assert.deepEqual(printed.slice(0, 3), expected);
    assert.ok(stdout.includes(TEXT), stdout);

    await build({ root: folder, base: './', logLevel: 'error', configFile: false, build: { assetsInlineLimit: 0, target: 'es2022' } });
    const server = await serve(join(folder, 'dist'));
    try {
      await visitPage(async (other) => {
        const shown = await other.$$eval('li', (items) => items.map((item) => item.textContent ?? ''));
        assert.deepEqual(shown.slice(0, 3).map((text) => /\d+\.\d %/.exec(text)?.[0]), expected);
      }, { url: server.url, until: 'li:nth-of-type(5)' });
    } finally {
      await server.close();
    }
  }));

test('the code that trains makes of the same settings and text the model of the page, bit for bit', { skip }, (t) =>
  visitPage(async (page) => {
    await trainShortRun(page);
    await page.check('#use-train');
    const code = await codeFor(page, 'node');
    for (const part of ["kind: 'gru'", 'hiddenSize: 96', 'seed: 7', 'steps: 100']) assert.ok(code.includes(part), code);
    const { bytes } = await downloaded(page, '#learn-save');
    const folder = await project({ 'train.mjs': code, 'text.txt': LEARNT });
    await run(process.execPath, ['train.mjs'], { cwd: folder });
    assert.ok(bytes.equals(await readFile(join(folder, 'model.safetensors'))));

    const { paths, url, missing } = await takeFolder(page, t);
    // Steps are long enough for all cores there are.
    for (const file of ['text.txt', 'lstm-wasm/lstm-worker.js', 'lstm-wasm/team.js']) assert.ok(paths.includes(`lstm-that-learns/${file}`), `${file} in ${paths}`);
    for (const { browser } of [chromium, firefox]) {
      if (!browser) continue;
      await visitPage(async (other) => {
        assert.match(await other.textContent('#loss') ?? '', /^step 100: \d\.\d\d nats a character$/);
        // Firefox as it is driven here tells of no downloads.
        if (browser === chromium.browser) assert.ok((await downloaded(other, '#save')).bytes.equals(bytes));
      }, { url, until: '#save:not([hidden])', inBrowser: browser });
    }
    assert.deepEqual(missing, []);
  }, { url: '?kind=gru&size=96&seed=7&steps=100' }));

test('the code is another with another text; tabs go by the arrow keys; what is copied is what stands there', { skip }, () =>
  visitPage(async (page) => {
    const first = await codeFor(page, 'node');
    await type(page, 'Call me Ish');
    assert.notEqual(await page.textContent('#use-code'), first);
    await page.click('#use-node');
    await page.keyboard.press('ArrowRight');
    const shows = (/** @type {RegExp} */ beginning) => soon(() => page.textContent('#use-code'), (code) => assert.match(code ?? '', beginning));
    await shows(/^<!doctype html>/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await shows(/^\/\/ npm install lstm-wasm/);
    await page.waitForSelector('#use-npm[aria-selected=true]');
    await page.waitForSelector('#use-panel[aria-labelledby=use-npm]');
    await page.click('#use-copy');
    await page.waitForSelector('#use-status:has-text("Copied")');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await page.textContent('#use-code'));
  }, { context: { permissions: ['clipboard-read', 'clipboard-write'] } }));

test('a text may have anything in it that means something in HTML or JavaScript', { skip }, () => visitPage(async (page) => {
  const text = '\n</textarea><script>throw 1</script> `${a}` \\ \'"\u2028\n&amp;';
  const code = codeOf({ does: 'predict', network: 'LSTM', text }, 'node');
  assert.equal(textIn(code), text);
  await page.setContent(codeOf({ does: 'predict', network: 'LSTM', text }, 'page').replaceAll(/<script[^]*?<\/script>/g, ''));
  assert.equal(await page.inputValue('#text'), text);
}, { url: 'about:blank', mayFail: true }));

test('a file that the server does not have is told, and the button can be pressed again', { skip }, (t) => visitPage(async (page) => {
  await page.route('**/assets/predict-*.js', (route) => route.fulfill({ status: 404 }));
  await page.click('#use-download');
  await page.waitForSelector('#use-status:has-text("predict.js of the package could not be fetched: the server answered 404")');
  await page.unroute('**/assets/predict-*.js');
  await takeFolder(page, t);
}, { context: { serviceWorkers: 'block' }, mayFail: true, until: '#use-download:enabled' }));

test('links lead to pages that are there, and each cited paper stands in the list, which opens for it', { skip }, () => visitPage(async (page) => {
  const links = await page.$$eval('#use a, header a, footer a', (all) => all.map((link) => /** @type {HTMLAnchorElement} */ (link).href));
  for (const link of links.filter((href) => href.startsWith(page.url()) && !href.includes('#'))) {
    assert.equal((await page.request.get(link)).status(), 200, link);
  }
  const cited = await page.$$eval('main a[href^="#paper-"]', (all) => all.map((link) => link.getAttribute('href') ?? ''));
  const listed = await page.$$eval('#papers li', (all) => all.map(({ id }) => `#${id}`));
  assert.deepEqual(cited.filter((href) => !listed.includes(href)), []);
  assert.equal(await page.$eval('#papers', (list) => /** @type {HTMLDetailsElement} */ (list).open), false);
  await page.locator('main a[href^="#paper-"]:visible').first().click();
  await page.waitForSelector(`${cited[0]}:visible`);
}));
