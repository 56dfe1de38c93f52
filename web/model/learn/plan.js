/** How a run trains: what its settings mean for a text of some length, and whether a checkpoint is in its midst. */

import { defaultLearningRate, defaultSchedule, inspect } from 'lstm-wasm';

/** @typedef {import('./settings.js').Settings} Settings */

/** Steps: every few seconds for a small network. */
const VALIDATE_EVERY = 250;
/** While the validation part is measured nothing else is answered, so a slow network has less of it: characters. */
const VALIDATION = { least: 1000, most: 10_000, product: 1.2e9 };
/** Of a shorter text no part is kept back: characters. */
const SHORT_TEXT = 50_000;

/**
 * The schedule and the rate that train takes by itself.
 *
 * @param {Pick<Settings, 'hiddenSize' | 'steps'>} settings
 */
export function suitable({ hiddenSize, steps }) {
  const schedule = defaultSchedule(steps || Infinity);
  return { schedule, learningRate: defaultLearningRate({ hiddenSize }, schedule) };
}

/**
 * The options of train. For a short text the batch is smaller, and no part is kept for validation.
 *
 * @param {Settings} settings
 * @param {number} characters   of the text
 */
export function trainingPlan(settings, characters) {
  const { dropout, seed, steps, precision } = settings;
  const { schedule, learningRate } = suitable(settings);
  const window = Math.min(settings.window, Math.max(4, Math.floor(characters / 4)));
  const batchSize = Math.max(1, Math.min(settings.batchSize, Math.floor(characters / (2 * window))));
  return {
    batchSize,
    window,
    dropout,
    seed,
    learningRate: settings.learningRate || learningRate,
    schedule,
    steps: steps || Infinity,
    validation: characters < SHORT_TEXT ? 0 : validationPart(settings) / characters,
    validateEvery: VALIDATE_EVERY,
    precision,
  };
}

/** @param {Settings} settings */
function validationPart({ hiddenSize, layers }) {
  const weights = 8 * hiddenSize ** 2 * layers;
  const { least, most, product } = VALIDATION;
  return Math.round(Math.min(most, Math.max(least, product / weights)));
}

/**
 * The run of a checkpoint, which training continues.
 *
 * @typedef {object} Run
 * @property {number} step   of its budget
 * @property {Record<string, any>} options
 */

/**
 * @param {Uint8Array} file   a model, or a checkpoint
 * @returns {Run | undefined}
 */
export function runOf(file) {
  return inspect(file).checkpoint?.run;
}

/**
 * Is the file a checkpoint of the planned run, before its end? One that a former version of this page began is, too: its
 * suitable rate was rounded, its warm-up longer.
 *
 * @param {Uint8Array} file
 * @param {ReturnType<typeof trainingPlan>} plan
 */
export function isInTheMidst(file, { schedule, learningRate, steps, ...others }) {
  const run = runOf(file);
  if (run === undefined || run.step >= run.options.steps) return false;
  // One that was begun before there was a choice has no precision.
  /** @type {Record<string, any>} */
  const options = { precision: 'float32', ...run.options };
  const isAlike = options.schedule?.type === schedule.type && isSameRate(options.learningRate, learningRate)
    && lengthOf(options.steps) === lengthOf(steps);
  return isAlike && Object.entries(others).every(([name, value]) => options[name] === value);
}

/**
 * Settings, with those replaced that the options of a run imply.
 *
 * @param {Settings} settings
 * @param {Run | undefined} run
 * @returns {Settings}
 */
export function withPlanOf(settings, run) {
  if (!run) return settings;
  const { batchSize, window, dropout, learningRate, steps, precision = 'float32' } = run.options;
  const planned = { ...settings, batchSize, window, dropout, precision, steps: lengthOf(steps) };
  return { ...planned, learningRate: isSameRate(learningRate, suitable(planned).learningRate) ? 0 : learningRate };
}

/** @param {number} a @param {number} b */
const isSameRate = (a, b) => a.toPrecision(2) === b.toPrecision(2);

/** The length of a run as a setting; 0: no end. @param {number} [steps] */
const lengthOf = (steps = Infinity) => (steps < Number.MAX_SAFE_INTEGER ? steps : 0);
