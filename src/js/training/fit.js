// fit.js: what goes through a training: a loop of the caller's, or one that lets the event loop go on.
import { objectOf, optional, refuse } from '../core/check.js';
import { finishInTurns } from '../core/pieces.js';

/** @typedef {import('./Training.js').TrainPieces} TrainPieces */
/** @typedef {import('./train-options.js').RunReport} RunReport */
/** @typedef {(report: RunReport) => unknown} OnReport a promise is waited for */
/** `onReport` gets each report. @template [Data=any] @typedef {import('./train-options.js').RunOptions<Data> & { onReport?: OnReport }} FitOptions */

/** It works this long, or one piece if that is longer, before others have their turn: milliseconds. */
const SLICE = 16;

const readOnReport = optional((value, path) => {
  if (typeof value !== 'function') refuse(path, 'a function', value);
  return /** @type {OnReport} */ (value);
});

/**
 * @param {unknown} options
 * @returns {FitOptions} what is left to train with is left for that to read
 */
export function readFitOptions(options) {
  const { onReport, ...others } = objectOf('fit', options);
  return { onReport: readOnReport(onReport, 'fit: onReport'), ...others };
}

/**
 * @param {RunReport | Promise<void> | undefined} piece
 * @returns {piece is RunReport}
 */
export const isReport = (piece) => piece !== undefined && 'step' in piece;

/**
 * @param {TrainPieces} pieces
 * @returns {Generator<RunReport, void, void>}
 */
export function* reportsOf(pieces) {
  for (const report of pieces) if (isReport(report)) yield report;
}

/**
 * The same, where others may train with it.
 * @param {TrainPieces} pieces
 * @returns {AsyncGenerator<RunReport, void, void>}
 */
export async function* reportsInTurns(pieces) {
  for (const piece of pieces) {
    if (isReport(piece)) yield piece;
    else if (piece) await piece;
  }
}

/**
 * @param {TrainPieces} pieces
 * @param {OnReport} [onReport]
 * @returns {Promise<RunReport | undefined>} the last
 */
export async function runInTurns(pieces, onReport) {
  /** @type {RunReport | undefined} */
  let last;
  await finishInTurns(pieces, SLICE, (report) => {
    if (!isReport(report)) return report;
    last = report;
    return onReport?.(report);
  });
  return last;
}
