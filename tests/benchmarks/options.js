// The benchmark's command line.

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
                 PyTorch joins where python3 has it (PYTHON names another python)
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
  --seconds S    seconds for the work of each case (default 2; 0.5 for --growth; 4 for --peers)`;

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
  if (values.peers && (values.growth || values.chromium || values.variant)) {
    throw new TypeError('--peers: expected none of --growth, --chromium and --variant beside it');
  }
  if (values.sizes && (values.peers || values.growth || values.chromium || values.variant || values.only)) {
    throw new TypeError('--sizes: expected none of --peers, --growth, --chromium, --variant and --only beside it');
  }
  if (values.threads && (values.page || values.sizes || values.peers || values.growth || values.variant)) {
    throw new TypeError('--threads: expected nothing but --chromium or --firefox, --json, --only and --seconds beside it');
  }
  if (values.firefox && (!values.threads || values.chromium)) {
    throw new TypeError('--firefox: expected --threads beside it, and not --chromium');
  }
  if (values.page && (values.sizes || values.peers || values.growth || values.chromium || values.variant || values.only || values.seconds)) {
    throw new TypeError('--page: expected nothing but --json beside it');
  }
  const names = namesOf(values);
  if (!names.some((name) => name.includes(values.only))) {
    throw new TypeError(`--only: expected a part of one of ${names.join('; ')}, got '${values.only}'`);
  }
  return { ...values, seconds };
}

/** The names that --only chooses from. @param {{ growth: boolean, peers: boolean, chromium: boolean, threads: boolean }} values */
function namesOf({ growth, peers, chromium, threads }) {
  if (threads) return threadCases.map(({ name }) => name);
  if (peers) return peerCases.map(({ name }) => name);
  if (growth) return growthCases.map(({ name }) => name);
  return [...cases, ...(chromium ? [] : [{ name: 'load' }, ...memoryCases])].map(({ name }) => name);
}
