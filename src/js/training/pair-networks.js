// pair-networks.js: an encoder and a decoder that fit each other.
import { ArgumentError } from '../core/errors.js';

/**
 * How long the summary of an encoder's last state is: all that network/bridge.h takes of it.
 * @param {import('../network/Network.js').Network} encoder
 */
export const summarySize = ({ handle: { wasm, pointer } }) => wasm.exports.lstm_trainer_pair_summary_size(pointer);

/**
 * @param {string} where the call, for messages
 * @param {import('../network/Network.js').Network} encoder
 * @param {import('../network/Network.js').Network} decoder
 * @throws {ArgumentError} where the decoder is not of this encoder
 */
export function checkPair(where, encoder, decoder) {
  const { memory } = decoder.handle.config;
  if (encoder === decoder || encoder.handle.wasm !== decoder.handle.wasm) {
    throw new ArgumentError(`${where}: encoder must be another network of the same load(), got ${encoder === decoder ? 'the decoder' : 'one of another'}`);
  }
  if (encoder.handle.config.output || encoder.handle.config.memory) {
    throw new ArgumentError(`${where}: encoder must be a network without output and memory`);
  }
  if (!memory) throw new ArgumentError(`${where}: the decoder must have the option memory`);
  if (memory.attention && memory.size !== encoder.handle.outputSize) {
    throw new ArgumentError(`${where}: memory.size of the decoder must be ${encoder.handle.outputSize}, the encoder's output, got ${memory.size}`);
  }
  const size = summarySize(encoder);
  if (memory.summary && memory.summary !== size) {
    throw new ArgumentError(`${where}: memory.summary of the decoder must be ${size}, the encoder's last state, got ${memory.summary}`);
  }
}
