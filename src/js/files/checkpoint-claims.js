// checkpoint-claims.js: what the JSON of a checkpoint says, each number in its range and against the others, before any
// memory is taken for it. What only the data can tell is told when training goes on.
import { integer, isObject, number, optional, readOptions, refuse } from '../core/check.js';
import { checkDropout } from '../training/dropout-options.js';
import { ArgumentError } from '../core/errors.js';
import { readNumbers } from '../training/optimizer-options.js';
import { readPlainOptions } from '../training/train-options.js';
import { checkReader, count, hash, list, readerPosition } from './reader-claims.js';

/** @template T @typedef {import('../core/check.js').Reader<T>} Reader */

/**
 * A checkpoint without its tensors.
 * @typedef {object} Claims
 * @property {number} step
 * @property {number} read
 * @property {number[]} random
 * @property {RunClaims} [last]
 */

/**
 * @typedef {import('../training/Training.js').RunCheckpoint & { reader: any,
 *   trainer: Omit<import('../training/trainer-checkpoint.js').TrainerCheckpoint, 'moments' | 'state'> }} RunClaims
 */

const amount = number(0, Number.MAX_VALUE);
/** Of a density; of characters a loss is a probability's, and not below 0. */
const anyLoss = number(-Number.MAX_VALUE, Number.MAX_VALUE);

/**
 * An object with these fields and no others.
 * @template {Record<string, Reader<any>>} Fields
 * @param {Fields} fields
 * @returns {Reader<{ [Name in keyof Fields]: ReturnType<Fields[Name]> }>}
 */
const object = (fields) => (value, path) => readOptions(path, value, fields);

/** @type {Reader<boolean>} */
const truth = (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'true or false', value));

/** @type {Reader<number[]>} */
const generator = (value, path) => {
  const words = list(integer(-(2 ** 31), 2 ** 31 - 1), 4)(value, path);
  return words.some((word) => word !== 0) ? words : refuse(path, 'words that are not all 0', value);
};

const place = object({ step: count, read: count });
/** @param {Reader<number>} loss */
const healthOf = (loss) => object({
  seen: count,
  smoothed: loss,
  // As often as the option recoveries may say.
  recoveries: integer(0, 1000),
  spike: (value, path) => (value === null ? null : object({ step: count, loss })(value, path)),
  isAccepted: truth,
});
/** @param {Reader<number>} loss */
const stateOf = (loss) => object({
  start: place,
  since: place,
  seconds: amount,
  health: healthOf(loss),
  best: object({ of: hash, misses: count, loss: optional(loss) }),
});
/** @type {Reader<any>} */
const anything = (value) => value;

const optimizer = object({ name: anything, numbers: anything });
const trainer = object({ steps: count, isFresh: truth, optimizer, random: optional(generator) });
const data = object({ hash, length: count, ends: optional(truth) });

/** Of characters these are called otherwise. */
const NAMES = { read: 'chars', data: 'text' };
const SAME = { read: 'read', data: 'data' };

/**
 * What the counts and the data of a checkpoint are called in a file.
 * @param {'text' | 'data'} source what was trained on
 */
export const namesFor = (source) => (source === 'text' ? NAMES : SAME);

/** @param {unknown} checkpoint */
export const namesIn = (checkpoint) => namesFor(isObject(checkpoint) && NAMES.read in checkpoint ? 'text' : 'data');

/** @type {Reader<any>} */
const claims = (value, path) => {
  const names = namesIn(value);
  const run = object({ [names.data]: data, options: anything, state: stateOf(names === NAMES ? amount : anyLoss), reader: readerPosition, trainer });
  const given = object({ step: count, [names.read]: count, random: generator, last: optional(run) })(value, path);
  const { [names.read]: read, last, ...others } = /** @type {any} */ (given);
  if (!last) return { ...others, read };
  const { [names.data]: mark, ...rest } = last;
  return { ...others, read, last: { data: mark, ...rest } };
};

/**
 * @param {unknown} given what JSON.parse made of the metadata
 * @param {import('../network/network-options.js').NetworkConfig} network
 * @returns {Claims}
 * @throws {ArgumentError}
 */
export function readClaims(given, network) {
  const { last, ...counts } = claims(given, 'checkpoint');
  const { read: name } = namesIn(given);
  atMost('checkpoint: step', counts.step, counts.read, name);
  if (!last) return counts;
  const { plain, read } = readPlainOptions(last.options, 'checkpoint: last: options');
  const numbers = numbersOf(last.trainer.optimizer, read.optimizer);
  checkDropout('checkpoint: last: options', { ...read, dropout: read.dropout ?? 0 }, network);
  checkReader(last, read);
  checkPlaces(counts, last, name);
  const { dropout = 0, recurrentDropout, weightDrop } = read;
  if (dropout + recurrentDropout + weightDrop > 0 && !last.trainer.random) {
    refuse('checkpoint: last: trainer: random', 'there, where something is left out at random', undefined);
  }
  const whole = { ...last, options: plain, trainer: { ...last.trainer, optimizer: { ...read.optimizer, numbers } } };
  return { ...counts, last: whole };
}

/**
 * The numbers of the optimizer at work: those of the options but for the rate, which goes by a schedule.
 * @param {{ name: unknown, numbers: unknown }} given
 * @param {import('../training/optimizer-options.js').OptimizerConfig} asked
 */
function numbersOf({ name, numbers: given }, asked) {
  if (name !== asked.name) refuse('checkpoint: optimizer', `'${asked.name}', as the options say`, name);
  const path = 'checkpoint: last: trainer: optimizer: numbers';
  const numbers = readNumbers(asked.name, given, path);
  for (const [option, value] of Object.entries(asked.numbers)) {
    if (option !== 'learningRate' && numbers[option] !== value) {
      refuse(`${path}.${option}`, `${value}, as the options say`, numbers[option]);
    }
  }
  return numbers;
}

/**
 * A run goes on from its start, and through its budget, to where it is.
 * @param {Omit<Claims, 'last'>} counts
 * @param {RunClaims} run
 * @param {string} name of what is read
 */
function checkPlaces({ step, read }, { state: { start, since, health }, reader, trainer }, name) {
  const path = 'checkpoint: last';
  atMost(`${path}: reader: read`, reader.read, read, name);
  atMost(`${path}: state: since: read`, since.read, reader.read, 'what is read');
  atMost(`${path}: state: start: read`, start.read, since.read, 'that of since');
  atMost(`${path}: state: since: step`, since.step, step, 'step');
  atMost(`${path}: state: start: step`, start.step, since.step, 'that of since');
  // In older files, a run that gave up went back by up to 200 steps, and its health did not.
  atMost(`${path}: state: health: seen`, health.seen, step + 200, 'step and 200');
  atMost(`${path}: trainer: steps`, trainer.steps, step, 'step');
}

/**
 * @param {string} path
 * @param {number} value
 * @param {number} most
 * @param {string} what the most is
 */
function atMost(path, value, most, what) {
  if (value > most) throw new ArgumentError(`${path} must be at most ${most}, ${what}, got ${value}`);
}
