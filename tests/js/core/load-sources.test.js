// load({ wasm }) takes the module from wherever it is, and says what is wrong with what it was given.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { ArgumentError, LstmError, load } from 'lstm-wasm';
import { bytesAs, serve } from '../serve.js';

const file = fileURLToPath(import.meta.resolve('lstm-wasm/lstm-scalar.wasm'));
const bytes = readFileSync(file);
const wasmType = 'application/wasm';
const hang = () => {};

const server = await serve({
  '/right.wasm': bytesAs(bytes, wasmType),
  '/octets.wasm': bytesAs(bytes, 'application/octet-stream'),
  '/untyped.wasm': bytesAs(bytes),
  '/html-as-wasm': bytesAs(Buffer.from('<html></html>'), wasmType),
  '/none': (_, response) => response.writeHead(404).end('not here'),
  '/empty': bytesAs(new Uint8Array(0)),
  '/huge': (_, response) => response.writeHead(200, { 'content-length': String(2 ** 40) }).write('x'),
  '/endless': (_, response) => {
    const more = () => { while (response.write(Buffer.alloc(2 ** 20)) && !response.destroyed); };
    response.on('drain', more).on('error', hang);
    more();
  },
  '/cut': (_, response) => {
    response.writeHead(200, { 'content-length': String(bytes.length), 'content-type': wasmType });
    response.write(bytes.subarray(0, 1000), () => response.destroy());
  },
  '/slow': (_, response) => { response.writeHead(200, { 'content-type': wasmType }).write(bytes.subarray(0, 1000)); },
  '/silent': hang,
}, { after });

/** @param {any} wasm @param {object} [options] */
const variantOf = async (wasm, options) => (await load({ variant: 'scalar', wasm, ...options })).variant;

/**
 * @param {any} wasm
 * @param {RegExp} message
 * @param {new (message: string) => Error} [Class]
 * @param {object} [options]
 */
const refuses = (wasm, message, Class = ArgumentError, options) => assert.rejects(variantOf(wasm, options), (error) => {
  assert.equal(/** @type {Error} */ (error).constructor, Class, /** @type {Error} */ (error).stack);
  assert.match(/** @type {Error} */ (error).message, message);
  return true;
});

/** What `work` called WebAssembly.compileStreaming with. @param {() => Promise<unknown>} work */
async function streamed(work) {
  const { compileStreaming } = WebAssembly;
  let calls = 0;
  WebAssembly.compileStreaming = (response) => {
    calls++;
    return compileStreaming(response);
  };
  try {
    await work();
  } finally {
    WebAssembly.compileStreaming = compileStreaming;
  }
  return calls;
}

describe('every kind of source', () => {
  const own = () => new Uint8Array(bytes).buffer;
  /** @type {Record<string, () => unknown>} */
  const sources = {
    'an ArrayBuffer': own,
    'a typed array': () => bytes,
    'a DataView': () => new DataView(own()),
    'shared memory': () => {
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      return shared;
    },
    'a Blob': () => new Blob([bytes]),
    'a File': () => new File([bytes], 'lstm.wasm'),
    'a Response': () => new Response(bytes),
    'a Response of its type': () => new Response(bytes, { headers: { 'content-type': wasmType } }),
    'an answer': () => fetch(`${server}/octets.wasm`),
    'a URL': () => new URL(`${server}/right.wasm`),
    'an address': () => `${server}/right.wasm`,
    'an address without a type': () => `${server}/untyped.wasm`,
    'a data: address': () => `data:application/wasm;base64,${bytes.toString('base64')}`,
    'a blob: address': () => URL.createObjectURL(new Blob([bytes])),
    'a file: URL': () => pathToFileURL(file),
    'a file: address': () => pathToFileURL(file).href,
    'a path': () => file,
    'a relative path': () => 'dist/lstm-scalar.wasm',
    'a compiled module': () => new WebAssembly.Module(bytes),
    'a module of another realm': () => {
      const { WebAssembly: theirs } = vm.runInNewContext('({ WebAssembly })');
      return new theirs.Module(bytes);
    },
    'an older library\'s Response, whose body is no stream of the web': () => ({
      [Symbol.toStringTag]: 'Response', ok: true, body: { pipe() {} }, headers: new Map(), arrayBuffer: async () => own(),
    }),
  };
  for (const [name, make] of Object.entries(sources)) {
    test(name, async () => {
      assert.equal(await variantOf(make()), 'scalar');
      assert.equal(await variantOf(Promise.resolve(make())), 'scalar', 'a promise of it');
      assert.equal(await variantOf({ then: (/** @type {any} */ done) => done(make()) }), 'scalar', 'a thenable of it');
      assert.equal(await variantOf(make(), { signal: new AbortController().signal }), 'scalar', 'with a signal');
    });
  }

  test('what comes as a module is compiled while it comes, and nothing else', async () => {
    const response = (/** @type {string} */ type) => new Response(bytes, { headers: { 'content-type': type } });
    const { signal } = new AbortController();
    const hash = `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
    for (const [expected, wasm, options] of /** @type {[number, any, object?][]} */ ([
      [1, `${server}/right.wasm`], [1, `${server}/right.wasm`, { signal }], [1, response(wasmType)],
      [0, `${server}/octets.wasm`], [0, `${server}/untyped.wasm`], [0, response('application/wasm; charset=utf-8')], [0, response('Application/WASM')],
      [0, file], [0, bytes], [0, `${server}/right.wasm`, { integrity: hash }],
      [0, response(wasmType), { signal }], // it would go on after the signal
    ])) {
      assert.equal(await streamed(async () => assert.equal(await variantOf(wasm, options), 'scalar')), expected, String(wasm));
    }
  });

  test('without compileStreaming', async () => {
    const { compileStreaming } = WebAssembly;
    delete (/** @type {any} */ (WebAssembly).compileStreaming);
    try {
      assert.equal(await variantOf(`${server}/right.wasm`), 'scalar');
    } finally {
      WebAssembly.compileStreaming = compileStreaming;
    }
  });

  test('a relative address counts from the page, or from the Worker\'s script', async () => {
    const globals = /** @type {any} */ (globalThis);
    for (const [name, value] of [['document', { baseURI: `${server}/deep/` }], ['location', { href: `${server}/deep/worker.js` }]]) {
      globals[name] = value;
      try {
        assert.equal(await variantOf('../right.wasm'), 'scalar');
        assert.equal(await variantOf('/right.wasm'), 'scalar');
      } finally {
        delete globals[name];
      }
    }
    globals.location = { href: 'about:blank' };
    try {
      await refuses('right.wasm', /^load: wasm must be an address, absolute or relative to about:blank, got "right.wasm"$/);
    } finally {
      delete globals.location;
    }
  });
});

describe('what is wrong is said', () => {
  test('no source', async () => {
    const kinds = /^load: wasm must be a WebAssembly\.Module, an ArrayBuffer, a typed array, a Blob, a Response, a URL, an address or a promise of one, got /;
    for (const wrong of [null, 0, 7, true, {}, [], [0, 97], () => bytes, Symbol('wasm'), 5n]) {
      await refuses(wrong, kinds);
      await refuses(Promise.resolve(wrong), kinds);
    }
    await refuses(Promise.resolve(undefined), kinds);
    await refuses('', /wasm must be an address that is not empty, got ""/);
    await refuses('http://[', /wasm must be an address, got "http:\/\/\["/);
    for (const [tag, message] of /** @type {[string, RegExp][]} */ ([
      ['URL', /wasm must be an address, got an object/], ['Blob', /wasm must be a Blob or File that can be read/],
      ['Response', /wasm must be a Response that is ok/],
    ])) await refuses({ [Symbol.toStringTag]: tag }, message);
    await refuses({ [Symbol.toStringTag]: 'WebAssembly.Module' }, /module is not one of lstm-wasm/, LstmError);
  });

  test('promises that reject', async () => {
    const cause = new Error('went\u001b[2J wrong');
    await refuses(Promise.reject(cause), /^load: wasm must be .* got a promise that was rejected: went \[2J wrong$/);
    await assert.rejects(load({ wasm: Promise.reject(cause) }), (error) => /** @type {Error} */ (error).cause === cause);
    await refuses({ get then() { throw new Error('hostile'); } }, /a promise that was rejected: hostile/);
  });

  test('addresses', async () => {
    for (const [address, message] of /** @type {[string, RegExp][]} */ ([
      [`${server}/none`, /got http:\S+\/none: the server answered 404 Not Found$/],
      [`${server}/huge`, /got http:\S+\/huge: it has 1099511627776 bytes, more than the 67108864 that can be of use$/],
      [`${server}/endless`, /got http:\S+\/endless, which cannot: it has more than 67108864 bytes$/],
      ['http://127.0.0.1:1/', /got http:\/\/127\.0\.0\.1:1\/: fetch failed \(.+\)$/],
      ['gopher://x/y', /got gopher:\/\/x\/y: fetch failed/],
      ['/no/such/file', /got "\/no\/such\/file": ENOENT: no such file/],
      ['/', /got "\/": EISDIR/],
      ['a\0b', /got "a\\u0000b": /],
    ])) await refuses(address, message);
    await assert.rejects(variantOf(`${server}/cut`));
    await refuses('relative.wasm'.padEnd(5000, 'x'), /^load: wasm must be an address that can be read, got "relative\.wasmx{280,300}…: ENAMETOOLONG/);
  });

  test('answers, Blobs and bytes', async () => {
    const used = new Response(bytes);
    await used.arrayBuffer();
    await refuses(used, /^load: wasm must be a Response whose body was not read yet, got the Response given as `wasm`, whose body was$/);
    const locked = new Response(bytes);
    locked.body?.getReader();
    await refuses(locked, /whose body was not read yet/);
    await refuses(new Response('no', { status: 503, statusText: 'Busy' }), /Response that is ok, got the Response given as `wasm`: the server answered 503 Busy$/);
    await refuses(Response.error(), /Response that is ok, .* the server answered 0$/);
    const opaque = Object.defineProperty(new Response(bytes), 'type', { value: 'opaque' });
    await refuses(opaque, /answer of another origin cannot be read: fetch it with mode 'cors'/);
    const broken = new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('cable cut')) }));
    await refuses(broken, /file that can be read, got the Response given as `wasm`, which cannot: cable cut$/);
    const gone = Object.defineProperty(new Blob([bytes]), 'arrayBuffer', { value: () => Promise.reject(new Error('gone')) });
    await refuses(gone, /Blob or File that can be read, got the Blob given as `wasm`: gone$/);
    for (const nothing of [new Uint8Array(0), new Blob([]), new Response(''), `${server}/empty`]) {
      await refuses(nothing, /^load: cannot load the 'scalar' module from .*: it is empty$/, LstmError);
    }
  });

  test('a page in the module\'s place', async () => {
    const said = /^load: cannot load the 'scalar' module from http:\S+\/nowhere\.wasm: the server answered a page, HTML, where the module should be$/;
    await refuses(`${server}/nowhere.wasm`, said, LstmError);
    await refuses(await fetch(`${server}/nowhere.wasm`), said, LstmError);
    const html = /the server answered a page, HTML, where the module should be$/;
    for (const page of ['<!DOCTYPE html>', '\uFEFF<!doctype html>', ' \r\n\t<html lang="en">', '<!-- hello -->\n<!doctype html>', '<HTML>']) {
      await refuses(new TextEncoder().encode(page), html, LstmError);
      await refuses(new Blob([page]), html, LstmError);
    }
    await refuses(`${server}/html-as-wasm`, /from http:\S+\/html-as-wasm: .*magic/, LstmError);
    await refuses(new TextEncoder().encode('<htmlx'), /magic/, LstmError);
  });
});

describe('integrity', () => {
  /** @param {string} algorithm @param {Uint8Array} [of] */
  const hash = (algorithm, of = bytes) => `${algorithm}-${createHash(algorithm).update(of).digest('base64')}`;
  const other = new Uint8Array(3);

  test('what fits is taken', async () => {
    const sha = hash('sha384');
    for (const integrity of [
      hash('sha256'), sha, hash('sha512'), `  ${hash('sha256', other)}\n${hash('sha256')} `, `${hash('sha256', other)} ${hash('sha512')}`,
      sha.replace(/^sha384-/, '').replaceAll('+', '-').replaceAll('/', '_').replace(/^/, 'sha384-'), `${sha}?later=1`,
      hash('sha256').replace(/=+$/, ''),
    ]) {
      for (const wasm of [bytes, `${server}/right.wasm`, new Blob([bytes])]) assert.equal(await variantOf(wasm, { integrity }), 'scalar');
    }
    assert.equal((await load({ variant: 'scalar', integrity: hash('sha256') })).variant, 'scalar', 'of the package\'s own file');
  });

  test('what does not fit is refused, and says expected and got', async () => {
    for (const wasm of [bytes, `${server}/right.wasm`, new Response(bytes, { headers: { 'content-type': wasmType } })]) {
      await assert.rejects(variantOf(wasm, { integrity: hash('sha256', other) }), (error) => {
        assert.ok(error instanceof LstmError);
        assert.ok(error.message.endsWith(`: its integrity must be ${hash('sha256', other)}, got ${hash('sha256')}`), error.message);
        return true;
      });
    }
    // Of several algorithms the strongest counts.
    await refuses(bytes, /its integrity must be sha512-\S+, got sha512-/, LstmError, { integrity: `${hash('sha256')} ${hash('sha512', other)}` });
    await refuses(bytes, /must be sha256-\S+ or sha256-\S+, got sha256-/, LstmError, { integrity: `${hash('sha256', other)} ${hash('sha256', new Uint8Array(4))}` });
    // Neither the file nor the copy of it is.
    await assert.rejects(load({ variant: 'scalar', integrity: hash('sha256', other) }), /its integrity must be .*; nor from the copy in the package: its integrity must be/);
  });

  test('what is no integrity is refused', async () => {
    const kinds = /^load: integrity must be 'sha256-', 'sha384-' or 'sha512-' and a hash of that length in base64, or several separated by spaces, got /;
    for (const integrity of ['', ' ', 'sha256-', 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', hash('sha256').slice(0, -4), hash('sha256').replace('sha256', 'sha512'),
      'sha256', `${hash('sha256')} nonsense`, `sha256-${'!'.repeat(43)}`, 5, null, [hash('sha256')], `${hash('sha256')}=`]) {
      await refuses(bytes, kinds, ArgumentError, { integrity });
    }
    await refuses(new WebAssembly.Module(bytes), /integrity is of bytes, which a WebAssembly.Module given as `wasm` has no more/, ArgumentError, { integrity: hash('sha256') });
  });

  test('bytes are compiled as they were checked', async () => {
    const changing = new Uint8Array(bytes);
    const loading = variantOf(changing, { integrity: hash('sha256') });
    changing.fill(0);
    // Either it saw them before, or refuses them.
    await loading.then((variant) => assert.equal(variant, 'scalar'), (error) => assert.match(error.message, /its integrity must be/));
  });

  test('it needs crypto.subtle', async () => {
    const { getBuiltinModule } = process;
    const subtle = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
    try {
      assert.equal(await variantOf(bytes, { integrity: hash('sha256') }), 'scalar', 'Node\'s');
      process.getBuiltinModule = /** @type {any} */ (undefined);
      await refuses(bytes, /integrity needs crypto\.subtle/, LstmError, { integrity: hash('sha256') });
    } finally {
      process.getBuiltinModule = getBuiltinModule;
      Object.defineProperty(globalThis, 'crypto', /** @type {PropertyDescriptor} */ (subtle));
    }
  });
});

describe('signal', () => {
  const reason = new Error('enough');
  const isReason = (/** @type {unknown} */ error) => error === reason;

  test('one that was aborted before', async () => {
    let isAsked = false;
    const wasm = { then() { isAsked = true; } };
    await assert.rejects(variantOf(wasm, { signal: AbortSignal.abort(reason) }), isReason);
    assert.equal(isAsked, false);
    await assert.rejects(load({ signal: AbortSignal.abort(reason) }), isReason);
    // A promise that was given over and rejects is no error of the program.
    await assert.rejects(variantOf(Promise.reject(new Error('unheard')), { signal: AbortSignal.abort(reason) }), isReason);
    await assert.rejects(load({ signal: /** @type {any} */ ({}) }), { name: 'ArgumentError', message: /load: signal must be an AbortSignal/ });
  });

  /** @type {Record<string, () => unknown>} */
  const slow = {
    'an address that does not answer': () => `${server}/silent`,
    'an address that does not end': () => `${server}/slow`,
    'a promise that does not settle': () => new Promise(() => {}),
    'a Response that does not end': () => fetch(`${server}/slow`),
  };
  for (const [name, make] of Object.entries(slow)) {
    test(name, async () => {
      const abortion = new AbortController();
      const loading = variantOf(make(), { signal: abortion.signal });
      setTimeout(() => abortion.abort(reason), 50);
      await assert.rejects(loading, isReason);
    });
  }

  test('the body of a Response is let go, and its listener too', async () => {
    let isCancelled = false;
    const abortion = new AbortController();
    /** @type {string[]} */
    const heard = [];
    for (const name of /** @type {const} */ (['addEventListener', 'removeEventListener'])) {
      const method = abortion.signal[name].bind(abortion.signal);
      abortion.signal[name] = (/** @type {any[]} */ ...args) => { heard.push(name); return method(...args); };
    }
    const body = new ReadableStream({ pull: () => new Promise(() => {}), cancel() { isCancelled = true; } });
    const loading = variantOf(new Response(body), { signal: abortion.signal });
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    abortion.abort(reason);
    await assert.rejects(loading, isReason);
    await new Promise((resolve) => { setImmediate(resolve); });
    assert.equal(isCancelled, true);
    assert.equal(heard.filter((name) => name === 'addEventListener').length, heard.filter((name) => name === 'removeEventListener').length);
  });
});

test('a given module is taken where nothing else may be compiled, as in workerd', () => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { load } from 'lstm-wasm';
    const modules = Object.fromEntries(['scalar', 'simd'].map((variant) =>
      [variant, new WebAssembly.Module(readFileSync('dist/lstm-' + variant + '.wasm'))]));
    let attempts = 0;
    const forbid = () => { attempts++; throw new WebAssembly.CompileError('code generation disallowed by embedder'); };
    const { Module } = WebAssembly;
    WebAssembly.Module = new Proxy(Module, { construct: forbid });
    WebAssembly.compile = WebAssembly.compileStreaming = WebAssembly.instantiate = async () => forbid();
    WebAssembly.validate = forbid;
    for (const [variant, wasm] of Object.entries(modules)) {
      for (const asked of ['auto', 'repeatable', variant]) {
        if ((await load({ wasm, variant: asked })).variant !== variant) throw new Error(variant);
        await load({ wasm: Promise.resolve(wasm), variant: asked });
      }
    }
    if (attempts > 0) throw new Error('bytes were compiled');
    for (const options of [{}, { wasm: readFileSync('dist/lstm-scalar.wasm'), variant: 'scalar' }]) {
      const error = await load(options).catch((error) => error);
      console.log(error.name + ': ' + error.message);
    }`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const lines = printed.trim().split('\n');
  assert.equal(lines.length, 2);
  for (const line of lines) {
    assert.match(line, /^LstmError: load: bytes cannot be compiled as WebAssembly here\. .*'wasm-unsafe-eval' in script-src; .* as `wasm`: code generation disallowed by embedder$/);
  }
});
