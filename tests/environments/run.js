// Tries the packed package in the environments that people build for, as a newcomer would: without configuration.
//
//   npm run environments                     every row, one after another
//   npm run environments -- --only vite      those whose family or name has these words, whatever their case
//   npm run environments -- --quick          those that install nothing but the package
//   npm run environments -- --list           names only
//
// The table is printed and is in build/environments/table.md; what a failed row printed is beside it. The exit code is 1
// when a row fails, but for those that cannot be had on this machine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from '../../src/js/index.js';
import { Project } from './Project.js';
import { families } from './families.js';
import { judge } from './judge.js';
import { closeBrowsers } from './pages.js';
import { NotHere } from './processes.js';
import { nameOf, tableOf } from './table.js';

/** @typedef {import('./families.js').Environment} Environment */
/** @typedef {import('./families.js').Row} Row */
/** @typedef {import('./table.js').Result} Result */

const root = fileURLToPath(new URL('../..', import.meta.url));
const output = join(root, 'build/environments');
/** A row's time, where it has none of its own. */
const rowSeconds = 240;

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

/** @param {string} text @returns {string} a pattern for it */
function escaped(text) {
  return text.replace(/[^\w\s]/g, '\\$&');
}

/** @param {string} family @param {Environment} environment @param {Row} row */
function isWanted(family, environment, row) {
  if (flags.quick && !environment.quick) return false;
  const name = `${family} ${nameOf(environment, row)}`;
  return !flags.only || flags.only.some((text) => new RegExp(`\\b${escaped(text)}\\b`, 'i').test(name));
}

/** The package as npm packs it, and a model's file in base64. */
async function pack() {
  const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-packed-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lstm = await load();
  const text = 'to be, or not to be, that is the question. '.repeat(40);
  const model = lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
  for (const { step } of model.train(text, { batchSize: 4, window: 16, learningRate: 0.02, steps: 50 })) void step;
  return { file: join(folder, JSON.parse(packed)[0].filename), model: Buffer.from(model.save()).toString('base64') };
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} seconds
 * @returns {Promise<T>}
 */
async function within(promise, seconds) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end in ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}

/** @param {unknown} error @returns {Pick<Result, 'why' | 'notHere'>} */
function faultOf(error) {
  const { message } = /** @type {Error} */ (error);
  return error instanceof NotHere ? { why: [], notHere: message } : { why: [message] };
}

/**
 * @param {Environment} environment
 * @param {Row[]} rows
 * @param {{ file: string, model: string }} packed
 * @param {(result: Result) => void} report
 */
async function tryEnvironment(environment, rows, packed, report) {
  const project = await Project.create(packed);
  /** @param {Row} row @param {Partial<Result>} verdict */
  const tell = (row, verdict) => {
    const result = { environment, row, load: 'no', openWorker: 'no', trained: 'no', predicted: 'no', why: [], ...verdict };
    if (result.why.length > 0) {
      const file = `${nameOf(environment, row).replace(/[^\w.]+/g, '-')}.txt`;
      writeFileSync(join(output, file), `${result.why.join('\n')}\n\n${project.log}\n`);
    }
    report(result);
  };
  try {
    await within(environment.prepare(project), 420);
    for (const row of rows) {
      try {
        const seen = await within(row.run(project), row.seconds ?? rowSeconds);
        tell(row, 'why' in seen ? seen : judge(seen, row.expected));
      } catch (error) {
        tell(row, faultOf(error));
      }
    }
  } catch (error) {
    for (const row of rows) tell(row, faultOf(error));
  } finally {
    if (flags.keep) console.log(`kept: ${project.folder}`);
    await project.close({ keep: flags.keep });
  }
}

const wanted = Object.entries(families).flatMap(([family, environments]) =>
  environments
    .map((environment) => ({ environment, rows: environment.rows.filter((row) => isWanted(family, environment, row)) }))
    .filter(({ rows }) => rows.length > 0));

if (flags.list) {
  for (const { environment, rows } of wanted) for (const row of rows) console.log(nameOf(environment, row));
} else if (wanted.length === 0) {
  console.error(`environments: no row is named like ${flags.only?.join(' or ')}; --list shows all`);
  process.exitCode = 1;
} else {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const packed = await pack();
  /** @type {Result[]} */
  const results = [];
  let since = Date.now();
  for (const { environment, rows } of wanted) {
    await tryEnvironment(environment, rows, packed, (result) => {
      results.push(result);
      const state = result.notHere ? 'NOT HERE' : result.why.length > 0 ? 'FAILS' : 'works';
      const reason = result.notHere ?? result.why.map((text) => text.split('\n')[0]).join('; ').slice(0, 400);
      const seconds = Math.round((Date.now() - since) / 1000);
      since = Date.now();
      console.log(`${state}: ${nameOf(environment, result.row)}, ${seconds} s${reason && `: ${reason}`}`);
      writeFileSync(join(output, 'table.md'), tableOf(results));
    });
  }
  await closeBrowsers();
  console.log(`\n${tableOf(results)}`);
  process.exitCode = results.some(({ why }) => why.length > 0) ? 1 : 0;
}
