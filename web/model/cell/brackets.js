/**
 * The tiny networks that match brackets, a kind each: what they read, and what can be shown on them. Read “(” or “[”, then
 * 1 to 10 letters or spaces: whichever comes next, the network predicts the bracket that closes. A test holds what is said
 * here against the networks.
 */

/** What they know, in the order of their tokens: the first stands before every text. */
export const BRACKET_ALPHABET = Object.freeze([...' ()[]abcdefghijklmnopqrstuvwxyz']);

/** Units of each. */
export const BRACKET_UNITS = 6;

/**
 * @typedef {object} BracketNetwork
 * @property {string} name as tabs have it
 * @property {Record<string, any>} layer its kind and options
 * @property {number} seed of its training: of those tried, one in which the bracket is kept as textbooks say
 * @property {string} text an example
 * @property {string} other the same, up to the place of the swap, after the other bracket
 * @property {number} unit whose memories, taken from `other`, bring the other bracket
 * @property {string} [forget] the gate that forgets where it is held at 0
 */

/** @type {Readonly<Record<'lstm' | 'four-gate' | 'peephole' | 'gru' | 'rnn', BracketNetwork>>} */
export const BRACKET_NETWORKS = Object.freeze({
  lstm: { name: 'LSTM', layer: { kind: 'lstm' }, seed: 4, text: '(abcde a', other: '[abcde ', unit: 0, forget: 'forget' },
  'four-gate': {
    name: 'Four gates', layer: { kind: 'four-gate' }, seed: 13, text: '(abcde a', other: '[abcde ', unit: 4, forget: 'forget',
  },
  peephole: {
    name: 'Peephole', layer: { kind: 'lstm', peephole: 'diagonal' }, seed: 4, text: '(abcde a', other: '[abcde ', unit: 0, forget: 'forget',
  },
  gru: { name: 'GRU', layer: { kind: 'gru' }, seed: 2, text: '(abcde a', other: '[abcde ', unit: 3, forget: 'update' },
  rnn: { name: 'RNN', layer: { kind: 'rnn' }, seed: 1, text: '(abcde a', other: '[abcde ', unit: 1 },
});
