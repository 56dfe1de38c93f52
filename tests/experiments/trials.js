// How a trial goes: train on random sequences until the criterion of the paper holds, and count the sequences.

/** @typedef {import('./learner.js').Learner} Learner */
/** @typedef {import('../../web/model/why/batch.js').Sequence} Sequence */

/**
 * @typedef {object} Outcome
 * @property {boolean} solved
 * @property {number} sequences presented until then; where not solved, all
 * @property {number} [measured] afterwards: Task.measures says what
 */

/**
 * For the criterion "the last `recent` training sequences were all processed correctly, with an average error below
 * ...". The error of a sequence is taken before the update that it takes part in. While the loss of a batch is far
 * from what the criterion needs, the next batch is not measured, and counts as wrong.
 * @param {Learner} learner
 * @param {object} rule
 * @param {() => Sequence} rule.draw
 * @param {number} rule.allowed a sequence is right where its error is below
 * @param {number} [rule.average] of the errors, below this
 * @param {number} rule.recent
 * @param {number} rule.near losses below this are near
 * @param {number} rule.limit sequences
 * @param {() => boolean} [rule.confirm] what else has to hold
 * @returns {Outcome}
 */
export function untilRecentlyRight(learner, { draw, allowed, average = Infinity, recent, near, limit, confirm }) {
  let sequences = 0;
  let isNear = false;
  /** The errors of the last sequences, as far back as all were right. @type {number[]} */
  let errors = [];
  while (sequences < limit) {
    const batch = Array.from({ length: learner.batchSize }, draw);
    if (isNear) {
      for (const error of learner.errors(batch)) {
        if (error < allowed) errors.push(error);
        else errors = [];
      }
      errors.splice(0, errors.length - recent);
    } else {
      errors = [];
    }
    learner.slowDown(sequences);
    isNear = learner.step(batch) < near;
    sequences += batch.length;
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    if (errors.length === recent && mean < average && (confirm?.() ?? true)) return { solved: true, sequences };
  }
  return { solved: false, sequences };
}

/**
 * For criteria that are a test beside the training.
 * @param {Learner} learner
 * @param {object} rule
 * @param {() => Sequence} rule.draw
 * @param {() => boolean} rule.test
 * @param {number} rule.every sequences from test to test
 * @param {number} rule.limit sequences
 * @returns {Outcome}
 */
export function untilTestPasses(learner, { draw, test, every, limit }) {
  let sequences = 0;
  let next = every;
  while (sequences < limit) {
    learner.slowDown(sequences);
    learner.step(Array.from({ length: learner.batchSize }, draw));
    sequences += learner.batchSize;
    if (sequences < next) continue;
    next += every;
    if (test()) return { solved: true, sequences };
  }
  return { solved: false, sequences };
}

/**
 * Feeds one sequence from the initial state, and no more than needed.
 * @param {any} network
 * @param {Iterable<{ input: number | number[], isRight: (output: Float32Array) => boolean }>} steps
 * @returns {number} how many outputs were right before the first wrong one, or all
 */
export function stepsUntilWrong(network, steps) {
  const state = network.initialState();
  let count = 0;
  for (const { input, isRight } of steps) {
    if (!isRight(network.step(input, state))) break;
    count += 1;
  }
  return count;
}
