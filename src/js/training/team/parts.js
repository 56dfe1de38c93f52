// parts.js: a batch in parts, one a Worker: which sequences each has, and what of a window and of a state.
//
// What is cut are leaves, groups of sequences that depend on the size of the batch alone: the sums over them are added in the
// same order whoever made them, so that any cut gives the same bits.

/** `nodes`: of the tree, that other parts have. @typedef {import('../../network/Batch.js').Part & { nodes: number }} Part */
/** @typedef {import('../../network/state.js').CellState} CellState */
/** @typedef {{ inputs: any, targets: any, options: any }} Window as readers give it: time-major, (T, B, n); of pairs nested, [sequence][step] */

const MOST_LEAVES = 8;

/**
 * @param {import('../../core/Wasm.js').Wasm} wasm
 * @param {number} batchSize
 * @param {number} count of parts, at most as many as leaves
 * @returns {Part[]} from left to right; the first, which reads the data besides, is among the smaller ones
 */
export function partsOf({ exports }, batchSize, count) {
  const leaves = exports.lstm_trainer_leaf_count(batchSize);
  const startOf = (/** @type {number} */ leaf) => exports.lstm_trainer_leaf_start(batchSize, leaf);
  const parts = Array.from({ length: count }, (_, p) => {
    const first = Math.floor((p * leaves) / count);
    const end = Math.floor(((p + 1) * leaves) / count);
    return { first, count: end - first, start: startOf(first), sequences: startOf(end) - startOf(first) };
  });
  const all = parts.reduce((sum, part) => sum + nodesOf(part), 0);
  return parts.map((part) => ({ ...part, nodes: all - nodesOf(part) }));
}

/**
 * How many whole subtrees the leaves of a part are: a subtree of 2^n leaves begins at a multiple of that.
 * @param {{ first: number, count: number }} part
 */
function nodesOf({ first, count }) {
  let nodes = 0;
  for (let at = first, end = first + count; at < end; nodes++) {
    let size = at === 0 ? MOST_LEAVES : at & -at;
    while (at + size > end) size /= 2;
    at += size;
  }
  return nodes;
}

/**
 * The columns of some sequences.
 * @template {Float32Array | Int32Array | Uint8Array} A
 * @param {A} array (rows, B, n)
 * @param {number} batchSize B
 * @param {number} rows
 * @param {Part} part
 * @returns {A} (rows, sequences, n)
 */
function columnsOf(array, batchSize, rows, { start, sequences }) {
  const n = array.length / (rows * batchSize);
  const columns = /** @type {A} */ (new /** @type {any} */ (array.constructor)(rows * sequences * n));
  for (let row = 0; row < rows; row++) {
    const from = (row * batchSize + start) * n;
    columns.set(/** @type {any} */ (array.subarray(from, from + sequences * n)), row * sequences * n);
  }
  return columns;
}

/**
 * What of a window the sequences of a part have.
 * @param {Window} window
 * @param {{ batchSize: number, window: number }} shape
 * @param {Part} part
 * @returns {Window} a copy
 */
export function windowOf({ inputs, targets, options }, { batchSize, window }, part) {
  const { start, sequences } = part;
  const cut = (/** @type {any} */ values, rows = window) => (
    Array.isArray(values) ? values.slice(start, start + sequences) : values && columnsOf(values, batchSize, rows, part));
  const { lengths, mask, weights } = options;
  return {
    inputs: inputs.source ? { source: cut(inputs.source), target: cut(inputs.target) } : cut(inputs),
    targets: cut(targets),
    options: {
      ...(lengths && { lengths: cut(lengths, 1) }), ...(mask && { mask: cut(mask) }), ...(weights && { weights: cut(weights) }),
    },
  };
}

/**
 * The state of some sequences.
 * @param {readonly CellState[]} state of all: (B, length) each
 * @param {number} batchSize B
 * @param {Part} part
 * @returns {CellState[]}
 */
export const stateOf = (state, batchSize, part) => state.map((layer) => /** @type {CellState} */ (
  Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, columnsOf(values, batchSize, 1, part)]))));

/**
 * Puts the state of some sequences into that of all.
 * @param {readonly CellState[]} state of all
 * @param {readonly CellState[]} own
 * @param {number} first sequence
 * @param {number} sequences
 */
export function putState(state, own, first, sequences) {
  state.forEach((layer, l) => {
    for (const [name, values] of Object.entries(own[l])) {
      layer[/** @type {'h'} */ (name)].set(values, (values.length / sequences) * first);
    }
  });
}
