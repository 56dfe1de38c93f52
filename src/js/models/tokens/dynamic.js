// dynamic.js: how well a model predicts what it learns while it reads: dynamic evaluation (Krause, Kahembwe, Murray & Renals 2018).
// Each window is predicted first, by what was learnt before, and learnt then. A copy learns: the model stays as it is.
import { flag, isObject, readOptions } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { signalField } from '../../core/pieces.js';
import { Online } from '../../training/Online.js';
import { evaluationOf } from './evaluate.js';
import { learningWindow, windowsToLearn } from './LearningReading.js';
import { encodeEvaluated } from './texts.js';

/** @typedef {import('./LearningReading.js').ReadAndLearnOptions} ReadAndLearnOptions */

/** @typedef {import('./evaluate.js').EvaluateOptions & { dynamic?: boolean | ReadAndLearnOptions }} LearningEvaluateOptions `dynamic`: what is
 *   read is learnt, after it was predicted, by a copy of the model: true, or how, as learn takes it */

/**
 * @param {import('./SequenceModel.js').SequenceModel<any, any> & { readonly steps: number, assertTrainable(call: string): void }} model
 * @param {{ vocabulary: import('./face.js').AnyVocabulary, name: string }} about the model
 * @param {unknown} sequence
 * @param {unknown} options
 * @param {(others: unknown) => import('../../core/pieces.js').Pieces<any>} evaluate where nothing is learnt
 * @returns {import('../../core/pieces.js').Pieces<any>} an evaluation
 * @throws {ArgumentError}
 */
export function* evaluateOrLearn(model, about, sequence, options, evaluate) {
  if (!isObject(options)) return yield* evaluate(options);
  const { dynamic, windows, ...others } = /** @type {Record<string, unknown>} */ (options);
  const manner = isObject(dynamic) ? dynamic : flag(false)(dynamic, 'evaluate: dynamic') ? {} : undefined;
  if (!manner) return yield* evaluate({ windows, ...others });
  if (windows !== undefined) throw new ArgumentError('evaluate: expected at most one of dynamic, windows');
  model.assertTrainable('evaluate: dynamic');
  readOptions('evaluate', others, signalField);
  return yield* evaluateDynamic(model.network, encodeEvaluated(sequence, about.vocabulary, model.notes), manner, { ...about, steps: model.steps });
}

/**
 * @param {import('../TrainableNetwork.js').TrainableNetwork} network
 * @param {readonly Int32Array[]} all each from its beginning to its end; what was learnt goes on from one to the next
 * @param {unknown} manner ReadAndLearnOptions
 * @param {{ vocabulary: import('./face.js').AnyVocabulary, name: string, steps: number }} about
 * @returns {import('../../core/pieces.js').Pieces<any>}
 * @throws {import('../../core/errors.js').DivergedError} where a loss, a gradient or an update is not finite
 * @throws {import('../../core/errors.js').OutOfMemoryError}
 */
function* evaluateDynamic(network, all, manner, { vocabulary, name, steps }) {
  const { tokens: size } = /** @type {{ tokens: number }} */ (network.config.input);
  const copy = network.resized(size, 'evaluate');
  try {
    copy.setParameters(network.parameters());
    const online = new Online({ network: copy }, { model: name, steps: () => steps });
    const { window, ...read } = online.readOptions(manner, learningWindow, 'evaluate: dynamic');
    const longest = Math.min(window, Math.max(...all.map(({ length }) => length - 1)));
    let sum = 0;
    let count = 0;
    for (const tokens of all.filter(({ length }) => length > 1)) {
      const { loss } = yield* online.learnInPieces(windowsToLearn(tokens, window), read, { window: longest, state: copy.initialState() });
      sum += loss * (tokens.length - 1);
      count += tokens.length - 1;
    }
    return evaluationOf(sum, count, vocabulary.words);
  } finally {
    copy.dispose();
  }
}
