// sequence-plan.js: what a call of train on sequences stands for, of a network or of a model over sequences.
import { ArgumentError } from '../core/errors.js';
import { checkDropout } from './dropout-options.js';
import { shuffled } from './epoch-order.js';
import { assertLeft, readAsked } from './plan.js';
import { BATCH_SIZE, withDefaults } from './run-defaults.js';
import { lossInPieces } from './sequence-loss.js';
import { SequenceReader } from './SequenceReader.js';

/** @typedef {import('./Sequences.js').Sequences} Sequences */

/** Steps that a gradient flows back through, of longer sequences. */
const WINDOW = 64;

/**
 * What is trained, and what it reads where a run is validated with data of their own.
 * @typedef {object} SequenceModel
 * @property {{ network: any }} held
 * @property {(data: unknown) => Sequences} read the data of the option validation
 */

/**
 * @param {Sequences} all
 * @param {unknown} given options
 * @param {SequenceModel} model
 * @param {{ step: number, opened?: import('./plan.js').OpenedRun }} now
 * @returns {import('./plan.js').Plan}
 * @throws {ArgumentError}
 */
export function planSequences(all, given, { held, read: readData }, { step, opened }) {
  const { network } = held;
  const { read, ...isNew } = readAsked(given, opened);
  const { validation, seed } = read;
  const own = typeof validation === 'object' ? readData(validation) : undefined;
  const [learnt, measured = own] = typeof validation === 'number' && validation > 0 ? split(all, validation, seed) : [all];

  const isTwoWay = network.config.layers.some((/** @type {any} */ { bidirectional }) => bidirectional);
  const { isPerSequence } = all.parts;
  const canCut = !isTwoWay && !isPerSequence;
  const longest = canCut ? learnt.longest : Math.max(learnt.longest, measured?.longest ?? 0);
  // That of a run which goes on may be too short for other data.
  const asked = canCut ? read.window ?? WINDOW : /** @type {{ window?: number }} */ (given).window ?? longest;
  const window = Math.min(asked, longest);
  if (window < longest && !canCut) {
    const why = isPerSequence ? 'a target belongs to a whole sequence' : 'a network that is bidirectional needs whole sequences';
    throw new ArgumentError(`train: window must be at least ${longest}, the steps of the longest sequence, for ${why}, got ${window}`);
  }
  const batchSize = Math.min(read.batchSize ?? BATCH_SIZE, learnt.count);
  const shaped = { ...read, window, batchSize };
  const reader = new SequenceReader(learnt, { batchSize, window, seed });
  const windows = learnt.lengths.reduce((sum, length) => sum + Math.ceil(length / window), 0);
  const options = withDefaults(shaped, network, { perEpoch: learnt.steps, windowsAnEpoch: windows / batchSize });
  checkDropout('train', options, network.config);
  if (opened && !isNew.isNewBudget) assertLeft(opened, options, step, reader);
  return {
    opened,
    options,
    reader,
    data: { hash: all.hash, length: all.count },
    ...isNew,
    guess: guessOf(all, network.config.output),
    ...(measured && { measure: {
      hash: measured.hash,
      pieces: () => lossInPieces(held, measured, { batchSize: Math.min(batchSize, measured.count), window, canCut }),
    } }),
  };
}

/**
 * A part to train on, and one to validate with: sequences drawn by the seed; of one sequence its last part, which is
 * measured after all before it was read.
 * @param {Sequences} all
 * @param {number} fraction
 * @param {number} seed
 */
function split(all, fraction, seed) {
  const { count, longest } = all;
  const isOne = count === 1;
  if (isOne && all.parts.isPerSequence) throw new ArgumentError('train: validation must be 0, or data of its own, where there is one sequence with one target');
  const total = isOne ? longest : count;
  const few = Math.floor(total * fraction);
  const what = isOne ? 'step' : 'sequence';
  if (few === 0) throw new ArgumentError(`train: validation must leave at least 1 ${what} to measure on, got 0 of ${total}`);
  const order = isOne ? [] : shuffled(count, seed, -1);
  const parts = isOne ? all.cut(total - few) : [all.some(order.slice(few).sort()), all.some(order.slice(0, few).sort())];
  for (const [k, use] of ['train', 'measure'].entries()) {
    if (parts[k].targetCount === 0) throw new ArgumentError(`train: validation must leave a target that counts to ${use} on, got none`);
  }
  return parts;
}

/**
 * What guessing costs: a bound on what a step costs a network that predicts what it has seen, so that more is a spike.
 * Of classes and labels ln V nats; of values the mean over them of the square of their range; of a density as much as a
 * normal distribution of all targets gives to the farthest of them.
 * @param {Sequences} all
 * @param {any} output
 */
function guessOf(all, output) {
  const { targets, targetSize: m } = all.parts;
  if (output?.classes !== undefined) return Math.log(Math.max(2, output.classes));
  if (output?.labels !== undefined) return Math.LN2;
  let [squares, nats] = [0, 0];
  for (let k = 0; k < m; k++) {
    let [least, most, sum, square, count] = [Infinity, -Infinity, 0, 0, 0];
    for (let i = k; i < targets.length; i += m) {
      const value = targets[i];
      [least, most] = [Math.min(least, value), Math.max(most, value)];
      sum += value;
      square += value * value;
      count += 1;
    }
    const range = (most - least) ** 2;
    squares += range / m;
    nats += 1 + range / (2 * (square / count - (sum / count) ** 2) || 1);
  }
  return output?.mixture !== undefined ? nats : squares || 1;
}
