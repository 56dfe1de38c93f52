// train-arguments.js: what is trained with, as it can be sent to a Worker.
import { isList, isObject, keptList } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { isA } from '../core/realms.js';

/** Data as it can be sent: an iterable as an array. What is neither is left for train to refuse. */
export const sendableData = keptList;

/**
 * Options with which something is created, as they can be sent: each iterable as an array.
 *
 * @param {unknown} options
 */
export const sendableOptions = (options) => (isObject(options)
  ? Object.fromEntries(Object.entries(options).map(([name, value]) => [name, sendableData(value)])) : options);

/**
 * Options as they can be sent, apart from the signal.
 *
 * @template {{ schedule?: unknown, validation?: unknown, threads?: unknown }} Options
 * @param {Options} options
 * @param {Partial<Pick<import('./WorkerConnection.js').WorkerConnection, 'threads' | 'recruit'>>} [place] `threads`: where the options do not say
 *   how many Workers train as one
 * @returns {Options}
 */
export function sendable(options, { threads, recruit } = {}) {
  if (typeof options.schedule === 'function') {
    throw new ArgumentError(
      "train: schedule must be plain data in a Worker, such as { type: 'cosine' }, got a function",
    );
  }
  if (!recruit && Number.isSafeInteger(options.threads) && Number(options.threads) > 1) {
    throw new ArgumentError(`train: threads must be 1 or absent where openWorker was given one Worker, got ${options.threads}: `
      + 'give openWorker a function that starts a Worker, which is called for each');
  }
  const said = threads !== undefined && options.threads === undefined ? { ...options, threads } : options;
  const { validation } = options;
  if (!isObject(validation)) return said;
  if (isList(validation) || !isA(validation, 'Object')) return { ...said, validation: sendableData(validation) };
  const parts = Object.entries(validation).map(([name, part]) => [name, sendableData(part)]);
  return { ...said, validation: Object.fromEntries(parts) };
}
