// classifier-task.js: what is special of training a classifier.
import { keptList, objectOf } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { checkDropout } from '../../training/dropout-options.js';
import { ownDataOf } from '../../training/own-data.js';
import { assertLeft, readAsked } from '../../training/plan.js';
import { BATCH_SIZE, withDefaults } from '../../training/run-defaults.js';
import { SequenceReader } from '../../training/SequenceReader.js';
import { Sequences } from '../../training/Sequences.js';
import { hasBudget } from '../../training/train-options.js';
import { fitScaler } from '../Scaler.js';
import { isMeanOfEnds } from './answers.js';
import { classWeightsReader, countsOf, weightsOf } from './class-weights.js';
import { evaluateInPieces } from './evaluate.js';
import { readExamples } from './examples.js';
import { split } from './split.js';

/** @typedef {import('./examples.js').Example} Example */
/** @typedef {import('./knowledge.js').Knowledge} Knowledge */
/** @typedef {import('../../network/network-options.js').NetworkConfig} NetworkConfig */
/** @typedef {{ network: import('../TrainableNetwork.js').TrainableNetwork }} Held */

/**
 * As every model's; the default budget is so many epochs that there are about 2000 updates: 10 to 200. `validation` is a
 * fraction, drawn by `seed` from each label for itself, or data of their own, as train takes them or as `{ data }`. `classWeights`: those of the model from now on.
 * @typedef {import('../../training/train-options.js').RunOptions<import('./examples.js').LabelledSequences
 *   | { data: import('./examples.js').LabelledSequences }>
 *   & { classWeights?: import('./class-weights.js').ClassWeights }} ClassifierTrainOptions
 */

const UPDATES = 2000;
const [LEAST_EPOCHS, MOST_EPOCHS] = [10, 200];

/**
 * A spike is larger than guessing costs by this: in a batch of few sequences, one that is told wrong with certainty costs many
 * times what guessing does, and is no sign that the run goes wrong.
 */
const OUTLIERS = 4;

/**
 * @param {Held} held
 * @param {Knowledge} knows
 * @returns {import('../../training/Training.js').Task}
 */
export const classifierTask = (held, knows) => ({
  model: 'Classifier',
  source: 'data',
  held,
  keep: keptList,
  plan: (data, given, now) => planRun(data, given, held, knows, now),
});

/**
 * @param {unknown} data
 * @param {unknown} given options
 * @param {Held} held
 * @param {Knowledge} knows
 * @param {{ step: number, opened?: import('../../training/plan.js').OpenedRun }} now
 * @returns {import('../../training/plan.js').Plan}
 * @throws {ArgumentError}
 */
function planRun(data, given, held, knows, { step: at, opened }) {
  const { network } = held;
  const { labels, encoder } = knows;
  const { classWeights: asked, ...others } = objectOf('train', given);
  const classWeights = classWeightsReader(labels)(asked, 'train: classWeights') ?? knows.classWeights;
  const known = readExamples(data, 'train: data', knows).filter(isKnown);
  assertVaried(known, labels);

  const updates = Math.ceil(known.length / BATCH_SIZE); // an epoch
  const epochs = Math.min(Math.max(Math.round(UPDATES / updates), LEAST_EPOCHS), MOST_EPOCHS);
  const { read, ...isNew } = readAsked(hasBudget(others) || opened ? others : { ...others, epochs }, opened);
  const { validation, seed } = read;
  const { learnt, measured } = typeof validation === 'number'
    ? split(known, validation, seed, labels)
    : { learnt: known, measured: examplesIn(validation, knows).filter(isKnown) };
  if (validation !== 0 && measured.length === 0) {
    throw new ArgumentError('train: validation must have a label that is not null, got none');
  }

  const weights = weightsOf(classWeights, labels, learnt);
  const scaled = encoder.copy();
  scaled.scaler ??= scalerOf(learnt, knows);
  const trained = { ...knows, encoder: scaled };
  const batchSize = Math.min(read.batchSize ?? BATCH_SIZE, learnt.length);
  const sequences = sequencesOf(learnt, trained, network.config, weights);
  const { longest: window, steps, count } = sequences;
  if (read.window !== undefined && read.window < window) {
    throw new ArgumentError(`train: window must be at least ${window}, the steps of the longest sequence, got ${read.window}`);
  }
  const reader = new SequenceReader(sequences, { batchSize, window, seed });
  const options = {
    ...withDefaults({ ...read, batchSize, window }, network, { perEpoch: steps, windowsAnEpoch: count / batchSize }),
    ...(labels.several && weights && { trainer: { classWeights: Array.from(weights) } }),
  };
  checkDropout('train', options, network.config);
  if (opened && !isNew.isNewBudget) assertLeft(opened, options, at, reader);
  const former = encoder.scaler;
  return {
    opened,
    options,
    reader,
    data: { hash: sequences.hash, length: known.length },
    ...isNew,
    guess: OUTLIERS * (labels.several ? Math.LN2 : Math.log(labels.size)),
    ...(validation !== 0 && { measure: { hash: sequencesOf(measured, trained, network.config).hash, pieces: () => lossInPieces(held, trained, measured) } }),
    isStale: () => encoder.scaler !== former,
    begin() {
      const before = { scaler: encoder.scaler, classWeights: knows.classWeights };
      encoder.scaler = scaled.scaler;
      knows.classWeights = classWeights;
      return () => {
        encoder.scaler = before.scaler;
        knows.classWeights = before.classWeights;
      };
    },
  };
}

/** @param {Example} example */
const isKnown = ({ weights }) => weights.some((weight) => weight > 0);

/** @param {object} validation @param {Knowledge} knows */
function examplesIn(validation, knows) {
  const { data, path } = ownDataOf(validation, 'data', (given) => 'sequences' in given);
  return readExamples(data, path, knows);
}

/**
 * @param {readonly Example[]} examples
 * @param {import('./labels.js').LabelSet} labels
 * @throws {ArgumentError} where there is nothing to tell apart
 */
function assertVaried(examples, labels) {
  if (examples.length === 0) throw new ArgumentError('train: data must have a label that is not null and has a weight, got none');
  const { counts, total } = countsOf(labels, examples);
  if (counts.some((count) => count > 0 && count < total)) return;
  if (labels.several) throw new ArgumentError('train: data must differ in a label, got the same labels everywhere');
  throw new ArgumentError(`train: data must have at least two labels, got only "${labels.names[counts.findIndex((count) => count > 0)]}"`);
}

/** @param {readonly Example[]} examples @param {Knowledge} knows */
function scalerOf(examples, { features: { names }, scale }) {
  if (names.length === 0) return undefined;
  const count = examples.reduce((sum, { steps }) => sum + steps, 0);
  const columns = names.map((name, k) => ({ name, method: scale[k] }));
  return fitScaler(columns, (k) => {
    const values = new Float64Array(count);
    let at = 0;
    for (const { raw, steps } of examples) for (let t = 0; t < steps; t++) values[at++] = raw[t * (raw.length / steps) + k];
    return values;
  }, 'train: data');
}

/**
 * A sequence with what each of its steps is trained towards. Where only the sequence has a label, the steps that its answer is
 * read from are: the last; or both ends, half each. See answers.js.
 * @param {Example} example
 * @param {Knowledge} knows
 * @param {NetworkConfig} config
 * @param {Float32Array} [classWeights] of labels, of which one holds
 * @returns {{ inputs: import('./StepEncoder.js').Steps, steps: number, targets: Int32Array | Float32Array, weights: Float32Array }}
 */
function trainedOf({ raw, steps, targets, weights, path }, { labels, encoder, every }, config, classWeights) {
  const inputs = encoder.encode(raw, path);
  const weighed = classWeights && !labels.several
    ? weights.map((weight, i) => weight * classWeights[targets[i]]) : weights;
  if (every === 'step') return { inputs, steps, targets, weights: weighed };
  const all = labels.targets(steps);
  const own = new Float32Array(steps);
  const ends = isMeanOfEnds(config) ? [0, steps - 1] : [steps - 1];
  for (const t of ends) {
    all.set(targets, t * labels.width);
    own[t] += weighed[0] / ends.length;
  }
  return { inputs, steps, targets: all, weights: own };
}

/**
 * @param {readonly Example[]} examples
 * @param {Knowledge} knows
 * @param {NetworkConfig} config
 * @param {Float32Array} [classWeights]
 */
function sequencesOf(examples, knows, config, classWeights) {
  const all = examples.map((example) => trainedOf(example, knows, config, classWeights));
  const steps = all.reduce((sum, one) => sum + one.steps, 0);
  const joined = (/** @type {'inputs' | 'targets' | 'weights'} */ name) => {
    const width = all[0][name].length / all[0].steps;
    const array = new (/** @type {any} */ (all[0][name].constructor))(steps * width);
    let at = 0;
    for (const one of all) {
      array.set(one[name], at);
      at += one[name].length;
    }
    return { array, width };
  };
  const { array: inputs, width: inputSize } = joined('inputs');
  const { array: targets, width: targetSize } = joined('targets');
  let start = 0;
  const starts = Float64Array.from(all, (one) => (start += one.steps) - one.steps);
  return new Sequences({
    inputs, inputSize, starts, lengths: Int32Array.from(all, (one) => one.steps), targets, targetSize, isPerSequence: false,
    weights: joined('weights').array,
  });
}

/**
 * @param {Held} held
 * @param {Knowledge} knows
 * @param {readonly Example[]} examples
 * @returns {import('../../core/pieces.js').Pieces<number>}
 */
function* lossInPieces(held, knows, examples) {
  return (yield* evaluateInPieces(held, knows, examples, 0.5, 'train')).loss;
}

/**
 * A sequence to learn at once, as trainer.step takes it.
 * @param {Knowledge} knows
 * @param {NetworkConfig} config
 * @param {Example} example
 * @returns {{ inputs: any, targets: any, options: any, steps: number }}
 * @throws {ArgumentError} where there is nothing to learn
 */
export function onlineWindow(knows, config, example) {
  if (!isKnown(example)) throw new ArgumentError('learn: label must be there, and its weight above 0: there is nothing to learn');
  // What is balanced is so over many.
  const given = knows.classWeights === 'balanced' ? undefined : knows.classWeights;
  const { inputs, steps, targets, weights } = trainedOf(example, knows, config, weightsOf(given, knows.labels, []));
  const nested = (/** @type {Float32Array | Int32Array} */ array, /** @type {number} */ width) => [width === 1 && array instanceof Int32Array
    ? array : Array.from({ length: steps }, (_, t) => array.subarray(t * width, (t + 1) * width))];
  return {
    inputs: nested(inputs, inputs.length / steps),
    targets: nested(targets, knows.labels.width),
    options: { weights: [weights] },
    steps,
  };
}
