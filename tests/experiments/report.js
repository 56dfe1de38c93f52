// The trials as a table for people, the paper's numbers beside ours.
import { kinds } from './kinds.js';
import { tasks } from './tasks.js';

/**
 * @typedef {object} Trial
 * @property {string} task
 * @property {string} kind
 * @property {number} seed
 * @property {number} limit
 * @property {number} hiddenSize
 * @property {number} parameters
 * @property {boolean} solved
 * @property {number} sequences
 * @property {number} [measured]
 * @property {number} seconds
 */

/** @param {number} value thousands apart */
const spaced = (value) => Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');

/** @param {number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number[]} values */
function rangeOf(values) {
  if (values.length === 0) return '';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? spaced(least) : `${spaced(least)} to ${spaced(most)}`;
}

/** @param {readonly (string | number)[]} cells */
const line = (cells) => `| ${cells.join(' | ')} |`;

/**
 * Over all trials, those that failed counting as more than any: Infinity where most of them failed.
 * @param {Trial[]} trials
 */
const medianOf = (trials) => median(trials.map(({ solved, sequences }) => (solved ? sequences : Infinity)));

/**
 * A row of a task's table.
 * @param {import('./tasks.js').Task} task
 * @param {Trial[]} trials of one kind
 */
function row({ paper, measures }, trials) {
  const [{ kind, hiddenSize, parameters, limit }] = trials;
  const solved = trials.filter((trial) => trial.solved).map(({ sequences }) => sequences);
  const middle = medianOf(trials);
  const measured = trials.flatMap((trial) => trial.measured ?? []);
  const times = paper.sequences && Number.isFinite(middle) ? `${(paper.sequences / middle).toFixed(1)} ×` : '';
  return line([
    kind,
    hiddenSize,
    spaced(parameters),
    `${solved.length} of ${trials.length}`,
    Number.isFinite(middle) ? spaced(middle) : `> ${spaced(limit)}`,
    rangeOf(solved),
    times,
    ...(measures ? [rangeOf(measured)] : []),
  ]);
}

const columns = ['cell', 'hidden', 'parameters', 'solved', 'median sequences', 'range', 'paper / ours'];

/** @param {import('./tasks.js').Task} task @param {Trial[]} trials of it */
function section(task, trials) {
  const { title, criterion, paper, settings, measures } = task;
  const { hiddenSize, limit, ...training } = settings;
  const words = [
    paper.sequences && `${spaced(paper.sequences)} sequences`,
    paper.solved && `solved ${paper.solved}`,
    paper.weights && `${spaced(paper.weights)} weights`,
  ].filter(Boolean);
  const byKind = task.kinds.map(({ name }) => trials.filter(({ kind }) => kind === name));
  return [
    `### ${title}`,
    '',
    `Success: ${criterion}.  `,
    `Paper (${paper.source}): ${words.length > 0 ? words.join(', ') : 'its counts are not repeated here'}.  `,
    `Adam: ${Object.entries(training).map(([name, value]) => `${name} ${value}`).join(', ')}.`,
    '',
    line([...columns, ...(measures ? [measures] : [])]),
    line(['---', ...columns.slice(1).map(() => '---:'), ...(measures ? ['---:'] : [])]),
    ...byKind.filter(({ length }) => length > 0).map((some) => row(task, some)),
  ].join('\n');
}

/** Median and successes of one kind, in short. @param {Trial[]} trials */
function summaryOf(trials) {
  if (trials.length === 0) return '';
  const middle = medianOf(trials);
  const solved = `${trials.filter((trial) => trial.solved).length} of ${trials.length}`;
  return Number.isFinite(middle) ? `${spaced(middle)} (${solved})` : `> ${spaced(trials[0].limit)} (${solved})`;
}

/** All tasks in one table. @param {(readonly [import('./tasks.js').Task, Trial[]])[]} results */
function summary(results) {
  const names = [...new Set(results.flatMap(([, trials]) => trials.map(({ kind }) => kind)))];
  const shown = Object.values(kinds).map(({ name }) => name).filter((name) => names.includes(name));
  return [
    line(['task', 'paper', ...shown]),
    line(['---', '---:', ...shown.map(() => '---:')]),
    ...results.map(([{ title, paper }, trials]) => line([
      title,
      paper.sequences ? spaced(paper.sequences) : '',
      ...shown.map((name) => summaryOf(trials.filter(({ kind }) => kind === name))),
    ])),
  ].join('\n');
}

/**
 * The median sequences to success and how many trials had it, of all; and each task by itself.
 * @param {Trial[]} trials
 * @returns {string} markdown
 */
export function table(trials) {
  const results = tasks
    .map((task) => /** @type {const} */ ([task, trials.filter((trial) => trial.task === task.name)]))
    .filter(([, some]) => some.length > 0);
  return [summary(results), ...results.map(([task, some]) => section(task, some))].join('\n\n');
}
