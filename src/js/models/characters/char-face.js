// char-face.js: what a character model is to its caller.

/** @typedef {import('../../sampling/sampling-options.js').SamplingOptions} SamplingOptions */
/** @typedef {import('../../sampling/sampling-options.js').TextLimits} TextLimits */
/** @typedef {import('../../core/pieces.js').Stoppable} Stoppable */

/** @typedef {SamplingOptions & TextLimits & Stoppable} WriteOptions */

/** @typedef {{ beams?: number } & TextLimits & Stoppable} CompleteOptions `beams`: followed side by side, 1 to 1000; default 4 */

/**
 * @typedef {object} Prime
 * @property {string} [prime] the text before; without it, as after a line's end, or after the first character of the
 *   alphabet where it has no line end
 */

/** How long a text is written, from which beginning, and how drawn. @typedef {WriteOptions & Prime} GenerateOptions */

/**
 * A character that may come next.
 * @typedef {{ char: string, probability: number }} Prediction
 */

/**
 * A text that may follow, and how likely it is.
 * @typedef {object} Completion
 * @property {string} text without the stop string
 * @property {number} logProbability of its characters and those of the stop string, in nats
 * @property {string} [stop] the stop string that ended it
 */

/**
 * How well a text is predicted.
 * @typedef {object} Evaluation
 * @property {number} loss mean cross-entropy, nats a character
 * @property {number} bitsPerCharacter loss / ln 2
 * @property {number} perplexity exp(loss)
 * @property {number} characters how many were predicted: all but the first, and but those that it leaves out; and the
 *   first too, where the model has learnt a list of texts of one line each
 */

/**
 * What happened while a text of T characters was read. Copies, the caller's to keep.
 * @typedef {{ characters: string[] } & import('../tokens/trace.js').TokenTrace} Trace `characters`: T, the text's, as they
 *   were read: without those that the model leaves out
 */

/**
 * A place in a text: plain data that JSON and structured clones keep whole, to go on from in another process or on
 * another day with the same bits. It fits every model of the same layers, seed and alphabet, also one that was trained on
 * since, or whose alphabet has grown since, or with 8 bits a weight.
 * @typedef {object} ReadingState
 * @property {1} version of this form
 * @property {string} model a hash of what it fits
 * @property {number} characters of the alphabet
 * @property {string} last the last character read
 * @property {{ h: number[], c?: number[] }[]} layers each one's state before that character
 */

/**
 * @typedef {{ sequence: string, prediction: Prediction, evaluation: Evaluation, trace: Trace, completion: Completion,
 *   write: WriteOptions, complete: CompleteOptions, state: ReadingState }} CharFace
 */

/** A place in a text, from which the model goes on. @typedef {import('../tokens/Reading.js').Reading<CharFace>} Reading */
/** A place in a text, from which the model learns. @typedef {import('../tokens/LearningReading.js').LearningReading<CharFace>} LearningReading */
