// schedule.js: how the learning rate goes on during a training: a factor that multiplies it.
import { integer, number, object, oneOf, readChoice } from '../core/check.js';

/**
 * What every schedule takes.
 * @typedef {object} WarmupOptions
 * @property {number} [warmup] steps in which the factor rises evenly from 1 / warmup to 1; it multiplies what follows;
 *   default 0
 */

/**
 * How the factor goes on. `unit` is what is counted, and default 'epochs': times that the text was read.
 *
 * - constant: 1
 * - step: factor^floor(count / every), as torch's StepLR
 * - exponential: factor^(count - after + 1) from count = after on, 1 before. That is char-rnn's, and with after = 1,
 *   the default, torch's ExponentialLR
 * - cosine: half a cosine from 1 down to `to` (default 0) over the whole training, as torch's CosineAnnealingLR; it
 *   needs a training with an end
 * @typedef {WarmupOptions & ({ type: 'constant' }
 *   | { type: 'step', every: number, factor: number, unit?: 'epochs' | 'steps' }
 *   | { type: 'exponential', factor: number, after?: number, unit?: 'epochs' | 'steps' }
 *   | { type: 'cosine', to?: number })} ScheduleDescription
 */

/**
 * Or any function of the progress, 0 to 1; it gives a number from 0.
 * @typedef {ScheduleDescription | ((progress: number) => number)} Schedule
 */

/**
 * Where a training is.
 * @typedef {object} Place
 * @property {number} step updates made before
 * @property {number} epoch times that the text was read before, with a fraction
 * @property {number} progress how much of the training is over, 0 to 1; 0 where it has no end
 */

const unit = oneOf(/** @type {const} */ (['epochs', 'steps']), 'epochs');
const factor = number(0, 1, undefined, { above: true });
const result = number(0, Infinity, undefined, { below: true });
const count = integer(1, Number.MAX_SAFE_INTEGER);

const schedules = {
  constant: {},
  step: { every: count, factor, unit },
  exponential: { factor, after: integer(1, Number.MAX_SAFE_INTEGER, 1), unit },
  cosine: { to: number(0, 1, 0) },
};
const common = { warmup: integer(0, Number.MAX_SAFE_INTEGER, 0) };

/** @type {Record<string, (own: Record<string, any>, counted: number, progress: number) => number>} */
const factors = {
  constant: () => 1,
  step: ({ every, factor }, counted) => factor ** Math.floor(counted / every),
  exponential: ({ factor, after }, counted) => factor ** Math.max(0, counted - after + 1),
  cosine: ({ to }, _, progress) => to + ((1 - to) * (1 + Math.cos(Math.PI * progress))) / 2,
};

/**
 * Checks a schedule; a description becomes plain data with nothing left unsaid.
 * @type {import('../core/check.js').Reader<Schedule>}
 */
export function readSchedule(value = { type: 'constant' }, path) {
  if (typeof value === 'function') return /** @type {any} */ (value);
  const given = object(value, path, "a schedule such as { type: 'cosine' }, or a function");
  return /** @type {any} */ (readChoice(path, given, 'type', schedules, undefined, common));
}

/**
 * @param {unknown} schedule as readSchedule takes it
 * @param {string} [path] for messages
 * @returns {(place: Place) => number} what to multiply the learning rate by at a place
 * @throws {import('../core/errors.js').ArgumentError} also where a function does not give a number
 */
export function scheduleOf(schedule, path = 'schedule') {
  const read = readSchedule(schedule, path);
  if (typeof read === 'function') {
    return ({ progress }) => result(read(progress), `${path}(${progress})`);
  }
  const { type, warmup = 0, ...own } = read;
  return ({ step, epoch, progress }) => {
    const counted = Math.floor('unit' in own && own.unit === 'steps' ? step : epoch);
    return Math.min(1, (step + 1) / warmup) * factors[type](own, counted, progress);
  };
}
