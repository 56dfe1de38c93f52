// openWorker in Node: the ways in which its script and its module come to run, its options, and when a process ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ArgumentError, LstmError, load } from '../../../src/js/index.js';
import { openWorker } from '../../../src/js/worker.js';

const script = new URL('../../../src/js/worker/worker-main.js', import.meta.url);
const dist = fileURLToPath(new URL('../../../dist', import.meta.url));
const bytes = readFileSync(join(dist, 'lstm-simd.wasm'));
const integrity = `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-worker-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const text = 'to be, or not to be, that is the question. '.repeat(10);
const options = { text, hiddenSize: 8, seed: 1 };
const training = { batchSize: 2, window: 8, steps: 5 };

/** @param {any} lstm in a Worker @returns {Promise<string>} what it writes when it has learnt a little */
async function learn(lstm) {
  const model = await lstm.createCharModel(options);
  for await (const { step } of model.train(text, training)) void step;
  return model.generate({ length: 30, seed: 1 });
}

/** @param {Promise<unknown>} promise @returns {Promise<any>} why it is rejected */
const reasonOf = (promise) => promise.then(() => assert.fail('it was not rejected'), (error) => error);

/** @param {Worker} worker @returns {Promise<unknown>} */
const endOf = (worker) => new Promise((resolve) => worker.once('exit', resolve));

/** Runs a program from the folder to its end. @param {string} source @param {string[]} [flags] */
function run(source, flags = []) {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, source);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, file], { encoding: 'utf8', timeout: 60_000, cwd: folder });
  return { status, stdout, stderr };
}

test('a Worker in Node learns as the library does, bit for bit', async () => {
  const lstm = await load({ variant: 'repeatable' });
  const model = lstm.createCharModel(options);
  for (const { step } of model.train(text, training)) void step;
  const expected = model.generate({ length: 30, seed: 1 });
  const inWorker = await openWorker({ variant: 'repeatable' });
  assert.equal(inWorker.variant, lstm.variant);
  assert.equal(await learn(inWorker), expected);
  inWorker.terminate();
  await assert.rejects(inWorker.createCharModel(options), LstmError);
  assert.ok((await inWorker.closed) instanceof LstmError);
});

test('a Worker in Node holds a network as the library does, bit for bit', async () => {
  const described = { input: { size: 2 }, layers: [{ kind: /** @type {const} */ ('lstm'), hiddenSize: 30 }], output: { values: 2 } };
  const learnt = async (/** @type {any} */ lstm) => {
    const network = await lstm.createNetwork(described);
    const trainer = await network.createTrainer({ batchSize: 1, window: 2 });
    const result = [await trainer.step([1, 2, 3, 4], [1, 1, 0, 0]), await network.run([1, 2, 3, 4]), await network.save()];
    await network.dispose();
    return result;
  };
  const inWorker = await openWorker({ variant: 'repeatable' });
  const expected = await learnt(await load({ variant: 'repeatable' }));
  assert.deepEqual(await learnt(inWorker), expected);
  inWorker.terminate();
});

describe('options', () => {
  const rejected = Promise.reject(new Error('offline'));
  rejected.catch(() => {});
  /** @type {Array<[any, RegExp]>} */
  const wrong = [
    [null, /openWorker: options must be an object/],
    [{ variant: 'fast' }, /variant must be one of 'auto', .* got "fast"/],
    [{ variant: 1 }, /variant must be one of/],
    [{ workers: 2 }, /unknown option "workers"/],
    [{ url: 1 }, /openWorker: url must be a URL or an address/],
    [{ url: '' }, /openWorker: url must be/],
    [{ url: 'http://[' }, /openWorker: url must be an address, got "http:\/\/\["/],
    [{ worker: {} }, /openWorker: worker must be a Worker/],
    [{ worker: 'worker-main.js' }, /openWorker: worker must be a Worker/],
    [{ worker: { postMessage() {}, terminate() {} } }, /openWorker: worker must be a Worker/],
    [{ signal: {} }, /openWorker: signal must be an AbortSignal/],
    [{ signal: true }, /openWorker: signal must be an AbortSignal/],
    [{ integrity: 'sha1-abc' }, /integrity must be/],
    [{ integrity: 1 }, /integrity must be/],
    [{ wasm: 7 }, /wasm must be .* got 7/],
    [{ wasm: null }, /wasm must be/],
    [{ wasm: rejected }, /wasm must be .* rejected: offline/],
    [{ wasm: new Response('no', { status: 404 }) }, /wasm must be .* 404/],
    [{ wasm: join(folder, 'nothing.wasm') }, /wasm must be .* ENOENT/],
    [{ wasm: bytes, variant: 'scalar' }, /variant 'scalar', got one of 'simd'/],
    [{ wasm: new WebAssembly.Module(bytes), integrity }, /integrity is of bytes/],
    [{ worker: { postMessage() {}, terminate() {}, on() {} }, url: 'a.js' }, /worker and url exclude each other/],
  ];
  for (const [given, message] of wrong) {
    test(`refuses ${message}`, async () => {
      const error = await reasonOf(openWorker(given));
      assert.ok(error instanceof ArgumentError, `${error}`);
      assert.match(error.message, message);
    });
  }

  test('wasm: bytes, a Blob, a Response, a URL, a path, a promise, a module; with integrity', async () => {
    const file = join(dist, 'lstm-simd.wasm');
    const sources = [bytes, new Blob([bytes]), new Response(bytes), pathToFileURL(file), file, Promise.resolve(bytes)];
    for (const wasm of sources) {
      const lstm = await openWorker({ wasm, integrity });
      assert.equal(lstm.variant, 'simd');
      lstm.terminate();
    }
    const lstm = await openWorker({ wasm: new WebAssembly.Module(bytes) });
    assert.equal(lstm.variant, 'simd');
    lstm.terminate();
    assert.equal(bytes[0], 0, 'the bytes were taken away');
  });

  test('what is no module, and what has another hash, are told', async () => {
    const page = await reasonOf(openWorker({ wasm: Buffer.from('<!doctype html><p>not here') }));
    assert.match(page.message, /HTML/);
    const other = await reasonOf(openWorker({ variant: 'scalar', integrity }));
    assert.match(other.message, /integrity must be/);
    assert.ok(page instanceof LstmError && other instanceof LstmError);
  });
});

describe('signal', () => {
  test('aborted before: nothing starts', async () => {
    const reason = new Error('changed my mind');
    assert.equal(await reasonOf(openWorker({ signal: AbortSignal.abort(reason) })), reason);
  });

  test('aborted meanwhile: rejects with its reason and ends the Worker', async () => {
    const worker = new Worker(script);
    const ended = endOf(worker);
    const abortion = new AbortController();
    const opening = reasonOf(openWorker({ worker, signal: abortion.signal }));
    abortion.abort('enough');
    assert.equal(await opening, 'enough');
    await ended;
  });

  test('aborted after it is open: nothing happens', async () => {
    const abortion = new AbortController();
    const lstm = await openWorker({ signal: abortion.signal });
    abortion.abort();
    assert.equal((await learn(lstm)).length, 30);
    lstm.terminate();
  });

  test('ends the wait for a Worker of another script', async () => {
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
    const ended = endOf(worker);
    const error = await reasonOf(openWorker({ worker, signal: AbortSignal.timeout(300) }));
    assert.equal(error.name, 'TimeoutError');
    await ended;
  });
});

describe('worker and url', () => {
  test('a Worker that was given serves, once, and ends with terminate()', async () => {
    const worker = new Worker(script);
    const ended = endOf(worker);
    const lstm = await openWorker({ worker });
    const again = await reasonOf(openWorker({ worker }));
    assert.ok(again instanceof ArgumentError);
    assert.match(again.message, /given before/);
    assert.equal((await learn(lstm)).length, 30);
    lstm.terminate();
    await ended;
  });

  test('a process waits for a Worker that was given, which may have other work', async () => {
    const own = `const { parentPort } = require('node:worker_threads');
      import(${JSON.stringify(new URL(script))}).then(() => setTimeout(() => parentPort.postMessage('done'), 300));`;
    assert.deepEqual(run(`
      import { Worker } from 'node:worker_threads';
      import { openWorker } from ${JSON.stringify(new URL('../../../src/js/worker.js', import.meta.url))};
      const worker = new Worker(${JSON.stringify(own)}, { eval: true });
      await openWorker({ worker });
      worker.on('message', (said) => { if (said === 'done') { console.log(said); worker.terminate(); } });`),
    { status: 0, stdout: 'done\n', stderr: '' });
  });

  test('a Worker that was given ends where openWorker rejects', async () => {
    const worker = new Worker(script);
    const ended = endOf(worker);
    await assert.rejects(openWorker({ worker, wasm: new Uint8Array(8) }), LstmError);
    await ended;
  });

  test('a Worker that has ended is refused', async () => {
    const worker = new Worker('', { eval: true });
    await endOf(worker);
    const error = await reasonOf(openWorker({ worker }));
    assert.ok(error instanceof ArgumentError);
    assert.match(error.message, /worker must be a Worker that runs, got one that has ended/);
  });

  test('a Worker of another script, which answers something else, is told and ends', async () => {
    for (const answer of ['message', '{ id: message.id, value: 7 }', '{ id: message.id, value: { variant: 1 } }']) {
      const worker = new Worker(
        `const { parentPort } = require('node:worker_threads'); parentPort.on('message', (message) => parentPort.postMessage(${answer}));`,
        { eval: true });
      const ended = endOf(worker);
      const error = await reasonOf(openWorker({ worker }));
      assert.ok(error instanceof LstmError, `${error}`);
      assert.match(error.message, /^openWorker: the Worker could not start from the one that was given: it does not answer as/);
      await ended;
    }
  });

  test('the script is at a URL, an address or a path', async () => {
    for (const url of [script, script.href, fileURLToPath(script), relative('.', fileURLToPath(script))]) {
      const lstm = await openWorker({ url });
      assert.equal((await learn(lstm)).length, 30);
      lstm.terminate();
    }
  });

  test('a script that is not there, or throws, is told with its address', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFileSync(broken, "throw new Error('out of luck');");
    for (const [url, why] of [[join(folder, 'none.mjs'), /none\.mjs.*Cannot find module/], [broken, /broken\.mjs.*out of luck/]]) {
      const error = await reasonOf(openWorker({ url }));
      assert.ok(error instanceof LstmError);
      assert.match(error.message, /** @type {RegExp} */ (why));
      assert.match(error.message, /pass `url`.* or `worker`/);
    }
  });
});

describe('a process', () => {
  const source = `import { openWorker } from ${JSON.stringify(new URL('../../../src/js/worker.js', import.meta.url).href)};`;

  test('ends though a Worker is open, and waits for calls', () => {
    const { status, stdout, stderr } = run(`${source}
      openWorker().then(async (lstm) => {
        const model = await lstm.createCharModel({ text: 'to be or not to be ', hiddenSize: 4 });
        console.log((await model.generate({ length: 5, seed: 1 })).length);
      });`);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '5\n', stderr: '' });
  });

  test('ends after terminate(), with a training under way', () => {
    const { status, stdout, stderr } = run(`${source}
      const lstm = await openWorker();
      const model = await lstm.createCharModel({ text: 'to be or not to be ', hiddenSize: 4 });
      const reports = model.train('to be or not to be '.repeat(50), { steps: Infinity });
      console.log((await reports.next()).value.step > 0);
      lstm.terminate();
      await reports.next().catch((error) => console.log(error.name));`);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'true\nLstmError\n', stderr: '' });
  });

  test("its flags are for its own script, not for the Worker's", () => {
    writeFileSync(join(folder, 'preload.mjs'), 'console.log("preloaded");');
    const { status, stdout, stderr } = run(`${source}
      const lstm = await openWorker();
      console.log(lstm.variant.length > 0);`, ['--import', pathToFileURL(join(folder, 'preload.mjs')).href]);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'preloaded\ntrue\n', stderr: '' });
  });

  test('without Workers is told what to do', () => {
    const { stdout } = run(`${source}
      process.getBuiltinModule = undefined;
      await openWorker().catch((error) => console.log(error.name, error.message));`);
    assert.match(stdout, /^LstmError openWorker: there are no Workers here.* use load\(\)/);
  });

  test("learns by the copies where neither the Worker's script nor the modules are beside it", () => {
    const alone = join(folder, 'alone');
    cpSync(dist, alone, { recursive: true, filter: (file) => !/\.wasm$|lstm-worker\.js$|types$/.test(file) || /copies/.test(file) });
    assert.ok(readdirSync(join(alone, 'copies')).length > 3);
    assert.deepEqual(readdirSync(alone).filter((file) => /wasm|worker\.js$/.test(file)), ['worker.js']);
    const { status, stdout, stderr } = run(`
      import { openWorker } from './alone/worker.js';
      for (const options of [{}, { variant: 'scalar' }]) {
        const lstm = await openWorker(options);
        const model = await lstm.createCharModel({ text: 'to be or not to be ', hiddenSize: 4 });
        console.log((await model.generate({ length: 5, seed: 1 })).length);
      }`);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '5\n5\n', stderr: '' });
  });

  test('where there is no copy either, both reasons are told', () => {
    const bare = join(folder, 'bare');
    cpSync(dist, bare, { recursive: true, filter: (file) => !/\.wasm$|copies|lstm-worker\.js$|types$/.test(file) });
    const { stdout } = run(`
      import { openWorker } from './bare/worker.js';
      await openWorker().catch((error) => console.log(error.name, error.message));`);
    assert.match(stdout, /^LstmError openWorker: the Worker could not start from file:.*lstm-worker\.js.*; nor from the copy in the package/);
  });
});

test("the Worker's script says so where it is no Worker's", () => {
  const { stderr, status } = run(`import ${JSON.stringify(script.href)};`);
  assert.notEqual(status, 0);
  assert.match(stderr, /is the script of a Worker, and was started outside of one/);
});
