// What README, CONTRIBUTING and SECURITY say of the repository is so.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');
const documents = ['README.md', '.github/CONTRIBUTING.md', '.github/SECURITY.md'];

test('the README is read in five minutes: under 1300 words', () => {
  const words = read('README.md').split(/\s+/).filter(Boolean).length;
  assert.ok(words > 500 && words < 1300, `${words} words`);
});

for (const document of documents) {
  test(`every file and folder that ${document} names or links to exists`, () => {
    const text = read(document);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, link]) => join(document, '..', link));
    const named = [...text.matchAll(/`((?:src|web|tests|\.github)\/[\w./-]+)`/g)].map(([, path]) => path);
    const inMap = [...text.matchAll(/^((?:src|web|tests)\/[\w/-]*|[\w.]+\.sh) {2,}\S/gm)].map(([, path]) => path);
    const paths = [...links, ...named, ...inMap];
    assert.ok(paths.length > 10, `only ${paths.length} were found`);
    assert.deepEqual(paths.filter((path) => !existsSync(join(root, path))), []);
  });
}

test('every promise of SECURITY names the test that shows it', () => {
  const rows = read('.github/SECURITY.md').split('\n').filter((line) => /^\| [A-Z]/.test(line));
  assert.ok(rows.length >= 12);
  for (const row of rows) {
    const tests = [...row.split('|')[2].matchAll(/`([^`]+)`/g)].map(([, file]) => file);
    assert.ok(tests.length > 0, row);
    for (const file of tests) assert.match(file, /\.test\.js$|_test\.c$/, row);
  }
});

test('the picture of the README is a screenshot of 1280 by 720, below 200 kB', () => {
  const file = join(root, '.github/page.png');
  assert.ok(statSync(file).size < 200_000);
  const header = readFileSync(file).subarray(0, 24);
  assert.deepEqual([header.readUInt32BE(16), header.readUInt32BE(20)], [1280, 720]);
});

/**
 * The functions and classes of the engine that a file calls by these names.
 * @param {string} text
 * @param {string[]} names
 */
function callsIn(text, names) {
  /** @type {string[]} */
  const found = [];
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const called = node.expression.getText().replace(/^(globalThis|self|window)\./, '');
      if (names.includes(called)) found.push(called);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.js', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS));
  return found;
}

const sources = readdirSync(join(root, 'src/js'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js')).map((file) => `src/js/${file.replaceAll('\\', '/')}`);

test('no file of the package evaluates text as code', () => {
  const evaluating = ['eval', 'Function', 'importScripts', 'document.write'];
  assert.deepEqual(callsIn('new Function(text); globalThis.eval(text); evaluate(text)', evaluating), ['Function', 'eval']);
  assert.ok(sources.length > 60);
  assert.deepEqual(sources.filter((file) => callsIn(read(file), evaluating).length > 0), []);
});

test('one file of the package asks the network, for addresses that it is given', () => {
  const asking = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'navigator.sendBeacon', 'WebTransport'];
  assert.deepEqual(sources.filter((file) => callsIn(read(file), asking).length > 0), ['src/js/core/source.js']);
});

test('no file of the package names an address of the network', () => {
  const addresses = sources.filter((file) => /['"`](https?|wss?):\/\/[\w]/.test(read(file)));
  assert.deepEqual(addresses, []);
});
