// Tries the rows of an environment in a project of its own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../../src/js/index.js';
import { Project } from './Project.js';
import { judge } from './judge.js';
import { NotHere } from './processes.js';
import { nameOf } from './table.js';

/** @typedef {import('./families.js').Environment} Environment */
/** @typedef {import('./families.js').Row} Row */
/** @typedef {import('./table.js').Result} Result */

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Where what failed rows printed is kept. */
export const output = join(root, 'build/environments');
/** A row's time, where it has none of its own. */
const rowSeconds = 240;

/** The package as npm packs it, and files in base64: of characters, and of a kind that lstm-wasm/predict loads by import(). */
export async function pack() {
  const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-packed-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lstm = await load();
  const text = 'to be, or not to be, that is the question. '.repeat(40);
  const model = lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
  for (const { step } of model.train(text, { batchSize: 4, window: 16, learningRate: 0.02, steps: 50 })) void step;
  const classifier = lstm.createClassifier({ labels: ['up', 'down'], features: 1, scale: 'none', hiddenSize: 2, seed: 1 });
  return { file: join(folder, JSON.parse(packed)[0].filename), models: [model, classifier].map((one) => Buffer.from(one.save()).toString('base64')) };
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
 * @param {{ file: string, models: string[] }} packed
 * @param {(result: Result) => void} report is told of each row, as soon as it is known
 * @param {{ keep?: boolean }} [options] keep: leave the project's folder
 */
export async function tryEnvironment(environment, rows, packed, report, { keep = false } = {}) {
  const project = await Project.create(packed);
  /** @param {Row} row @param {Partial<Result>} verdict */
  const tell = (row, verdict) => {
    const result = { environment, row, load: 'no', openWorker: 'no', trained: 'no', predicted: 'no', why: [], ...verdict };
    if (result.why.length > 0) {
      const file = `${nameOf(environment, row).replace(/[^\w.]+/g, '-')}.txt`;
      mkdirSync(output, { recursive: true });
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
    if (keep) console.log(`kept: ${project.folder}`);
    await project.close({ keep });
  }
}
