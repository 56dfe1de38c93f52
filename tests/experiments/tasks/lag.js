// Long time lags: Hochreiter & Schmidhuber 1997, experiment 2, tasks 2a and 2c.
import { Random } from '../../../web/model/why/Random.js';
import { Learner } from '../learner.js';
import { kinds, plainKinds } from '../kinds.js';
import { untilRecentlyRight, untilTestPasses } from '../trials.js';

/**
 * Task 2a: (y, a1, ..., a(p-1), y) or (x, a1, ..., a(p-1), x). The next symbol is predicted at every step. Symbols: a1
 * is 0 and so on, x is p - 1, y is p.
 * @param {number} p
 * @param {boolean} isY
 */
export function lagSequence(p, isY) {
  const symbol = isY ? p : p - 1;
  const whole = [symbol, ...Array.from({ length: p - 1 }, (_, i) => i), symbol];
  return { length: p, inputs: whole.slice(0, -1), targets: whole.slice(1), lastOnly: false };
}

/**
 * @param {object} options
 * @param {number} options.p
 * @param {import('../tasks.js').Settings} options.settings
 * @returns {import('../tasks.js').Task}
 */
export function noiseFreeLag({ p, settings }) {
  return {
    name: `lag-${p}`,
    title: `Noise-free long time lag, p = ${p} (2a)`,
    paper: { source: 'H&S 1997, table 2', sequences: 5040, solved: '18 of 18; BPTT 0 of 18', weights: 10504 },
    criterion: 'every output within 0.25 at every step of both sequences (10 000 draws of the two are these two)',
    input: { tokens: p + 1 },
    output: { classes: p + 1 },
    kinds: [...plainKinds, kinds.identity],
    settings,
    error({ length, targets }, at) {
      let most = 0;
      for (let t = 0; t < length; t++) most = Math.max(most, 1 - at(t)[targets[t]]);
      return most;
    },
    trial(lstm, kind, seed, limit) {
      const random = new Random(seed, 4);
      const draw = () => lagSequence(p, random.integer(0, 1) === 1);
      const both = [lagSequence(p, false), lagSequence(p, true)];
      const { batchSize } = settings;
      const learner = new Learner(lstm, this, kind, seed, { window: p, batchSize });
      try {
        const test = () => learner.largestError(both) < 0.25;
        return untilTestPasses(learner, { draw, test, every: 4 * batchSize, limit });
      } finally {
        learner.dispose();
      }
    },
  };
}

/** The most steps behind the shortest; 9 of 10^5 sequences would be longer, and are drawn anew. */
const longestTail = 88;

/**
 * Task 2c: (b, x or y, q + k distractors, e), k being geometric with mean 9. At e comes x or y again. Symbols:
 * distractors are 0 to p - 1, e is p, b is p + 1, x is p + 2, y is p + 3.
 * @param {number} p different distractors
 * @param {number} q the lag is q + 1 at least
 * @param {Random} random
 * @returns {import('../../../web/model/why/batch.js').Sequence}
 */
export function noisyLagSequence(p, q, random) {
  let k = 0;
  while (random.next() < 0.9) k += 1;
  if (k > longestTail) return noisyLagSequence(p, q, random);
  const which = random.integer(0, 1);
  const length = q + k + 3;
  const inputs = Int32Array.from({ length }, () => random.integer(0, p - 1));
  inputs[0] = p + 1;
  inputs[1] = p + 2 + which;
  inputs[length - 1] = p;
  const targets = new Int32Array(length);
  targets[length - 1] = which;
  return { length, inputs, targets, lastOnly: true };
}

/**
 * @param {object} options
 * @param {number} options.p
 * @param {number} options.q
 * @param {number} [options.tested] sequences
 * @param {import('../tasks.js').Settings} options.settings
 * @returns {import('../tasks.js').Task}
 */
export function noisyLag({ p, q, tested = 10000, settings }) {
  return {
    name: `lag-noise-${q}`,
    title: `Long time lag with noise, q = p = ${q} (2c)`,
    paper: { source: 'H&S 1997, table 3', sequences: 49000, solved: '20 of 20', weights: 6064 },
    criterion: `both outputs within 0.2 for ${tested} new sequences; tried where the last 500 of training were`,
    input: { tokens: p + 4 },
    output: { classes: 2 },
    kinds: [...plainKinds, kinds.noForget],
    settings,
    error: ({ length, targets }, at) => 1 - at(length - 1)[targets[length - 1]],
    trial(lstm, kind, seed, limit) {
      const random = new Random(seed, 5);
      const draw = () => noisyLagSequence(p, q, random);
      const { batchSize } = settings;
      const learner = new Learner(lstm, this, kind, seed, { window: q + longestTail + 3, batchSize });
      const confirm = () => {
        for (let count = 0; count < tested; count += batchSize) {
          if (learner.errors(Array.from({ length: batchSize }, draw)).some((error) => error >= 0.2)) return false;
        }
        return true;
      };
      try {
        return untilRecentlyRight(learner, { draw, allowed: 0.2, recent: 500, near: 0.1, limit, confirm });
      } finally {
        learner.dispose();
      }
    },
  };
}
