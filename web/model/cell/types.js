/**
 * What the centrepiece is made of, as types: what the Worker of the lab (web/worker/lab) answers, what a visitor has
 * tampered with, and what a cell is drawn from. Nothing here runs.
 */

/** @typedef {import('lstm-wasm').LayerTrace} LayerTrace */

/** The cells that can be looked at; the last two, which remember nothing, only in a file that was opened.
 * @typedef {'lstm' | 'four-gate' | 'peephole' | 'gru' | 'rnn' | 'coupled' | 'feedforward' | 'tdnn'} Kind */

/** Which network reads: one that read the book, a tiny one that matches brackets, the one that the visitor trains.
 * @typedef {'moby' | 'brackets' | 'yours'} Source */

/** How things are named: as many courses do, by the letters of the equations, as PyTorch does.
 * @typedef {'course' | 'symbols' | 'pytorch'} Names */

/**
 * A gate that is held at a value. Gates are named as in a trace: forget, input, candidate, output, use, reset, update.
 * Places are characters of a run (of its `characters`), 0 the first; beyond the last nothing is held. Of two holds of the same
 * gate the later counts. A coupled cell has one gate for two: f held at v is i held at 1 − v.
 * @typedef {{ gate: string, value: number, unit: number | 'all', from: number, to?: number }} Hold to: the last character of it;
 *   without it, to the end
 */

/** A memory that is set after a character was read. @typedef {{ memory: 'c' | 'h', unit: number, at: number, value: number }} Edit */

/** A unit's memories, c and h, which after character `at` are those that another text leaves at its end.
 * @typedef {{ unit: number, at: number, text: string }} Swap */

/**
 * All that was tampered with, in one layer. Holds come first, then a step's edits and swaps, in their order.
 * @typedef {object} Tampering
 * @property {Hold[]} holds
 * @property {Edit[]} edits
 * @property {Swap[]} swaps
 * @property {number[]} silenced units whose h is 0 for all that reads it, from the start: the gates of the next step, the layer
 *   above, the prediction. Traces show the h that the cell made
 */

/**
 * A network that is open in the lab.
 * @typedef {object} Subject
 * @property {string} id
 * @property {string[]} alphabet in the order of the network's tokens
 * @property {({ kind: Kind, hiddenSize: number } & Record<string, any>)[]} layers with their options, as network.config has them
 * @property {string} [untouchable] why its gates cannot be held, in a sentence, where they cannot: it has none
 */

/**
 * One reading of a text of T characters.
 * @typedef {object} Side
 * @property {LayerTrace} trace of the layer that is looked at: gates, h and c as the cell had them, tampering included
 * @property {Float64Array} logProbabilities T: log p of each character, given those before it, in nats
 * @property {Float32Array} probabilities (T + 1, V): row 0 before the first character, row t + 1 after character t
 */

/**
 * What the lab answers to `run`. A text without a character that the network knows is no fault: T is 0 then, and the one row of
 * probabilities says what a text begins with. A network of 8 bits a weight is shown as what its weights stand for, in floats.
 * @typedef {object} Run
 * @property {string} text what was read: without unknown characters, and at most its last 400 characters
 * @property {string[]} characters T
 * @property {string[]} unknown characters that were left out
 * @property {number} skipped characters before the first, which were not read
 * @property {number} layer
 * @property {Side} untouched
 * @property {Side} [tampered] where a tampering was given that holds, sets, swaps or silences anything, anywhere
 */

/**
 * One term of the sum that a gate squashes: weight · value.
 * @typedef {object} Term
 * @property {'x' | 'h' | 'c' | 'fc'} of the event (a character, or a unit of the layer below), h before, c (of a peephole), f · c′
 * @property {number} [unit]
 * @property {string} [char] of the event
 * @property {number} weight
 * @property {number} value
 * @property {number} product
 */

/**
 * What the lab answers to `terms`: value = squash(sum), sum = bias + all products, whatever the gate is held at. An RNN has no
 * gates, and one sum: 'hidden', its h. With a clip, value = squash(sum kept within it).
 * @typedef {object} GateSum
 * @property {string} gate
 * @property {'sigmoid' | 'tanh' | 'relu' | 'none'} squash
 * @property {number} value
 * @property {number} sum
 * @property {number} bias
 * @property {Term[]} terms the five largest, largest first
 * @property {number} others the sum of all other products
 * @property {number} [held] what it is held at
 */

/**
 * What the lab answers to `cost`: nats a character over a long text, and where a tampering costs most.
 * @typedef {object} Cost
 * @property {number} untouched
 * @property {number} tampered
 * @property {number} length characters that were read
 * @property {{ at: number, char: string, before: string, untouched: number, tampered: number }[]} costliest up to 12, the
 *   costliest first: a character, what stands before it, and log p of it
 */

export {};
