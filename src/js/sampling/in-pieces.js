// in-pieces.js: what a Sampler does with many tokens, in pieces.
import { assertNotAborted } from '../core/abort.js';

/**
 * @param {{ readonly sampler: import('./Sampler.js').Sampler }} network asked for its sampler before each piece: it may
 *   have been disposed in between, and throws then
 * @param {number} length how many steps
 * @param {(sampler: import('./Sampler.js').Sampler, from: number, to: number) => void} work takes some of them
 * @returns {import('../core/pieces.js').Pieces<void>}
 */
export function* inPieces(network, length, work) {
  const { pieceLength } = network.sampler;
  for (let from = 0; from < length; from += pieceLength) {
    work(network.sampler, from, Math.min(length, from + pieceLength));
    yield;
  }
}

/**
 * Feeds all tokens but the last.
 * @param {{ readonly sampler: import('./Sampler.js').Sampler }} network
 * @param {string} call for messages
 * @param {Int32Array} tokens
 * @param {import('../network/state.js').CellState[]} state becomes the state before the last token
 */
export const feedInPieces = (network, call, tokens, state) =>
  inPieces(network, tokens.length - 1, (sampler, from, to) => sampler.feed(call, tokens.subarray(from, to + 1), state));

/**
 * @param {{ readonly sampler: import('./Sampler.js').Sampler }} network
 * @param {string} call for messages
 * @param {Int32Array} tokens
 * @param {import('../network/state.js').CellState[]} state becomes the state before the last token
 * @param {Float64Array} [scores] one less than tokens: becomes log p, in nats, of each token but the first
 * @returns {import('../core/pieces.js').Pieces<number>} the sum of -log p
 */
export function* scoreInPieces(network, call, tokens, state, scores) {
  let loss = 0;
  yield* inPieces(network, tokens.length - 1, (sampler, from, to) => {
    loss += sampler.score(call, tokens.subarray(from, to + 1), state, scores?.subarray(from, to));
  });
  return loss;
}

/**
 * What a sequence that comes in parts is handed over as: characters, tokens.
 * @param {Iterable<string>} parts
 * @param {{ piecesOf(part: string): Iterable<string> }} vocabulary
 * @param {AbortSignal} [signal]
 * @returns {Generator<string, void, void>}
 */
export function* piecesOf(parts, vocabulary, signal) {
  assertNotAborted(signal);
  for (const part of parts) {
    for (const piece of vocabulary.piecesOf(part)) {
      yield piece;
      assertNotAborted(signal);
    }
  }
}
