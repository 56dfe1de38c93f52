// measure.js: how well a run does on texts that it does not learn.
import { DivergedError } from '../core/errors.js';

/**
 * Measures, and keeps the best.
 * @param {readonly Int32Array[]} texts
 * @param {import('./CharTraining.js').TrainedModel['lossOf']} lossOf
 * @param {import('./TrainingRun.js').TrainingRun} run
 * @param {() => Record<string, Float32Array>} parameters of now
 * @param {{ loss: number }} measured becomes nats a character; it stays as it is where logits are not finite
 * @returns {import('../core/pieces.js').Pieces<void>}
 */
export function* measureInPieces(texts, lossOf, { best, options }, parameters, measured) {
  let sum = 0;
  try {
    for (const tokens of texts) sum += yield* lossOf(tokens);
  } catch (error) {
    if (error instanceof DivergedError) return;
    throw error;
  }
  const loss = sum / texts.reduce((count, { length }) => count + length - 1, 0);
  measured.loss = loss;
  if (loss < (best.loss ?? Infinity)) {
    best.loss = loss;
    best.misses = 0;
    if (options.keepBest) best.parameters = parameters();
  } else {
    best.misses += 1;
  }
}
