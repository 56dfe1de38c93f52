// evaluate.js: how well a model predicts a text.
import { ArgumentError } from '../../core/errors.js';
import { scoreInPieces } from '../../sampling/in-pieces.js';

/**
 * How well a text is predicted.
 * @typedef {object} Evaluation
 * @property {number} loss mean cross-entropy, nats a character
 * @property {number} bitsPerCharacter loss / ln 2
 * @property {number} perplexity exp(loss)
 * @property {number} characters how many were predicted: all but the first, and but those that it leaves out; and the
 *   first too, where the model has learnt a list of texts of one line each
 */

/**
 * @param {{ readonly network: import('../PredictingNetwork.js').PredictingNetwork,
 *   readonly sampler: import('../../sampling/Sampler.js').Sampler }} held
 * @param {Int32Array} tokens
 * @returns {import('../../core/pieces.js').Pieces<Evaluation>}
 * @throws {ArgumentError} where there is nothing to predict
 */
export function* evaluateTokens(held, tokens) {
  const { length } = tokens;
  if (length < 2) throw new ArgumentError(`evaluate: text must have at least 2 characters that the model reads, got ${length}`);
  const sum = yield* scoreInPieces(held, 'evaluate', tokens, held.network.initialState());
  return evaluationOf(sum, length - 1);
}

/**
 * @param {number} sum of -log p
 * @param {number} characters
 * @returns {Evaluation}
 */
export function evaluationOf(sum, characters) {
  const loss = characters > 0 ? sum / characters : 0;
  return { loss, bitsPerCharacter: loss / Math.LN2, perplexity: Math.exp(loss), characters };
}
