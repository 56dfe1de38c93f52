// train-arguments.js: what is trained with, as it can be sent to a Worker.
import { ArgumentError } from '../core/errors.js';

/** @typedef {import('../models/characters/char-task.js').TrainOptions} TrainOptions */

/**
 * Texts as they can be sent: an iterable as an array. What is neither is left for train to refuse.
 *
 * @param {unknown} texts
 * @returns {any}
 */
export function sendableTexts(texts) {
  const isIterable = typeof texts === 'object' && texts !== null && Symbol.iterator in texts;
  return isIterable ? [.../** @type {Iterable<unknown>} */ (texts)] : texts;
}

/**
 * Options as they can be sent, apart from the signal.
 *
 * @param {TrainOptions} options
 * @returns {TrainOptions}
 */
export function sendable(options) {
  if (typeof options.schedule === 'function') {
    throw new ArgumentError(
      "train: schedule must be plain data in a Worker, such as { type: 'cosine' }, got a function",
    );
  }
  const { validation } = options;
  if (typeof validation !== 'object' || validation === null) return options;
  return { ...options, validation: { ...validation, text: sendableTexts(validation.text) } };
}
