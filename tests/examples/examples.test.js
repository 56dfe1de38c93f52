// The examples, run as a person runs them: each learns what it says that it learns.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** What an example prints. @param {string} name */
function outputOf(name) {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  assert.equal(status, 0, `${name} must end with status 0: ${error ?? stderr}`);
  return stdout;
}

/** The number that an example prints where `pattern` has its group. @param {string} output @param {RegExp} pattern */
function numberIn(output, pattern) {
  const found = output.match(pattern);
  assert.ok(found, `${pattern} must be in what was printed:\n${output}`);
  return Number(found[1]);
}

test('forecast.js: a time series is continued better than by what a person does without a network', () => {
  const output = outputOf('forecast.js');
  const error = numberIn(output, /forecast: ([\d.]+)$/m);
  const noise = numberIn(output, /the noise alone: ([\d.]+)$/m);
  assert.ok(error < 0.3 * numberIn(output, /the last value goes on: ([\d.]+)$/m), output);
  assert.ok(error < 0.5 * numberIn(output, /the last 24 values come again: ([\d.]+)$/m), output);
  assert.ok(error < 2.5 * noise && noise > 0.04, output);
  assert.equal(outputOf('forecast.js'), output, 'a second run prints the same');
});

test('classify.js: more than 95 % of sequences that it has not seen are told right', () => {
  const output = outputOf('classify.js');
  assert.ok(numberIn(output, /([\d.]+) % of 1000 sequences/) > 95, output);
});

test('short-sequences.js: more than 80 % of what it writes are numbers, many of them never read', () => {
  const output = outputOf('short-sequences.js');
  assert.ok(numberIn(output, /([\d.]+) % of 200 are numbers/) > 80, output);
  assert.ok(numberIn(output, /; (\d+) of them it has never read/) > 20, output);
  const [first, last] = [200, 800].map((step) => numberIn(output, new RegExp(`step ${step}: .* ([\\d.]+) of those`)));
  // To tell 999 numbers apart with 22 characters each, the line's end among them, takes at least 0.31 a character.
  assert.ok(last < 0.36 && last < first, output);
});
