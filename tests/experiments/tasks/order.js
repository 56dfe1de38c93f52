// Temporal order: Hochreiter & Schmidhuber 1997, experiment 6.
import { Learner } from '../learner.js';
import { Random } from '../random.js';
import { plainKinds } from '../kinds.js';
import { untilRecentlyRight } from '../trials.js';
import { wrongOf } from './adding.js';

export const symbols = 'EBabcdXY';

/** Where the relevant symbols stand: [from, to] each, inclusive, E being at 0. */
const places = {
  '6a': [[10, 20], [50, 60]],
  '6b': [[10, 20], [33, 43], [66, 76]],
};

/**
 * E, then a, b, c, d at random, with an X or Y in two or three places, then B. The class at the end is which of X and Y
 * came in which order: their binary number, X = 0.
 * @param {'6a' | '6b'} task
 * @param {Random} random
 * @param {number} [scale] of all lengths
 */
export function orderSequence(task, random, scale = 1) {
  const length = random.integer(Math.round(100 * scale), Math.round(110 * scale));
  const inputs = Int32Array.from({ length }, () => 2 + random.integer(0, 3));
  inputs[0] = 0;
  inputs[length - 1] = 1;
  let order = 0;
  for (const [from, to] of places[task]) {
    const which = random.integer(0, 1);
    inputs[random.integer(Math.round(from * scale), Math.round(to * scale))] = 6 + which;
    order = 2 * order + which;
  }
  const targets = new Int32Array(length);
  targets[length - 1] = order;
  return { length, inputs, targets, lastOnly: true };
}

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
