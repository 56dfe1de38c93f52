/** The kinds of cells that the page looks at. */

/** @typedef {import('./types.js').Kind} Kind */

/** Those that learnt to match brackets. @type {readonly Kind[]} */
export const BRACKET_KINDS = ['lstm', 'four-gate', 'peephole', 'gru', 'rnn'];

/** The kind of a layer, from its kind and options. @param {Record<string, any>} layer @returns {Kind} */
export function kindOf({ kind, peephole, coupled }) {
  return peephole ? 'peephole' : coupled ? 'coupled' : kind;
}

/** How many things a cell does with a character, one after the other. @param {Kind} kind */
export function partsOf(kind) {
  return { gru: 3, rnn: 1, feedforward: 1, tdnn: 1 }[/** @type {string} */ (kind)] ?? 4;
}

/** By their names in a trace. @param {Kind} kind */
export function gatesOf(kind) {
  switch (kind) {
    case 'gru': return ['reset', 'update', 'candidate'];
    case 'rnn':
    case 'feedforward':
    case 'tdnn': return [];
    case 'four-gate': return ['forget', 'input', 'candidate', 'output', 'use'];
    default: return ['forget', 'input', 'candidate', 'output'];
  }
}
