// Where the benchmark runs: in this Node, or in a page. Both have the same face.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'lstm-wasm';
import { openWorker } from 'lstm-wasm/worker';
import { growthCases } from './growth.js';
import { benchmark } from './run.js';
import { openTraining } from './thread-work.js';

/** For peers too, in whose folder the package is not known by its name. */
export { openWorker };

/**
 * @typedef {object} Engine
 * @property {string} name and version
 * @property {(variant: string) => Promise<boolean>} runs has it what the variant needs?
 * @property {(options: RunOptions, report: (result: import('./run.js').Result) => void) => Promise<void>} run
 * @property {() => Promise<void>} close
 *
 * @typedef {{ variant: string, only: string, seconds: number, growth: boolean }} RunOptions
 *   growth: growthCases instead of the usual ones
 */

/** @param {string} variant */
const limitsOf = (variant) =>
  readFileSync(new URL(`../../build/limits-${variant === 'relaxed' ? 'relaxed' : 'simd'}.wasm`, import.meta.url));

/** @type {Engine} */
export const node = {
  name: `Node ${process.versions.node} (V8 ${process.versions.v8})`,
  runs: async (variant) => WebAssembly.validate(limitsOf(variant)),
  async run({ growth, ...options }, report) {
    const table = growth ? growthCases : undefined;
    const limits = limitsOf(options.variant);
    for await (const result of benchmark({ ...options, load, limits, table })) report(result);
  },
  async close() {},
};

/** Isolated from other origins: only then does a page get a clock of 5 microseconds. */
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** @returns {Promise<Engine>} */
export async function openChromium() {
  const { launchChromium } = await import('../browser/browsers.js');
  const { serve } = await import('../browser/server.js');
  const { browser, reason } = await launchChromium();
  if (!browser) throw new Error(reason);
  const server = await serve(fileURLToPath(new URL('../..', import.meta.url)), isolation);
  const close = async () => {
    await browser.close();
    await server.close();
  };
  try {
    const page = await browser.newPage();
    /** @type {(result: import('./run.js').Result) => void} */
    let report = () => {};
    await page.exposeFunction('report', (/** @type {import('./run.js').Result} */ result) => report(result));
    await page.goto(`${server.url}tests/benchmarks/chromium.html`);
    await page.waitForFunction('globalThis.bench !== undefined');
    return {
      name: `Chromium ${browser.version()}`,
      runs: (variant) => page.evaluate((name) => /** @type {any} */ (globalThis).bench.runs(name), variant),
      async run(options, receive) {
        report = receive;
        await page.evaluate((given) => /** @type {any} */ (globalThis).bench.run(given), options);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Where Workers train as one.
 * @typedef {object} Place
 * @property {string} name and version
 * @property {string} option of the command, where there is one
 * @property {(work: import('./thread-cases.js').ThreadCase, way: import('./thread-work.js').Way) => Promise<{ run: (seconds: number) =>
 *   Promise<number>, stop: () => unknown }>} open
 * @property {() => Promise<void>} close
 */

/** @type {Place} */
export const nodeThreads = {
  name: `Node ${process.versions.node}`,
  option: '',
  open: (work, way) => openTraining(openWorker, work, way),
  async close() {},
};

/**
 * A page from a server that sends no headers.
 * @param {'chromium' | 'firefox'} which
 * @returns {Promise<Place>}
 */
export async function openThreadPage(which) {
  const { launchChromium, launchFirefox } = await import('../browser/browsers.js');
  const { serve } = await import('../browser/server.js');
  const { browser, reason } = await (which === 'chromium' ? launchChromium() : launchFirefox());
  if (!browser) throw new Error(reason);
  const server = await serve(fileURLToPath(new URL('../..', import.meta.url)));
  const close = async () => {
    await browser.close();
    await server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}tests/benchmarks/threads.html`);
    await page.waitForFunction('globalThis.bench !== undefined');
    const ask = (/** @type {string} */ name, /** @type {unknown[]} */ ...args) => page.evaluate(
      ([call, given]) => /** @type {any} */ (globalThis).bench[/** @type {string} */ (call)](.../** @type {any} */ (given)), [name, args]);
    return {
      name: `${which === 'chromium' ? 'Chromium' : 'Firefox'} ${browser.version()}`,
      option: ` --${which}`,
      async open(work, way) {
        const number = await ask('open', work, way);
        return { run: (seconds) => ask('run', number, seconds), stop: () => ask('stop', number) };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
