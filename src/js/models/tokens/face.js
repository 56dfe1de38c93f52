// face.js: what a kind of sequence model is to its caller: what it takes, and what it answers.

/**
 * @typedef {object} Face
 * @property {string | readonly string[]} sequence what it reads and writes
 * @property {object} prediction what may come next
 * @property {object} evaluation
 * @property {object} trace
 * @property {object} completion
 * @property {object} write options: how a sequence is written
 * @property {object} complete options: how continuations are sought
 * @property {object} state what save() of a reading gives
 */

/** @typedef {import('../../sampling/Alphabet.js').Alphabet} AnyVocabulary or another with what it has */
