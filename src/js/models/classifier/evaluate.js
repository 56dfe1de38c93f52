// evaluate.js: how well labels are told.
import { ArgumentError } from '../../core/errors.js';
import { answersInPieces } from './answers.js';
import { Tally } from './metrics.js';

/**
 * @param {{ readonly network: import('../PredictingNetwork.js').PredictingNetwork }} held
 * @param {import('./knowledge.js').Knowledge} knows
 * @param {readonly import('./examples.js').Example[]} examples
 * @param {number} threshold
 * @param {string} call for messages
 * @returns {import('../../core/pieces.js').Pieces<Tally>}
 */
export function* evaluateInPieces(held, { labels, every, encoder }, examples, threshold, call) {
  const tally = new Tally(labels);
  const known = examples.filter(({ weights }) => weights.some((weight) => weight > 0));
  if (known.length === 0) throw new ArgumentError(`${call}: data must have a label that is not null, got none`);
  const encoded = known.map(({ raw, steps, path }) => ({ inputs: encoder.encode(raw, path), steps }));
  const answers = yield* answersInPieces(held, encoded, { every, several: labels.several }, call);
  const { size, width } = labels;
  known.forEach(({ targets, weights }, i) => weights.forEach((weight, t) => {
    if (weight === 0) return;
    tally.add(targets.subarray(t * width, (t + 1) * width), answers[i].subarray(t * size, (t + 1) * size), threshold);
  }));
  return tally;
}
