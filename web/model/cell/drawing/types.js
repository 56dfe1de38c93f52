/**
 * What the drawing of a cell is made of, as types: places in a picture of so many units, and which number each thing
 * shows. Nothing here runs.
 */

/** @typedef {import('../types.js').Names} Names */

/** A text in each vocabulary, `_t` and `_(t−1)` being indices. @typedef {string | Record<Names, string>} Text */

/** @typedef {[number, number]} Point */

/**
 * A line. One with a value is as wide as the number is large and has the colour of its sign.
 * @typedef {object} Wire
 * @property {string} id
 * @property {string[]} parts   of the anatomy, with which it is lit
 * @property {Point[]} points
 * @property {string} [value]
 * @property {'gate' | 'peephole'} [looks]   what a gate looks at: nothing flows here
 * @property {boolean} [isOver]   passes over what it crosses
 * @property {boolean} [leads]   with an arrow at its end
 */

/**
 * A gate or another thing that computes; what can be held is a button.
 * @typedef {object} Box
 * @property {string} id
 * @property {string[]} parts
 * @property {string} [gate]   its name in a trace; without it nothing of it can be held
 * @property {Text} title
 * @property {Record<Names, string>} [letter]
 * @property {Text} [label]   for a screen reader
 * @property {string} [value]
 * @property {'level' | 'tap'} [gauge]   how far a gate is open; a tap that lets in the rest of it from the other side
 * @property {Anchored} [was]   where the number stands that it was without tampering, if there is no room beside it
 * @property {number} x   its middle
 * @property {number} y
 * @property {number} width
 * @property {number} height
 */

/**
 * A number on a wire; that of a memory is a button.
 * @typedef {object} Chip
 * @property {string} id
 * @property {string[]} parts
 * @property {string} value
 * @property {'c' | 'h'} [memory]
 * @property {Text} [label]   for a screen reader
 * @property {number} x   its middle
 * @property {number} y
 * @property {Anchored} was   where the number stands that it was without tampering
 */

/** @typedef {{ x: number, y: number, anchor: 'start' | 'middle' | 'end' }} Anchored */

/** @typedef {{ id: string, parts: string[], sign: string, x: number, y: number, width: number, height: number }} Node   a sum, a squashing */

/** @typedef {Anchored & { id: string, parts: string[], text: Text, weight: 'name' | 'note' | 'caption' }} Label */

/**
 * @typedef {object} Drawing
 * @property {number} width
 * @property {number} height
 * @property {Wire[]} wires
 * @property {Point[]} joints   where wires meet
 * @property {Box[]} boxes
 * @property {Chip[]} chips
 * @property {Node[]} nodes
 * @property {Label[]} labels
 * @property {{ x: number, y: number, width: number, height: number, head?: Anchored, parts: string[] }} event   what comes in; head: where its name stands, if not before it
 */

/**
 * @typedef {object} Place   of the layer in its network
 * @property {number} layer
 * @property {number} layers
 */

export {};
