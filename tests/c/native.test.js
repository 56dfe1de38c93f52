// The C tests, run under AddressSanitizer and UndefinedBehaviorSanitizer: each program that `./build.sh native` made is
// one test here, and each TAP line that it prints is a test in it.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = ['c', 'kernels', 'cells', 'network', 'training'];
// A program that is still running after this hangs.
const HANGS_AFTER_MS = 600_000;

const names = folders
  .flatMap((folder) => readdirSync(path.join(root, 'tests', folder)))
  .filter((file) => file.endsWith('_test.c'))
  .map((file) => path.basename(file, '.c'));
const programs = names.flatMap((name) => [`${name}-float`, `${name}-double`]);

/** @param {string} program */
const pathOf = (program) => path.join(root, 'build', 'native', program);

/**
 * @typedef {{ name: string, ok: boolean, skip?: string, details: string }} Line
 * @typedef {{ lines: Line[], plan?: number }} Report
 */

/**
 * The tests that a program's output reports. Indented lines are details of the test above, lines with # are remarks.
 * @param {string} output
 * @returns {Report}
 */
function parse(output) {
  /** @type {Report} */
  const report = { lines: [] };
  for (const line of output.split('\n')) {
    const result = /^(not )?ok \d+ - (.*?)(?: # SKIP (.*))?$/.exec(line);
    const plan = /^1\.\.(\d+)$/.exec(line);
    const last = report.lines.at(-1);
    if (result) report.lines.push({ name: result[2], ok: !result[1], skip: result[3], details: '' });
    else if (plan) report.plan = Number(plan[1]);
    else if (line.startsWith('  ') && last) last.details += `${line.trim()}\n`;
  }
  return report;
}

/**
 * What is wrong with a run apart from the tests that it reports as failed.
 * @param {Report} report
 * @param {number | string | null} exit exit code, or the signal that ended it
 * @returns {string[]}
 */
function problemsOf(report, exit) {
  const { lines, plan } = report;
  const expected = lines.some(({ ok }) => !ok) ? 1 : 0;
  const problems = [];
  if (lines.length === 0) problems.push('it printed no test');
  if (plan !== lines.length) problems.push(`it planned ${plan ?? 'nothing'} and printed ${lines.length} tests`);
  if (exit !== expected) problems.push(`expected exit code ${expected}, got ${exit}`);
  return problems;
}

/**
 * @param {string} program
 * @returns {Promise<{ exit: number | string | null, stdout: string, stderr: string }>}
 */
function run(program) {
  return new Promise((resolve) => {
    const options = { maxBuffer: 1 << 26, timeout: HANGS_AFTER_MS };
    const child = execFile(pathOf(program), [], options, (error, stdout, stderr) => {
      resolve({ exit: child.signalCode ?? child.exitCode ?? error?.message ?? null, stdout, stderr });
    });
  });
}

/** The compilers that build.sh tries: is there one whose sanitizers work? */
function findCompiler() {
  const folder = mkdtempSync(path.join(tmpdir(), 'lstm-native-'));
  const probe = path.join(folder, 'probe');
  try {
    return ['gcc', 'clang', 'clang-19'].find((compiler) => {
      const options = { input: 'int main(void) { return 0; }' };
      const flags = ['-xc', '-', '-fsanitize=address,undefined', '-o', probe];
      return spawnSync(compiler, flags, options).status === 0 && spawnSync(probe).status === 0;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the reader of TAP', () => {
  const good = parse('# a\nok 1 - a\n# b\nok 2 - b, 3 # SKIP why\n1..2\n');
  const bad = parse('ok 1 - a\nnot ok 2 - b\n  where: expected 1, got 2\n1..2\n');

  test('a program that passes', () => {
    assert.deepEqual(good.lines.map(({ name, ok, skip }) => [name, ok, skip]),
      [['a', true, undefined], ['b, 3', true, 'why']]);
    assert.deepEqual(problemsOf(good, 0), []);
  });

  test('a failed test with its details', () => {
    assert.deepEqual(bad.lines[1], { name: 'b', ok: false, skip: undefined, details: 'where: expected 1, got 2\n' });
    assert.deepEqual(problemsOf(bad, 1), []);
  });

  test('no test, a crash, a missing plan and a wrong exit code are problems', () => {
    assert.equal(problemsOf(parse(''), 0).length, 2);
    assert.equal(problemsOf(parse('1..0\n'), 0).length, 1);
    assert.equal(problemsOf(parse('ok 1 - a\n'), 'SIGABRT').length, 2);
    assert.equal(problemsOf(good, 134).length, 1);
    assert.equal(problemsOf(good, 1).length, 1);
    assert.equal(problemsOf(bad, 0).length, 1);
  });
});

describe('C under AddressSanitizer and UndefinedBehaviorSanitizer', { concurrency: 2 }, () => {
  const missing = programs.filter((program) => !existsSync(pathOf(program)));
  if (missing.length > 0 && !findCompiler()) {
    const reason = 'no C compiler here has the address and undefined-behaviour sanitizers: install gcc or clang';
    process.stderr.write(`SKIPPED: ${programs.length} C test programs, ${reason}\n`);
    for (const program of programs) test(program, { skip: reason });
    return;
  }

  test('there are tests, and every one is built', () => {
    assert.ok(names.length > 0);
    assert.deepEqual(missing, [], 'run ./build.sh native');
  });

  for (const program of programs.filter((name) => !missing.includes(name))) {
    test(program, async (t) => {
      const { exit, stdout, stderr } = await run(program);
      const report = parse(stdout);
      for (const { name, ok, skip, details } of report.lines) {
        await t.test(name, (subtest) => {
          if (skip) subtest.skip(skip);
          else assert.ok(ok, details);
        });
      }
      const tail = stdout.trimEnd().split('\n').slice(-3).join('\n');
      assert.deepEqual(problemsOf(report, exit), [], `${tail}\n${stderr}`);
    });
  }
});
