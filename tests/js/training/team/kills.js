// node tests/js/training/team/kills.js [N]: kills Workers that train as one, N times (50 without it), at random moments, and sees that
// each run goes on with the others, to the bits of one alone; or, where the one that leads was killed, that it says so. A run
// that stands still for a minute is a deadlock.
import { createHash } from 'node:crypto';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import threads from 'node:worker_threads';
import { openWorker } from '../../../../src/js/worker.js';

const MINUTE = 60_000;
const text = 'a bad face had a bad head, and a cafe fed a deaf bee.\n'.repeat(40);
const config = { text, hiddenSize: 24, seed: 1 };
const options = { steps: 20, batchSize: 16, window: 16, dropout: 0.1, accumulate: 2 };

/** Those that run. @type {Set<threads.Worker>} */
const running = new Set();
const { Worker } = threads;
// Where openWorker looks for it.
threads.Worker = class extends Worker {
  /** @param {any[]} args */
  constructor(...args) {
    super(.../** @type {[any]} */ (args));
    running.add(this);
    this.once('exit', () => running.delete(this));
  }
};

/** @param {Uint8Array} bytes */
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {Promise<any>} work @param {string} what */
async function inTime(work, what) {
  const controller = new AbortController();
  const late = sleep(MINUTE, undefined, { signal: controller.signal }).then(() => { throw new Error(`${what} stands still`); }, () => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    controller.abort();
  }
}

/**
 * @param {number} count
 * @param {number} [seed]
 * @returns {Promise<{ kills: number, ledOn: number, ended: number, refused: number }>} how often a run went on with the others, how
 *   often it ended with the one that led it, and how often it did not begin, as those that were to train with it were killed while
 *   they started
 */
export async function killMany(count, seed = 1) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const result = { kills: 0, ledOn: 0, ended: 0, refused: 0 };
  const began = performance.now();
  const { lstm: first, model: alone } = await start();
  await alone.fit(text, { ...options, threads: 1 });
  const expected = hashOf(await alone.save());
  let milliseconds = 0.5 * (performance.now() - began);
  first.terminate();

  let open = await start();
  while (result.kills < count) {
    const before = performance.now();
    const others = 1 + Math.floor(random() * 4);
    const fit = open.model.fit(text, { ...options, threads: 1 + others });
    fit.catch(() => {});
    let killsLead = false;
    for (let left = 1 + Math.floor(random() * 2); left > 0; left--) {
      await sleep(random() * milliseconds);
      const victims = [...running];
      const victim = random() < 0.15 ? victims[0] : victims[1 + Math.floor(random() * (victims.length - 1))];
      if (!victim) continue;
      killsLead ||= victim === victims[0];
      victim.terminate();
      result.kills += 1;
    }
    const error = await inTime(fit.then(() => undefined, (/** @type {Error} */ reason) => reason), `kill ${result.kills}`);
    const isGone = killsLead && await isOver(open.lstm);
    const isTold = error && (isGone ? /the Worker failed: it ended with exit code/ : /the Worker could not start/).test(error.message);
    if (error && !isTold) throw error;
    if (error && isGone) result.ended += 1;
    else if (error) result.refused += 1;
    else if (!isGone) {
      const got = hashOf(await inTime(open.model.save(), 'save'));
      if (got !== expected) throw new Error(`kill ${result.kills}: the weights are others than those of one alone`);
      result.ledOn += 1;
      milliseconds = 0.9 * milliseconds + 0.1 * (performance.now() - before);
      open.model.dispose();
      open.model = await inTime(open.lstm.createCharModel(config), 'createCharModel');
    }
    if (isGone) open = await start();
  }
  open.lstm.terminate();
  return result;
}

async function start() {
  const lstm = await openWorker({ variant: 'simd' });
  return { lstm, model: await lstm.createCharModel(config) };
}

/** @param {import('../../../../src/js/worker/WorkerLstm.js').WorkerLstm} lstm */
const isOver = (lstm) => Promise.race([lstm.closed.then(() => true), sleep(1000).then(() => false)]);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = await killMany(Number(process.argv[2] ?? 50), Number(process.argv[3] ?? 1));
  console.log(`${result.kills} kills: ${result.ledOn} runs went on to the same weights, ${result.ended} ended with the one that led them, ${result.refused} did not begin`);
}
