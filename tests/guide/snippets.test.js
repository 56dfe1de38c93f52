// Every block of code of the guide: run, and held against what it says that it prints.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { launchChromium } from '../browser/browsers.js';
import { serve } from '../browser/server.js';
import { agrees } from './compare.js';
import { assertClaims, makeFolder, run, runInNode } from './run.js';
import { claimsOf, pages, snippets, snippetsOf } from './snippets.js';

/** @typedef {import('./snippets.js').Snippet} Snippet */

const root = fileURLToPath(new URL('../../', import.meta.url));
const command = join(root, 'src', 'js', 'command', 'main.js');
/** What sets a project up, which tests/environments does. */
const settingUp = /^(npm (install|create|init|run|start|test)|npx (?!lstm-wasm)|cd |git clone|\.\/build\.sh|node |#|$)/;

/** Addresses for an import map, from the root of a page's folder. */
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const imports = Object.fromEntries(Object.entries(exports).map(([path, target]) => (
  [join('lstm-wasm', path), join('/node_modules/lstm-wasm', target.default ?? target)])));

/**
 * Opens a page in Chromium and sees that it changes, without an error.
 * @param {import('node:test').TestContext} t
 * @param {string} html
 * @param {string} folder
 */
async function openInChromium(t, html, folder) {
  const { browser, reason } = await launchChromium();
  if (!browser) return t.skip(`SKIPPED: ${reason}`);
  writeFileSync(join(folder, 'page.html'), html);
  const server = await serve(folder);
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
    await page.goto(`${server.url}page.html`);
    await page.waitForFunction(() => document.title !== '0' || document.body.innerText.trim() !== '' || document.body.children.length > 0,
      null, { timeout: 60_000 }).catch((error) => problems.push(String(error)));
    assert.deepEqual(problems, []);
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * The lines of a block of commands: without prompts, a line that ends in \ with the next.
 * @param {string} code
 */
const lines = (code) => code.replace(/\\\n\s*/g, '').split('\n').map((line) => line.trim());

/**
 * How each kind of snippet is tested. What stands in `tsFiles` is checked together.
 * @param {Snippet} snippet
 * @param {string} folder
 * @param {number} index
 * @param {import('node:test').TestContext} t
 */
async function check(snippet, folder, index, t) {
  const { language, words, values, code, whole, place } = snippet;
  const reason = values.get('skip');
  if (reason !== undefined) return assert.match(reason, /^\S+( \S+){3,}$/, `${place}: a skipped snippet says why in a sentence`);
  if (values.has('tested')) return checkHook(snippet);
  switch (language) {
    case 'js':
      if (!words.has('browser')) return assertClaims(snippet, await runInNode(whole, folder, index));
      return openInChromium(t, '<!doctype html><title>0</title><link rel="icon" href="data:,"><body><script type="importmap">'
        + `${JSON.stringify({ imports })}</script><script type="module">\n${code}</script>`, folder);
    case 'ts':
      return assert.deepEqual(typeErrors(code, folder, index), []);
    case 'sh':
      for (const line of lines(code)) {
        if (!line.includes('npx lstm-wasm')) assert.match(line, settingUp, `${place}: a command that is not tested`);
        // A minute of training is not what is tested here.
        else await run('sh', ['-c', line.replace('--seconds 60', '--steps 30').replaceAll('npx lstm-wasm', `"${process.execPath}" "${command}"`)], folder);
      }
      return undefined;
    case 'python': {
      const file = join(folder, `snippet-${index}.py`);
      writeFileSync(file, code);
      if (await run('python3', ['-c', 'import torch, safetensors'], folder).then(() => false, () => true)) return t.skip('SKIPPED: no python3 with torch here');
      if (!existsSync(join(folder, 'book.safetensors'))) {
        await run(process.execPath, [command, 'train', 'book.txt', '--steps', '30', '-o', 'book.safetensors'], folder);
      }
      const { stdout } = await run('python3', [file], folder);
      return assertClaims(snippet, [{ line: 0, text: stdout }]);
    }
    case 'json': return void JSON.parse(code);
    case 'html': return openInChromium(t, code, folder);
    case 'text': return undefined;
    default: return assert.fail(`${place}: a block of '${language}' that is not tested; see web/guide/README.md`);
  }
}

/** @param {Snippet} snippet that another test runs */
function checkHook({ values, place }) {
  const file = values.get('tested') ?? '';
  assert.ok(file.startsWith('tests/') && existsSync(join(root, file)), `${place}: tested="${file}" must name a file of tests`);
  const page = place.replace(/.*\/(.*)\.md:.*/, '$1');
  assert.ok(readFileSync(join(root, file), 'utf8').includes(`snippets('${page}')`), `${file} does not take the snippets of ${place}`);
}

/**
 * @param {string} code
 * @param {string} folder
 * @param {number} index
 */
function typeErrors(code, folder, index) {
  const file = join(folder, `snippet-${index}.ts`);
  writeFileSync(file, `${code}\nexport {};\n`);
  const program = ts.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'], typeRoots: [join(root, 'node_modules', '@types')],
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the pages of the guide', { concurrency: 2 }, () => {
  for (const page of pages) {
    describe(page, { concurrency: 1 }, () => {
      const folder = makeFolder(page);
      snippets(page).forEach((snippet, index) => {
        const { language, words, place } = snippet;
        test(`${place} ${[language, ...words].join(' ')}`, (t) => check(snippet, folder, index, t));
      });
    });
  }
});

describe('what is tested', () => {
  test('blocks, words, outputs and what they continue', () => {
    const [first, second, third] = snippetsOf('# A\n\n```js run\nlet a;\n```\n\n```js run continued\na = 1;\nconsole.log(a); // → 1\n```\n\n'
      + '```output\n1\n```\n\n```ts skip="for a good reason"\nb\n```\n', 'a.md');
    assert.equal(first.place, 'a.md:3');
    assert.equal(second.whole, 'let a;\n\nconsole.clear();\na = 1;\nconsole.log(a); // → 1\n');
    assert.deepEqual([second.offset, second.output, second.claims], [3, '1\n', [{ line: 2, text: '1' }]]);
    assert.deepEqual([third.language, third.values.get('skip')], ['ts', 'for a good reason']);
  });

  test('a claim without a print, an output without a snippet, and an indented block are refused', () => {
    assert.throws(() => claimsOf('let a; // → 1'), /no console.log/);
    assert.throws(() => snippetsOf('```output\n1\n```\n', 'a.md'), /behind no snippet/);
    assert.throws(() => snippetsOf('- a\n  ```js\n  b\n  ```\n', 'a.md'), /indented/);
    assert.throws(() => snippetsOf('```js run continued\n1\n```\n', 'a.md'), /no snippet before/);
  });

  test('numbers are compared to the digits that are claimed, the rest as it stands', () => {
    assert.ok(agrees('loss 0.5249, 12 steps', 'loss 0.52, 12 steps'));
    assert.ok(!agrees('loss 0.526', 'loss 0.52'));
    assert.ok(!agrees('13 steps', '12 steps'));
    assert.ok(agrees('98 a second', '~110 a second'));
    assert.ok(!agrees('98 a second', '~150 a second'));
    assert.ok(agrees("[ 'a', 'b', 'c' ]", "[ 'a', … ]"));
    assert.ok(agrees('a\n  b', 'a b'));
    assert.ok(!agrees('a b', 'a c'));
    assert.ok(!agrees('0.52 and more', '0.52'));
    assert.ok(agrees('1.04e-7', '1.0e-7') && !agrees('1.06e-7', '1.0e-7'));
  });

  test('a wrong claim, a snippet that throws and one that is not tested fail', async () => {
    const folder = makeFolder('of-tests');
    const [wrong, throws, unknown, unreasoned] = snippetsOf('```js\nconsole.log(1 + 1); // → 3\n```\n```js\nthrow new Error("no")\n```\n'
      + '```rust\n1\n```\n```js skip="no"\n1\n```\n', 'a.md');
    const t = /** @type {any} */ ({ skip: () => assert.fail('skipped') });
    await assert.rejects(async () => check(wrong, folder, 0, t), /line 1 prints\n2\nand not\n3/);
    await assert.rejects(async () => check(throws, folder, 1, t), /Error: no/);
    await assert.rejects(async () => check(unknown, folder, 2, t), /not tested/);
    await assert.rejects(async () => check(unreasoned, folder, 3, t), /says why/);
  });
});
