// token-face.js: what a model of tokens is to its caller.

/** A text where the model cuts texts, and else a list of tokens. @typedef {any} TokenSequence */

/** @typedef {import('../../core/pieces.js').Stoppable} Stoppable */

/**
 * What a sequence is kept to.
 * @typedef {object} TokenLimits
 * @property {number} [length] how many tokens; fewer only where a stop ends the sequence, or, of a model that has learnt a
 *   list of sequences, their end; 1 to 2^30; default 200
 * @property {string | readonly string[]} [stop] the sequence ends before the first of these tokens; of words, 'end' stands
 *   for ' end' too
 * @property {string | readonly string[]} [allowed] the tokens that it may have; default the whole vocabulary
 */

/** @typedef {import('../../sampling/sampling-options.js').SamplingOptions & TokenLimits & Stoppable} TokenWriteOptions How tokens are drawn, and how many. */

/** @typedef {{ beams?: number } & TokenLimits & Stoppable} TokenCompleteOptions `beams`: followed side by side, 1 to 1000; default 4 */

/**
 * A token that may come next; of a model that has learnt a list of sequences, '' is their end.
 * @typedef {{ token: string, probability: number }} TokenPrediction
 */

/**
 * A sequence that may follow, and how likely it is.
 * @typedef {object} TokenCompletion
 * @property {TokenSequence} sequence without the stop
 * @property {number} logProbability of its tokens and of the stop, in nats
 * @property {string} [stop] the token that ended it; '': it has come to its end
 */

/**
 * How well a sequence is predicted.
 * @typedef {object} TokenEvaluation
 * @property {number} loss mean cross-entropy, nats a token
 * @property {number} bitsPerToken loss / ln 2
 * @property {number} perplexity exp(loss)
 * @property {number} tokens how many were predicted: all but the first, and but those that it leaves out; and the first
 *   too, where the model has learnt a list of sequences
 */

/**
 * What happened while a sequence of T tokens was read. Copies, the caller's to keep.
 * @typedef {{ tokens: string[] } & import('./trace.js').TokenTrace} SequenceTrace `tokens`: T, as they were read: without
 *   those that the model leaves out
 */

/**
 * A place in a sequence as plain data: see ReadingState of a character model.
 * @typedef {object} TokenReadingState
 * @property {1} version of this form
 * @property {string} model a hash of what it fits
 * @property {number} tokens of the vocabulary
 * @property {string} last the last token read
 * @property {{ h: number[], c?: number[] }[]} layers each one's state before that token
 */

/**
 * @typedef {{ sequence: TokenSequence, prediction: TokenPrediction, evaluation: TokenEvaluation, trace: SequenceTrace,
 *   completion: TokenCompletion, write: TokenWriteOptions, complete: TokenCompleteOptions, state: TokenReadingState }} TokenFace
 */

/** A place in a sequence of tokens, from which the model goes on. @typedef {import('./Reading.js').Reading<TokenFace>} PlainTokenReading */
/** A place in one, from which the model learns. @typedef {import('./LearningReading.js').LearningReading<TokenFace>} LearningTokenReading */
