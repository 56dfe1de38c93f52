// measure.js: how well a run does on texts that it does not learn.
import { DivergedError } from '../core/errors.js';
import { scoreInPieces } from '../sampling/in-pieces.js';

/**
 * Measures, and keeps the best.
 * @param {readonly Int32Array[]} texts
 * @param {import('./growth.js').HeldNetwork} held
 * @param {import('./TrainingRun.js').TrainingRun} run
 * @param {{ loss: number }} measured becomes nats a character; it stays as it is where logits are not finite
 * @returns {import('../core/pieces.js').Pieces<void>}
 */
export function* measureInPieces(texts, held, { best, options }, measured) {
  let sum = 0;
  try {
    for (const tokens of texts) sum += yield* scoreInPieces(held, 'train', tokens, held.network.initialState());
  } catch (error) {
    if (error instanceof DivergedError) return;
    throw error;
  }
  const loss = sum / texts.reduce((count, { length }) => count + length - 1, 0);
  measured.loss = loss;
  if (loss < (best.loss ?? Infinity)) {
    best.loss = loss;
    best.misses = 0;
    if (options.keepBest) best.parameters = held.network.parameters();
  } else {
    best.misses += 1;
  }
}
