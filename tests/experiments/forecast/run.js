// run.js: public series, forecast as the literature splits them, beside the naive forecasts; prints a Markdown table.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { load } from 'lstm-wasm';
import { CALENDAR, timeAt, writeCalendar } from '../../../src/js/models/forecaster/times.js';
import { readSeries } from '../../../src/js/models/forecaster/series.js';
import { tasks } from './tasks.js';

const usage = `usage: node tests/experiments/forecast/run.js [OPTIONS]

Trains a forecaster with its defaults on each task of tasks.js and scores it. Results are in RESULTS.md.
  --only TEXT      tasks whose name begins so
  --seeds N        each with seeds 1 to N (default 1)
  --export FILE    writes the tasks for baseline.py instead, which trains PyTorch's LSTM on them`;

/** @param {import('./tasks.js').Task} task */
function exported(task) {
  const { options: { time }, column, season, horizon, stride, train } = task;
  const series = readSeries(task.rows, { names: [column], time: /** @type {string} */ (time) }, 'rows');
  const times = /** @type {import('../../../src/js/models/forecaster/times.js').Times} */ (series.times);
  const calendar = Array.from({ length: series.length }, (_, row) => {
    const numbers = new Float32Array(CALENDAR);
    writeCalendar(numbers, 0, timeAt(times, row), times.step);
    return [...numbers];
  });
  const values = Array.from(series.columns[0], (value) => (Number.isNaN(value) ? null : value));
  return { name: task.name, values, calendar, season, horizon, stride, train: train + series.length - task.rows.length };
}

/** @param {import('lstm-wasm').Lstm} lstm @param {import('./tasks.js').Task} task @param {number} seed */
function trial(lstm, { name, rows, train, horizon, stride, season, column, options }, seed) {
  const model = lstm.createForecaster({ ...options, seed });
  const [last] = [...model.train(rows.slice(0, train), {})].slice(-1);
  const { columns } = model.evaluate(rows, { horizon, stride, season, last: rows.length - train });
  model.dispose();
  const { mase, coverage, naive, seasonalNaive } = columns[column];
  return [name, seed, last.step, last.seconds.toFixed(1), mase.toFixed(3), seasonalNaive.mase.toFixed(3), naive.mase.toFixed(3),
    ...coverage.map(({ share }) => `${(100 * share).toFixed(1)} %`)];
}

const { values: { only = '', seeds = '1', export: file, help } } = parseArgs({
  options: {
    only: { type: 'string' }, seeds: { type: 'string' }, export: { type: 'string' }, help: { type: 'boolean', short: 'h' },
  },
});
const chosen = tasks().filter(({ name }) => name.startsWith(only));
if (help) console.log(usage);
else if (file) writeFileSync(file, JSON.stringify(chosen.map(exported)));
else {
  const line = (/** @type {readonly unknown[]} */ cells) => console.log(`| ${cells.join(' | ')} |`);
  line(['series', 'seed', 'steps', 'seconds', 'MASE', 'seasonal naive', 'naive', 'in 80 %', 'in 95 %']);
  line(new Array(9).fill('---'));
  const lstm = await load();
  for (const task of chosen) for (let seed = 1; seed <= Number(seeds); seed++) line(trial(lstm, task, seed));
}
