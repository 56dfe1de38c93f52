// run-defaults.js: what a training is where nobody says. Found by the search in tests/experiments/learning/RESULTS.md; an
// option that is given always wins.
import { integer, object } from '../core/check.js';
import { readSchedule } from './schedule.js';

/** Few sequences an update make many updates, which counts where the time is short. */
export const BATCH_SIZE = 16;

/** Parameters times steps trained a second, with `simd`: 9 to 11 thousand million for 64 to 384 units with floats. */
const PACE = { float32: 1e10, int16: 1.4e10, int8: 1.5e10 };

const MOST_WARMUP = 100;
const MOST_VALIDATE_EVERY = 1000;

/**
 * What a model of some kind has of its own.
 * @typedef {object} ModelDefaults
 * @property {(epochs: number) => number} [dropoutFor] what is left out at random where all are read so often; default 0
 * @property {(layers: readonly { kind: string, hiddenSize: number }[]) => import('../network/precision.js').Precision} [precisionFor]
 *   of layers; default 'float32'
 */

/**
 * Says what was left unsaid. Only a budget of seconds is an estimate; with steps and epochs all is the same everywhere.
 * @param {import('./train-options.js').ShapedTrainOptions} asked
 * @param {{ parameterCount: number, config: { layers: { kind: string, hiddenSize: number }[] } }} network
 * @param {{ perEpoch: number, windowsAnEpoch: number }} data steps of sequences, and windows of a batch, in which all are read
 *   once
 * @param {ModelDefaults} [model]
 * @returns {import('./train-options.js').CheckedTrainOptions}
 */
export function withDefaults(asked, { parameterCount, config }, { perEpoch, windowsAnEpoch }, { dropoutFor = () => 0, precisionFor } = {}) {
  const precision = asked.precision ?? precisionFor?.(config.layers) ?? 'float32';
  const stepsAnEpoch = windowsAnEpoch / asked.accumulate;
  const { optimizer, seconds, steps } = asked;
  const inTime = ((seconds ?? 0) * PACE[precision]) / parameterCount / perEpoch;
  const isEndless = steps === Infinity;
  const epochs = asked.epochs ?? (steps === undefined ? inTime : isEndless ? 0 : steps / stepsAnEpoch);
  const schedule = asked.schedule ?? scheduleFor(isEndless ? 0 : steps ?? epochs * stepsAnEpoch);
  const { learningRate = rateFor(config.layers, schedule) } = optimizer.numbers;
  return {
    ...asked,
    optimizer: { ...optimizer, numbers: { ...optimizer.numbers, learningRate } },
    schedule,
    dropout: asked.dropout ?? dropoutFor(epochs),
    precision,
    validateEvery: asked.validateEvery ?? Math.min(Math.ceil(stepsAnEpoch), MOST_VALIDATE_EVERY),
  };
}

/**
 * A cosine where there is an end to come to.
 * @param {number} steps 0: no end
 * @returns {import('./schedule.js').ScheduleDescription}
 */
const scheduleFor = (steps) => (steps === 0
  ? { type: 'constant', warmup: 0 }
  : { type: 'cosine', to: 0.05, warmup: Math.min(Math.ceil(steps / 10), MOST_WARMUP) });

const readSteps = integer(1, Number.MAX_SAFE_INTEGER);

/**
 * The schedule that train takes for so many steps where none is given: a warm-up and a cosine; a constant rate where
 * there is no end.
 * @param {number} [steps] default: Infinity, no end
 * @returns {import('./schedule.js').ScheduleDescription}
 * @throws {import('../core/errors.js').ArgumentError}
 */
export function defaultSchedule(steps = Infinity) {
  return scheduleFor(steps === Infinity ? 0 : readSteps(steps, 'defaultSchedule: steps'));
}

/**
 * The learning rate that train takes with adam and adamw where none is given: 2 / H of the widest layer, at most 0.03,
 * for a schedule of type 'cosine'; half of it for any other.
 * @param {{ hiddenSize?: number, layers?: number | readonly { hiddenSize: number }[] }} config as createCharModel takes it
 * @param {import('./schedule.js').Schedule} [schedule] default: a cosine, as train takes where it has a budget
 * @returns {number}
 * @throws {import('../core/errors.js').ArgumentError}
 */
export function defaultLearningRate(config, schedule = { type: 'cosine' }) {
  const where = 'defaultLearningRate';
  /** @param {unknown} layer @param {string} path */
  const read = (layer, path) => ({ hiddenSize: readSize(object(layer, path).hiddenSize, `${path}.hiddenSize`) });
  const { layers } = object(config, `${where}: config`);
  const list = Array.isArray(layers)
    ? layers.map((layer, l) => read(layer, `${where}: config.layers[${l}]`))
    : [read(config, `${where}: config`)];
  return rateFor(list, readSchedule(schedule, `${where}: schedule`));
}

const readSize = integer(1, 65536);

/**
 * The rate of Adam: what a cosine may start from; half of it where the rate may stay.
 * @param {{ hiddenSize: number }[]} layers
 * @param {import('./schedule.js').Schedule} schedule
 */
function rateFor(layers, schedule) {
  const most = Math.min(2 / Math.max(...layers.map(({ hiddenSize }) => hiddenSize)), 0.03);
  return 'type' in schedule && schedule.type === 'cosine' ? most : most / 2;
}
