// The adding problem: Hochreiter & Schmidhuber 1997, experiment 4.
import { Learner } from '../learner.js';
import { Random } from '../random.js';
import { plainKinds } from '../kinds.js';
import { untilRecentlyRight } from '../trials.js';

/**
 * Pairs (value, marker). Values are from [-1, 1); two markers are 1: one of the first ten pairs, and another of the
 * first T / 2 - 1. The first and the last marker are -1; a marked first pair keeps its 1, and its value is 0. The
 * target at the end is 0.5 + (X1 + X2) / 4.
 * @param {number} T the shortest; up to T + T / 10
 * @param {Random} random
 */
export function addingSequence(T, random) {
  const length = random.integer(T, T + Math.floor(T / 10));
  const inputs = new Float32Array(2 * length);
  for (let t = 0; t < length; t++) inputs[2 * t] = random.uniform(-1, 1);
  const first = random.integer(0, 9);
  let second = first;
  while (second === first) second = random.integer(0, Math.floor(T / 2) - 2);
  inputs[1] = -1;
  inputs[2 * length - 1] = -1;
  for (const t of [first, second]) {
    if (t === 0) inputs[0] = 0;
    inputs[2 * t + 1] = 1;
  }
  const targets = new Float32Array(length);
  targets[length - 1] = 0.5 + (inputs[2 * first] + inputs[2 * second]) / 4;
  return { length, inputs, targets, lastOnly: true };
}

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
 * @param {Learner} learner @param {() => import('../batch.js').Sequence} draw @param {number} allowed
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
