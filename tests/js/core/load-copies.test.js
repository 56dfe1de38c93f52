// The module's file first, else the copy in the package: whatever is wrong with the file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { LstmError } from '../../../src/js/core/errors.js';
import { loadModule } from '../../../src/js/core/load.js';
import { copyOf } from '../../../src/js/core/module-copies.js';
import { urlOf } from '../../../src/js/core/module-files.js';
import { VERSION } from '../../../src/js/core/version.js';
import { bytesAs, serve } from '../serve.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const bytesOf = (/** @type {string} */ variant) => readFileSync(join(root, `dist/lstm-${variant}.wasm`));
const bytes = bytesOf('scalar');

/** The module as a release with other numbers would have it. */
const stale = Buffer.from(bytes);
const at = stale.indexOf(`${VERSION}\0`);
stale.write('9', at);
assert.ok(at > 0);

const server = await serve({
  '/right.wasm': bytesAs(bytes, 'application/wasm'),
  '/stale.wasm': bytesAs(stale, 'application/wasm'),
  '/simd.wasm': bytesAs(bytesOf('simd'), 'application/wasm'),
  '/magic.wasm': bytesAs(Buffer.from('not a module'), 'application/wasm'),
  '/cut.wasm': bytesAs(bytes.subarray(0, 5000)),
  '/other.wasm': bytesAs(Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]), 'application/wasm'),
  '/empty.wasm': bytesAs(new Uint8Array(0)),
  '/none.wasm': (_, response) => response.writeHead(404).end(),
  '/error.wasm': (_, response) => response.writeHead(500).end('<!doctype html>'),
  '/reset.wasm': (_, response) => response.destroy(),
  '/silent.wasm': () => {},
}, { after });

/** What may be wrong with the file, and how it is told. @type {Record<string, [URL | undefined, RegExp]>} */
const wrong = {
  'no import.meta.url': [undefined, /from its file, whose address is not known here: there is no import\.meta\.url/],
  'no server': [new URL('http://127.0.0.1:1/x.wasm'), /from http:\/\/127\.0\.0\.1:1\/x\.wasm: fetch failed \(/],
  'no file': [new URL('file:///no/such/file.wasm'), /from file:\/\/\/no\/such\/file\.wasm: ENOENT/],
  'another kind of address': [new URL('chrome-extension://x/y.wasm'), /from chrome-extension:\/\/x\/y\.wasm: fetch failed/],
  ...Object.fromEntries(Object.entries({
    page: /: the server answered a page, HTML, where the module should be/,
    none: /: the server answered 404 Not Found/,
    error: /: the server answered 500 /,
    reset: /: fetch failed/,
    empty: /: it is empty/,
    magic: /magic/,
    cut: /compile/i,
    other: /: the WebAssembly module is not one of lstm-wasm/,
    stale: /: the WebAssembly module must be that of lstm-wasm .*, got that of lstm-wasm 9/,
    simd: /: the module must be of variant 'scalar', got one of 'simd'/,
  }).map(([name, message]) => [name, [new URL(`${server}/${name}.wasm`), message]])),
};

const options = /** @type {const} */ ({ variant: 'scalar' });

describe('the copy takes the place of a file', () => {
  for (const [name, [url, message]] of Object.entries(wrong)) {
    test(name, async () => {
      let asked = 0;
      const copying = async () => { asked++; return new Uint8Array(bytes); };
      const wasm = await loadModule(options, { urlOf: () => url, copyOf: copying });
      assert.equal(wasm.variant, 'scalar');
      assert.equal(asked, 1);
      await assert.rejects(loadModule(options, { urlOf: () => url }), (error) => {
        assert.ok(error instanceof LstmError);
        assert.match(error.message, /^load: cannot load the 'scalar' module from .*; give load the module as `wasm`: its bytes, its address, or the compiled module$/);
        assert.match(error.message, message);
        assert.ok(error.cause instanceof Error);
        return true;
      });
      // Neither works: both reasons are told, each once.
      await assert.rejects(loadModule(options, { urlOf: () => url, copyOf: () => Promise.reject(new Error('no copy')) }), (error) => {
        assert.match(error.message, message);
        assert.match(error.message, /; nor from the copy in the package: no copy; give load the module as `wasm`/);
        assert.equal(error.message.match(/load: /g)?.length, 1);
        return true;
      });
    });
  }

  test('it is not asked for where the file is right', async () => {
    const copyOf = () => assert.fail('the copy was asked for');
    assert.equal((await loadModule(options, { urlOf: () => new URL(`${server}/right.wasm`), copyOf })).variant, 'scalar');
    assert.equal((await loadModule(options, { urlOf, copyOf })).variant, 'scalar');
  });

  test('a copy of another version or variant is refused', async () => {
    for (const [copy, message] of /** @type {[Uint8Array<ArrayBuffer>, RegExp][]} */ ([
      [new Uint8Array(stale), /nor from the copy in the package: the WebAssembly module must be that of lstm-wasm/],
      [new Uint8Array(bytesOf('simd')), /nor from the copy in the package: the module must be of variant 'scalar'/],
    ])) await assert.rejects(loadModule(options, { urlOf: () => undefined, copyOf: async () => copy }), message);
  });

  test('no copy is asked for after the signal, nor where nothing may be compiled', async () => {
    const reason = new Error('enough');
    const abortion = new AbortController();
    let asked = 0;
    const modules = { urlOf: () => new URL(`${server}/silent.wasm`), copyOf: async () => { asked++; return new Uint8Array(bytes); } };
    const loading = loadModule({ ...options, signal: abortion.signal }, modules);
    setTimeout(() => abortion.abort(reason), 30);
    await assert.rejects(loading, (error) => error === reason);
    await new Promise((resolve) => { setTimeout(resolve, 30); });

    const { Module } = WebAssembly;
    WebAssembly.Module = new Proxy(Module, { construct() { throw new WebAssembly.CompileError('blocked by the policy'); } });
    try {
      await assert.rejects(loadModule(options, modules), /^LstmError: load: bytes cannot be compiled .*'wasm-unsafe-eval'.*blocked by the policy$/);
    } finally {
      WebAssembly.Module = Module;
    }
    assert.equal(asked, 0);
  });
});

for (const variant of /** @type {const} */ (['relaxed', 'simd', 'scalar'])) {
  test(`the copy of ${variant} is its file, with and without DecompressionStream`, async () => {
    assert.deepEqual(Buffer.from(await copyOf(variant)), bytesOf(variant));
    const { DecompressionStream } = globalThis;
    globalThis.DecompressionStream = /** @type {any} */ (undefined);
    try {
      assert.deepEqual(Buffer.from(await copyOf(variant)), bytesOf(variant));
    } finally {
      globalThis.DecompressionStream = DecompressionStream;
    }
  });
}

describe('bundled into one file by somebody else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lstm-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const program = `
    const { load } = require('lstm-wasm');
    load({ variant: 'scalar' }).then((lstm) => {
      const model = lstm.createCharModel({ text: 'to be or not to be', hiddenSize: 4 });
      console.log(lstm.variant, typeof model.predict('to b')[0].char);
    });`;
  for (const format of /** @type {const} */ (['cjs', 'iife', 'esm'])) {
    for (const of of ['dist', 'src/js']) {
      test(`${format} of ${of}`, async () => {
        const outfile = join(folder, `${of.replace('/', '-')}.${format === 'esm' ? 'mjs' : 'cjs'}`);
        const contents = program.replace("require('lstm-wasm')", `require('./${of}/index.js')`)
          .replace(/const (.*) = require\((.*)\)/, 'import $1 from $2');
        await build({ stdin: { contents, resolveDir: root }, bundle: true, format, outfile, logLevel: 'error', logOverride: { 'empty-import-meta': 'silent' } });
        assert.equal(execFileSync(process.execPath, [outfile], { encoding: 'utf8', cwd: folder }).trim(), 'scalar string');
      });
    }
  }

  test('it runs without what Jest\'s jsdom has not', () => {
    writeFileSync(join(folder, 'few.mjs'), `
      for (const name of ['structuredClone', 'fetch', 'Response', 'Request', 'Headers', 'TextEncoder', 'TextDecoder', 'DecompressionStream',
        'ReadableStream', 'MessageChannel', 'BroadcastChannel', 'crypto', 'Worker', 'setImmediate']) {
        Object.defineProperty(globalThis, name, { value: undefined });
      }
      const { load, inspect } = await import(${JSON.stringify(new URL('../../../dist/index.js', import.meta.url))});
      const lstm = await load({ variant: 'scalar' });
      const model = lstm.createCharModel({ text: 'to be or not to be', hiddenSize: 4 });
      for (const report of model.train('to be or not to be '.repeat(20), { steps: 2, batchSize: 1, window: 4 }));
      const opened = await lstm.open(new Blob([model.checkpoint()]));
      console.log(opened.predict('to b')[0].char === model.predict('to b')[0].char, inspect(model.save()).kind, opened.config.hiddenSize);
    `);
    assert.equal(execFileSync(process.execPath, [join(folder, 'few.mjs')], { encoding: 'utf8' }).trim(), 'true characters 4');
  });
});
