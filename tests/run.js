// Runs test files as `node --test` does, but as many side by side as there are processors, those that take longest first,
// and tells of a file that hangs in which of its tests: node tests/run.js FILE...
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** A file that is still running after this hangs. */
const HANGS_AFTER_MS = 600_000;

/** Beginnings of the paths of those that take longest, measured; a long one that begins last leaves a processor idle. */
const LONGEST = [
  'tests/browser/page-learn', 'tests/guide/site', 'tests/c/native', 'tests/browser/page-', 'tests/package/bundles',
  'tests/js/command/', 'tests/package/pages', 'tests/browser/', 'tests/js/files/', 'tests/js/core/bad-input', 'tests/guide/',
  'tests/js/sampling/sampling', 'tests/package/',
];

/** @param {string} file */
const orderOf = (file) => {
  const path = relative('.', file).replaceAll('\\', '/');
  const at = LONGEST.findIndex((start) => path.startsWith(start));
  return at === -1 ? LONGEST.length : at;
};
const files = process.argv.slice(2).map((file) => resolve(file)).sort((a, b) => orderOf(a) - orderOf(b));

/** The tests of each file that have begun and not ended. @type {Map<string, Set<string>>} */
const running = new Map(files.map((file) => [file, new Set()]));
/** Milliseconds of each file. @type {Map<string, number>} */
const spent = new Map();

const tests = run({ files, concurrency: availableParallelism(), timeout: HANGS_AFTER_MS });
tests.on('test:dequeue', ({ file = '', name }) => name !== file && running.get(file)?.add(name));
tests.on('test:complete', ({ file = '', name }) => running.get(file)?.delete(name));
for (const event of /** @type {const} */ (['test:pass', 'test:fail'])) {
  tests.on(event, ({ file = '', nesting, details }) => {
    if (nesting === 0) spent.set(file, (spent.get(file) ?? 0) + details.duration_ms);
  });
}
tests.on('test:fail', () => (process.exitCode = 1));
tests.compose(new spec()).pipe(process.stdout);
tests.on('end', () => {
  for (const [file, names] of running) {
    // A test that never lets the event loop go on has not told that it began: then it is one after these.
    if (names.size > 0) console.error(`${relative('.', file)} ended in or after: ${[...names].join(' > ')}`);
  }
  const slowest = [...spent].sort(([, a], [, b]) => b - a).slice(0, 25);
  const lines = slowest.map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)}  ${relative('.', file)}`);
  console.error(`the files that took longest, in seconds:\n${lines.join('\n')}`);
});
