// train-options.js: what train can be asked for, and what it reports.
import { abortSignal, flag, integer, number, objectOf, optional, refuse } from '../core/check.js';
import { readPrecision } from '../network/precision.js';
import { threadsReader } from '../core/threads.js';
import { dropoutReaders } from './dropout-options.js';
import { ArgumentError } from '../core/errors.js';
import { batchSizeReader, windowReader } from '../network/network-options.js';
import { readersOf, readOptimizer } from './optimizer-options.js';
import { readSchedule } from './schedule.js';
import { readAccumulate, readClipNorm, readClipValue } from './trainer-options.js';

/**
 * @template [Data=unknown]
 * @typedef {object} TrainingOptions
 * @property {number} [seconds] stop after this time; at most one of seconds, epochs, steps. Default, where none of them is
 *   given: the `seconds` that a model was created with, else 60
 * @property {number} [epochs] stop after reading the text or the data this many times in this call
 * @property {number} [steps] stop after this many updates in this call; Infinity: go on until it is left
 * @property {number} [batchSize] streams or sequences side by side; default 16, and fewer where there are not so many
 * @property {number} [window] steps that a gradient flows back through; of characters default 32, and fewer of shorter
 *   texts; of sequences what the longest has, and at most 64 where they can be cut
 * @property {number} [accumulate] n, 1 to 65536 windows an update: the gradient is that of the mean loss of all n, as if there were n
 *   times as many sequences side by side, in the memory of one. A step, in options and reports, is an update; its loss the mean of
 *   its windows'; default 1
 * @property {number} [clipNorm] default 5
 * @property {number} [clipValue] default Infinity: off
 * @property {import('../network/precision.js').Precision} [precision] of the products of the cells while they are trained, as
 *   createTrainer takes it; validation is of float32; default 'float32', and of characters 'int8' with layers of kind 'lstm' of 128
 *   units and more
 * @property {import('./schedule.js').Schedule} [schedule] how the learning rate goes; a function cannot be kept in a
 *   checkpoint, nor sent to a Worker; default: a warm-up of up to 100 steps and a cosine down to 0.05; constant where
 *   steps are Infinity
 * @property {number | Data} [validation] this fraction is not trained on but measures: of a text its last part, of sequences
 *   some drawn by `seed`, and of one sequence its last part; 0 to below 1; or a text or data of its own, as train takes them:
 *   an array as it is, `{ text }`, `{ sequences }`, `{ pairs }`, and else `{ data }`; default 0
 * @property {number} [validateEvery] steps between validations; one is at the end anyway; default: once through the
 *   text or the data, and at most 1000
 * @property {boolean} [keepBest] when the loop ends, or is left, the model has the parameters of the best validation; a
 *   later train goes on from the last ones; default false
 * @property {number} [patience] stop after this many validations without a better one; default: never
 * @property {number} [recoveries] how often a run that diverges goes back to its last good point and on with half the
 *   rate, before it gives up; 0: it never does, and losses that are finite are not judged; default 10
 * @property {number} [reportEvery] steps between reports; default 10
 * @property {number} [threads] Workers that train as one, with the same bits as one alone, 1 to 64; of a model of openWorker only.
 *   There are at most as many as the batch feeds: one a sequence, and 8. Default: those that openWorker was asked for, else the
 *   cores there are, where a step is long enough to be divided
 * @property {AbortSignal} [signal] stops the training with a last report after the step that runs; nothing is done and
 *   reported where it was aborted before. So that it can be heard, a report comes at least every 100 ms then, or after
 *   every step where steps are longer: the loop has to await something there, a timer or setImmediate
 */

/**
 * With adam and adamw the default learningRate is 2 / H of the widest layer, at most 0.03, and half of that with
 * another schedule than the cosine. The default dropout of characters is 0.02 for each time that the budget lets the text
 * be read, at most 0.4, and 0 below 2 times and where steps are Infinity; with `seconds` the times are estimated.
 * @template [Data=unknown]
 * @typedef {TrainingOptions<Data> & import('./optimizer-options.js').OptimizerOptions
 *   & import('./dropout-options.js').DropoutOptions} RunOptions
 */

/**
 * How a checkpoint's training goes on.
 * @typedef {object} Resumed
 * @property {'same place' | 'start of the same text' | 'start of another text' | 'start of the same data'
 *   | 'start of other data'} at where it goes on: at the place and with the states that it had come to; or at the start,
 *   where text or data are others, or are read with another batchSize or window
 * @property {boolean} moments are the optimizer's kept? Where it is the same
 */

/**
 * How training stands.
 * @typedef {object} RunReport
 * @property {number} step updates in the life of the model
 * @property {number} read what was trained on in the life of the model: characters, or steps or sequences that have a target
 * @property {number} epoch times that the text or the data were read, with a fraction
 * @property {number} seconds since the call, validations included
 * @property {number} [progress] how much of the budget is used up, 0 to 1; absent where steps are Infinity
 * @property {number} [secondsLeft] as long as the rest of the budget takes at the pace so far; absent where steps are Infinity
 * @property {number} loss mean since the last report: nats, or squared error
 * @property {number} smoothedLoss mean of the run, in which each new step is a twentieth
 * @property {number} gradientNorm of the last step, before clipping
 * @property {number} learningRate of the last step
 * @property {number} perSecond what was read since the last report, without the validation
 * @property {number} [valLoss] where it was just measured: the loss of what is validated with
 * @property {number} [best] the lowest valLoss of the run so far
 * @property {'recovered' | 'stopped'} [event] 'recovered': the run diverged and went back, step and read with it, and
 *   the rate was halved; 'stopped': patience came to its end
 * @property {string} [reason] why it went back
 * @property {number} [recoveries] how often so far
 * @property {Resumed} [resumed] in the first report of a training that goes on with another: how
 * @property {string[]} [grown] in the first report, where the text has characters that the alphabet had not: these are in
 *   it now
 * @property {number} [learnt] in the first report of a forecaster: how many rows are learnt, where a predicted value of some is
 *   missing, which are only read
 * @property {number} batchSize streams or sequences side by side
 * @property {number} window steps that a gradient flows back through
 * @property {number} [threads] Workers that train as one, where there are several
 * @property {boolean} done true in the last report
 */

const budgets = /** @type {const} */ (['seconds', 'epochs', 'steps']);

const readSteps = integer(1, Number.MAX_SAFE_INTEGER);

/**
 * A fraction; or data, which whoever plans the run reads.
 * @type {import('../core/check.js').Reader<number | object>}
 */
const readValidation = (value, path) =>
  (typeof value === 'object' && value !== null ? value : number(0, 1, 0, { below: true })(value, path));

/**
 * Checks what was asked for; withDefaults in run-defaults.js says the rest.
 * @param {unknown} options
 */
export function readTrainOptions(options) {
  const where = 'train';
  const { optimizer, others } = readOptimizer(where, options, {
    seconds: optional(number(0, Infinity, undefined, { above: true, below: true })),
    epochs: optional(number(0, Infinity, undefined, { above: true, below: true })),
    steps: optional((value, path) => (value === Infinity ? value : readSteps(value, path))),
    batchSize: optional(batchSizeReader()),
    window: optional(windowReader()),
    accumulate: readAccumulate,
    clipNorm: readClipNorm,
    clipValue: readClipValue,
    ...dropoutReaders,
    dropout: optional(dropoutReaders.dropout),
    precision: optional(readPrecision),
    schedule: optional(readSchedule),
    validation: readValidation,
    validateEvery: optional(integer(1, Number.MAX_SAFE_INTEGER)),
    keepBest: flag(false),
    patience: optional(integer(1, Number.MAX_SAFE_INTEGER)),
    recoveries: integer(0, 1000, 10),
    reportEvery: integer(1, Number.MAX_SAFE_INTEGER, 10),
    threads: optional(threadsReader),
    signal: optional(abortSignal),
  });
  if (budgets.filter((name) => others[name] !== undefined).length > 1) {
    throw new ArgumentError(`${where}: expected at most one of ${budgets.join(', ')}`);
  }
  const { schedule, validation, keepBest, patience } = others;
  if ((keepBest || patience !== undefined) && validation === 0) {
    throw new ArgumentError(`${where}: ${keepBest ? 'keepBest' : 'patience'} needs a validation, got none`);
  }
  if (schedule && 'type' in schedule && schedule.type === 'cosine' && others.steps === Infinity) {
    throw new ArgumentError(`${where}: the schedule 'cosine' needs an end, and steps are Infinity`);
  }
  const given = /** @type {Record<string, unknown>} */ (options);
  if (optimizer.name.startsWith('adam')) optimizer.numbers.learningRate = given.learningRate;
  return { optimizer, ...others };
}

/**
 * Checked; what depends on the network and the data may be undefined.
 * @typedef {ReturnType<typeof readTrainOptions>} AskedTrainOptions
 */

/** @typedef {AskedTrainOptions & { batchSize: number, window: number }} ShapedTrainOptions */

/**
 * With nothing left unsaid. `trainer`: what the model's trainer is asked for beside all that, which is the model's and not the
 * run's.
 * @typedef {ShapedTrainOptions & { schedule: import('./schedule.js').Schedule, dropout: number, validateEvery: number,
 *   precision: import('../network/precision.js').Precision, trainer?: Record<string, unknown> }} CheckedTrainOptions
 */

/**
 * The options of a run with which readTrainOptions gives the same again, as plain data. A function, and a text or
 * data of its own to validate with, are only named.
 * @param {CheckedTrainOptions} options
 * @returns {Record<string, unknown>}
 */
export function plainOptions({ optimizer, reportEvery, signal, threads, trainer, precision, accumulate, ...others }) {
  const { schedule, validation } = others;
  return {
    optimizer: optimizer.name,
    ...optimizer.numbers,
    ...others,
    ...(precision !== 'float32' && { precision }),
    ...(accumulate > 1 && { accumulate }),
    schedule: typeof schedule === 'function' ? A_FUNCTION : schedule,
    validation: typeof validation === 'object' ? ('text' in validation ? OWN_TEXT : OWN_DATA) : validation,
  };
}

const A_FUNCTION = 'a function';
const OWN_TEXT = 'a text of its own';
const OWN_DATA = 'data of its own';

/** What older checkpoints do not say; and they say no precision that is float32. */
const UNSAID = Object.freeze({ dropout: 0, precision: 'float32' });

/** @param {unknown} validation of plain options */
const isOwn = (validation) => validation === OWN_TEXT || validation === OWN_DATA;

/**
 * Checks what plainOptions gave, when it comes from a file.
 * @param {unknown} value
 * @param {string} path
 * @returns {{ plain: Record<string, unknown>, read: AskedTrainOptions }} as it is, and what it stands for; a function, or a
 *   text or data of its own, stands for nothing
 */
export function readPlainOptions(value, path) {
  const plain = objectOf(path, value);
  const { schedule, validation } = plain;
  for (const name of ['signal', 'reportEvery', 'threads']) {
    if (name in plain) refuse(`${path}: ${name}`, 'absent, for it belongs to a call', plain[name]);
  }
  for (const name of ['optimizer', 'learningRate']) {
    if (plain[name] === undefined) refuse(`${path}: ${name}`, 'there', undefined);
  }
  if (typeof validation !== 'number' && !isOwn(validation)) {
    refuse(`${path}: validation`, `a number or '${OWN_TEXT}' or '${OWN_DATA}'`, validation);
  }
  const read = readTrainOptions({
    ...UNSAID,
    ...plain,
    schedule: schedule === A_FUNCTION ? undefined : schedule,
    validation: isOwn(validation) ? {} : validation,
  });
  return { plain, read };
}

/**
 * The options with which a run goes on: those given, and for the rest its own. A budget that is given takes the place
 * of its own.
 * @param {Record<string, unknown>} former what plainOptions gave
 * @param {Record<string, unknown>} given
 */
export function continuedOptions(former, given) {
  /** @type {Record<string, unknown>} */
  const own = { ...UNSAID, ...former };
  if (hasBudget(given)) for (const name of budgets) delete own[name];
  if (given.optimizer !== undefined && given.optimizer !== own.optimizer) {
    for (const option of Object.keys(readersOf(/** @type {any} */ (own.optimizer)))) delete own[option];
  }
  for (const [name, value] of Object.entries(given)) if (value !== undefined) own[name] = value;
  for (const [name, what] of [['schedule', A_FUNCTION], ['validation', OWN_TEXT], ['validation', OWN_DATA]]) {
    if (own[name] !== what) continue;
    throw new ArgumentError(`train: ${name} was ${what} in this run, which a checkpoint does not hold: give it again`);
  }
  return own;
}

/** @param {Record<string, unknown>} options */
export const hasBudget = (options) => budgets.some((name) => options[name] !== undefined);
