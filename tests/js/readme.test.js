// The README's examples, run as they stand there: in Node and in Chromium.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../browser/browsers.js';
import { serve } from '../browser/server.js';
import { assertClaims, makeFolder, runInNode } from '../guide/run.js';
import { snippetsOf } from '../guide/snippets.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = makeFolder('readme');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The blocks of code fenced with exactly this. @param {string} name */
function examples(name) {
  const found = snippetsOf(readme, 'README.md').filter(({ language, words }) => [language, ...words].join(' ') === name);
  assert.ok(found.length > 0, `the README has no example fenced with ${name}`);
  return found;
}

describe('JavaScript', () => {
  examples('js').forEach((snippet, i) => {
    test(`example ${i + 1}: ${snippet.code.split('\n').length} lines`, async () => {
      const prints = await runInNode(snippet.code, folder, i);
      assertClaims(snippet, prints);
      const output = prints.map(({ text }) => text).join('\n');
      assert.notEqual(output, '');
      if (i === 0) {
        const losses = [...output.matchAll(/: (\d\.\d\d) nats/g)].map(([, loss]) => Number(loss));
        assert.equal(losses.length, 4);
        assert.ok(losses[3] < losses[0] / 2, output);
        assert.match(output, /char: 'e', probability: 0\.[5-9]/);
      }
    });
  });
});

describe('in a page', () => {
  examples('js browser').forEach(({ code }, i) => {
    test(`example ${i + 1}`, async (t) => {
      const { browser, reason } = await launchChromium();
      if (!browser) return t.skip(`SKIPPED: ${reason}`);
      const server = await serve(root);
      try {
        const imports = { 'lstm-wasm': '/dist/index.js', 'lstm-wasm/worker': '/dist/worker.js' };
        writeFileSync(
          join(folder, 'page.html'),
          `<!doctype html><title>0</title><link rel="icon" href="data:,"><body><script type="importmap">${JSON.stringify({ imports })}</script>` +
            `<script type="module">\n${code}</script>`,
        );
        const page = await browser.newPage();
        /** @type {string[]} */
        const errors = [];
        page.on('pageerror', (error) => errors.push(String(error)));
        await page.goto(`${server.url}build/snippets/readme/page.html`);
        await page.waitForFunction(() => document.title === 'learnt', null, { timeout: 30_000 });
        assert.match(await page.locator('body').innerText(), /^0\.\d\d nats: .{20,60}/);
        assert.deepEqual(errors, []);
      } finally {
        await browser.close();
        await server.close();
      }
    });
  });
});
