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

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const script = (/** @type {string} */ name) => [process.execPath, ...process.execArgv, path(`peers/${name}.js`)];

/**
 * A peer's command takes the case as its last argument. Where a name is there more than once, the best counts.
 * @type {{ name: string, threads: number, command: string[], note?: string }[]}
 */
const peers = [
  { name: 'lstm-wasm', threads: 1, command: script('lstm-wasm') },
  { name: 'jax-js wasm', threads: 1, command: script('jax-js') },
  { name: 'tfjs wasm', threads: 1, command: script('tfjs') },
  {
    name: 'brain.js',
    threads: 1,
    command: script('brain'),
    note: 'windows one after the other, RMSProp: it has no batches and no Adam',
  },
  { name: 'onnxruntime-web', threads: 1, command: script('onnxruntime-web') },
  ...[...new Set([1, availableParallelism()])].map((threads) => ({
    name: 'PyTorch, native',
    threads,
    command: [process.env.PYTHON || 'python3', path('peers/pytorch.py'), String(threads)],
  })),
];

/**
 * @typedef {object} PeerResult
 * @property {string} peer
 * @property {number} threads
 * @property {string} name of the case
 * @property {string} [version]
 * @property {number} [charsPerSecond] median of the rounds
 * @property {number} [rounds]
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
  for (const { name, threads, command } of peers) {
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
  const speed = (/** @type {PeerResult} */ { charsPerSecond = 0 }) => charsPerSecond;
  const rows = [...new Set(peers.map(({ name }) => name))].map((peer) => {
    const own = results.filter((result) => result.peer === peer);
    const version = own.find((result) => result.version)?.version ?? '';
    const cells = names.map((name) => {
      const best = own.filter((result) => result.name === name).sort((a, b) => speed(b) - speed(a))[0];
      if (!best.charsPerSecond) return '';
      return round(best.charsPerSecond) + (best.threads > 1 ? ` (${best.threads} threads)` : '');
    });
    return `| ${peer} | ${version} | ${cells.join(' | ')} |`;
  });
  const notes = peers.flatMap(({ name, note }) => (note ? [`- ${name}: ${note}`] : []));
  const troubles = results.flatMap(({ peer, name, reason, rounds: done }) => {
    if (reason) return [`- ${peer}, ${name}: ${reason}`];
    return done === rounds ? [] : [`- ${peer}, ${name}: median of ${done} only, for it is slow`];
  });
  const date = new Date().toISOString().slice(0, 10);
  return [
    `Characters a second, one thread where nothing else is said, medians of ${rounds} in turn.`,
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

/** @param {{ json: boolean, only: string, seconds?: number }} options */
export async function comparePeers({ json, only, seconds = 4 }) {
  installPeers();
  const results = [];
  for (const work of peerCases.filter(({ name }) => name.includes(only))) {
    if (!json) console.error(`bench: ${work.name}`);
    const found = await compare(work, seconds);
    if (json) for (const result of found) console.log(JSON.stringify(result));
    results.push(...found);
  }
  if (!json) console.log(table(results));
}
