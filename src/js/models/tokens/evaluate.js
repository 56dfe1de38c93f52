// evaluate.js: how well a model predicts sequences.
import { scoreInPieces } from '../../sampling/in-pieces.js';

/**
 * @typedef {import('../../core/pieces.js').Stoppable & { windows?: number | import('./windows.js').WindowsOptions }} EvaluateOptions
 *   `windows`: not from the beginning to the end, but windows at random places, each from the initial state: a length, or more; of
 *   it, characters or tokens are predicted
 */

/**
 * @param {{ readonly network: import('../PredictingNetwork.js').PredictingNetwork,
 *   readonly sampler: import('../../sampling/Sampler.js').Sampler }} held
 * @param {readonly Int32Array[]} all
 * @param {import('../../sampling/Vocabulary.js').Words & { sequence: string }} words
 * @returns {import('../../core/pieces.js').Pieces<any>} an evaluation in these words
 */
export function* evaluateTokens(held, all, words) {
  const count = all.reduce((total, { length }) => total + length - 1, 0);
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
