// Predictor.js: the loaded library of lstm-wasm/predict.
import { unlessAborted } from '../core/abort.js';
import { isBytes } from '../core/source.js';
import { bytesOf } from '../files/model-file.js';
import { kindIn } from '../files/model-metadata.js';
import { readModelSource } from '../files/model-source.js';
import { readHeader } from '../files/safetensors.js';
import { openModel } from './open-model.js';
import { predictingKind, predictingKinds } from './predicting-kinds.js';
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
   * model that it is of. The code of networks and character models is here; that of another kind is loaded when the first
   * file of it is opened.
   * @param {import('../core/source.js').Source} source bytes, a Blob or File, a Response, a URL, an address (in Node also a
   *   path), or a promise of one
   * @param {import('../files/model-source.js').OpenOptions} [options]
   * @returns {Promise<import('./predicting-kinds.js').PredictingModel>}
   * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
   * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
   * @throws {import('../core/errors.js').LstmError} where the code of the file's kind cannot be loaded
   */
  async open(source, options) {
    const given = readModelSource(source, 'open', options);
    let bytes = bytesOf(isBytes(given) ? given : await given, 'open');
    const { kind } = kindIn(readHeader(bytes, 'open').metadata, 'open', predictingKinds);
    let opening = predictingKind(kind, 'open');
    if (opening instanceof Promise) {
      // The caller may change them while the code is on its way.
      if (isBytes(given)) bytes = bytes.slice();
      const promise = opening;
      opening = await unlessAborted(options?.signal, () => promise);
    }
    const { format, make } = opening;
    return openModel(bytes, 'open', this.#wasm, SteppingNetwork, [format], { [kind]: make });
  }
}
