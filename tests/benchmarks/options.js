// The benchmark's command line.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cases } from './cases.js';
import { memoryCases } from './fresh.js';
import { growthCases } from './growth.js';
import { peerCases } from './peers.js';
import { threadCases } from './thread-cases.js';

export const usage = `usage: npm run bench [-- OPTIONS]

What is measured:
  (nothing)      training, stepping, every kind of cell, load() and memory beside the limits of the machine
  --growth       how training grows with the layer's width and the batch
  --peers        other packages on the same work, in turn with this one; they are installed into build/peers (0.5 GB).
                 PyTorch joins where python3 has it (PYTHON names another python). With --text FILE also what each of
                 them learns of it in 60 s
  --sizes        what a page loads of this library and of those packages
  --threads      training on one core and on two, with floats and integers, in turns with PyTorch where python3 has it
  --page         how long a visitor of the page waits, beside a frame of the browser (after ./build.sh web)
Where:
  --chromium     in a page of Chromium instead of Node (CHROMIUM names another program)
  --firefox      --threads alone: in a page of Firefox (FIREFOX names another program)
                 Another Node: NODE tests/benchmarks/bench.js OPTIONS, after npm run build. Node 20 has relaxed SIMD
                 behind a flag: node --experimental-wasm-relaxed-simd tests/benchmarks/bench.js
How:
  --json         one JSON object a line
  --only NAME    only cases whose name contains NAME ("train", "2x512", "(1, 25)", "train int8", "step int8",
                 "kind gru", "load", "memory")
  --variant V    scalar, simd or relaxed (default: simd, and relaxed where the engine has it; the faster for --growth)
  --seconds S    seconds for the work of each case (default 2; 0.5 for --growth; 4 for --peers, 60 to learn)`;

const variants = ['scalar', 'simd', 'relaxed'];

/** @param {string[]} [args] @throws {TypeError} where something is wrong with them */
export function parse(args) {
  const { values } = parseArgs({
    args,
    options: {
      growth: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      sizes: { type: 'boolean', default: false },
      threads: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      chromium: { type: 'boolean', default: false },
      text: { type: 'string' },
      firefox: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      variant: { type: 'string' },
      seconds: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (seconds !== undefined && !(seconds > 0 && seconds < Infinity)) {
    throw new TypeError(`--seconds: expected a number above 0, got '${values.seconds}'`);
  }
  if (values.variant !== undefined && !variants.includes(values.variant)) {
    throw new TypeError(`--variant: expected one of ${variants.join(', ')}, got '${values.variant}'`);
  }
  refuseBeside(values);
  const names = namesOf(values);
  if (!names.some((name) => name.includes(values.only))) {
    throw new TypeError(`--only: expected a part of one of ${names.join('; ')}, got '${values.only}'`);
  }
  return { ...values, seconds };
}

/** @typedef {Record<string, string | boolean | undefined>} Values */

/**
 * What is measured by itself, and what may stand beside it.
 * @type {Record<string, string[]>}
 */
const beside = {
  sizes: ['json'],
  page: ['json'],
  threads: ['json', 'only', 'seconds', 'chromium', 'firefox'],
  peers: ['json', 'only', 'seconds', 'text'],
  growth: ['json', 'only', 'seconds', 'variant', 'chromium'],
};

/** @param {Values} values @throws {TypeError} where two of them do not go together */
function refuseBeside(values) {
  const given = Object.keys(values).filter((name) => values[name]);
  if (typeof values.text === 'string' && !values.peers) throw new TypeError('--text: expected --peers beside it');
  if (typeof values.text === 'string' && !existsSync(values.text)) throw new TypeError(`--text: expected a file, got '${values.text}'`);
  if (values.firefox && (!values.threads || values.chromium)) throw new TypeError('--firefox: expected --threads beside it, and not --chromium');
  const alone = Object.keys(beside).find((name) => values[name]);
  if (!alone) return;
  const wrong = given.filter((name) => name !== alone && !beside[alone].includes(name));
  if (wrong.length === 0) return;
  const allowed = beside[alone].map((name) => `--${name}`).join(', ');
  throw new TypeError(`--${alone}: expected nothing but ${allowed} beside it, got --${wrong.join(', --')}`);
}

/** The names that --only chooses from. @param {{ growth: boolean, peers: boolean, chromium: boolean, threads: boolean }} values */
function namesOf({ growth, peers, chromium, threads }) {
  if (threads) return threadCases.map(({ name }) => name);
  if (peers) return peerCases.map(({ name }) => name);
  if (growth) return growthCases.map(({ name }) => name);
  return [...cases, ...(chromium ? [] : [{ name: 'load' }, ...memoryCases])].map(({ name }) => name);
}
