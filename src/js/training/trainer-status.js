// trainer-status.js: what the core says of an update, as an error.
import { DivergedError } from '../core/errors.js';

/**
 * @param {string} call
 * @param {number} status TrainerStatus of the core
 * @param {{ steps: number, gradientNorm: number, learningRate: number }} trainer
 * @throws {DivergedError} where it is not 0
 */
export function assertFinite(call, status, { steps, gradientNorm, learningRate }) {
  if (status === 0) return;
  const at = `at step ${steps + 1}; nothing was updated.`;
  const tooLarge = `the gradient's norm ${gradientNorm} is too large ${at} ` +
    `The optimizer keeps squares as 32-bit floats: set clipNorm, or use sgd`;
  const overflows = `the update is not finite ${at} A lower learningRate (now ${learningRate}) or weightDecay may help`;
  throw new DivergedError(
    `${call}: ` + (status === 2 ? tooLarge : status === 3 ? overflows : `the loss or its gradient is not finite ${at} ` +
      `A lower learningRate (now ${learningRate}) may help`),
  );
}
