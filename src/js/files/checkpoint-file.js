// checkpoint-file.js: what a checkpoint adds to the file of a character model.
//
// __metadata__.checkpoint: JSON of a Checkpoint without its tensors, which are
//   optimizer.0.NAME, optimizer.1.NAME   the optimizer's moments, by the parameters' names
//   state.L.h, state.L.c                 (batchSize, n): the state of layer L before the next window
//   best.NAME                            the parameters of the best validation, where they are kept
//   last.NAME                            those that training goes on from, where the network's are others: since a run
//                                        ended that kept the best
// JSON has no infinity: the text "Infinity" stands for it.
import { describe, flag, integer, number, optional, readOptions, refuse, string } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { inFile, parse } from './in-file.js';
import { checkPlainOptions } from '../training/train-options.js';
import { batchSizeReader, windowReader } from '../network/network-options.js';

/** @typedef {import('../training/CharTraining.js').TrainingCheckpoint & { random: number[] }} Checkpoint */
/** @typedef {import('./safetensors.js').Tensor} Tensor */
/** @typedef {import('./model-file.js').CheckpointPart} CheckpointPart */
/** @typedef {Record<string, number[]>} Shapes */
/** @typedef {Record<string, Float32Array>} Parameters */

/**
 * @param {Checkpoint} checkpoint
 * @param {Shapes} shapes of the parameters
 * @returns {CheckpointPart}
 */
export function writeCheckpoint({ last, parameters: next, ...counts }, shapes) {
  /** @type {Map<string, Tensor>} */
  const tensors = new Map();
  if (!last) return { text: JSON.stringify(counts), tensors };
  const add = (/** @type {string} */ part, /** @type {Parameters} */ parameters) => {
    for (const [name, values] of Object.entries(parameters)) {
      tensors.set(`${part}.${name}`, { shape: shapes[name], values });
    }
  };
  const { moments, state, ...trainer } = last.trainer;
  const { parameters, ...best } = last.state.best;
  moments.forEach((moment, k) => add(`optimizer.${k}`, moment));
  state.forEach((layer, l) => {
    for (const [name, values] of Object.entries(layer)) {
      const { batchSize } = last.reader;
      tensors.set(`state.${l}.${name}`, { shape: [batchSize, values.length / batchSize], values });
    }
  });
  if (parameters) add('best', parameters);
  if (next) add('last', next);
  const plain = { ...counts, last: { ...last, trainer, state: { ...last.state, best } } };
  const text = JSON.stringify(plain, (_, value) => (value === Infinity ? 'Infinity' : value));
  return { text, tensors };
}

const count = integer(0, Number.MAX_SAFE_INTEGER);
const real = number(-Number.MAX_VALUE, Number.MAX_VALUE);
const amount = number(0, Number.MAX_VALUE);
const word = string();

/** @type {import('../core/check.js').Reader<any>} */
const anything = (value) => value;

/**
 * An object with these fields and no others.
 * @template {Record<string, import('../core/check.js').Reader<any>>} Fields
 * @param {Fields} fields
 * @returns {import('../core/check.js').Reader<{ [Name in keyof Fields]: ReturnType<Fields[Name]> }>}
 */
const object = (fields) => (value, path) => readOptions(path, value, fields);

/**
 * @template T
 * @param {import('../core/check.js').Reader<T>} reader
 * @param {number} [length]
 * @returns {import('../core/check.js').Reader<T[]>}
 */
const list = (reader, length) => (value, path) => {
  if (!Array.isArray(value) || value.length !== (length ?? value.length)) refuse(path, `an array of ${length}`, value);
  return value.map((item, i) => reader(item, `${path}[${i}]`));
};

const words = list(integer(-(2 ** 31), 2 ** 31 - 1), 4);
const place = object({ step: count, read: count });
const readCheckpointText = object({
  step: count,
  chars: count,
  random: words,
  last: optional(object({
    text: object({ hash: word, length: count }),
    options: checkPlainOptions,
    state: object({
      start: place,
      since: place,
      seconds: amount,
      health: object({
        seen: count,
        smoothed: real,
        recoveries: count,
        spike: (value, path) => (value === null ? null : object({ step: count, loss: real })(value, path)),
        isAccepted: flag(false),
      }),
      best: object({ of: word, misses: count, loss: optional(real) }),
    }),
    reader: object({
      text: word, length: count, batchSize: batchSizeReader(), window: windowReader(), read: count, streams: list(count),
    }),
    // The trainer reads them.
    trainer: object({
      steps: count, isFresh: flag(false), optimizer: object({ name: word, numbers: anything }), random: optional(words),
    }),
  })),
});

/** For JSON.parse. @param {string} _ @param {unknown} value */
const readInfinity = (_, value) => (value === 'Infinity' ? Infinity : value);

/**
 * What a checkpoint tells of its training.
 * @typedef {object} CheckpointDescription
 * @property {number} step updates in the life of the model
 * @property {number} chars characters trained on in the life of the model
 * @property {{ step: number, options: Record<string, unknown> }} [run] that an opened model goes on with: updates of its
 *   budget that are done, and all its options
 */

/**
 * Of a checkpoint's text alone, without its tensors.
 * @param {string} text in the metadata
 * @param {string} where the call, for messages
 * @returns {CheckpointDescription}
 * @throws {import('../core/errors.js').FileFormatError}
 */
export function describeCheckpoint(text, where) {
  const given = parse(text, 'checkpoint', where, readInfinity);
  const { step, chars, last } = inFile(where, () => readCheckpointText(given, 'checkpoint'));
  return { step, chars, ...(last && { run: { step: step - last.state.since.step, options: last.options } }) };
}

/**
 * @param {CheckpointPart} part
 * @param {import('../network/Network.js').Network} network that the file describes
 * @param {string} where the call, for messages
 * @returns {Checkpoint}
 * @throws {import('../core/errors.js').FileFormatError}
 */
export function readCheckpoint({ text, tensors }, network, where) {
  const given = parse(text, 'checkpoint', where, readInfinity);
  return inFile(where, () => checkpointOf(given, tensors, network.shapes, network.initialState()));
}

/**
 * @param {unknown} given what readInfinity made of the metadata
 * @param {Map<string, Tensor>} tensors those of the checkpoint
 * @param {Shapes} shapes of the network's parameters
 * @param {import('../network/state.js').CellState[]} initial a state of one sequence
 * @returns {Checkpoint}
 * @throws {ArgumentError}
 */
function checkpointOf(given, tensors, shapes, initial) {
  const { last, ...counts } = readCheckpointText(given, 'checkpoint');
  if (last && last.trainer.optimizer.name !== last.options.optimizer) {
    refuse('checkpoint: optimizer', `'${last.options.optimizer}', as the options say`, last.trainer.optimizer.name);
  }
  const unread = new Map(tensors);
  /** @param {string} name @param {number[]} shape */
  const take = (name, shape) => {
    const tensor = unread.get(name);
    unread.delete(name);
    if (!tensor) throw new ArgumentError(`tensor '${name}' is missing`);
    const { values, shape: got } = tensor;
    if (!(values instanceof Float32Array) || got.join() !== shape.join()) {
      throw new ArgumentError(`tensor '${name}' must be F32 of shape ${shape.join(' x ')}, got ${got.join(' x ')}`);
    }
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new ArgumentError(`tensor '${name}' has ${values[bad]} at index ${bad}`);
    return values;
  };
  const takeAll = (/** @type {string} */ part) =>
    Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, take(`${part}.${name}`, shape)]));
  const has = (/** @type {string} */ part) => [...unread.keys()].some((name) => name.startsWith(`${part}.`));

  const whole = last && {
    ...last,
    state: { ...last.state, best: { ...last.state.best, ...(has('best') && { parameters: takeAll('best') }) } },
    trainer: {
      ...last.trainer,
      moments: ['optimizer.0', 'optimizer.1'].filter(has).map(takeAll),
      state: initial.map((layer, l) => Object.fromEntries(Object.entries(layer).map(([name, { length }]) =>
        [name, take(`state.${l}.${name}`, [last.reader.batchSize, length])]))),
    },
  };
  const next = whole && has('last') ? takeAll('last') : undefined;
  for (const name of unread.keys()) throw new ArgumentError(`unknown tensor ${describe(name)}`);
  return { ...counts, ...(whole && { last: /** @type {any} */ (whole) }), ...(next && { parameters: next }) };
}
