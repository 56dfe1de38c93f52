/** lstm-wasm/predict in Chromium, from its files and from what a bundler makes of them: it asks for a kind's code with its first file. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { load } from 'lstm-wasm';
import { launchChromium } from './browsers.js';
import { serve } from './server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const size = { hiddenSize: 3, seed: 2 };
const lstm = await load();
const models = [
  { kind: 'characters', model: lstm.createCharModel({ text: 'to be', ...size }) },
  { kind: 'network', model: lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 3 }] }) },
  { kind: 'tokens', model: lstm.createTokenModel({ tokens: ['to', 'be'], ...size }) },
  { kind: 'classifier', model: lstm.createClassifier({ labels: ['up', 'down'], features: 1, ...size }) },
  { kind: 'translator', model: lstm.createTranslator({ source: ['a'], target: ['b'], ...size }) },
  { kind: 'forecaster', model: lstm.createForecaster({ columns: ['a'], ...size }) },
  { kind: 'ensemble', model: await lstm.createEnsemble([1, 2].map((seed) => lstm.createCharModel({ text: 'to be', hiddenSize: 3, seed }))) },
];
const { browser, reason } = await launchChromium();
const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-predict-'));
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  const contents = "import { load, inspect } from 'lstm-wasm/predict'; globalThis.predict = { load, inspect };";
  await build({ stdin: { contents, resolveDir: root }, bundle: true, splitting: true, format: 'esm', outdir: join(folder, 'bundled'),
    chunkNames: '[name]-[hash]', logLevel: 'error' });
  // esbuild copies the addresses of the modules as they are.
  cpSync(join(root, 'dist'), join(folder, 'bundled'), { recursive: true, filter: (file) => basename(file) === 'dist' || file.endsWith('.wasm') });
  const head = '<!doctype html><link rel="icon" href="data:,"><script type="module">';
  writeFileSync(join(folder, 'files.html'), `${head}globalThis.predict = await import('./dist/predict.js')</script>`);
  writeFileSync(join(folder, 'bundle.html'), `${head}import './bundled/stdin.js'</script>`);
  server = await serve(folder);
});
after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const name of ['files', 'bundle']) {
  test(`from its ${name}, characters ask for no other kind, and each other kind for its own`, { skip: browser ? false : `SKIPPED: ${reason}` }, async () => {
    const page = await browser.newPage();
    /** @type {string[]} */
    let asked = [];
    /** @type {string[]} */
    const problems = [];
    page.on('request', (request) => { asked.push(basename(new URL(request.url()).pathname)); });
    page.on('console', (message) => { problems.push(message.text()); });
    page.on('pageerror', (error) => { problems.push(String(error)); });
    await page.goto(`${server.url}${name}.html`);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).predict !== undefined);
    const own = () => asked.filter((file) => file.startsWith('predicting-')).map((file) => file.split('-')[1]);
    for (const { kind, model } of models) {
      const bytes = [...model.save()];
      const told = await page.evaluate((given) => {
        const { predict } = /** @type {any} */ (globalThis);
        return predict.inspect(new Uint8Array(given)).kind;
      }, bytes);
      assert.equal(told, kind);
      assert.deepEqual(own(), [], 'inspect asks for none');
      const again = await page.evaluate(async (given) => {
        const scope = /** @type {any} */ (globalThis);
        scope.predictor ??= await scope.predict.load();
        const opened = await scope.predictor.open(new Uint8Array(given));
        return [...opened.save()];
      }, bytes);
      assert.deepEqual(again, bytes);
      assert.deepEqual(own(), kind === 'characters' || kind === 'network' ? [] : [kind]);
      asked = [];
    }
    assert.deepEqual(problems, []);
    await page.close();
  });
}
