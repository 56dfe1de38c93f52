// The ways in, in Chromium and Firefox: the package's files where they are, where a server has not put the modules, where it
// answers a page in their place, and under a policy that forbids WebAssembly. And what `open` and `load` fetch there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'lstm-wasm';
import { bytesAs, serve } from '../js/serve.js';
import { launchChromium, launchFirefox } from './browsers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const model = (await load()).createCharModel({ text: 'to be or not to be', hiddenSize: 4 });
const program = `
  import { load } from './dist/index.js';
  import { openWorker } from './dist/worker.js';
  const told = async (call) => { try { return await call(); } catch (error) { return error.name + ': ' + error.message; } };
  const inWorker = async () => {
    const lstm = await openWorker();
    try {
      const { length } = await (await lstm.open('model')).predict('to');
      return [lstm.variant, length].join();
    } finally {
      lstm.terminate();
    }
  };
  globalThis.seen = {
    load: await told(async () => (await load()).variant),
    worker: await told(inWorker),
    open: await told(async () => (await (await load()).open('model')).predict('to').length),
    nowhere: await told(async () => (await load()).open('nowhere')),
    address: await told(async () => (await load({ wasm: '../right/dist/lstm-simd.wasm' })).variant),
    answer: await told(async () => (await load({ wasm: fetch('../right/dist/lstm-simd.wasm') })).variant),
  };`;
const page = '<!doctype html><script type="module" src="main.js"></script>';
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self' blob:";

/** What the server does with a module, by the first folder of its address. @type {Record<string, import('../js/serve.js').Handler>} */
const modules = {
  missing: (_, response) => response.writeHead(404).end(),
  page: bytesAs(Buffer.from(page), 'text/html'),
  octets: (request, response) => bytesAs(fileOf(request), 'application/octet-stream')(request, response),
  foreign: bytesAs(Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]), 'application/wasm'),
  right: (request, response) => bytesAs(fileOf(request), 'application/wasm')(request, response),
};

/** @param {import('node:http').IncomingMessage} request */
const fileOf = ({ url = '' }) => readFileSync(root + url.slice(url.indexOf('/dist/')));

/** @type {import('../js/serve.js').Handler} */
const answer = (request, response) => {
  const [, way, path] = /^\/(\w+)\/(.*)$/.exec(request.url ?? '') ?? ['', '', ''];
  if (way === 'forbidden') response.setHeader('content-security-policy', policy);
  if (path === 'main.js') return bytesAs(Buffer.from(program), 'text/javascript')(request, response);
  if (path === 'model') return bytesAs(model.save())(request, response);
  if (path.endsWith('.wasm')) return (modules[way] ?? modules.right)(request, response);
  if (/^dist\/[\w/-]+\.js$/.test(path)) return bytesAs(fileOf(request), 'text/javascript')(request, response);
  bytesAs(Buffer.from(page), 'text/html')(request, response);
};
const server = await serve(new Proxy({}, { get: () => answer }), { after });

const browsers = { Chromium: await launchChromium(), Firefox: await launchFirefox() };

for (const [name, { browser, reason }] of Object.entries(browsers)) {
  describe(`ways in, ${name}`, { skip: browser ? false : `SKIPPED: ${reason}` }, () => {
    after(() => browser.close());

    /** @param {string} way */
    async function seen(way) {
      const tab = await browser.newPage();
      await tab.goto(`${server}/${way}/`);
      const handle = await tab.waitForFunction(() => /** @type {any} */ (globalThis).seen);
      const told = await handle.jsonValue();
      await tab.close();
      return told;
    }

    for (const way of Object.keys(modules)) {
      test(`modules: ${way}`, async () => {
        const { load: variant, nowhere, ...others } = await seen(way);
        assert.ok(['relaxed', 'simd'].includes(variant), variant);
        assert.deepEqual(others, { worker: `${variant},${model.alphabet.length}`, open: model.alphabet.length, address: 'simd', answer: 'simd' });
        assert.equal(nowhere, `FileFormatError: open: cannot read the model from ${server}/${way}/nowhere: `
          + 'the server answered a page, HTML, where the model should be');
      });
    }

    test('a policy that forbids WebAssembly is told as the reason, and nothing else', async () => {
      for (const told of Object.values(await seen('forbidden'))) {
        assert.match(told, /^LstmError: load: bytes cannot be compiled as WebAssembly here\. .* needs 'wasm-unsafe-eval' in script-src; .*(Content Security Policy|CSP)/i);
      }
    });
  });
}
