// Predictor.js: the loaded library of lstm-wasm/predict.
import { isBytes } from '../core/source.js';
import { readModelSource } from '../files/model-source.js';
import { openModel } from './open-model.js';
import { predictingKinds } from './predicting-kinds.js';
import { SteppingNetwork } from './SteppingNetwork.js';

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
   * What any file of this library holds, to predict with it: a model of any kind, or a network. A checkpoint opens as the
   * model that it is of.
   * @param {import('../core/source.js').Source} source bytes, a Blob or File, a Response, a URL, an address (in Node also a
   *   path), or a promise of one
   * @param {import('../files/model-source.js').OpenOptions} [options]
   * @returns {Promise<import('./predicting-kinds.js').PredictingModel>}
   * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   */
  async open(source, options) {
    const given = readModelSource(source, 'open', options);
    return openModel(isBytes(given) ? given : await given, 'open', this.#wasm, SteppingNetwork, predictingKinds);
  }
}
