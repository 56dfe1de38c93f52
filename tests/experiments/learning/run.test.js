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
const start = (/** @type {string} */ file, /** @type {string[]} */ words) => spawnSync(process.execPath, [file, ...words], { encoding: 'utf8' });
const run = (/** @type {string[]} */ ...words) => start(script, words);
const comparePrecisions = (/** @type {string[]} */ ...words) => start(fileURLToPath(new URL('precision.js', import.meta.url)), words);

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

test('precision.js: a row for each text and size, with what each seed reached, twice the same', () => {
  const words = [text, '--sizes', '1x8,2x4', '--steps', '3', '--seeds', '2'];
  const { status, stdout, stderr } = comparePrecisions(...words);
  assert.equal(status, 0, stderr);
  const [, , ...rows] = stdout.trimEnd().split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
  assert.deepEqual(rows.map((row) => row.slice(1, 3)), [['text.txt', '1x8'], ['text.txt', '2x4']]);
  for (const [, , , floats, integers, ...means] of rows) {
    for (const losses of [floats, integers]) assert.match(losses, /^\d\.\d{4} \d\.\d{4}$/);
    assert.ok(Math.abs(Number(means[1]) - Number(means[0]) - Number(means[2])) < 2e-4, means.join());
  }
  assert.equal(comparePrecisions(...words).stdout, stdout);
});

test('precision.js without a text, or with what is no size, says how it is used', () => {
  for (const words of [[], [text, '--sizes', '128'], [text, '--steps', '0'], [text, '--seeds', 'x']]) {
    const { status, stderr } = comparePrecisions(...words);
    assert.equal(status, 2);
    assert.match(stderr, /^expected TEXTs, .*\n\nusage: node tests\/experiments\/learning\/precision\.js TEXT/);
  }
});
