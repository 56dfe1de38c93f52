// lstm.open, inspect and a Worker's open take a file from wherever it is, and say what is wrong with what they were given.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FileFormatError } from '../../../src/js/core/errors.js';
import { inspect } from '../../../src/js/models/inspect.js';
import { load } from '../../../src/js/models/load.js';
import { bytesAs, serve } from '../serve.js';
import { openBothEnds } from '../worker/both-ends.js';

const text = 'to be, or not to be, that is the question. '.repeat(10);
const lstm = await load();
const model = lstm.createCharModel({ text, hiddenSize: 5, seed: 1 });
const bytes = model.save();
const network = model.network.save();
const folder = mkdtempSync(join(tmpdir(), 'lstm-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'a model.safetensors');
writeFileSync(file, bytes);

const server = await serve({
  '/model': bytesAs(bytes, 'application/octet-stream'),
  '/none': (_, response) => response.writeHead(404, 'Not here').end(),
  '/silent': () => {},
  '/huge': (_, response) => response.writeHead(200, { 'content-length': String(2 ** 40) }).write('x'),
}, { after });

/** @returns {{ promise: Promise<any>, resolve: (value?: any) => void }} */
function deferred() {
  let resolve = () => {};
  const promise = new Promise((settle) => { resolve = settle; });
  return { promise, resolve };
}

/** A body that gives these parts. @param {any[]} parts */
const streamOf = (...parts) => new ReadableStream({
  start(controller) {
    for (const part of parts) controller.enqueue(part);
    controller.close();
  },
});

/** @type {Record<string, () => any>} */
const sources = {
  'a typed array': () => bytes,
  'an ArrayBuffer': () => bytes.slice().buffer,
  'a view into a larger memory': () => {
    const larger = new Uint8Array(bytes.length + 64);
    larger.set(bytes, 32);
    return larger.subarray(32, 32 + bytes.length);
  },
  'shared memory': () => {
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    return shared;
  },
  'a Blob': () => new Blob([bytes]),
  'a File': () => new File([bytes], 'model.safetensors'),
  'a Response': () => new Response(bytes),
  'a Response in parts': () => new Response(streamOf(bytes.subarray(0, 9), new Uint8Array(0), bytes.subarray(9))),
  'an answer': () => fetch(`${server}/model`),
  'a URL': () => new URL(`${server}/model`),
  'an address': () => `${server}/model`,
  'a data: address': () => `data:,${[...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`,
  'a blob: address': () => URL.createObjectURL(new Blob([bytes])),
  'a path': () => file,
  'a file: URL': () => pathToFileURL(file),
  'a promise of bytes': async () => bytes,
  'a promise of a promise': () => Promise.resolve({ then: (/** @type {any} */ done) => done(new Blob([bytes])) }),
};

/** Each takes a source and options. @type {Record<string, (t: any) => Promise<(source: any, options?: any) => any>>} */
const calls = {
  open: async () => (source, options) => lstm.open(source, options),
  inspect: async () => async (source, options) => inspect(source, options),
  "a Worker's open": async (t) => {
    const { lstm: remote } = await openBothEnds(t, load);
    return (source, options) => remote.open(source, options);
  },
};

for (const [name, prepare] of Object.entries(calls)) {
  const where = name === 'inspect' ? 'inspect' : 'open';
  describe(name, () => {
    test('every kind of source', async (t) => {
      const call = await prepare(t);
      for (const [kind, make] of Object.entries(sources)) {
        const opened = await call(make());
        assert.equal(opened.alphabet.join(''), model.alphabet.join(''), kind);
        if (opened.predict) assert.deepEqual(await opened.predict('to b'), model.predict('to b'), kind);
        assert.deepEqual((await call(make(), { signal: new AbortController().signal })).alphabet, opened.alphabet, kind);
      }
      assert.ok(bytes.length > 0, 'what was given was handed over');
      assert.ok(lstm.openCharModel(bytes));
    });

    test('what is wrong is said, and the next call works', async (t) => {
      const call = await prepare(t);
      const used = new Response(bytes);
      await used.arrayBuffer();
      const page = '\uFEFF <!DOCTYPE html><title>404</title>';
      const html = new RegExp(`^${where}: cannot read the model from .*: the server answered a page, HTML, where the model should be$`);
      /** @type {[any, string, RegExp][]} */
      const cases = [
        ...[undefined, null, 7, {}, [1, 2], () => bytes].flatMap((wrong) => /** @type {[any, string, RegExp][]} */ ([
          [wrong, 'ERR_ARGUMENT', new RegExp(`^${where}: source must be an ArrayBuffer, a typed array, a Blob, a Response, a URL, an address or a promise of one, got `)],
          [Promise.resolve(wrong), 'ERR_ARGUMENT', /source must be an ArrayBuffer, .* got /],
        ])),
        ['', 'ERR_ARGUMENT', /source must be an address that is not empty/],
        [Promise.reject(new Error('went wrong')), 'ERR_ARGUMENT', /source must be .* got a promise that was rejected: went wrong$/],
        [`${server}/none`, 'ERR_ARGUMENT', /source must be an address that can be read, got http:\S+\/none: the server answered 404 Not here$/],
        [`${server}/huge`, 'ERR_ARGUMENT', /it has 1099511627776 bytes, more than the 4294967296 that can be of use$/],
        [join(folder, 'none'), 'ERR_ARGUMENT', /source must be an address that can be read, got "\S+none": ENOENT/],
        [used, 'ERR_ARGUMENT', /source must be a Response whose body was not read yet/],
        [new Response('', { status: 500 }), 'ERR_ARGUMENT', /source must be a Response that is ok/],
        [`${server}/page`, 'ERR_FILE_FORMAT', html],
        [new Blob([page]), 'ERR_FILE_FORMAT', html],
        [new Response(page), 'ERR_FILE_FORMAT', html],
        [new TextEncoder().encode(page), 'ERR_FILE_FORMAT', new RegExp(`^${where}: the bytes are a page, HTML, where the model should be`)],
        [new Blob([]), 'ERR_FILE_FORMAT', /the Blob given as `source`: it is empty$/],
        [new File([], 'a\u202eb'), 'ERR_FILE_FORMAT', /the File "a\\u202eb": it is empty$/],
        [new Uint8Array(0), 'ERR_FILE_FORMAT', new RegExp(`^${where}: not a safetensors file`)],
        [new Blob([bytes.subarray(0, 100)]), 'ERR_FILE_FORMAT', new RegExp(`^${where}: `)],
        [new Response(streamOf('abc')), 'ERR_ARGUMENT', /got the Response given as `source`, .*its stream must give Uint8Arrays, got "abc"$/],
        [new Response(streamOf(null)), 'ERR_ARGUMENT', /its stream must give Uint8Arrays, got null$/],
        [new Response(bytes.subarray(0, bytes.length - 3)), 'ERR_FILE_FORMAT', new RegExp(`^${where}: truncated`)],
      ];
      for (const [source, code, message] of cases) {
        await assert.rejects(call(source), (error) => {
          assert.match(/** @type {Error} */ (error).message, message);
          assert.equal(/** @type {any} */ (error).code, code, String(error));
          return true;
        });
      }
      await assert.rejects(call(bytes, { signals: 1 }), { code: 'ERR_ARGUMENT', message: /unknown option "signals"/ });
      await assert.rejects(call(bytes, { signal: 1 }), { code: 'ERR_ARGUMENT', message: /signal must be an AbortSignal/ });
      await assert.rejects(call(bytes, null), { code: 'ERR_ARGUMENT', message: /options must be an object/ });
      assert.ok(await call(bytes));
    });

    test('signal', async (t) => {
      const call = await prepare(t);
      const reason = new Error('enough');
      const isReason = (/** @type {unknown} */ error) => error === reason;
      for (const source of [bytes, new Blob([bytes]), `${server}/model`, Promise.reject(new Error('unheard'))]) {
        await assert.rejects(call(source, { signal: AbortSignal.abort(reason) }), isReason);
      }
      const body = () => new ReadableStream({ pull: () => new Promise(() => {}) });
      for (const make of [() => `${server}/silent`, () => new Promise(() => {}), () => new Response(body())]) {
        const abortion = new AbortController();
        const opening = call(make(), { signal: abortion.signal });
        setTimeout(() => abortion.abort(reason), 30);
        await assert.rejects(opening, isReason);
      }
      // What comes after the end is let go.
      const { promise, resolve } = deferred();
      const { promise: cancelled, resolve: cancel } = deferred();
      const abortion = new AbortController();
      const opening = call(promise, { signal: abortion.signal });
      abortion.abort(reason);
      await assert.rejects(opening, isReason);
      resolve(new Response(new ReadableStream({ pull: () => new Promise(() => {}), cancel })));
      await cancelled;
      assert.ok(await call(bytes));
    });
  });
}

test('of bytes inspect tells at once; open looks at them before they can change', async () => {
  const { kind, bytes: size } = inspect(bytes);
  assert.deepEqual({ kind, size }, { kind: 'characters', size: bytes.length });
  assert.throws(() => inspect(bytes, { signal: AbortSignal.abort(new Error('enough')) }), /^Error: enough$/);
  const changing = bytes.slice();
  const opening = lstm.open(changing);
  changing.fill(0);
  assert.deepEqual((await opening).config, model.config);
  const moved = bytes.slice();
  const sent = lstm.open(moved);
  structuredClone(moved.buffer, { transfer: [moved.buffer] });
  assert.deepEqual((await sent).config, model.config);
});

test('a network opens as one, in a Worker too', async (t) => {
  const opened = await lstm.open(new Blob([network]));
  assert.deepEqual(opened.parameters(), model.network.parameters());
  assert.equal(inspect(network).kind, 'network');
  const { lstm: remote } = await openBothEnds(t, load);
  assert.deepEqual(await (await remote.open(network)).parameters(), model.network.parameters());
  assert.equal((await remote.open(bytes)).alphabet.length, model.alphabet.length);
});

test('a checkpoint opens, and trains on', async () => {
  for (const report of model.train(text, { steps: 3, batchSize: 2, window: 8 })) assert.ok(report.loss > 0);
  const opened = await lstm.open(new Blob([model.checkpoint()]));
  const [report] = opened.train(text, { steps: 1 });
  assert.equal(report.step, 4);
});
