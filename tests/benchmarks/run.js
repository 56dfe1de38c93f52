// The benchmark itself, free of Node: bench.js runs it there, a page can run it too.

import { cases, limitOf, prepare } from './cases.js';
import { Limits } from './limits.js';
import { measure } from './measure.js';

const rounds = 5;
/** Seconds for each kernel of a family of limits, each time. */
const limitSeconds = 0.003;

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {string} variant
 * @property {number} layers
 * @property {number} hidden
 * @property {number} batch
 * @property {number} window
 * @property {number} charsPerSecond median of the rounds
 * @property {number} limit the most characters a second the machine allows, median of the rounds
 * @property {number} ofLimit charsPerSecond / limit within a round, median of the rounds
 */

/**
 * Measures every case whose name contains `only`, on one variant, one after the other.
 * @param {object} options
 * @param {(options: any) => Promise<any>} options.load the package's load()
 * @param {BufferSource} options.limits bytes of the limits module to hold the variant against
 * @param {string} options.variant
 * @param {string} [options.only]
 * @param {number} options.seconds to spend on the work of each case
 * @returns {AsyncGenerator<Result>}
 */
export async function* benchmark({ load, limits: bytes, variant, only = '', seconds }) {
  const lstm = await load({ variant });
  const limits = await Limits.load(bytes);
  for (const work of cases.filter(({ name }) => name.includes(only))) {
    const { run, dispose } = prepare(work, lstm);
    try {
      const result = measure({ run, limit: () => limitOf(work, limits, limitSeconds) }, seconds, rounds);
      const { name, layers, hidden, batch, window } = work;
      yield { name, variant: lstm.variant, layers, hidden, batch, window, ...result };
    } finally {
      dispose();
    }
  }
}
