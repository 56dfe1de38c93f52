// The package in pages, in real Chromium: bundled by Vite and by webpack, neither with any configuration, and as plain
// files with an import map. Each page learns in the main thread and in a Worker.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import webpack from 'webpack';
import { launchChromium } from '../browser/browsers.js';
import { serve } from '../browser/server.js';
import { assertLearned } from './learned.js';
import { createProject, learn, learnInWorker } from './project.js';

/** The strictest policy that lets a page run WebAssembly in a Worker (and have an empty icon). */
const policy = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; img-src data:",
};
const main = `
import { learn } from './learn.js';
import { learnInWorker } from './learn-in-worker.js';
globalThis.result = (async () => ({ page: await learn(), worker: await learnInWorker() }))();
`;
/** @param {string} head */
const html = (head) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${head}\n`;

/** @type {Awaited<ReturnType<typeof createProject>>} */
let project;
/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let chromium;

before(async () => {
  chromium = await launchChromium();
  if (!chromium.browser) console.log(`SKIPPED: the package in pages: ${chromium.reason}`);
  project = await createProject();
  await project.write({
    'learn.js': learn,
    'learn-in-worker.js': learnInWorker,
    'main.js': main,
    'index.html': html('<script type="module" src="./main.js"></script>'),
  });
});
after(async () => {
  await chromium?.browser?.close();
  await project?.remove();
});

/**
 * Opens a folder's page and checks that it learns, without an error on the console.
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 * @param {Record<string, string>} headers
 * @returns {Promise<string[] | undefined>} the paths of what it asked for
 */
async function assertPageLearns(t, folder, headers) {
  if (!chromium.browser) return void t.skip(chromium.reason);
  const server = await serve(folder, headers);
  const page = await chromium.browser.newPage();
  try {
    /** @type {string[]} */
    const errors = [];
    /** @type {string[]} */
    const asked = [];
    page.context().on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(server.url, { waitUntil: 'load' });
    await page.waitForFunction('globalThis.result', undefined, { timeout: 20_000 }).catch(() => {
      throw new Error(`the page never ran: ${errors.join('; ')}`);
    });
    const result = await page.evaluate('globalThis.result');
    assertLearned(result.page, ['relaxed']);
    assertLearned(result.worker, ['relaxed']);
    assert.deepEqual(result.worker, result.page);
    assert.deepEqual(errors, []);
    return asked;
  } finally {
    await page.close();
    await server.close();
  }
}

/**
 * The files of a folder and all below it.
 * @param {string} folder
 */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

/** Is it one of the copies in the package, which are loaded only where a file is missing? @param {string} file */
const isCopy = (file) => /['"`]([\w+/]{20000,}|\/\*! lstm-wasm )/.test(readFileSync(file, 'utf8'));

test('Vite bundles it', async (t) => {
  await build({ root: project.folder, configFile: false, logLevel: 'error', build: { outDir: 'vite' } });
  const files = filesOf(join(project.folder, 'vite'));
  assert.equal(files.filter((file) => file.endsWith('.wasm')).length, 3);
  assert.ok(files.some((file) => /worker[^/]*\.js$/.test(file)), `no worker in ${files}`);
  await assertPageLearns(t, join(project.folder, 'vite'), policy);
});

test('webpack bundles it', async (t) => {
  const path = join(project.folder, 'webpack');
  /** @type {import('webpack').Stats | undefined} */
  const stats = await new Promise((resolve, reject) => {
    const mode = /** @type {const} */ ('production');
    webpack({ mode, context: project.folder, entry: './main.js', output: { path } }, (error, result) =>
      error ? reject(error) : resolve(result));
  });
  assert.equal(stats?.hasErrors(), false, stats?.toString());
  const files = filesOf(path);
  assert.equal(files.filter((file) => file.endsWith('.wasm')).length, 3);
  const copies = files.filter((file) => file.endsWith('.js') && isCopy(file));
  assert.equal(copies.length, 4, `the modules' and the Worker's, not ${copies}`);
  // Of each importer and exporter of other frameworks' files, and of what starts a team or makes an ensemble, webpack makes a chunk, which no page here asks for.
  const chunks = stats?.toJson({ all: false, chunks: true, chunkModules: true, ids: true }).chunks ?? [];
  const importers = chunks.filter(({ modules = [] }) => modules.some(({ name }) => /\/dist\/(foreign|export|team|ensemble)/.test(name ?? '')))
    .flatMap(({ files: own = [] }) => own);
  assert.ok(importers.length > 0, 'no importer is a chunk of its own');
  const scripts = files.filter((file) => file.endsWith('.js') && !importers.includes(basename(file)));
  assert.equal(scripts.length, 6, `the page, the Worker and the copies, not ${scripts}`);
  writeFileSync(join(path, 'index.html'), html('<script defer src="./main.js"></script>'));
  const asked = await assertPageLearns(t, path, policy);
  if (asked) assert.equal(asked.filter((file) => file.endsWith('.js')).length, 2, `the page and the Worker, not ${asked}`);
});

test('a static server and an import map are enough', async (t) => {
  const folder = join(project.folder, 'plain');
  const imports = { 'lstm-wasm': './lstm-wasm/dist/index.js', 'lstm-wasm/worker': './lstm-wasm/dist/worker.js' };
  mkdirSync(folder);
  cpSync(join(project.folder, 'node_modules/lstm-wasm'), join(folder, 'lstm-wasm'), { recursive: true });
  for (const name of ['learn.js', 'learn-in-worker.js', 'main.js']) {
    cpSync(join(project.folder, name), join(folder, name));
  }
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  writeFileSync(join(folder, 'index.html'), html(`${map}<script type="module" src="./main.js"></script>`));
  const asked = await assertPageLearns(t, folder, {});
  // The entries, what they share, and the Worker's.
  if (asked) assert.ok(asked.filter((file) => /\/dist\/.*\.js$/.test(file)).length <= 5, `${asked}`);
});

for (const [entry, limit] of /** @type {Array<[string, number]>} */ ([['index', 3], ['worker', 3], ['predict', 3]])) {
  test(`a page with '${entry}' asks for at most ${limit} scripts of the package`, async (t) => {
    if (!chromium.browser) return t.skip(chromium.reason);
    const server = await serve(join(project.folder, 'node_modules/lstm-wasm'));
    const page = await chromium.browser.newPage();
    try {
      /** @type {string[]} */
      const asked = [];
      page.context().on('request', (request) => asked.push(request.url()));
      await page.goto(`${server.url}package.json`);
      const variant = await page.evaluate(async (name) => {
        const { load, openWorker } = await import(`/dist/${name}.js`);
        return (await (openWorker ?? load)()).variant;
      }, entry);
      assert.equal(variant, 'relaxed');
      assert.ok(asked.filter((url) => url.endsWith('.js')).length <= limit, asked.join('\n'));
      assert.equal(asked.filter((url) => url.endsWith('.wasm')).length, 1, asked.join('\n'));
    } finally {
      await page.close();
      await server.close();
    }
  });
}
