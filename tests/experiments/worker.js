// One trial, in a thread of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { DivergedError, load } from 'lstm-wasm';
import { sizeFor, parameterCount } from './learner.js';
import { tasks } from './tasks.js';

const { task: name, kind: kindName, seed, limit } = workerData;
const task = /** @type {import('./tasks.js').Task} */ (tasks.find((one) => one.name === name));
const kind = /** @type {import('./tasks.js').Kind} */ (task.kinds.find((one) => one.name === kindName));

// The same bits on every machine.
const lstm = await load({ variant: 'simd' });
const wanted = parameterCount(lstm, task, { kind: 'lstm', hiddenSize: task.settings.hiddenSize });
const hiddenSize = sizeFor(lstm, task, kind.layer, wanted);
const parameters = parameterCount(lstm, task, { ...kind.layer, hiddenSize });

const start = performance.now();
/** @type {import('./trials.js').Outcome} */
let outcome;
try {
  outcome = task.trial(lstm, kind, seed, limit);
} catch (error) {
  if (!(error instanceof DivergedError)) throw error;
  outcome = { solved: false, sequences: limit };
}
const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
parentPort?.postMessage({ task: name, kind: kindName, seed, limit, hiddenSize, parameters, ...outcome, seconds });
