// Temporal order: Hochreiter & Schmidhuber 1997, experiment 6.
import { orderSequence, places, symbols } from '../../../web/model/why/tasks/order.js';
import { Random } from '../../../web/model/why/Random.js';
import { Learner } from '../learner.js';
import { plainKinds } from '../kinds.js';
import { untilRecentlyRight } from '../trials.js';
import { wrongOf } from './adding.js';

/**
 * @param {object} options
 * @param {'6a' | '6b'} options.task
 * @param {{ sequences?: number, solved?: string, weights?: number }} [options.paper]
 * @param {number} [options.scale]
 * @param {number} [options.recent]
 * @param {import('../tasks.js').Settings} options.settings
 * @returns {import('../tasks.js').Task}
 */
export function order({ task, paper, scale = 1, recent = 2000, settings }) {
  const classes = 2 ** places[task].length;
  return {
    name: `order-${task}`,
    title: `Temporal order, task ${task}`,
    paper: { source: 'H&S 1997, table 9', ...paper },
    criterion: `average error of the last ${recent} training sequences below 0.1, every output of each within 0.3`,
    measures: 'wrong of 2560 new sequences',
    input: { tokens: symbols.length },
    output: { classes },
    kinds: plainKinds,
    settings,
    error({ length, targets }, at) {
      // With two or more probabilities that sum to 1 the target's has the largest error.
      return 1 - at(length - 1)[targets[length - 1]];
    },
    trial(lstm, kind, seed, limit) {
      const random = new Random(seed, 3);
      const draw = () => orderSequence(task, random, scale);
      const window = Math.round(110 * scale);
      const learner = new Learner(lstm, this, kind, seed, { window, batchSize: settings.batchSize });
      try {
        const outcome = untilRecentlyRight(learner, { draw, allowed: 0.3, average: 0.1, recent, near: 0.3, limit });
        return { ...outcome, measured: outcome.solved ? wrongOf(learner, draw, 0.3) : undefined };
      } finally {
        learner.dispose();
      }
    },
  };
}
