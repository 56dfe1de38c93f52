// The adding problem: Hochreiter & Schmidhuber 1997, experiment 4.
import { addingSequence } from '../../../web/model/why/tasks/adding.js';
import { Random } from '../../../web/model/why/Random.js';
import { Learner } from '../learner.js';
import { plainKinds } from '../kinds.js';
import { untilRecentlyRight } from '../trials.js';

/**
 * @param {object} options
 * @param {number} options.T
 * @param {number} [options.paper] sequences
 * @param {number} [options.recent] sequences of the criterion
 * @param {number} [options.allowed] error
 * @param {import('../tasks.js').Settings} options.settings
 * @returns {import('../tasks.js').Task}
 */
export function adding({ T, paper, recent = 2000, allowed = 0.04, settings }) {
  return {
    name: `adding-${T}`,
    title: `Adding problem, T = ${T}`,
    paper: { source: 'H&S 1997, table 7', sequences: paper, solved: '10 of 10', weights: 93 },
    criterion: `average error of the last ${recent} training sequences below 0.01, each below ${allowed}`,
    measures: 'wrong of 2560 new sequences',
    input: { size: 2 },
    output: { values: 1 },
    kinds: plainKinds,
    settings,
    error: ({ length, targets }, at) => Math.abs(at(length - 1)[0] - targets[length - 1]),
    trial(lstm, kind, seed, limit) {
      const random = new Random(seed, 2);
      const draw = () => addingSequence(T, random);
      const window = T + Math.floor(T / 10);
      const learner = new Learner(lstm, this, kind, seed, { window, batchSize: settings.batchSize });
      try {
        const rule = { draw, allowed, average: 0.01, recent, near: allowed ** 2, limit };
        const outcome = untilRecentlyRight(learner, rule);
        return { ...outcome, measured: outcome.solved ? wrongOf(learner, draw, allowed) : undefined };
      } finally {
        learner.dispose();
      }
    },
  };
}

/**
 * The paper's test: how many of 2560 new sequences are wrong.
 * @param {Learner} learner @param {() => import('../../../web/model/why/batch.js').Sequence} draw @param {number} allowed
 */
export function wrongOf(learner, draw, allowed) {
  let wrong = 0;
  let tested = 0;
  while (tested < 2560) {
    const errors = learner.errors(Array.from({ length: learner.batchSize }, draw));
    wrong += errors.filter((error) => error >= allowed).length;
    tested += errors.length;
  }
  return wrong;
}
