// lstm-wasm/serve: a Worker's script of one's own that answers openWorker, beside what else it does.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LstmError, load } from '../../../src/js/index.js';
import * as served from '../../../src/js/serve.js';
import { openWorker } from '../../../src/js/worker.js';

const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-serve-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const text = 'to be, or not to be, that is the question. '.repeat(10);
const options = { text, hiddenSize: 8, seed: 1 };
const generating = { length: 30, seed: 1 };

/** @param {string} name @param {string} source what follows the imports */
function start(name, source) {
  const file = join(folder, `${name}.mjs`);
  const entry = JSON.stringify(new URL(name.startsWith('dist') ? '../../../dist/serve.js' : '../../../src/js/serve.js', import.meta.url).href);
  writeFileSync(file, `import { parentPort, workerData } from 'node:worker_threads';\nimport { LstmError, load, serve } from ${entry};\n${source}`);
  return new Worker(file, { workerData: options });
}

/** What it says that is no answer to openWorker. @param {Worker} worker @returns {Promise<any>} */
const ownMessage = (worker) => new Promise((resolve) => worker.on('message', (data) => { if (data.own) resolve(data.own); }));

for (const name of ['src', 'dist']) {
  describe(`the entry in ${name}`, () => {
    test('the same network as the library, while the Worker has one of its own and hears its own messages', async () => {
      const worker = start(`${name}-both`, `
        serve();
        parentPort.on('message', async (data) => {
          if (data.ask !== 'mine') return;
          const lstm = await load({ variant: 'repeatable' });
          parentPort.postMessage({ own: lstm.createCharModel(workerData).generate(${JSON.stringify(generating)}) });
        });`);
      const mine = ownMessage(worker);
      const remote = await openWorker({ worker, variant: 'repeatable' });
      worker.postMessage({ ask: 'mine' });
      const expected = (await load({ variant: 'repeatable' })).createCharModel(options).generate(generating);
      assert.equal(await (await remote.createCharModel(options)).generate(generating), expected);
      assert.equal(await mine, expected);
      remote.terminate();
    });

    test('a second serve() is refused: each request would be answered twice', async () => {
      const worker = start(`${name}-twice`, `
        serve();
        try { serve(); } catch (error) { parentPort.postMessage({ own: [error instanceof LstmError, error.message] }); }`);
      assert.deepEqual(await ownMessage(worker), [true, 'serve: this Worker answers openWorker already']);
      const remote = await openWorker({ worker });
      assert.match(remote.variant, /simd|relaxed|scalar/);
      remote.terminate();
    });
  });
}

test('outside of a Worker serve() says so, and the rest is there', async () => {
  assert.throws(() => served.serve(), (error) => error instanceof LstmError
    && error.message === 'serve: only a Worker can answer openWorker, and this is none');
  assert.equal((await served.load({ variant: 'scalar' })).variant, 'scalar');
});
