// Whether integers learn as floats do: the same steps from the same seeds with each precision, as a Markdown table.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from 'lstm-wasm';

const usage = `usage: node tests/experiments/learning/precision.js TEXT... [OPTIONS]

Trains on each TEXT but its last tenth, which measures, with float32 and int8: as many steps with the same seed, and nothing
by the clock, so that what else the machine does changes no number.
  --sizes LIST   layers and units (default 1x128,1x192,1x256,2x256,1x384)
  --steps N      of 16 windows of 32 characters (default 1600)
  --seeds N      seeds 1 to N (default 5)`;

const { values: { sizes = '1x128,1x192,1x256,2x256,1x384', steps = '1600', seeds = '5', help }, positionals: paths } = parseArgs({
  options: { sizes: { type: 'string' }, steps: { type: 'string' }, seeds: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
});

/** @param {readonly number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/**
 * Validation loss at the end, nats a character.
 * @param {import('lstm-wasm').Lstm} lstm
 * @param {string} text
 * @param {{ layers: number, hiddenSize: number, seed: number, precision: 'float32' | 'int8' }} trial
 */
function lossOf(lstm, text, { layers, hiddenSize, seed, precision }) {
  const model = lstm.createCharModel({ text, layers, hiddenSize, forgetBias: 0, seed });
  const reports = [...model.train(text, {
    steps: Number(steps), batchSize: 16, window: 32, learningRate: 2 / hiddenSize, dropout: 0, precision,
    schedule: { type: 'cosine', warmup: 100, to: 0.05 }, validation: 0.1, validateEvery: Number(steps), reportEvery: Number(steps),
  })];
  model.dispose();
  return reports.at(-1)?.valLoss ?? NaN;
}

const shapes = sizes.split(',').map((size) => size.split('x').map(Number));
const isNumbers = shapes.every((shape) => shape.length === 2 && shape.every((n) => n >= 1)) && Number(steps) >= 1 && Number(seeds) >= 1;
if (help) {
  console.log(usage);
} else if (paths.length === 0 || !isNumbers) {
  console.error(`expected TEXTs, --sizes such as 1x128,2x256, and numbers from 1 as --steps and --seeds\n\n${usage}`);
  process.exitCode = 2;
} else {
  const lstm = await load();
  console.log('| text | layers | float32, each seed | int8, each seed | float32 | int8 | difference |');
  console.log('| --- | --- | --- | --- | ---: | ---: | ---: |');
  for (const [layers, hiddenSize] of shapes) {
    for (const path of paths) {
      const text = readFileSync(path, 'utf8');
      const [floats, integers] = /** @type {const} */ (['float32', 'int8']).map((precision) => Array.from({ length: Number(seeds) },
        (_, i) => lossOf(lstm, text, { layers, hiddenSize, seed: i + 1, precision })));
      const each = [floats, integers].map((losses) => losses.map((loss) => loss.toFixed(4)).join(' '));
      const means = [mean(floats), mean(integers), mean(integers) - mean(floats)].map((number) => number.toFixed(4));
      console.log(`| ${[basename(path), `${layers}x${hiddenSize}`, ...each, ...means].join(' | ')} |`);
    }
  }
}
