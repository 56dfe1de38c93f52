// npm run bench -- --peers: other packages on the same work, in turn with this library.

import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.js';
import { median } from './measure.js';
import { installPeers } from './peers-install.js';
import { Peer } from './peers/Peer.js';
import { round } from './report.js';

const rounds = 5;
/** A peer that has worked so long on a case is through with it, with fewer rounds. */
const budgetSeconds = 60;

/** Adam at (batch, window) = (32, 50), and stepping; f32. */
export const peerCases = cases.filter(({ work, batch }) => (work === 'train' && batch === 32) || work === 'step');

/** What is learnt of a text, by whoever can measure a loss. */
const learning = { name: 'learn 1x192 (16, 32)', work: 'learn', layers: 1, hidden: 192, batch: 16, window: 32, rate: 2 / 192 };
const learningSeconds = 60;

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const script = (/** @type {string} */ name) => [process.execPath, ...process.execArgv, path(`peers/${name}.js`)];

/** One thread, and all that there are. */
const threadCounts = [...new Set([1, availableParallelism()])];
const team = (/** @type {number} */ threads, /** @type {string} */ precision) => {
  const [program, ...words] = script('lstm-wasm-team');
  return [program, ...words, String(threads), precision];
};

/**
 * A peer's command takes the case as its last argument. `works`: what it can do, where it is not training and stepping.
 * @type {{ name: string, threads: number, command: string[], works?: string[], note?: string }[]}
 */
const peers = [
  { name: 'lstm-wasm', threads: 1, command: script('lstm-wasm') },
  ...threadCounts.flatMap((threads) => ['float32', 'int8'].map((precision) => ({
    name: precision === 'int8' ? 'lstm-wasm, int8' : 'lstm-wasm',
    threads,
    command: team(threads, precision),
    works: threads === 1 && precision === 'float32' ? ['learn'] : ['train', 'learn'],
  }))),
  { name: 'jax-js wasm', threads: 1, command: script('jax-js'), works: ['train', 'step', 'learn'] },
  { name: 'tfjs wasm', threads: 1, command: script('tfjs'), works: ['train', 'step', 'learn'] },
  {
    name: 'brain.js',
    threads: 1,
    command: script('brain'),
    note: 'windows one after the other, RMSProp: it has no batches and no Adam; it tells no loss of a text',
  },
  { name: 'onnxruntime-web', threads: 1, command: script('onnxruntime-web'), works: ['step'], note: 'it cannot train' },
  ...threadCounts.map((threads) => ({
    name: 'PyTorch, native',
    threads,
    command: [process.env.PYTHON || 'python3', path('peers/pytorch.py'), String(threads)],
    works: ['train', 'step', 'learn'],
  })),
];

/** Who does a kind of work. @param {string} work */
const peersOf = (work) => peers.filter(({ works = ['train', 'step'] }) => works.includes(work));

/**
 * @typedef {object} PeerResult
 * @property {string} peer
 * @property {number} threads
 * @property {string} name of the case
 * @property {string} [version]
 * @property {number} [charsPerSecond] median of the rounds
 * @property {number} [rounds]
 * @property {number} [loss] of what was learnt, nats a character
 * @property {string} [reason] why there is no speed
 */

/**
 * All peers on one case, in turn.
 * @param {import('./cases.js').Case} work
 * @param {number} seconds for each peer, without the warm-up
 * @returns {Promise<PeerResult[]>}
 */
async function compare(work, seconds) {
  const entries = [];
  for (const { name, threads, command } of peersOf(work.work)) {
    const peer = new Peer([...command, JSON.stringify(work)]);
    const entry = { name, threads, peer, version: '', spent: 0, speeds: /** @type {number[]} */ ([]), reason: '' };
    entries.push(entry);
    await attempt(entry, async () => {
      ({ version: entry.version } = await entry.peer.answer());
      entry.spent += (await entry.peer.run(seconds / rounds)).seconds;
    });
  }
  for (let i = 0; i < rounds; i++) {
    for (const entry of entries.filter(({ reason, spent }) => !reason && spent < budgetSeconds)) {
      await attempt(entry, async () => {
        const done = await entry.peer.run(seconds / rounds);
        entry.spent += done.seconds;
        entry.speeds.push(done.chars / done.seconds);
      });
    }
  }
  return entries.map(({ name, threads, peer, version, speeds, reason }) => {
    peer.stop();
    const who = { peer: name, threads, name: work.name, ...(version && { version }) };
    return reason ? { ...who, reason } : { ...who, charsPerSecond: median(speeds), rounds: speeds.length };
  });
}

/**
 * What each learns of a text in the same time, one after the other.
 * @param {string} text path
 * @param {number} seconds
 * @returns {Promise<PeerResult[]>}
 */
async function compareLearning(text, seconds) {
  const results = [];
  for (const { name, threads, command } of peersOf('learn')) {
    const peer = new Peer([...command, JSON.stringify({ ...learning, text })], 30 * seconds);
    const entry = { peer: name, threads, name: learning.name, reason: '' };
    await attempt(entry, async () => {
      const { version } = await peer.answer();
      const { chars, seconds: spent, loss } = await peer.run(seconds);
      Object.assign(entry, { version, charsPerSecond: chars / spent, rounds: 1, loss });
    });
    peer.stop();
    results.push(entry);
  }
  return results;
}

/** @param {{ reason: string }} entry gets the reason where the action fails @param {() => Promise<void>} action */
async function attempt(entry, action) {
  try {
    await action();
  } catch (error) {
    entry.reason = /** @type {Error} */ (error).message;
  }
}

/**
 * A Markdown table, and below it what did not work.
 * @param {PeerResult[]} results
 */
function table(results) {
  const names = [...new Set(results.map(({ name }) => name))];
  const keyOf = (/** @type {{ peer: string, threads: number }} */ { peer, threads }) => (threads > 1 ? `${peer}, ${threads} threads` : peer);
  const rows = [...new Set(results.map(keyOf))].map((key) => {
    const own = results.filter((result) => keyOf(result) === key);
    const version = own.find((result) => result.version)?.version ?? '';
    const cells = names.map((name) => {
      const { charsPerSecond, loss } = own.find((result) => result.name === name) ?? {};
      if (!charsPerSecond) return '';
      return round(charsPerSecond) + (loss === undefined ? '' : ` · ${loss.toFixed(3)}`);
    });
    return `| ${key} | ${version} | ${cells.join(' | ')} |`;
  });
  const notes = peers.flatMap(({ name, note }) => (note ? [`- ${name}: ${note}`] : []));
  const troubles = results.flatMap(({ peer, name, reason, rounds: done }) => {
    if (reason) return [`- ${peer}, ${name}: ${reason}`];
    return done === rounds || name === learning.name ? [] : [`- ${peer}, ${name}: median of ${done} only, for it is slow`];
  });
  const date = new Date().toISOString().slice(0, 10);
  return [
    `Characters a second, one thread where nothing else is said, medians of ${rounds} in turn; of what is learnt of a text, also the`,
    'loss of its last tenth, which is not learnt, nats a character.',
    `${date}, ${cpus()[0].model.trim()}, Node ${process.versions.node}, \`npm run bench -- --peers\`.`,
    '',
    `| | version | ${names.join(' | ')} |`,
    `|---|---|${'---:|'.repeat(names.length)}`,
    ...rows,
    '',
    ...notes,
    ...troubles,
  ].join('\n').trimEnd();
}

/** @param {{ json: boolean, only: string, seconds?: number, text?: string }} options */
export async function comparePeers({ json, only, seconds, text }) {
  installPeers();
  /** @type {PeerResult[]} */
  const results = [];
  const add = (/** @type {PeerResult[]} */ found) => {
    if (json) for (const result of found) console.log(JSON.stringify(result));
    results.push(...found);
  };
  for (const work of peerCases.filter(({ name }) => name.includes(only))) {
    if (!json) console.error(`bench: ${work.name}`);
    add(await compare(work, seconds ?? 4));
  }
  if (text !== undefined) add(await compareLearning(text, seconds ?? learningSeconds));
  if (!json) console.log(table(results));
}
