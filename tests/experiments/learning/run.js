// How well a text is learnt in a time: trains through the public API and prints a Markdown table.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { load } from 'lstm-wasm';
import { settings } from './settings.js';

const usage = `usage: node tests/experiments/learning/run.js TEXT [OPTIONS]

Trains on TEXT but its last tenth, which measures, with each setting of settings.js for its time. All of them take
about half an hour; results in RESULTS.md are of one run at a time on a machine that does nothing else.
  --seconds N   only the settings of this time: 5, 20, 60 or 180; of any other, nothing but the time
  --defaults    only those where nothing is set but the time
  --seeds N     each with seeds 1 to N (default 1)`;

/** @param {Record<string, any>} options */
const inWords = (options) => Object.entries(options)
  .map(([name, value]) => `${name} ${typeof value === 'object' ? value.type : value}`).join(', ');

/** @param {readonly (string | number)[]} cells */
const line = (cells) => `| ${cells.join(' | ')} |`;

/**
 * @param {import('lstm-wasm').Lstm} lstm
 * @param {string} text
 * @param {import('./settings.js').Setting} setting
 * @param {number} seed
 */
function trial(lstm, text, { seconds, model: shape, train }, seed) {
  const model = lstm.createCharModel({ text, seconds, seed, ...shape });
  const reports = model.train(text, { seconds, validation: 0.1, keepBest: true, reportEvery: 1000, ...train });
  const last = [...reports].at(-1);
  const { layers, hiddenSize } = model.config;
  model.dispose();
  if (!last) throw new Error('the training ended without a report');
  const { step, chars, epoch, valLoss = NaN, best = NaN } = last;
  const pace = Math.round(chars / last.seconds);
  return line([seconds, `${layers}x${hiddenSize}`, inWords({ ...shape, ...train }) || 'nothing', seed, step, chars,
    epoch.toFixed(2), pace, valLoss.toFixed(4), best.toFixed(4)]);
}

const { values: { seconds, defaults, seeds = '1', help }, positionals: [path, ...more] } = parseArgs({
  options: {
    seconds: { type: 'string' }, defaults: { type: 'boolean' }, seeds: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  allowPositionals: true,
});
const only = seconds === undefined ? undefined : Number(seconds);
if (help) {
  console.log(usage);
} else if (!path || more.length > 0 || !(only === undefined || only > 0) || !(Number(seeds) >= 1)) {
  console.error(`expected one TEXT, numbers above 0 as --seconds and from 1 as --seeds\n\n${usage}`);
  process.exitCode = 2;
} else {
  const text = readFileSync(path, 'utf8');
  const lstm = await load();
  const known = settings.filter((setting) => only === undefined || setting.seconds === only);
  const chosen = known.length > 0 ? known : [{ seconds: Number(only), model: {}, train: {} }];
  console.log(line(['seconds', 'layers', 'set beside', 'seed', 'steps', 'characters', 'epochs', 'characters/s',
    'validation', 'best']));
  console.log(line(['---:', '---', '---', '---:', '---:', '---:', '---:', '---:', '---:', '---:']));
  for (const setting of chosen) {
    if (defaults && inWords({ ...setting.model, ...setting.train })) continue;
    for (let seed = 1; seed <= Number(seeds); seed++) console.log(trial(lstm, text, setting, seed));
  }
}
