// The benchmark's command: what it prints and what it refuses. How fast anything is, no test asks.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { growthCases, growthTables } from '../benchmarks/growth.js';
import { findChromium } from '../browser/browsers.js';
import { Peer } from '../benchmarks/peers/Peer.js';

const bench = fileURLToPath(new URL('../benchmarks/bench.js', import.meta.url));
const run = (...args) => spawnSync(process.execPath, [bench, ...args], { encoding: 'utf8' });

function results(...args) {
  const { status, stdout, stderr } = run('--json', '--variant', 'simd', '--seconds', '0.01', ...args);
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

test('--json: one object a case, with what was done, how fast, and the limit', () => {
  const [train, ...rest] = results('--only', 'train 1x128 (1, 25)');
  assert.deepEqual(rest, []);
  const { charsPerSecond, limit, ofLimit, ...work } = train;
  assert.deepEqual(work, { name: 'train 1x128 (1, 25)', variant: 'simd', layers: 1, hidden: 128, batch: 1, window: 25 });
  for (const value of [charsPerSecond, limit, ofLimit]) assert.ok(value > 0 && value < Infinity, JSON.stringify(train));
});

test('--json: int8 steps also say how many times faster they are than f32', () => {
  const [{ name, charsPerSecond, limit, ofLimit, timesF32 }] = results('--only', 'step int8 1x128');
  assert.equal(name, 'step int8 1x128');
  for (const value of [charsPerSecond, limit, ofLimit, timesF32]) assert.ok(value > 0 && value < Infinity);
});

test('--json: training with integers also says how many times faster it is than f32', () => {
  const [{ name, charsPerSecond, limit, ofLimit, timesF32, ...rest }] = results('--only', 'train int8 1x192');
  assert.equal(name, 'train int8 1x192 (16, 32)');
  assert.deepEqual(rest, { variant: 'simd', layers: 1, hidden: 192, batch: 16, window: 32 });
  for (const value of [charsPerSecond, limit, ofLimit, timesF32]) assert.ok(value > 0 && value < Infinity);
});

test('--json: kinds of cell also say how fast they are for their share of the arithmetic', () => {
  const [{ name, charsPerSecond, limit, ofLimit, ofShare, ...rest }] = results('--only', 'kind gru reset-after');
  assert.equal(name, 'kind gru reset-after 1x128 (32, 50)');
  assert.deepEqual(rest, { variant: 'simd', layers: 1, hidden: 128, batch: 32, window: 50 });
  for (const value of [charsPerSecond, limit, ofLimit, ofShare]) assert.ok(value > 0 && value < Infinity);
});

test('--json: load() has a time, training has a size', () => {
  const [{ milliseconds }] = results('--only', 'load');
  assert.ok(milliseconds > 0);
  const [{ name, megabytes, limit, ofLimit }] = results('--only', 'memory 2x512 (32');
  assert.equal(name, 'memory 2x512 (32, 50)');
  assert.ok(megabytes > 40, 'four copies of 3.3 million parameters'); // values, gradients and Adam's two moments
  assert.equal(limit, 130);
  assert.equal(ofLimit, megabytes / limit);
});

test('--growth --json: the same fields', () => {
  const [result] = results('--growth', '--only', '1x64 (4,');
  assert.equal(result.name, 'train 1x64 (4, 32)');
  assert.ok(result.charsPerSecond > 0 && result.ofLimit > 0);
});

test('--threads --chromium --json: each precision on one Worker and on several of a page', { skip: findChromium() ? false : 'SKIPPED: Chromium is not on this machine' }, () => {
  const args = ['--threads', '--chromium', '--json', '--seconds', '0.01', '--only', '1x192'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [bench, ...args], { encoding: 'utf8', env: { ...process.env, PYTHON: 'no-such-program' } });
  assert.equal(status, 0, stderr);
  const rows = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  const counts = availableParallelism() > 1 ? [1, 2] : [1];
  assert.deepEqual(rows.map(({ precision, threads }) => [precision, threads]),
    ['float32', 'int16', 'int8'].flatMap((precision) => counts.map((count) => [precision, count])));
  for (const { charsPerSecond } of rows) assert.ok(charsPerSecond > 0 && charsPerSecond < Infinity);
});

test('the growth tables have every width and every batch', () => {
  const fake = growthCases.map((work) => ({
    ...work, variant: 'simd', charsPerSecond: 1e6 / (work.hidden + work.batch), limit: 1, ofLimit: work.hidden / work.batch,
  }));
  const tables = growthTables(fake);
  assert.ok(tables.includes('\n| 64 | 64.00 | 16.00 | 4.00 | 2.00 | 0.50 |\n'), tables);
  assert.ok(tables.endsWith('\n| 1024 | 1030 | 1030 | 1040 | 1060 | 1150 |'), tables);
});

test('--help says what there is', () => {
  const { status, stdout } = run('--help');
  assert.equal(status, 0);
  for (const option of ['--json', '--only', '--variant', '--seconds', '--growth', '--peers', '--threads', '--chromium', '--firefox', 'relaxed-simd']) {
    assert.ok(stdout.includes(option), option);
  }
});

test('wrong arguments exit with 2, the argument and the usage', () => {
  const wrong = [
    [['--seconds', '0'], /--seconds: expected a number above 0, got '0'/],
    [['--seconds', 'x'], /--seconds: .* got 'x'/],
    [['--variant', 'avx'], /--variant: expected one of scalar, simd, relaxed, got 'avx'/],
    [['--only', '9x9'], /--only: expected a part of one of train 1x128 .*, got '9x9'/],
    [['--growth', '--only', '2x512'], /--only: /],
    [['--chromium', '--only', 'load'], /--only: /],
    [['--peers', '--chromium'], /--peers: expected nothing but --json, --only, --seconds, --text beside it, got --chromium/],
    [['--page', '--only', 'load'], /--page: expected nothing but --json beside it, got --only/],
    [['--text', 'a.txt'], /--text: expected --peers beside it/],
    [['--peers', '--text', 'no-such.txt'], /--text: expected a file, got 'no-such.txt'/],
    [['--firefox'], /--firefox: expected --threads beside it, and not --chromium/],
    [['--threads', '--firefox', '--chromium'], /--firefox: expected --threads/],
    [['--threads', '--growth'], /--threads: expected nothing but/],
    [['--fast'], /--fast/],
    [['more'], /more/],
  ];
  for (const [args, expected] of wrong) {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, expected);
    assert.match(stderr, /\nusage: npm run bench/);
  }
});

test('a peer answers in JSON lines, whatever else its library prints', async () => {
  const peer = new Peer([process.execPath, '-e', `
    console.log('welcome\\n{"version":"1"}');
    process.stdin.once('data', (seconds) => console.log(JSON.stringify({ chars: 5, seconds: Number(seconds) })));`]);
  assert.deepEqual(await peer.answer(), { version: '1' });
  assert.deepEqual(await peer.run(0.5), { chars: 5, seconds: 0.5 });
  peer.stop();
});

test('a peer that fails says why', async () => {
  const reasonOf = (...command) => new Peer(command).answer().then(() => '', ({ message }) => message);
  assert.equal(await reasonOf(process.execPath, '-e', `console.log('{"reason":"cannot train"}')`), 'cannot train');
  assert.match(await reasonOf(process.execPath, '-e', `console.error('no torch'); process.exit(1)`), /^no torch$/);
  assert.match(await reasonOf(process.execPath, '-e', ''), /ended without an answer/);
  assert.match(await reasonOf('no-such-program'), /ENOENT/);
});
