// npm run bench -- --threads: training on one Worker and on several, with floats and with integers, in turns with native PyTorch on as many
// threads, where python3 has it. Each works SECONDS a case, in rounds; the median of the rounds counts. It needs as many cores with
// nothing else to do. With --chromium or --firefox the Workers are those of a page, from a server that sends no headers.
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { nodeThreads, openThreadPage } from './engines.js';
import { median } from './measure.js';
import { Peer } from './peers/Peer.js';
import { round } from './report.js';
import { threadCases } from './thread-cases.js';

/** @typedef {import('./thread-cases.js').ThreadCase} ThreadCase */
/** @typedef {import('./thread-work.js').Way} Way */
/** @typedef {import('./engines.js').Place} Place */
/** @typedef {{ name: string, precision: string, threads: number, run: (seconds: number) => Promise<number>, stop: () => unknown, speeds: number[] }} Runner `run` gives characters a second */

const ROUNDS = 5;
const PRECISIONS = ['float32', 'int16', 'int8'];

/**
 * @param {Place} place
 * @param {ThreadCase} work
 * @param {Way} way
 * @returns {Promise<Runner>}
 */
const own = async (place, work, way) => ({ name: 'lstm-wasm', ...way, ...await place.open(work, way), speeds: [] });

/**
 * @param {ThreadCase} work
 * @param {number} threads
 * @returns {Promise<Runner | undefined>} undefined where it cannot run
 */
async function pytorch({ name, batchSize, window, hiddenSize, layers }, threads) {
  const script = fileURLToPath(new URL('peers/pytorch.py', import.meta.url));
  const peer = new Peer([process.env.PYTHON || 'python3', script, String(threads),
    JSON.stringify({ name, work: 'train', hidden: hiddenSize, layers, window, batch: batchSize })]);
  try {
    const { version } = await peer.answer();
    const run = async (/** @type {number} */ seconds) => {
      const done = await peer.run(seconds);
      return done.chars / done.seconds;
    };
    return { name: `PyTorch ${version}`, precision: 'float32', threads, run, stop: () => peer.stop(), speeds: [] };
  } catch (error) {
    console.error(`bench: no PyTorch: ${/** @type {Error} */ (error).message}`);
    peer.stop();
    return undefined;
  }
}

/** @param {Place} place @param {ThreadCase} work @param {number} threads @param {number} seconds for each of them */
async function compare(place, work, threads, seconds) {
  const counts = [...new Set([1, threads])];
  const others = await Promise.all(counts.map((count) => pytorch(work, count)));
  const runners = [
    ...await Promise.all(PRECISIONS.flatMap((precision) => counts.map((count) => own(place, work, { precision, threads: count })))),
    ...others.filter((one) => one !== undefined),
  ];
  try {
    for (const runner of runners) await runner.run(seconds / ROUNDS);
    for (let k = 0; k < ROUNDS; k++) for (const runner of runners) runner.speeds.push(await runner.run(seconds / ROUNDS));
  } finally {
    for (const runner of runners) await runner.stop();
  }
  return runners.map(({ name, precision, threads: count, speeds }) => ({ case: work.name, name, precision, threads: count, charsPerSecond: median(speeds) }));
}

/** @param {Awaited<ReturnType<typeof compare>>} results of one case @param {number} threads */
function row(results, threads) {
  const speedOf = (/** @type {(one: typeof results[number]) => boolean} */ which) => Math.max(0, ...results.filter(which).map((one) => one.charsPerSecond));
  const best = speedOf(({ name }) => name.startsWith('PyTorch'));
  const cells = PRECISIONS.flatMap((precision) => {
    const [one, several] = [1, threads].map((count) => speedOf((way) => way.name === 'lstm-wasm' && way.precision === precision && way.threads === count));
    return [round(one), `${round(several)}${threads > 1 ? ` (${(several / one).toFixed(2)})` : ''}`, best ? (several / best).toFixed(2) : ''];
  });
  const torch = [...new Set([1, threads])].map((count) => round(speedOf((way) => way.name.startsWith('PyTorch') && way.threads === count)));
  return `| ${[results[0].case, ...cells, ...(best ? torch : [])].join(' | ')} |`;
}

/** @param {{ chromium: boolean, firefox: boolean }} options @returns {Promise<Place>} */
export async function placeOfThreads({ chromium, firefox }) {
  return chromium || firefox ? openThreadPage(chromium ? 'chromium' : 'firefox') : nodeThreads;
}

/** @param {Place} place @param {{ json: boolean, only: string, seconds?: number }} options */
export async function compareThreads(place, { json, only, seconds = 10 }) {
  try {
    const threads = Math.min(2, availableParallelism());
    if (!json) console.log(header(threads, place));
    for (const work of threadCases.filter(({ name }) => name.includes(only))) {
      const results = await compare(place, work, threads, seconds);
      if (json) for (const result of results) console.log(JSON.stringify(result));
      else console.log(row(results, threads));
    }
  } finally {
    await place.close();
  }
}

/** @param {number} threads @param {Place} place */
function header(threads, { name, option }) {
  const columns = PRECISIONS.flatMap((precision) => [`${precision}, 1`, `${threads} (of 1)`, 'of PyTorch']);
  return `Characters a second on 1 and ${threads} threads, ${cpus()[0].model.trim()}, ${name}, ${new Date().toISOString().slice(0, 10)}, `
    + `\`npm run bench -- --threads${option}\`.\n\n`
    + `| | ${[...columns, 'PyTorch, 1', `PyTorch, ${threads}`].join(' | ')} |\n|---|${'---:|'.repeat(columns.length + 2)}`;
}
