// evaluate.js: how well a model predicts sequences.
import { ArgumentError } from '../../core/errors.js';
import { scoreInPieces } from '../../sampling/in-pieces.js';

/**
 * @param {{ readonly network: import('../PredictingNetwork.js').PredictingNetwork,
 *   readonly sampler: import('../../sampling/Sampler.js').Sampler }} held
 * @param {readonly Int32Array[]} all
 * @param {import('../../sampling/Vocabulary.js').Words & { sequence: string }} words
 * @returns {import('../../core/pieces.js').Pieces<any>} an evaluation in these words
 * @throws {ArgumentError} where there is nothing to predict
 */
export function* evaluateTokens(held, all, words) {
  const count = all.reduce((total, { length }) => total + length - 1, 0);
  if (count < 1) {
    throw new ArgumentError(`evaluate: ${words.sequence} must have at least 2 ${words.many} that the model reads, got ${all[0]?.length ?? 0}`);
  }
  let sum = 0;
  for (const tokens of all) sum += yield* scoreInPieces(held, 'evaluate', tokens, held.network.initialState());
  return evaluationOf(sum, count, words);
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
