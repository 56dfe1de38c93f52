/** How a run trains: what its settings mean for a text of some length, and whether a checkpoint is in its midst. */

import { defaultLearningRate, inspect } from 'lstm-wasm';

/** @typedef {import('./settings.js').Settings} Settings */

/** Steps: every few seconds for a small network. */
const VALIDATE_EVERY = 250;
/** While the validation part is measured nothing else is answered, so a slow network has less of it: characters. */
const VALIDATION = { least: 1000, most: 10_000, product: 1.2e9 };
/** Of a shorter text no part is kept back: characters. */
const SHORT_TEXT = 50_000;
/** Steps in which the rate rises at first. */
const WARMUP = 100;

/**
 * The learning rate that suits a network: wider ones need smaller steps.
 *
 * @param {Pick<Settings, 'hiddenSize' | 'steps'>} settings
 */
export function suitableRate({ hiddenSize, steps }) {
  return Number(defaultLearningRate({ hiddenSize }, scheduleOf(steps)).toPrecision(2));
}

/**
 * A run of a chosen length ends with small steps.
 *
 * @param {number} steps   0: no end
 * @returns {import('lstm-wasm').Schedule}
 */
function scheduleOf(steps) {
  return steps ? { type: 'cosine', to: 0.05, warmup: WARMUP } : { type: 'constant', warmup: WARMUP };
}

/**
 * The options of train. For a short text the batch is smaller, and no part is kept for validation.
 *
 * @param {Settings} settings
 * @param {number} characters   of the text
 */
export function trainingPlan(settings, characters) {
  const { dropout, seed, steps, learningRate } = settings;
  const window = Math.min(settings.window, Math.max(4, Math.floor(characters / 4)));
  const batchSize = Math.max(1, Math.min(settings.batchSize, Math.floor(characters / (2 * window))));
  return {
    batchSize,
    window,
    dropout,
    seed,
    learningRate: learningRate || suitableRate(settings),
    schedule: scheduleOf(steps),
    // Without a budget, train would take the one of a checkpoint; this one replaces it and is never used up.
    steps: steps || Number.MAX_SAFE_INTEGER,
    validation: characters < SHORT_TEXT ? 0 : validationPart(settings) / characters,
    validateEvery: VALIDATE_EVERY,
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
 * Is the file a checkpoint of the planned run, before its end?
 *
 * @param {Uint8Array} file
 * @param {ReturnType<typeof trainingPlan>} plan
 */
export function isInTheMidst(file, plan) {
  const run = runOf(file);
  return run !== undefined && run.step < run.options.steps && has(run.options, plan);
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
  const { batchSize, window, dropout, learningRate, steps = Infinity } = run.options;
  const planned = { ...settings, batchSize, window, dropout, steps: steps < Number.MAX_SAFE_INTEGER ? steps : 0 };
  return { ...planned, learningRate: learningRate === suitableRate(planned) ? 0 : learningRate };
}

/**
 * Does `whole` have every property of `part`, with equal values?
 *
 * @param {any} whole
 * @param {any} part
 * @returns {boolean}
 */
function has(whole, part) {
  if (typeof part !== 'object' || part === null) return whole === part;
  return Object.entries(part).every(([name, value]) => has(whole?.[name], value));
}

