// Counting: a^n b^n and a^n b^n c^n, Gers & Schmidhuber 2001.
import { countingSequence } from '../../../web/model/why/tasks/counting.js';
import { Random } from '../../../web/model/why/Random.js';
import { Learner } from '../learner.js';
import { kinds, plainKinds } from '../kinds.js';
import { stepsUntilWrong, untilTestPasses } from '../trials.js';

/**
 * Does the network say at every step which symbols may come: are outputs above 1/2 where the target is 1, else below?
 * @param {any} network
 * @param {number} letters
 * @param {number} n
 */
export function accepts(network, letters, n) {
  const { length, inputs, targets } = countingSequence(letters, n);
  const V = letters + 1;
  const steps = inputs.map((input, t) => ({
    input,
    isRight: (/** @type {Float32Array} */ output) => output.every((y, v) => y > 0.5 === targets[t * V + v] > 0.5),
  }));
  return stepsUntilWrong(network, steps) === length;
}

/** The largest N up to `most` such that all n from 1 to N are accepted. */
export function largestAccepted(/** @type {any} */ network, /** @type {number} */ letters, most = 1000) {
  let n = 0;
  while (n < most && accepts(network, letters, n + 1)) n += 1;
  return n;
}

/**
 * @param {object} options
 * @param {2 | 3} options.letters
 * @param {number} [options.trained] n from 1 to this
 * @param {number} [options.tested] n from 1 to this
 * @param {import('../tasks.js').Settings} options.settings
 * @returns {import('../tasks.js').Task}
 */
export function counting({ letters, trained = 10, tested = 50, settings }) {
  const language = letters === 2 ? 'a^n b^n' : 'a^n b^n c^n';
  return {
    name: letters === 2 ? 'anbn' : 'anbncn',
    title: `Counting ${language}`,
    paper: { source: 'G&S 2001' },
    criterion: `trained on n = 1 to ${trained}, right at every step for every n = 1 to ${tested}`,
    measures: 'right for all n up to',
    input: { tokens: letters + 1 },
    output: { values: letters + 1 },
    kinds: [...plainKinds, kinds.peephole],
    settings,
    error: () => NaN,
    trial(lstm, kind, seed, limit) {
      const random = new Random(seed, 9);
      const draw = () => countingSequence(letters, random.integer(1, trained));
      const window = 1 + letters * trained;
      const learner = new Learner(lstm, this, kind, seed, { window, batchSize: settings.batchSize });
      let best = 0;
      const test = () => {
        best = Math.max(best, largestAccepted(learner.network, letters, tested));
        return best === tested;
      };
      try {
        const outcome = untilTestPasses(learner, { draw, test, every: 100, limit });
        if (outcome.solved) best = largestAccepted(learner.network, letters);
        return { ...outcome, measured: best };
      } finally {
        learner.dispose();
      }
    },
  };
}
