// The experiments' command line.
import { parseArgs } from 'node:util';
import { tasks } from './tasks.js';

const names = tasks.map(({ name }) => name);

export const usage = `usage: npm run experiments [-- OPTIONS]

Trains each kind of cell on the tasks of the LSTM papers until the paper's criterion of success holds, and prints a
table of how many sequences that took, beside the paper's. All of it takes about half an hour on two cores.
  --task NAMES    only these, with commas:
                  ${names.slice(0, 8).join(', ')},
                  ${names.slice(8).join(', ')}
  --kinds NAMES   only these, with commas: rnn, gru, lstm, lstm-1997 (no forget gate), lstm-peephole
  --seeds N       trials of each, with seeds 1 to N (default 10)
  --limit N       sequences after which a trial has failed (default: each task's own)
  --quick         two seeds, and a tenth of each task's limit
  --jobs N        trials side by side (default 2)
  --json          one JSON object a trial, as it ends
  --table FILE    no training: the table of trials that --json printed into FILE`;

/** @param {string[]} [args] @throws {TypeError} where something is wrong with them */
export function parse(args) {
  const { values } = parseArgs({
    args,
    options: {
      task: { type: 'string' },
      kinds: { type: 'string' },
      seeds: { type: 'string' },
      limit: { type: 'string' },
      quick: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      table: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const kindNames = [...new Set(tasks.flatMap(({ kinds }) => kinds.map(({ name }) => name)))];
  return {
    ...values,
    tasks: among('--task', values.task, names),
    kinds: among('--kinds', values.kinds, kindNames),
    seeds: count('--seeds', values.seeds ?? (values.quick ? '2' : '10')),
    limit: values.limit === undefined ? undefined : count('--limit', values.limit),
    jobs: count('--jobs', values.jobs),
  };
}

/** @param {string} option @param {string | undefined} value @param {string[]} known */
function among(option, value, known) {
  const names = value?.split(',') ?? known;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`${option}: expected some of ${known.join(', ')}, got '${unknown}'`);
  return names;
}

/** @param {string} option @param {string} value */
function count(option, value) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw new TypeError(`${option}: expected a whole number of at least 1, got '${value}'`);
  }
  return number;
}
