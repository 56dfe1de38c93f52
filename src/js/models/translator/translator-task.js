// translator-task.js: what is special of training a translator.
import { keptList } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { checkDropout } from '../../training/dropout-options.js';
import { ownDataOf } from '../../training/own-data.js';
import { assertLeft, readAsked } from '../../training/plan.js';
import { withDefaults } from '../../training/run-defaults.js';
import { encodePairs, hashOfPairs, windowOf } from './pairs.js';
import { PairReader } from './PairReader.js';

/** @typedef {import('./pairs.js').EncodedPair} EncodedPair */
/** @typedef {{ readonly network: import('../../training/NetworkPair.js').NetworkPair }} Held */

/** Pairs side by side. */
const BATCH_SIZE = 32;

/**
 * @param {Held} held
 * @param {import('./pairs.js').Sides} sides
 * @returns {import('../../training/Training.js').Task}
 */
export const translatorTask = (held, sides) => ({
  model: 'Translator',
  source: 'data',
  held,
  keep: keptList,
  plan: (pairs, given, now) => planPairs(pairs, given, { held, sides }, now),
});

/**
 * @param {unknown} given
 * @param {unknown} asked options
 * @param {{ held: Held, sides: import('./pairs.js').Sides }} model
 * @param {{ step: number, opened?: import('../../training/plan.js').OpenedRun }} now
 * @returns {import('../../training/plan.js').Plan}
 * @throws {ArgumentError}
 */
function planPairs(given, asked, { held, sides }, { step, opened }) {
  const { network } = held;
  const { read, ...isNew } = readAsked(asked, opened);
  const all = encodePairs(given, 'train: pairs', sides);
  const { learnt, measured } = split(all, read.validation, sides);
  const end = sides.target.size;
  const longest = Math.max(...[...learnt, ...measured].map(({ target }) => target.length + 1));
  const sourceWindow = Math.max(...[...learnt, ...measured].map(({ source }) => source.length));
  if (read.window !== undefined && read.window < longest) {
    throw new ArgumentError(`train: window must be at least ${longest}, the longest target and its end, or absent, got ${read.window}`);
  }
  const batchSize = Math.min(read.batchSize ?? BATCH_SIZE, learnt.length);
  const window = read.window ?? longest;
  const data = { hash: hashOfPairs(all), length: all.length };
  const reader = new PairReader(learnt, { hash: hashOfPairs(learnt), batchSize, window, seed: read.seed ?? 0, end });
  const shaped = { ...read, batchSize, window, trainer: { sourceWindow } };
  const about = { perEpoch: reader.perEpoch, windowsAnEpoch: learnt.length / batchSize };
  const options = withDefaults(shaped, network, about);
  checkDropout('train', options, network.config);
  if (opened && !isNew.isNewBudget) assertLeft(opened, options, step, reader);
  return {
    opened,
    options,
    reader,
    data,
    ...isNew,
    guess: Math.log(end + 1),
    ...(measured.length > 0 && { measure: {
      hash: hashOfPairs(measured),
      pieces: () => lossInPieces(measured, network, { batchSize: Math.min(batchSize, measured.length), window, sourceWindow, end }),
    } }),
  };
}

/**
 * @param {EncodedPair[]} all
 * @param {unknown} validation
 * @param {import('./pairs.js').Sides} sides
 */
function split(all, validation, sides) {
  if (typeof validation === 'object' && validation !== null) {
    const { data, path } = ownDataOf(validation, 'pairs');
    return { learnt: all, measured: encodePairs(data, path, sides) };
  }
  const share = typeof validation === 'number' ? validation : 0;
  const count = Math.floor(all.length * share);
  if (share > 0 && (count === 0 || count === all.length)) {
    throw new ArgumentError(`train: validation must leave at least 1 pair to learn and 1 to measure on, got ${count} of ${all.length} to measure on`);
  }
  return { learnt: all.slice(0, all.length - count), measured: all.slice(all.length - count) };
}

/**
 * @param {EncodedPair[]} pairs
 * @param {import('../../training/NetworkPair.js').NetworkPair} network
 * @param {{ batchSize: number, window: number, sourceWindow: number, end: number }} about
 * @returns {import('../../core/pieces.js').Pieces<number>} nats a symbol
 */
function* lossInPieces(pairs, network, { end, ...shape }) {
  const trainer = network.createTrainer({ ...shape, optimizer: 'sgd' });
  try {
    let [sum, all] = [0, 0];
    for (let first = 0; first < pairs.length; first += shape.batchSize) {
      const part = pairs.slice(first, first + shape.batchSize);
      // The last batch is filled up with what has no part in the loss.
      const filled = Array.from({ length: shape.batchSize }, (_, b) => part[b] ?? part[0]);
      const { inputs, targets } = windowOf(filled, end);
      const mask = targets.map(({ length }, b) => new Uint8Array(length).fill(Number(b < part.length)));
      const { count } = windowOf(part, end);
      sum += trainer.evaluate(inputs, targets, { mask }).loss * count;
      all += count;
      yield;
    }
    return sum / all;
  } finally {
    trainer.dispose();
  }
}
