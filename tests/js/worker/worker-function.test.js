// openWorker({ worker: () => a Worker }): whoever has a Worker's script of their own trains on several of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ArgumentError, LstmError } from '../../../src/js/index.js';
import { openWorker } from '../../../src/js/worker.js';

const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-function-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const text = 'a bad face had a bad head, and a cafe fed a deaf bee.\n'.repeat(40);
const config = { text, hiddenSize: 24, seed: 1 };
const options = { steps: 20, batchSize: 16, window: 16, dropout: 0.1 };

/** A script of one's own. @param {string} entry 'src/js' or 'dist' */
function scriptOf(entry) {
  const file = join(folder, `${entry.replaceAll('/', '-')}.mjs`);
  const serve = JSON.stringify(new URL(`../../../${entry}/serve.js`, import.meta.url).href);
  writeFileSync(file, `import { serve } from ${serve};\nserve();\n`);
  return file;
}
const own = scriptOf('src/js');
const silent = join(folder, 'silent.mjs');
writeFileSync(silent, "import { parentPort } from 'node:worker_threads';\nparentPort.on('message', () => {});\n");

/** @param {Uint8Array} bytes */
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {any} lstm @param {any} [how] @returns {Promise<{ hash: string, threads: number | undefined }>} */
async function train(lstm, how) {
  const model = await lstm.createCharModel(config);
  const { threads } = await model.fit(text, { ...options, ...how });
  return { hash: hashOf(await model.save()), threads };
}

/**
 * Starts Workers of one script, and knows them.
 * @param {string} [file]
 */
function starter(file = own) {
  /** @type {Worker[]} */
  const workers = [];
  const start = () => {
    workers.push(new Worker(file));
    return workers[workers.length - 1];
  };
  return { start, workers };
}

/** @param {Worker} worker @returns {Promise<unknown>} */
const endOf = (worker) => (worker.threadId === -1 ? Promise.resolve() : new Promise((resolve) => { worker.once('exit', resolve); }));

/** @param {import('node:test').TestContext} t @param {any} how */
async function open(t, how) {
  const lstm = await openWorker({ variant: 'simd', ...how });
  t.after(() => lstm.terminate());
  return lstm;
}

describe('a function that starts Workers', () => {
  for (const entry of ['src/js', 'dist']) {
    test(`of a script of one's own with ${entry}/serve.js: the bits of one, and all end together`, async (t) => {
      const { start, workers } = starter(scriptOf(entry));
      const lstm = await open(t, { worker: start });
      assert.equal(workers.length, 1);
      const alone = await train(lstm, { threads: 1 });
      assert.deepEqual({ ...alone, workers: workers.length }, { hash: alone.hash, threads: undefined, workers: 1 });
      assert.deepEqual(await train(lstm, { threads: 3 }), { hash: alone.hash, threads: 3 });
      assert.deepEqual(await train(lstm, { threads: 2 }), { hash: alone.hash, threads: 2 });
      assert.equal(workers.length, 3);
      const ends = workers.map(endOf);
      lstm.terminate();
      await Promise.all(ends);
    });
  }

  test('may give a promise, and threads of openWorker hold', async (t) => {
    const { start, workers } = starter();
    const lstm = await open(t, { worker: async () => start(), threads: 2 });
    assert.equal((await train(lstm)).threads, 2);
    assert.equal(workers.length, 2);
  });

  test('where one of its Workers ends it goes on with the others, and starts another for the next training', async (t) => {
    const { start, workers } = starter();
    const lstm = await open(t, { worker: start });
    const { hash } = await train(lstm, { threads: 1 });
    const model = await lstm.createCharModel(config);
    const seen = [];
    for await (const { threads } of model.train(text, { ...options, threads: 3, steps: 2000, reportEvery: 1 })) {
      seen.push(threads);
      if (seen.length === 1) await workers[2].terminate();
      if (seen.at(-1) === 2) break;
    }
    assert.deepEqual([seen[0], seen.at(-1)], [3, 2]);
    assert.deepEqual(await train(lstm, { threads: 3 }), { hash, threads: 3 });
    assert.equal(workers.length, 4);
  });

  test('that gives what is no Worker, or one that was given before, is refused', async (t) => {
    for (const [worker, got] of /** @type {[any, RegExp][]} */ ([[() => undefined, /undefined/], [() => ({}), /object/], [async () => 'a', /"a"/]])) {
      await assert.rejects(openWorker({ worker }), (error) => error instanceof ArgumentError && got.test(error.message)
        && error.message.startsWith("openWorker: what worker() gives must be a Worker of the script 'lstm-wasm/worker-main'"));
    }
    const { start, workers } = starter();
    const lstm = await open(t, { worker: () => workers[0] ?? start() });
    await assert.rejects(train(lstm, { threads: 2 }), /what worker\(\) gives must be a Worker of its own, got one that openWorker was given before/);
    assert.equal((await train(lstm, { threads: 1 })).threads, undefined, 'it can be used on');
  });

  test('that fails is told', async (t) => {
    const cause = new Error('no room');
    await assert.rejects(openWorker({ worker: () => { throw cause; } }), (error) => error instanceof LstmError && error.cause === cause
      && /the Worker could not start from what worker\(\) gives: no room; pass `url`/.test(error.message));
    const { start, workers } = starter();
    const lstm = await open(t, { worker: () => (workers.length === 2 ? Promise.reject(cause) : start()) });
    assert.equal((await train(lstm, { threads: 3 })).threads, 2, 'one of two');
    const other = starter();
    const alone = await open(t, { worker: () => (other.workers.length === 1 ? Promise.reject(cause) : other.start()) });
    await assert.rejects(train(alone, { threads: 2 }), /could not start from what worker\(\) gives: no room/);
  });

  test('whose other Workers do not answer is not waited for without end', async (t) => {
    const first = starter();
    const others = starter(silent);
    /** @type {Promise<void>} */
    let asked;
    const begun = new Promise((resolve) => { asked = resolve; });
    const lstm = await open(t, { worker: () => {
      if (first.workers.length === 0) return first.start();
      asked();
      return others.start();
    } });
    t.mock.timers.enable({ apis: ['setInterval'] });
    const model = await lstm.createCharModel(config);
    const fit = model.fit(text, { ...options, threads: 2 });
    const rejected = assert.rejects(fit, /another Worker, started as this one was, does not answer/);
    await begun;
    t.mock.timers.tick(600_000);
    await rejected;
    await endOf(others.workers[0]);
    t.mock.timers.reset();
    assert.equal((await train(lstm, { threads: 1 })).threads, undefined);
  });

  test('a signal ends a training that waits for them', async (t) => {
    const { start, workers } = starter();
    const controller = new AbortController();
    const lstm = await open(t, { worker: () => {
      if (workers.length === 0) return start();
      controller.abort(new Error('enough'));
      return new Promise(() => {});
    } });
    const model = await lstm.createCharModel(config);
    await assert.rejects(model.fit(text, { ...options, threads: 2, signal: controller.signal }), /enough/);
  });

  test('a Worker that comes after openWorker was aborted is ended', async () => {
    const { start, workers } = starter();
    const controller = new AbortController();
    /** @type {(worker: Worker) => void} */
    let give = () => {};
    const opened = openWorker({ worker: () => new Promise((resolve) => { give = resolve; }), signal: controller.signal });
    const rejected = assert.rejects(opened, /enough/);
    await new Promise((resolve) => { setImmediate(resolve); });
    controller.abort(new Error('enough'));
    await rejected;
    give(start());
    await endOf(workers[0]);
  });

  test('keeps no process from ending', () => {
    const file = join(folder, 'ends.mjs');
    writeFileSync(file, `
      import { Worker } from 'node:worker_threads';
      import { openWorker } from ${JSON.stringify(new URL('../../../src/js/worker.js', import.meta.url).href)};
      const lstm = await openWorker({ worker: () => new Worker(${JSON.stringify(own)}) });
      const model = await lstm.createCharModel({ text: 'to be or not to be', hiddenSize: 8 });
      const { threads } = await model.fit('to be or not to be', { steps: 5, threads: 2, batchSize: 2, window: 4 });
      console.log(threads);`);
    assert.equal(execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 60_000 }), '2\n');
  });
});

describe('one Worker that was given', () => {
  test('trains alone, and says how several would', async (t) => {
    const lstm = await open(t, { worker: new Worker(own) });
    assert.equal((await train(lstm)).threads, undefined);
    assert.equal((await train(lstm, { threads: 1 })).threads, undefined);
    await assert.rejects(train(lstm, { threads: 2 }), (error) => error instanceof ArgumentError
      && error.message === 'train: threads must be 1 or absent where openWorker was given one Worker, got 2: '
        + 'give openWorker a function that starts a Worker, which is called for each');
    const large = await lstm.createCharModel({ ...config, hiddenSize: 100 });
    assert.equal((await large.fit(text, { ...options, steps: 2 })).threads, undefined, 'whatever there is to do');
  });

  test('is refused with several threads, and stays the caller\'s', async () => {
    const worker = new Worker(own);
    await assert.rejects(openWorker({ worker, threads: 2 }), (error) => error instanceof ArgumentError
      && error.message === 'openWorker: threads must be 1 or absent where worker is one Worker, got 2: '
        + 'give a function that starts a Worker, which is called for each');
    const lstm = await openWorker({ worker, threads: 1 });
    lstm.terminate();
  });
});
