// How well sequences are told apart, and how long it takes, in seconds of the process: createClassifier, PyTorch's LSTM of the
// same size with the same budget of epochs, and brain.js for as many seconds as createClassifier took. Prints a Markdown table.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from 'lstm-wasm';
import { gestures, names, reviews, vowels } from './data.js';
import { jobOf } from './job.js';

const usage = `usage: node tests/experiments/classification/run.js [TASKS] [OPTIONS]

TASKS: gestures, reviews, names, vowels (default: all that can be had). names needs @faker-js/faker, vowels the series of sktime,
the columns beside ours PyTorch (python3 with torch) and brain.js: setup.sh beside this file gets them into build/classification.
  --seeds N    each with seeds 1 to N (default 1)
  --ours       without the others
  --folder F   where setup.sh has put things (default build/classification)`;

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * What is learnt, and how: the same for all.
 * @type {Record<string, { data: (folder: string) => import('./data.js').Data | Promise<import('./data.js').Data>,
 *   model: { hiddenSize: number, bidirectional?: boolean }, epochs: number, batchSize: number }>}
 */
export const tasks = {
  gestures: { data: () => gestures({ train: 40, test: 200 }), model: { hiddenSize: 32 }, epochs: 60, batchSize: 16 },
  reviews: { data: () => reviews({ train: 3000, test: 1000 }), model: { hiddenSize: 48 }, epochs: 6, batchSize: 16 },
  names: {
    data: (folder) => names(createRequire(`${path.resolve(folder)}/x.js`).resolve('@faker-js/faker')),
    model: { hiddenSize: 64, bidirectional: true },
    epochs: 8,
    batchSize: 16,
  },
  vowels: { data: (folder) => vowels(`${folder}/vowels`), model: { hiddenSize: 64, bidirectional: true }, epochs: 20, batchSize: 16 },
};

/**
 * @param {string} command
 * @param {string[]} words
 * @param {object} job
 * @returns {Promise<{ accuracy: number, macroF1?: number, seconds: number } | undefined>} undefined: it cannot be had
 */
async function other(command, words, job) {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(job));
  let text = '';
  child.stdout.on('data', (part) => (text += part));
  const status = await new Promise((resolve) => child.on('error', () => resolve(-1)).on('close', resolve));
  return status === 0 ? JSON.parse(text) : undefined;
}

/**
 * @param {import('lstm-wasm').Lstm} lstm
 * @param {import('./data.js').Data} data
 * @param {typeof tasks[string]} task
 * @param {number} seed
 */
export function ours(lstm, data, { model: shape, epochs, batchSize }, seed) {
  const { labels, features, by, train, test } = data;
  const tokens = { text: ['?', ...train.map(({ sequence }) => sequence)], by, unknown: '?' };
  const model = lstm.createClassifier({ labels, ...(features ? { features } : tokens), ...shape, seed });
  const began = process.cpuUsage();
  for (const _ of model.train(train, { epochs, batchSize, seed }));
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  const { accuracy, macroF1 } = model.evaluate(test);
  model.dispose();
  return { accuracy, macroF1, seconds };
}

/** @param {number} value */
const percent = (value) => `${(100 * value).toFixed(1)} %`;

/** @param {string[]} words */
async function main(words) {
  const { values, positionals } = parseArgs({
    args: words,
    options: {
      seeds: { type: 'string', default: '1' }, ours: { type: 'boolean' }, folder: { type: 'string', default: 'build/classification' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  const seeds = Number(values.seeds);
  const unknown = positionals.find((name) => !Object.hasOwn(tasks, name));
  if (values.help || unknown !== undefined || !(seeds >= 1)) {
    if (!values.help) process.exitCode = 2;
    const say = values.help ? console.log : console.error;
    return say(values.help ? usage : `expected tasks of ${Object.keys(tasks).join(', ')} and seeds from 1\n\n${usage}`);
  }
  const lstm = await load();
  console.log('| task | seed | | accuracy | macro F1 | seconds |\n| --- | ---: | --- | ---: | ---: | ---: |');
  for (const name of positionals.length > 0 ? positionals : Object.keys(tasks)) {
    const task = tasks[name];
    let data;
    try {
      data = await task.data(values.folder);
    } catch (error) {
      console.error(`${name}: ${/** @type {Error} */ (error).message}`);
      continue;
    }
    for (let seed = 1; seed <= seeds; seed++) {
      /** @param {string} who @param {Awaited<ReturnType<typeof other>>} result */
      const row = (who, result) => console.log(result
        ? `| ${name} | ${seed} | ${who} | ${percent(result.accuracy)} | ${result.macroF1 === undefined ? '' : percent(result.macroF1)} | ${result.seconds.toFixed(1)} |`
        : `| ${name} | ${seed} | ${who} | not there | | |`);
      const own = ours(lstm, data, task, seed);
      row('lstm-wasm', own);
      if (values.ours) continue;
      row('PyTorch', await other('python3', [`${here}/torch_run.py`], { ...jobOf(data, true), bidirectional: false, ...task.model, epochs: task.epochs, batchSize: task.batchSize,
        learningRate: Math.min(2 / task.model.hiddenSize, 0.03), seed }));
      const brain = path.resolve(`${values.folder}/node_modules/brain.js`);
      row('brain.js', await other(process.execPath, [`${here}/brain_run.js`, brain],
        { ...jobOf(data, false), ...task.model, seconds: own.seconds }));
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
