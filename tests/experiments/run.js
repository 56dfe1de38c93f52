// npm run experiments: the command. options.js has its usage, tasks.js what is trained.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { parse, usage } from './options.js';
import { table } from './report.js';
import { tasks } from './tasks.js';

/** @typedef {import('./report.js').Trial} Trial */
/** @typedef {{ task: string, kind: string, seed: number, limit: number }} Job */

/**
 * Does all jobs, `jobs` of them side by side, each in a worker of its own.
 * @param {Job[]} queue in the order in which they begin
 * @param {number} jobs
 * @param {(trial: Trial) => void} done
 */
function work(queue, jobs, done) {
  const rest = [...queue];
  const next = async () => {
    for (let job = rest.shift(); job; job = rest.shift()) done(await run(job));
  };
  return Promise.all(Array.from({ length: jobs }, next));
}

/** @param {Job} job @returns {Promise<Trial>} */
function run(job) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: job });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** @param {ReturnType<typeof parse>} options */
async function main({ tasks: names, kinds, seeds, limit, quick, jobs, json }) {
  const chosen = tasks.filter(({ name }) => names.includes(name));
  const queue = chosen.flatMap((task) =>
    task.kinds.filter(({ name }) => kinds.includes(name)).flatMap((kind) =>
      Array.from({ length: seeds }, (_, i) => ({
        task: task.name,
        kind: kind.name,
        seed: i + 1,
        limit: limit ?? Math.ceil(task.settings.limit / (quick ? 10 : 1)),
      })),
    ),
  );
  // Whatever else runs on this machine goes first.
  os.setPriority(os.constants.priority.PRIORITY_LOW);
  /** @type {Trial[]} */
  const trials = [];
  await work(queue, jobs, (trial) => {
    trials.push(trial);
    if (json) return console.log(JSON.stringify(trial));
    const { task, kind, seed, solved, sequences, seconds } = trial;
    const result = `${solved ? 'solved after' : 'not solved in'} ${sequences}`;
    console.error(`${trials.length}/${queue.length} ${task} ${kind} seed ${seed}: ${result}, ${seconds} s`);
  });
  if (!json) console.log(table(trials));
}

let options;
try {
  options = parse();
} catch (error) {
  console.error(`experiments: ${/** @type {Error} */ (error).message}\n${usage}`);
  process.exitCode = 2;
}
if (options?.help) console.log(usage);
else if (options?.table) {
  const lines = readFileSync(options.table, 'utf8').split('\n').filter((line) => line.startsWith('{'));
  console.log(table(lines.map((line) => JSON.parse(line))));
} else if (options) await main(options);
