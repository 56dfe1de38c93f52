// PredictingClassifier.js: tells what sequences are.
import { integer, number, optional, readOptions } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { Owned } from '../../core/Owned.js';
import { finish, signalField, signalOf } from '../../core/pieces.js';
import { exportModel } from '../../files/export-model.js';
import { writeModelFile } from '../../files/model-file.js';
import { stackConfigOf } from '../../network/stack-options.js';
import { answersInPieces, isBidirectional } from './answers.js';
import { describeClassifier } from './classifier-file.js';
import { ClassifierReading } from './ClassifierReading.js';
import { evaluateInPieces } from './evaluate.js';
import { readExamples } from './examples.js';
import { predictionsOf } from './predictions.js';

/** @typedef {import('../../core/pieces.js').Stoppable} Stoppable */
/** @typedef {import('./predictions.js').Prediction} Prediction */
/** @typedef {import('./metrics.js').ClassifierEvaluation} ClassifierEvaluation */
/** @typedef {import('./examples.js').LabelledSequences} LabelledSequences */

/**
 * One step: of features an array of numbers, an object by their names, or the number where there is one feature; a token; or
 * both, where the model has both.
 * @typedef {number | string | ArrayLike<number> | Record<string, number>
 *   | { token: string, features: ArrayLike<number> | Record<string, number> | number }} Step
 */

/** Steps: an array of them, of features flat too; of tokens a text too. @typedef {string | ArrayLike<number> | readonly Step[]} Sequence */

/** @typedef {import('./knowledge.js').Knowledge} Knowledge */

const topField = { top: optional(integer(1, 2 ** 30)) };
export const thresholdReader = (/** @type {number} */ fallback) => number(0, 1, fallback);

/** @template {import('../PredictingNetwork.js').PredictingNetwork} Network */
export class PredictingClassifier extends Owned {
  #held;
  #knows;

  /**
   * @internal
   * @param {Network} network owned by the model from now on
   * @param {Knowledge} knows
   */
  constructor(network, knows) {
    const held = { network };
    super('Classifier', () => held.network.dispose(), false);
    this.#held = held;
    this.#knows = knows;
  }

  /** The names of what it tells apart, in the order of its network's outputs. */
  get labels() {
    return [...this.#knows.labels.names];
  }

  /** What the model was made with, as createClassifier takes it. @returns {import('./classifier-options.js').ClassifierConfig} */
  get config() {
    const { labels, every, features, vocabulary, scale, classWeights } = this.#knows;
    const { input, layers, seed } = this.#held.network.config;
    const { names, isNamed } = features;
    const embedding = 'tokens' in input ? input.embedding : undefined;
    const isOneScale = scale.every((method) => method === scale[0]);
    return /** @type {any} */ ({
      labels: [...labels.names],
      ...(names.length > 0 && {
        features: isNamed ? [...names] : names.length,
        scale: isOneScale ? scale[0] : Object.fromEntries(names.map((name, k) => [name, scale[k]])),
      }),
      ...(vocabulary && { tokens: [...vocabulary.names], by: vocabulary.by, unknown: vocabulary.unknown }),
      every,
      several: labels.several,
      ...(classWeights && { classWeights: typeof classWeights === 'string' ? classWeights : { ...classWeights } }),
      ...(embedding && { embedding }),
      ...stackConfigOf(layers),
      seed,
    });
  }

  /** How many numbers there are to train. */
  get parameterCount() {
    return this.#held.network.parameterCount;
  }

  /** True where the weights have 8 bits: see quantize(). */
  get isQuantized() {
    return this.#held.network.isQuantized;
  }

  /** The network inside, to step through and look at. dispose() of the model disposes it too. */
  get network() {
    this.assertUsable('network');
    return this.#held.network;
  }

  /** @internal */
  get held() {
    this.assertUsable('network');
    return this.#held;
  }

  /** @internal */
  get knows() {
    return this.#knows;
  }

  /**
   * What a sequence is: all labels with their probabilities, the most probable first. The probabilities of one label sum to
   * 1; of labels that can hold at once each is for itself.
   * @param {Sequence} sequence
   * @param {{ top?: number, threshold?: number } & Stoppable} [options] `top`: how many at most; `threshold`: only those
   *   that are at least so probable
   * @returns {Prediction[] | Prediction[][]} where every step has a label, one list a step
   * @throws {ArgumentError} where a step is not what the model reads
   * @throws {import('../../core/errors.js').DivergedError} where the network's outputs are not finite
   */
  predict(sequence, options = {}) {
    return finish(this.predictInPieces(sequence, options), signalOf('predict', options));
  }

  /**
   * @internal
   * @param {unknown} sequence
   * @param {unknown} [options]
   * @returns {import('../../core/pieces.js').Pieces<Prediction[] | Prediction[][]>}
   */
  *predictInPieces(sequence, options = {}) {
    this.assertKnowing('predict');
    const { signal, ...asked } = readOptions('predict', options, { ...topField, threshold: thresholdReader(0), ...signalField });
    const { encoder, every, labels } = this.#knows;
    const raw = encoder.read(sequence, 'predict: sequence');
    const encoded = { inputs: encoder.encode(raw, 'predict: sequence'), steps: encoder.stepsOf(raw) };
    const [answer] = yield* answersInPieces(this.#held, [encoded], { every, several: labels.several }, 'predict');
    if (every === 'sequence') return predictionsOf(answer, labels, asked);
    const { size } = labels;
    return Array.from({ length: encoded.steps }, (_, t) => predictionsOf(answer.subarray(t * size, (t + 1) * size), labels, asked));
  }

  /**
   * How well it tells what sequences are, or their steps: those whose label is null are left out, weights do not count.
   * @param {LabelledSequences} data
   * @param {{ threshold?: number } & Stoppable} [options] `threshold`: from which probability on a label holds, where
   *   several can; default 0.5
   * @returns {ClassifierEvaluation}
   * @throws {ArgumentError} that names the place
   * @throws {import('../../core/errors.js').DivergedError} where the network's outputs are not finite
   */
  evaluate(data, options = {}) {
    return finish(this.evaluateInPieces(data, options), signalOf('evaluate', options));
  }

  /** @internal @param {unknown} data @param {unknown} [options] */
  *evaluateInPieces(data, options = {}) {
    this.assertKnowing('evaluate');
    const { threshold } = readOptions('evaluate', options, { threshold: thresholdReader(0.5), ...signalField });
    const tally = yield* evaluateInPieces(this.#held, this.#knows, readExamples(data, 'evaluate: data', this.#knows), threshold, 'evaluate');
    return tally.evaluation;
  }

  /**
   * Reads a sequence step by step, to be asked at any of them: for models that are not bidirectional.
   * @param {Sequence} [sequence] read first
   * @param {Stoppable} [options]
   * @returns {ClassifierReading}
   * @throws {ArgumentError}
   */
  read(sequence, options = {}) {
    return finish(this.readInPieces(sequence, options), signalOf('read', options));
  }

  /** @internal @param {unknown} [sequence] @param {unknown} [options] */
  *readInPieces(sequence, options = {}) {
    this.assertKnowing('read');
    readOptions('read', options, signalField);
    if (isBidirectional(this.#held.network.config)) {
      throw new ArgumentError('read: needs a model that is not bidirectional, which has to see the end first: predict takes whole sequences');
    }
    const reading = new ClassifierReading(this);
    if (sequence !== undefined) yield* reading.readInPieces(sequence, 'read: sequence');
    return reading;
  }

  /** @internal @protected @param {string} call @throws {ArgumentError} where features are scaled by what training finds */
  assertKnowing(call) {
    this.assertUsable(call);
    const { encoder, scale, features } = this.#knows;
    if (encoder.scaler || features.names.length === 0 || scale.every((method) => method === 'none')) return;
    throw new ArgumentError(`${call}: this Classifier was not trained yet: it knows no scale of the features`);
  }

  /**
   * A copy for predicting, with 8 bits a weight: a quarter of the file, and faster. It cannot be trained.
   * @returns {this}
   * @throws {import('../../core/errors.js').OutOfMemoryError}
   */
  quantize() {
    this.assertUsable('quantize');
    const Kind = /** @type {new (...parts: ConstructorParameters<typeof PredictingClassifier>) => this} */ (this.constructor);
    return new Kind(this.#held.network.quantize(), { ...this.#knows, encoder: this.#knows.encoder.copy() });
  }

  /**
   * The model as a safetensors file with PyTorch's names. lstm.open opens it.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  save() {
    this.assertUsable('save');
    return this.fileOf('save');
  }

  /**
   * The model in another framework's files, with all numbers as 32-bit floats: as ExportedModel says.
   * @param {'onnx' | 'torch' | 'keras'} format
   * @returns {Promise<import('../../files/export-model.js').ExportedModel>}
   * @throws {ArgumentError} for what the format does not have
   */
  async export(format) {
    this.assertUsable('export');
    return exportModel(this.fileOf('export'), format);
  }

  /**
   * @internal
   * @param {string} call
   * @param {import('../../files/model-file.js').CheckpointPart} [checkpoint]
   */
  fileOf(call, checkpoint) {
    return writeModelFile({ network: this.#held.network }, call, describeClassifier(this.#knows), checkpoint);
  }
}
