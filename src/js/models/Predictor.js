// Predictor.js: the loaded library of lstm-wasm/predict.
import { isBytes } from '../core/source.js';
import { isCharModelFile, readCharModelFile, readNetworkFile } from '../files/model-file.js';
import { readModelSource } from '../files/model-source.js';
import { valuesOf } from '../network/network-config.js';
import { openNetworkFile } from './open-network-file.js';
import { PredictingCharModel } from './characters/PredictingCharModel.js';
import { SteppingNetwork } from './SteppingNetwork.js';

/**
 * A model of characters that predicts and is not trained.
 * @typedef {PredictingCharModel<SteppingNetwork>} PredictorCharModel
 */

/** The loaded library without training: opens files, and what it opens predicts. */
export class Predictor {
  #wasm;

  /**
   * @internal use load
   * @param {import('../core/Wasm.js').Wasm} wasm
   */
  constructor(wasm) {
    this.#wasm = wasm;
  }

  /** Which build is running. */
  get variant() {
    return this.#wasm.variant;
  }

  /** Bytes of memory that this instance has taken. It grows and never shrinks. */
  get memoryBytes() {
    return this.#wasm.memoryBytes;
  }

  /**
   * What any file of this library holds, to predict with it: a character model, or a network. A checkpoint opens as the
   * model that it is of.
   * @param {import('../core/source.js').Source} source bytes, a Blob or File, a Response, a URL, an address (in Node also a
   *   path), or a promise of one
   * @param {import('../files/model-source.js').OpenOptions} [options]
   * @returns {Promise<PredictorCharModel | SteppingNetwork>}
   * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   */
  async open(source, options) {
    const where = 'open';
    const given = readModelSource(source, where, options);
    const bytes = isBytes(given) ? given : await given;
    const count = (/** @type {import('../network/network-options.js').NetworkConfig} */ config) =>
      valuesOf(this.#wasm, config, where);
    if (!isCharModelFile(bytes, where)) {
      return openNetworkFile(readNetworkFile(bytes, where, count), this.#wasm, SteppingNetwork, where, (network) => network);
    }
    const { alphabet, notes, ...file } = readCharModelFile(bytes, where, count);
    return openNetworkFile(file, this.#wasm, SteppingNetwork, where, (network) =>
      new PredictingCharModel(network, alphabet, notes));
  }
}
