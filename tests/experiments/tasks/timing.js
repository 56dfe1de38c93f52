// Spike timing: Gers & Schmidhuber 2000; Gers, Schraudolph & Schmidhuber 2002.
import { Random } from '../../../web/model/why/Random.js';
import { Learner } from '../learner.js';
import { kinds, plainKinds } from '../kinds.js';
import { stepsUntilWrong, untilTestPasses } from '../trials.js';

/** Spikes of a training sequence, and of the test. */
const trainedSpikes = 10;
const testedSpikes = 1000;
/** An output is right where its error is smaller. */
const allowed = 0.49;

/**
 * Measuring spike delays: spikes come F or F + 1 steps after one another, and with each the network says which: 0 or 1.
 * @param {number} F
 * @param {number} spikes
 * @param {Random} random
 */
export function delaySequence(F, spikes, random) {
  const inputs = [];
  const targets = [];
  const counts = [];
  for (let n = 0; n < spikes; n++) {
    const delay = random.integer(0, 1);
    for (let t = 1; t <= F + delay; t++) {
      const isSpike = t === F + delay;
      inputs.push(isSpike ? 1 : 0);
      targets.push(isSpike ? delay : 0);
      counts.push(isSpike ? 1 : 0);
    }
  }
  return { length: inputs.length, inputs, targets, counts, lastOnly: false };
}

/**
 * Generating timed spikes: no input, and every F steps the output is 1, else 0.
 * @param {number} F
 * @param {number} spikes
 */
export function spikeSequence(F, spikes) {
  const length = F * spikes;
  const targets = Array.from({ length }, (_, t) => (t % F === F - 1 ? 1 : 0));
  return { length, inputs: new Array(length).fill(0), targets, counts: new Array(length).fill(1), lastOnly: false };
}

/**
 * @param {object} options
 * @param {'msd' | 'gts'} options.task
 * @param {number} options.F
 * @param {import('../tasks.js').Settings} options.settings
 * @returns {import('../tasks.js').Task}
 */
export function timing({ task, F, settings }) {
  const sequence = (/** @type {number} */ spikes, /** @type {Random} */ random) =>
    task === 'msd' ? delaySequence(F, spikes, random) : spikeSequence(F, spikes);
  return {
    name: `${task}-${F}`,
    title: task === 'msd' ? `Measuring spike delays, ${F} or ${F + 1}` : `Generating timed spikes, every ${F}`,
    paper: { source: 'GS&S 2002' },
    criterion: `${testedSpikes} successive spikes of a new stream, never reset, every error below ${allowed}`,
    input: { size: 1 },
    output: { values: 1 },
    kinds: [...plainKinds, kinds.peephole],
    settings,
    error: () => NaN,
    trial(lstm, kind, seed, limit) {
      const random = new Random(seed, 10);
      const window = (task === 'msd' ? F + 1 : F) * trainedSpikes;
      const learner = new Learner(lstm, this, kind, seed, { window, batchSize: settings.batchSize });
      try {
        const draw = () => sequence(trainedSpikes, random);
        const test = () => {
          const { length, inputs, targets, counts } = sequence(testedSpikes, random);
          const steps = inputs.map((input, t) => ({
            input: [input],
            isRight: (/** @type {Float32Array} */ [y]) => counts[t] === 0 || Math.abs(y - targets[t]) < allowed,
          }));
          return stepsUntilWrong(learner.network, steps) === length;
        };
        return untilTestPasses(learner, { draw, test, every: 10 * settings.batchSize, limit });
      } finally {
        learner.dispose();
      }
    },
  };
}
