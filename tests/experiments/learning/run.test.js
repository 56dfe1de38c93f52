// The experiment runs: a row for each setting and seed, and what cannot be run is refused.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-learning-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const text = join(folder, 'text.txt');
writeFileSync(text, 'the cat sat on the mat, and the rat ran at the hat.\n'.repeat(60));
const script = fileURLToPath(new URL('run.js', import.meta.url));
const run = (/** @type {string[]} */ ...words) => spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });

test('a row for each seed, with what was reached', () => {
  const { status, stdout, stderr } = run(text, '--seconds', '0.3', '--seeds', '2');
  assert.equal(status, 0, stderr);
  const [head, , ...rows] = stdout.trimEnd().split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
  assert.equal(rows.length, 2);
  rows.forEach((row, i) => {
    assert.equal(row.length, head.length);
    assert.deepEqual(row.slice(1, 5), ['0.3', '1x64', 'nothing', String(i + 1)]);
    assert.ok(Number(row[5]) > 0 && Number(row.at(-2)) > 0 && Number(row.at(-2)) <= Number(row.at(-3)), row.join(' '));
  });
});

test('without a text, or with a time that is none, it says how it is used', () => {
  for (const words of [[], [text, text], [text, '--seconds', 'soon'], [text, '--seeds', '0']]) {
    const { status, stderr } = run(...words);
    assert.equal(status, 2);
    assert.match(stderr, /^expected one TEXT, .*\n\nusage: node tests\/experiments\/learning\/run\.js TEXT/);
  }
});
