// The ways in which a page's Worker comes to run its script, in Chromium and Firefox: what a server or a policy has against
// the file, and a Worker or an address that is given.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bytesAs, serve } from '../js/serve.js';
import { launchChromium, launchFirefox } from './browsers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = `
  import { openWorker } from './dist/worker.js';
  globalThis.attempt = async (options) => {
    const lstm = await openWorker(options);
    const model = await lstm.createCharModel({ text: 'to be or not to be', hiddenSize: 4 });
    const written = await model.generate({ length: 5, seed: 1 });
    lstm.terminate();
    return [lstm.variant, written.length].join();
  };
  globalThis.told = (options) => attempt(options).catch((error) => error.name + ': ' + error.message);`;
const page = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script>';
const sandbox = "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
/** @type {Record<string, string>} */
const policies = {
  trusted: `${sandbox}; worker-src 'self'; require-trusted-types-for 'script'; trusted-types lstm-wasm`,
  untrusted: `${sandbox}; worker-src 'self'; require-trusted-types-for 'script'; trusted-types other`,
  none: `${sandbox}; worker-src 'none'`,
};

/** @type {import('../js/serve.js').Handler} by the first folder of the address */
const answer = (request, response) => {
  const [, way, path] = /^\/(\w+)\/(.*)$/.exec(request.url ?? '') ?? ['', '', ''];
  response.setHeader('access-control-allow-origin', '*');
  if (policies[way]) response.setHeader('content-security-policy', policies[way]);
  if (path === 'main.js') return bytesAs(Buffer.from(program), 'text/javascript')(request, response);
  if (path === 'broken.js') return bytesAs(Buffer.from("throw new Error('out of luck')"), 'text/javascript')(request, response);
  if (path.endsWith('lstm-worker.js') && way === 'missing' && !path.includes('copies')) return response.writeHead(404).end();
  const isFile = /^dist\/[\w/-]+\.(js|wasm)$/.test(path) && !(way === 'html' && /lstm-(worker|\w+)\.(js|wasm)$/.test(path) && !path.includes('copies'));
  if (!isFile) return bytesAs(Buffer.from(page), 'text/html')(request, response);
  bytesAs(readFileSync(root + path), path.endsWith('.js') ? 'text/javascript' : 'application/wasm')(request, response);
};
const answers = new Proxy({}, { get: () => answer });
const server = await serve(answers, { after });
const elsewhere = await serve(answers, { after });
const browsers = { Chromium: await launchChromium(), Firefox: await launchFirefox() };

for (const [name, { browser, reason }] of Object.entries(browsers)) {
  describe(`a Worker in ${name}`, { skip: browser ? false : `SKIPPED: ${reason}` }, () => {
    after(() => browser?.close());

    /** @param {string} way @param {string} expression of the page @returns {Promise<any>} */
    async function inPage(way, expression) {
      const tab = await /** @type {import('playwright-core').Browser} */ (browser).newPage();
      try {
        await tab.goto(`${server}/${way}/`);
        await tab.waitForFunction('globalThis.told');
        return await tab.evaluate(expression);
      } finally {
        await tab.close();
      }
    }
    const works = /^(relaxed|simd),5$/;

    for (const [way, what] of [['plain', 'its file'], ['missing', 'a file that is missing'], ['html', 'a page in place of every file']]) {
      test(`starts with ${what}`, async () => assert.match(await inPage(way, 'told()'), works));
    }

    test('starts from an address: its own, relative, of another origin', async () => {
      for (const url of ['./dist/lstm-worker.js', `${server}/plain/dist/lstm-worker.js`, `${elsewhere}/plain/dist/lstm-worker.js`]) {
        assert.match(await inPage('plain', `told({ url: '${url}' })`), works, url);
      }
    });

    test('starts in a Worker that is given, with a module that is given', async () => {
      const worker = "new Worker('./dist/lstm-worker.js', { type: 'module' })";
      assert.match(await inPage('plain', `told({ worker: ${worker} })`), works);
      assert.equal(await inPage('plain', `told({ worker: ${worker}, wasm: fetch('./dist/lstm-simd.wasm') })`), 'simd,5');
      assert.equal(await inPage('plain', "told({ wasm: './dist/lstm-simd.wasm' })"), 'simd,5');
    });

    test('a script that is missing or throws is told, with its address and what to do', async () => {
      for (const url of ['./nowhere.js', './broken.js']) {
        const told = await inPage('plain', `told({ url: '${url}' })`);
        assert.match(told, new RegExp(`^LstmError: openWorker: the Worker could not start from http.*/plain/${url.slice(2)}: .*pass .url.`));
      }
    });

    test('a policy that forbids Workers is told', async () => {
      assert.match(await inPage('none', 'told()'), /^LstmError: openWorker: the Worker could not start .*pass `url`/);
    });

    test("with Trusted Types it needs the policy 'lstm-wasm', and names it", async (t) => {
      if (!(await inPage('plain', "'trustedTypes' in globalThis"))) return t.skip('no Trusted Types here');
      assert.match(await inPage('trusted', 'told()'), works);
      assert.match(await inPage('untrusted', 'told()'), /^LstmError: .*the policy 'lstm-wasm'.*`trusted-types lstm-wasm`/);
    });
  });
}
