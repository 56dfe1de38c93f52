// char-defaults.js: what a character model and its training are where nobody says, beside what holds for all of them. Found
// by the search in tests/experiments/learning/RESULTS.md; an option that is given always wins.

/** Forget biases that sum to 0 learn texts better than those that sum to 1, which are for long lags. */
export const CHAR_FORGET_BIAS = 0;

/** Short windows make many updates, which counts where the time is short. */
export const CHAR_WINDOW = 32;

const HIDDEN_SIZE = 192;
/** The hidden size that learns most in up to so many seconds, */
const SIZES_BY_TIME = [[8, 64], [30, 128], [100, 192], [600, 256], [Infinity, 384]];
/** and the largest that does not soon know a text of up to so many characters by heart. */
const SIZES_BY_LENGTH = [[10_000, 64], [100_000, 128], [Infinity, Infinity]];

/** @param {number[][]} table @param {number} amount */
const lookUp = (table, amount) => table[table.findIndex(([to]) => amount <= to)][1];

/**
 * @param {number} [seconds] that the model is going to be trained
 * @param {number} [characters] of its text
 * @param {number} [layers] each above the first takes about twice its time
 */
export function hiddenSizeFor(seconds, characters = Infinity, layers = 1) {
  if (seconds === undefined) return HIDDEN_SIZE;
  return Math.min(lookUp(SIZES_BY_TIME, seconds / (2 * layers - 1)), lookUp(SIZES_BY_LENGTH, characters));
}

/** @param {number} epochs that the text is going to be read */
export const dropoutFor = (epochs) => (epochs < 2 ? 0 : Math.min(0.4, Math.round(2 * epochs) / 100));

/** The narrowest LSTM that integers train faster by more than a third; it learns what floats learn. */
const INTEGERS_FROM = 128;

/**
 * @param {readonly { kind: string, hiddenSize: number }[]} layers
 * @returns {import('../../network/precision.js').Precision}
 */
export const precisionFor = (layers) =>
  (layers.every(({ kind, hiddenSize }) => kind === 'lstm' && hiddenSize >= INTEGERS_FROM) ? 'int8' : 'float32');
