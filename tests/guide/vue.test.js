// The guide's Vue snippets, built by esbuild with Vue's own compiler and used in Chromium. That all frameworks build with their
// own tools, npm run environments tells: tests/environments/frameworks.js.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compileScript, parse } from 'vue/compiler-sfc';
import { launchChromium } from '../browser/browsers.js';
import { serve } from '../browser/server.js';
import { drive, filesOf, parts } from '../environments/frameworks.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Single-file components: script and template in one function. @type {import('esbuild').Plugin} */
const vue = {
  name: 'vue',
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { descriptor, errors } = parse(readFileSync(path, 'utf8'), { filename: path });
      assert.deepEqual(errors, []);
      return { contents: compileScript(descriptor, { id: 'app', inlineTemplate: true }).content, loader: 'js' };
    });
  },
};

test('learns and writes', async (t) => {
  const { browser, reason } = await launchChromium();
  if (!browser) return t.skip(`SKIPPED: ${reason}`);
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build', 'vue-')); // inside the package, which it finds by its name
  const server = await serve(root);
  try {
    const files = {
      ...filesOf('vue'),
      'src/learn.js': /** @type {string} */ (parts.get('learn.js')),
      'src/main.js': "import { createApp } from 'vue';\nimport App from './App.vue';\n\ncreateApp(App).mount('#app');\n",
    };
    for (const [name, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), code);
    }
    const { outputFiles: [bundle] } = await build({
      entryPoints: [join(folder, 'src/main.js')], bundle: true, format: 'esm', write: false, plugins: [vue], logLevel: 'error',
      external: ['lstm-wasm/*'],
      define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
    });
    const imports = JSON.stringify({ imports: { 'lstm-wasm/worker': '/dist/worker.js' } });
    writeFileSync(join(folder, 'app.js'), bundle.contents);
    writeFileSync(join(folder, 'drive.js'), drive);
    writeFileSync(join(folder, 'index.html'), `<!doctype html><title>-</title><link rel="icon" href="data:,"><div id="app"></div>
<script type="importmap">${imports}</script><script type="module" src="app.js"></script><script type="module" src="drive.js"></script>`);
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${server.url}${folder.slice(root.length)}/index.html`);
    await page.waitForFunction(() => /^(OUTCOME|FAILED) /.test(document.title), null, { timeout: 60_000 });
    const title = await page.title();
    assert.match(title, /^OUTCOME /);
    assert.equal(JSON.parse(title.slice('OUTCOME '.length)).worker.written, 40);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
