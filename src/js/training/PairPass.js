// PairPass.js: a window of an encoder and its decoder.
import { object } from '../core/check.js';

/** @typedef {import('../network/Batch.js').WindowOptions} WindowOptions */

export class PairPass {
  #exports;
  #encoder;
  #decoder;

  /**
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {import('../network/Batch.js').Batch} encoder
   * @param {import('../network/Batch.js').Batch} decoder
   */
  constructor({ exports }, encoder, decoder) {
    this.#exports = exports;
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  /**
   * Puts a window in its place.
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {unknown} options
   */
  load(call, inputs, targets, options) {
    const { source, target, lengths } = object(inputs, `${call}: inputs`);
    this.#decoder.loader.load(`${call}: target`, target, targets, options);
    const { layout } = /** @type {WindowOptions} */ (options);
    this.#encoder.loader.loadInputs(`${call}: source`, source, { lengths, layout });
  }

  /** The loss of the window that was just computed. */
  get loss() {
    return this.#exports.lstm_trainer_loss(this.#decoder.pointer);
  }

  /** The norm of its gradient, before clipping. */
  get gradientNorm() {
    return this.#exports.lstm_trainer_gradient_norm(this.#decoder.pointer);
  }
}
