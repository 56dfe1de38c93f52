// checkpoint-file.js: what a checkpoint adds to the file of a network or a model.
//
// __metadata__.checkpoint: JSON of a Checkpoint without its tensors; where characters are trained on, `read` is called `chars`
// there, and `data` `text`. Its tensors are
//   optimizer.0.NAME, optimizer.1.NAME   the optimizer's moments, those of the squares last, by the parameters' names
//   state.L.h, state.L.c                 (batchSize, n): the state of layer L before the next window
//   best.NAME                            the parameters of the best validation, where they are kept
//   last.NAME                            those that training goes on from, where the network's are others: since a run
//                                        ended that kept the best
// JSON has no infinity: the text "Infinity" stands for it.
import { describe, notFinite, refuse } from '../core/check.js';
import { namesFor, namesIn, readClaims } from './checkpoint-claims.js';
import { ArgumentError } from '../core/errors.js';
import { inFile, parse } from './in-file.js';
import { momentsOf } from '../training/optimizer-options.js';
import { readState } from '../network/state.js';

/** @typedef {import('../training/Training.js').TrainingCheckpoint & { random: number[] }} Checkpoint */
/** @typedef {import('./safetensors.js').Tensor} Tensor */
/** @typedef {import('./model-file.js').CheckpointPart} CheckpointPart */
/** @typedef {Record<string, number[]>} Shapes */
/** @typedef {Record<string, Float32Array>} Parameters */

/**
 * @param {Checkpoint} checkpoint
 * @param {Shapes} shapes of the parameters
 * @param {'text' | 'data'} source what was trained on
 * @returns {CheckpointPart}
 */
export function writeCheckpoint({ last, parameters: next, step, read, random }, shapes, source) {
  /** @type {Map<string, Tensor>} */
  const tensors = new Map();
  const names = namesFor(source);
  const counts = { step, [names.read]: read, random };
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
  const { data, ...others } = last;
  const plain = { ...counts, last: { [names.data]: data, ...others, trainer, state: { ...last.state, best } } };
  const text = JSON.stringify(plain, (_, value) => (value === Infinity ? 'Infinity' : value));
  return { text, tensors };
}

/** For JSON.parse. @param {string} _ @param {unknown} value */
const readInfinity = (_, value) => (value === 'Infinity' ? Infinity : value);

/**
 * What a checkpoint tells of its training.
 * @typedef {object} CheckpointDescription
 * @property {number} step updates in the life of the model
 * @property {number} [chars] characters trained on in the life of the model, where it is one of texts
 * @property {number} [read] else the steps or sequences that it was trained on
 * @property {{ step: number, options: Record<string, unknown> }} [run] that an opened model goes on with: updates of its
 *   budget that are done, and all its options
 */

/**
 * Of a checkpoint's text alone, without its tensors.
 * @param {string} text in the metadata
 * @param {import('../network/network-options.js').NetworkConfig} config of the network
 * @param {string} where the call, for messages
 * @returns {CheckpointDescription}
 * @throws {import('../core/errors.js').FileFormatError}
 */
export function describeCheckpoint(text, config, where) {
  const given = parse(text, 'checkpoint', where, readInfinity);
  const { step, read, last } = inFile(where, () => readClaims(given, config));
  return { step, [namesIn(given).read]: read, ...(last && { run: { step: step - last.state.since.step, options: last.options } }) };
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
  return inFile(where, () => checkpointOf(readClaims(given, network.config), tensors, network));
}

/**
 * @param {import('./checkpoint-claims.js').Claims} claims
 * @param {Map<string, Tensor>} tensors those of the checkpoint
 * @param {import('../network/Network.js').Network} network
 * @returns {Checkpoint}
 * @throws {ArgumentError}
 */
function checkpointOf({ last, ...counts }, tensors, network) {
  const { shapes } = network;
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
    const bad = notFinite(values);
    if (bad >= 0) throw new ArgumentError(`tensor '${name}' has ${values[bad]} at index ${bad}`);
    return values;
  };
  const takeAll = (/** @type {string} */ part) =>
    Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, take(`${part}.${name}`, shape)]));
  const has = (/** @type {string} */ part) => [...unread.keys()].some((name) => name.startsWith(`${part}.`));

  /** @type {Checkpoint} */
  const checkpoint = { ...counts };
  if (last) {
    const { batchSize } = last.reader;
    const { name, numbers } = last.trainer.optimizer;
    const moments = momentsOf(name, numbers).map((_, i) => takeAll(`optimizer.${i}`));
    if (name !== 'sgd') assertSquares(moments[moments.length - 1]);
    const state = network.initialState().map((layer, l) => /** @type {import('../network/state.js').CellState} */ (
      Object.fromEntries(Object.entries(layer).map(([part, { length }]) =>
        [part, take(`state.${l}.${part}`, [batchSize, length])]))));
    readState(state, network.handle.stateShapes, 'checkpoint: state', () => {}, batchSize);
    const { best } = last.state;
    if (has('best')) {
      const path = 'checkpoint: last: state: best: loss';
      if (best.loss === undefined) refuse(path, 'there beside the best parameters', undefined);
      best.parameters = takeAll('best');
    }
    if (has('last')) checkpoint.parameters = takeAll('last');
    checkpoint.last = { ...last, trainer: { ...last.trainer, moments, state } };
  }
  for (const name of unread.keys()) throw new ArgumentError(`unknown tensor ${describe(name)}`);
  return checkpoint;
}

/** @param {Parameters} moments of the squares of gradients */
function assertSquares(moments) {
  for (const [name, values] of Object.entries(moments)) {
    const bad = values.findIndex((value) => value < 0);
    if (bad >= 0) throw new ArgumentError(`squares of the gradients of '${name}' have ${values[bad]} at index ${bad}`);
  }
}
