// node tests/benchmarks/cores.js [SECONDS] [PRECISION]: how fast more cores than this machine has would train as one. The parts of a batch go
// through the same steps one after the other, on one core; a step of n cores takes as long as the slowest part's pass, the exchange,
// and the slowest update:
//
//   step(n) = max over parts (pass + copy) + way of a message + max over parts (sum + update)
//
// What cores share, caches and memory, is not in it: two cores in `npm run bench -- --threads` show what that costs.
import { Worker } from 'node:worker_threads';
import { load } from '../../src/js/models/load.js';
import { PartTrainer } from '../../src/js/training/team/PartTrainer.js';
import { partsOf } from '../../src/js/training/team/parts.js';
import { threadCases } from './thread-cases.js';

const CORES = [1, 2, 4, 8];
const SYMBOLS = 65;

const [seconds = 2, precision = 'float32'] = [Number(process.argv[2] ?? 2), process.argv[3] ?? 'float32'];
const lstm = await load();
const way = await messageSeconds();
console.log(`${lstm.variant}, ${precision}: steps a second of 1 core, and how many times as fast n cores are; a message takes ${(way * 1e3).toFixed(3)} ms`);
console.log(`${'case'.padEnd(18)}${'1 core'.padStart(8)}${CORES.slice(1).map((n) => `${n} cores`.padStart(9)).join('')}   pass, exchange and update of 8, ms`);
for (const { name, batchSize, window, hiddenSize, layers } of threadCases) {
  const config = { input: { tokens: SYMBOLS }, layers: Array(layers).fill({ kind: 'lstm', hiddenSize }), output: { classes: SYMBOLS }, seed: 1 };
  const options = { batchSize, window, optimizer: 'adam', learningRate: 1e-4, carryState: true, ...(precision !== 'float32' && { precision }) };
  const steps = CORES.map((cores) => timeOf(config, options, cores));
  const [one] = steps;
  const last = steps[steps.length - 1];
  const ratios = steps.slice(1).map((step) => (one.total / step.total).toFixed(2).padStart(9)).join('');
  const parts = [last.pass, last.exchange, last.update].map((time) => (time * 1e3).toFixed(2)).join(' ');
  console.log(`${name.padEnd(18)}${(1 / one.total).toFixed(1).padStart(8)}${ratios}   ${parts}`);
}

/**
 * Seconds of a step of so many cores: the median of each of its pieces.
 * @param {any} config of the network
 * @param {any} options of the trainer
 * @param {number} cores
 */
function timeOf(config, options, cores) {
  const { batchSize, window } = options;
  const probe = lstm.createNetwork(config);
  const parts = partsOf(probe.handle.wasm, batchSize, cores);
  probe.dispose();
  const networks = parts.map(() => lstm.createNetwork(config));
  const trainers = parts.map((part, p) => new PartTrainer(networks[p], options, part));
  const windows = parts.map(({ sequences }) => ({
    inputs: Int32Array.from({ length: window * sequences }, (_, i) => (i * 7919) % SYMBOLS),
    targets: Int32Array.from({ length: window * sequences }, (_, i) => (i * 104729) % SYMBOLS),
    options: {},
  }));
  /** Of each part, milliseconds of all steps. */
  const times = parts.map(() => ({ pass: /** @type {number[]} */ ([]), copy: /** @type {number[]} */ ([]), update: /** @type {number[]} */ ([]) }));
  const end = performance.now() + 1000 * seconds;
  do {
    const told = trainers.map((trainer, part) => {
      const before = performance.now();
      const { nodes, leaves } = trainer.pass(windows[part], Array(parts[part].sequences).fill(false), true);
      const passed = performance.now();
      const sent = { part, nodes: cores > 1 ? nodes.map((node) => node.slice()) : nodes, leaves };
      times[part].pass.push(passed - before);
      times[part].copy.push(performance.now() - passed);
      return sent;
    });
    trainers.forEach((trainer, own) => {
      const before = performance.now();
      trainer.finish(told.filter(({ part }) => part !== own), own);
      times[own].update.push(performance.now() - before);
    });
  } while (performance.now() < end || times[0].pass.length < 5);
  for (const owned of [...trainers, ...networks]) owned.dispose();
  /** Seconds of the slowest part, the median of its steps. @param {'pass' | 'copy' | 'update'} piece */
  const slowest = (piece) => Math.max(...times.map((part) => part[piece].sort((a, b) => a - b)[part[piece].length >> 1])) / 1e3;
  const [pass, exchange, update] = [slowest('pass'), cores > 1 ? slowest('copy') + way : 0, slowest('update')];
  return { pass, exchange, update, total: pass + exchange + update };
}

/** Seconds that a buffer takes to another thread: half of there and back, the median of a hundred. */
async function messageSeconds() {
  const worker = new Worker("const { parentPort } = require('node:worker_threads'); parentPort.on('message', (b) => parentPort.postMessage(b, [b.buffer]));", { eval: true });
  const times = [];
  let buffer = new Float32Array(2 ** 20);
  for (let k = 0; k < 100; k++) {
    const before = performance.now();
    const back = new Promise((resolve) => { worker.once('message', resolve); });
    worker.postMessage(buffer, [buffer.buffer]);
    buffer = await back;
    times.push((performance.now() - before) / 2e3);
  }
  await worker.terminate();
  return times.sort((a, b) => a - b)[50];
}
