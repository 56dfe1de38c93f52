// create.js: a new translator's networks.
import { summarySize } from '../../training/pair-networks.js';
import { TrainableNetwork } from '../TrainableNetwork.js';
import { readTranslatorOptions } from './translator-options.js';

/**
 * @param {import('../../core/Wasm.js').Wasm} wasm
 * @param {unknown} options
 * @throws {import('../../core/errors.js').ArgumentError | import('../../core/errors.js').OutOfMemoryError}
 */
export function createTranslatorNetworks(wasm, options) {
  const where = 'createTranslator';
  const { sides, encoder: config, decoderWith } = readTranslatorOptions(options);
  const encoder = new TrainableNetwork(wasm, config, where);
  try {
    const sizes = { output: encoder.handle.outputSize, summary: summarySize(encoder) };
    return { networks: { encoder, decoder: new TrainableNetwork(wasm, decoderWith(sizes), where) }, sides };
  } catch (error) {
    encoder.dispose();
    throw error;
  }
}
