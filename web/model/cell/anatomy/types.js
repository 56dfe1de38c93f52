/**
 * What a cell is made of, as types. Nothing here runs.
 */

/** @typedef {import('../types.js').Names} Names */
/** @typedef {import('../types.js').LayerTrace} LayerTrace */
/** @typedef {import('../digits.js').Printed} Printed */

/**
 * Of one unit at one character: gates by name, h and c after it, hBefore and cBefore before it; h only where it is the
 * unit's (a projection's is not).
 * @typedef {Record<string, number>} Numbers
 */

/**
 * A picture of a part: what all units did at all characters.
 *
 * @typedef {object} PartMap
 * @property {string} symbol
 * @property {string} name
 * @property {(trace: LayerTrace) => Float32Array} values   (T, H)
 * @property {boolean} [isGate]   from 0 to 1; else each unit has its own reach to both sides of 0
 */

/**
 * One of the things that a cell does, one after the other.
 *
 * @typedef {object} Part
 * @property {string} id
 * @property {Record<Names, string>} title
 * @property {string} name   what the field calls it
 * @property {string} words
 * @property {Record<Names, string[]>} equations   for all units; the last is what `printed` has the numbers of
 * @property {(n: Numbers) => Printed | undefined} printed   undefined where the unit's numbers alone do not give it
 * @property {(n: Numbers, isSet?: boolean) => string} sentence   with numbers, true as printed; isSet: h is what a visitor
 *   has set it to, which an RNN's numbers do not tell
 * @property {PartMap[]} maps
 */

/**
 * @typedef {object} Anatomy
 * @property {string} kind   lstm, peephole, coupled, four-gate, gru, rnn; feedforward and tdnn, which remember nothing
 * @property {Record<string, any>} config   of the layer
 * @property {Part[]} parts
 * @property {string[]} gates   that can be held, in the order of the parts
 * @property {(n: Numbers) => Record<string, number>} flows   what is on the wires between the gates
 */

export {};
