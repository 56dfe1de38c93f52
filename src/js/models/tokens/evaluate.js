// evaluate.js: how well a model predicts a sequence.
import { ArgumentError } from '../../core/errors.js';
import { scoreInPieces } from '../../sampling/in-pieces.js';

/**
 * @param {{ readonly network: import('../PredictingNetwork.js').PredictingNetwork,
 *   readonly sampler: import('../../sampling/Sampler.js').Sampler }} held
 * @param {Int32Array} tokens
 * @param {import('../../sampling/Vocabulary.js').Words & { sequence: string }} words
 * @returns {import('../../core/pieces.js').Pieces<any>} an evaluation in these words
 * @throws {ArgumentError} where there is nothing to predict
 */
export function* evaluateTokens(held, tokens, words) {
  const { length } = tokens;
  if (length < 2) {
    throw new ArgumentError(`evaluate: ${words.sequence} must have at least 2 ${words.many} that the model reads, got ${length}`);
  }
  const sum = yield* scoreInPieces(held, 'evaluate', tokens, held.network.initialState());
  return evaluationOf(sum, length - 1, words);
}

/**
 * @param {number} sum of -log p
 * @param {number} count of what was predicted
 * @param {import('../../sampling/Vocabulary.js').Words} words
 * @returns {any} { loss, bitsPerCharacter, perplexity, characters }; or of tokens
 */
export function evaluationOf(sum, count, { one, many }) {
  const loss = count > 0 ? sum / count : 0;
  const bits = `bitsPer${one[0].toUpperCase()}${one.slice(1)}`;
  return { loss, [bits]: loss / Math.LN2, perplexity: Math.exp(loss), [many]: count };
}
