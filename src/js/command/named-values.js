// Values that name something with options: cosine,warmup=100 or sgd,momentum=0.9,nesterov.

import { ArgumentError } from '../index.js';
import { readOptimizer } from '../training/optimizer-options.js';
import { readSchedule } from '../training/schedule.js';
import { cellOptions } from './cells.js';
import { UsageError } from './errors.js';

/**
 * What is named, under `key`, with its options.
 * @param {string} key
 * @param {string} example
 * @returns {import('./values.js').Value<Record<string, any>>}
 */
const named = (key, example) => ({
  expected: `a name and its options after commas, as ${example}`,
  parse(word) {
    const [name, list] = word.split(/,(.*)/s);
    const options = list === undefined ? {} : cellOptions.parse(list);
    return /^[a-z]+$/i.test(name) && options ? { ...options, [key]: name } : undefined;
  },
});

export const optimizerValue = named('optimizer', 'sgd,momentum=0.9,nesterov');
export const scheduleValue = named('type', 'cosine,warmup=100');

/**
 * Throws where these are not the options of that optimizer or schedule.
 * @param {{ optimizer?: Record<string, any>, schedule?: Record<string, any> }} values
 * @throws {UsageError}
 */
export function checkNamed({ optimizer, schedule }) {
  if (optimizer && Object.hasOwn(optimizer, 'learningRate')) {
    throw new UsageError('--optimizer: expected learningRate as --lr');
  }
  try {
    if (optimizer) readOptimizer('--optimizer', optimizer);
    if (schedule) readSchedule(schedule, '--schedule');
  } catch (error) {
    if (error instanceof ArgumentError) throw new UsageError(error.message);
    throw error;
  }
}
