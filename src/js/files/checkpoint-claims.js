// checkpoint-claims.js: what the JSON of a checkpoint says, each number in its range and against the others, before any
// memory is taken for it. What only the text can tell is told when training goes on.
import { integer, number, optional, readOptions, refuse, string } from '../core/check.js';
import { checkDropout } from '../training/dropout-options.js';
import { ArgumentError } from '../core/errors.js';
import { batchSizeReader, windowReader } from '../network/network-options.js';
import { readNumbers } from '../training/optimizer-options.js';
import { readPlainOptions } from '../training/train-options.js';

/** @template T @typedef {import('../core/check.js').Reader<T>} Reader */

/**
 * A checkpoint without its tensors.
 * @typedef {object} Claims
 * @property {number} step
 * @property {number} chars
 * @property {number[]} random
 * @property {RunClaims} [last]
 */

/**
 * @typedef {import('../training/CharTraining.js').RunCheckpoint & {
 *   reader: import('../training/TextReader.js').ReaderPosition,
 *   trainer: Omit<import('../training/trainer-checkpoint.js').TrainerCheckpoint, 'moments' | 'state'> }} RunClaims
 */

const count = integer(0, Number.MAX_SAFE_INTEGER);
/** Of losses and seconds. */
const amount = number(0, Number.MAX_VALUE);

/**
 * An object with these fields and no others.
 * @template {Record<string, Reader<any>>} Fields
 * @param {Fields} fields
 * @returns {Reader<{ [Name in keyof Fields]: ReturnType<Fields[Name]> }>}
 */
const object = (fields) => (value, path) => readOptions(path, value, fields);

/** @type {Reader<boolean>} */
const truth = (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'true or false', value));

/** @type {Reader<string>} */
const hash = (value, path) => {
  const text = string()(value, path);
  return /^[0-9a-f]{14}$/.test(text) ? text : refuse(path, '14 hexadecimal digits', text);
};

/** @type {Reader<number[]>} */
const generator = (value, path) => {
  const words = list(integer(-(2 ** 31), 2 ** 31 - 1), 4)(value, path);
  return words.some((word) => word !== 0) ? words : refuse(path, 'words that are not all 0', value);
};

/**
 * @template T
 * @param {Reader<T>} reader
 * @param {number} length
 * @returns {Reader<T[]>}
 */
const list = (reader, length) => (value, path) => {
  if (!Array.isArray(value) || value.length !== length) refuse(path, `an array of ${length}`, value);
  return value.map((item, i) => reader(item, `${path}[${i}]`));
};

const place = object({ step: count, read: count });
const health = object({
  seen: count,
  smoothed: amount,
  // As often as the option recoveries may say.
  recoveries: integer(0, 1000),
  spike: (value, path) => (value === null ? null : object({ step: count, loss: amount })(value, path)),
  isAccepted: truth,
});
const state = object({
  start: place,
  since: place,
  seconds: amount,
  health,
  best: object({ of: hash, misses: count, loss: optional(amount) }),
});
/** @type {Reader<any>} */
const anything = (value) => value;

/** @type {Reader<any>} */
const reader = (value, path) => {
  const { streams, ...position } = object({
    text: hash, length: count, batchSize: batchSizeReader(), window: windowReader(), read: count, streams: anything,
  })(value, path);
  // A stream has a character and one behind it, and begins behind the one before.
  const at = list(integer(0, position.length - 2), position.batchSize)(streams, `${path}: streams`);
  const bad = at.findIndex((start, b) => b > 0 && start <= at[b - 1]);
  if (bad >= 0) refuse(`${path}: streams[${bad}]`, `above ${at[bad - 1]}, where the stream before it is`, at[bad]);
  return { ...position, streams: at };
};

const optimizer = object({ name: anything, numbers: anything });
const trainer = object({ steps: count, isFresh: truth, optimizer, random: optional(generator) });
const run = object({ text: object({ hash, length: count, ends: optional(truth) }), options: anything, state, reader, trainer });
const claims = object({ step: count, chars: count, random: generator, last: optional(run) });

/**
 * @param {unknown} given what JSON.parse made of the metadata
 * @param {import('../network/network-options.js').NetworkConfig} network
 * @returns {Claims}
 * @throws {ArgumentError}
 */
export function readClaims(given, network) {
  const { last, ...counts } = claims(given, 'checkpoint');
  atMost('checkpoint: step', counts.step, counts.chars, 'chars');
  if (!last) return counts;
  const { plain, read } = readPlainOptions(last.options, 'checkpoint: last: options');
  const numbers = numbersOf(last.trainer.optimizer, read.optimizer);
  checkDropout('checkpoint: last: options', { ...read, dropout: read.dropout ?? 0 }, network);
  checkReader(last, read);
  checkPlaces(counts, last);
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
 * What is read is the text, or the part of it that is not validated with, in the way that the options say.
 * @param {Pick<RunClaims, 'text' | 'reader'>} run
 * @param {Record<string, any>} options
 */
function checkReader({ text, reader }, { batchSize, window, validation }) {
  const path = 'checkpoint: last: reader';
  for (const [name, value] of Object.entries({ batchSize, window })) {
    const got = reader[/** @type {'window'} */ (name)];
    if (got !== value) refuse(`${path}: ${name}`, `${value}, as the options say`, got);
  }
  const part = typeof validation === 'number' ? validation : 0;
  const length = text.length - Math.floor(text.length * part);
  if (reader.length !== length) refuse(`${path}: length`, `${length}, as the text and its validation say`, reader.length);
  if (part === 0 && reader.text !== text.hash) refuse(`${path}: text`, `${text.hash}, as the whole text`, reader.text);
  const least = batchSize * Math.min(window, 3) + 1;
  if (length < least) refuse(`${path}: length`, `at least ${least} for ${batchSize} streams`, length);
}

/**
 * A run goes on from its start, and through its budget, to where it is.
 * @param {Omit<Claims, 'last'>} counts
 * @param {RunClaims} run
 */
function checkPlaces({ step, chars }, { state: { start, since, health }, reader, trainer }) {
  const path = 'checkpoint: last';
  atMost(`${path}: reader: read`, reader.read, chars, 'chars');
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
