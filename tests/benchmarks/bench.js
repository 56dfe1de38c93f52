// npm run bench: the command. options.js has its usage, cases.js what is measured, run.js how.

import { node, openChromium } from './engines.js';
import { loadTime, memoryCases, memoryOf } from './fresh.js';
import { growthSeconds, growthTables } from './growth.js';
import { parse, usage } from './options.js';
import { measurePage } from './page.js';
import { comparePeers } from './peers.js';
import { header, loadRow, memoryRow, row } from './report.js';
import { compareSizes } from './sizes.js';
import { compareThreads, placeOfThreads } from './threads.js';

/** @typedef {ReturnType<typeof parse>} Options */
/** @typedef {import('./engines.js').Engine} Engine */

/** @param {Engine} engine @param {string | undefined} variant asked for */
async function variantsOf(engine, variant) {
  if (variant) return [variant];
  return (await engine.runs('relaxed')) ? ['simd', 'relaxed'] : ['simd'];
}

/** @param {Engine} engine @param {Options} options */
async function limits(engine, { json, only, variant, seconds = 2 }) {
  const print = (/** @type {any} */ result, /** @type {(result: any) => string} */ text) =>
    console.log(json ? JSON.stringify(result) : text(result));
  if (!json) console.log(header(engine.name));
  for (const name of await variantsOf(engine, variant)) {
    await engine.run({ variant: name, only, seconds, growth: false }, (result) => print(result, row));
    if (engine !== node) continue;
    if ('load'.includes(only)) print(loadTime(name), loadRow);
    for (const work of memoryCases.filter((one) => one.name.includes(only))) print(memoryOf(work, name), memoryRow);
  }
}

/** @param {Engine} engine @param {Options} options */
async function growth(engine, { json, only, variant, seconds = growthSeconds }) {
  const [fastest] = (await variantsOf(engine, variant)).slice(-1);
  /** @type {import('./run.js').Result[]} */
  const results = [];
  await engine.run({ variant: fastest, only, seconds, growth: true }, (result) => {
    results.push(result);
    if (json) console.log(JSON.stringify(result));
  });
  if (!json) console.log(`lstm-wasm on ${engine.name}.\n${growthTables(results)}`);
}

/** @param {Options} options */
async function main(options) {
  if (options.peers) return comparePeers(options);
  if (options.sizes) return compareSizes(options);
  if (options.threads) {
    const place = await placeOfThreads(options).catch(failed);
    return place && compareThreads(place, options);
  }
  if (options.page) return measurePage(options);
  const engine = options.chromium ? await openChromium().catch(failed) : node;
  if (!engine) return;
  try {
    await (options.growth ? growth : limits)(engine, options);
  } finally {
    await engine.close();
  }
}

/** @param {Error} error that says what is missing */
function failed({ message }) {
  console.error(`bench: ${message}`);
  process.exitCode = 1;
}

let options;
try {
  options = parse();
} catch (error) {
  console.error(`bench: ${/** @type {Error} */ (error).message}\n${usage}`);
  process.exitCode = 2;
}
if (options?.help) console.log(usage);
else if (options) await main(options);
