// The benchmark itself, free of Node: bench.js runs it there, chromium.html in a page.

import { cases, limitOf, prepare } from './cases.js';
import { Limits } from './limits.js';
import { measure } from './measure.js';

const rounds = 8;
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
 * @property {number} charsPerSecond the best of the rounds
 * @property {number} limit the most characters a second the machine allows, the best of the rounds
 * @property {number} ofLimit charsPerSecond / limit
 * @property {number} [timesF32] int8 and int16 only: charsPerSecond / that of the same weights as f32, or of the same training
 * @property {number} [ofShare] kinds only: charsPerSecond / that of plain lstms of these sizes,
 *   times the weights in products / those of the plain lstms: 1 where it is as fast as its share of the arithmetic
 */

/**
 * Measures every case whose name contains `only`, on one variant, one after the other.
 * @param {object} options
 * @param {(options: any) => Promise<any>} options.load the package's load()
 * @param {BufferSource} options.limits bytes of the limits module to hold the variant against
 * @param {string} options.variant
 * @param {import('./cases.js').Case[]} [options.table] the cases
 * @param {string} [options.only]
 * @param {number} options.seconds to spend on the work of each case
 * @returns {AsyncGenerator<Result>}
 */
export async function* benchmark({ load, limits: bytes, variant, table = cases, only = '', seconds }) {
  const lstm = await load({ variant });
  const limits = await Limits.load(bytes);
  for (const work of table.filter(({ name }) => name.includes(only))) {
    const { run, other, weights, dispose } = prepare(work, lstm);
    try {
      const limit = () => limitOf(work, weights, limits, limitSeconds);
      const { timesOther, ...speeds } = measure({ run, limit, other: other?.run }, seconds, rounds);
      const { name, layers, hidden, batch, window } = work;
      const result = { name, variant: lstm.variant, layers, hidden, batch, window, ...speeds };
      if (!other || timesOther === undefined) yield result;
      else if (work.work === 'kind') yield { ...result, ofShare: (timesOther * weights) / other.weights };
      else yield { ...result, timesF32: timesOther };
    } finally {
      dispose();
    }
  }
}
