// node tests/benchmarks/threads.js [N] [SECONDS]: how fast N Workers (2 without it) train as one, over one Worker alone. Both at
// work in turns, in runs of SECONDS / 10 each; the median of the pairs. It needs N cores with nothing else to do.
import { openWorker } from '../../src/js/worker.js';
import { median } from './measure.js';

const PAIRS = 10;
const cases = [
  { name: '1x192, 16 x 32', hiddenSize: 192, layers: 1, batchSize: 16, window: 32 },
  { name: '1x256, 16 x 32', hiddenSize: 256, layers: 1, batchSize: 16, window: 32 },
  { name: '1x128, 32 x 50', hiddenSize: 128, layers: 1, batchSize: 32, window: 50 },
  { name: '2x256, 32 x 50', hiddenSize: 256, layers: 2, batchSize: 32, window: 50 },
  { name: '2x512, 32 x 50', hiddenSize: 512, layers: 2, batchSize: 32, window: 50 },
];
const alphabet = Array.from({ length: 65 }, (_, i) => String.fromCharCode(40 + i)).join('');
let state = 1;
const text = Array.from({ length: 100_000 }, () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return alphabet[Math.floor((state / 2 ** 32) * alphabet.length)];
}).join('');

const [threads = 2, seconds = 10] = process.argv.slice(2).map(Number);

/** So many steps are timed at once, at least. */
const STEPS = 8;

/**
 * Seconds a step, without the first, which begins.
 * @param {any} model
 * @param {any} options
 * @param {number} steps
 */
async function secondsOf(model, options, steps) {
  /** @type {{ step: number, seconds: number } | undefined} */
  let first;
  for await (const report of model.train(text, { ...options, steps: steps + 1 })) {
    first ??= report;
    if (report.done) return (report.seconds - first.seconds) / (report.step - first.step);
  }
  return NaN;
}

console.log(`${threads} Workers as one, of one alone\n${'case'.padEnd(18)}${'one'.padStart(10)}${'ratio'.padStart(8)}   (characters/s)`);
for (const { name, batchSize, window, ...config } of cases) {
  const lstm = await openWorker();
  const model = await lstm.createCharModel({ alphabet, seed: 1, ...config });
  const options = { batchSize, window, recoveries: 0, learningRate: 1e-4, schedule: { type: 'constant' } };
  await secondsOf(model, { ...options, threads }, STEPS);
  const steps = Math.max(STEPS, Math.ceil(seconds / PAIRS / 2 / (await secondsOf(model, { ...options, threads: 1 }, STEPS))));
  const pairs = [];
  for (let i = 0; i < PAIRS; i++) {
    const one = await secondsOf(model, { ...options, threads: 1 }, steps);
    pairs.push({ one, ratio: one / await secondsOf(model, { ...options, threads }, steps) });
  }
  const speed = (batchSize * window) / median(pairs.map(({ one }) => one));
  console.log(`${name.padEnd(18)}${Math.round(speed).toString().padStart(10)}${median(pairs.map(({ ratio }) => ratio)).toFixed(2).padStart(8)}`);
  lstm.terminate();
}
