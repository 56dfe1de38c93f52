// generate.js: tokens drawn from a network, each fed back as the next input.
import { copyIntegers, integer, isArray, optional, readOptions, refuse } from '../core/check.js';
import { allocate } from '../core/allocate.js';
import { ArgumentError } from '../core/errors.js';
import { signalField } from '../core/pieces.js';
import { inPieces } from './in-pieces.js';
import { maskOf, readLength, samplingFields } from './sampling-options.js';

/** @typedef {import('../network/state.js').CellState} CellState */

/**
 * @typedef {object} TokenStart
 * @property {readonly import('../network/state.js').CellStateLike[]} state where to start from; becomes the state in which feeding the last token goes on
 * @property {number} token fed first
 * @property {number} [length] how many tokens to draw, 1 to 2^30; default 200
 * @property {ArrayLike<number>} [allowed] the tokens that may be drawn, at least one; default all
 * @property {AbortSignal} [signal] ends the call: it throws the signal's reason; state and generator are as before
 */

/** How tokens are drawn, and after which. @typedef {import('./sampling-options.js').SamplingOptions & TokenStart} TokenGenerateOptions */

/**
 * @param {{ config: import('../network/network-options.js').NetworkConfig, random: number[],
 *   sequence: import('../network/Sequence.js').Sequence, readonly sampler: import('./Sampler.js').Sampler }} network one-way
 * @param {unknown} options
 * @returns {import('../core/pieces.js').Pieces<Uint32Array>}
 */
export function* generateInPieces(network, options) {
  const { sequence, sampler } = network;
  const vocabulary = vocabularyOf(network.config);
  const { state, token, length, allowed, seed, signal: _, ...sampling } = readOptions('generate', options, {
    state: (value) => value,
    token: integer(0, vocabulary - 1),
    length: readLength,
    allowed: optional((value, path) => readTokens(value, path, vocabulary)),
    ...samplingFields,
    ...signalField,
  });
  const tokens = allocate(Uint32Array, length, 'generate', `${length} tokens`);
  const mask = allowed && maskOf(allowed, vocabulary);
  const random = seed === undefined ? Int32Array.from(network.random) : sampler.generator(seed);
  // Both are the caller's when all is drawn.
  const now = sequence.initialState();
  sequence.setState(state, 'generate: state');
  sequence.readState(now);
  yield* inPieces(network, length, (own, from, to) =>
    own.draw('generate', tokens.subarray(from, to), now, from === 0 ? token : tokens[from - 1], { ...sampling, allowed: mask, random }));
  sequence.setState(now, 'generate: state');
  sequence.readState(/** @type {CellState[]} */ (state));
  if (seed === undefined) network.random = [...random];
  return tokens;
}

/** @param {import('../network/network-options.js').NetworkConfig} config */
function vocabularyOf({ input, output }) {
  const tokens = 'tokens' in input ? input.tokens : 0;
  const classes = output && 'classes' in output ? output.classes : 0;
  if (tokens === 0 || tokens !== classes) {
    throw new ArgumentError('generate: needs a network with token input and as many output classes');
  }
  return tokens;
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {number} vocabulary
 */
function readTokens(value, path, vocabulary) {
  if (!isArray(value) || value.length === 0) refuse(path, 'an array of at least one token', value);
  const tokens = new Int32Array(value.length);
  copyIntegers(tokens, value, [0, vocabulary - 1], path);
  return tokens;
}
