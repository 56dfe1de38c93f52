// WindowPass.js: a window forward, and backward.
import { ArgumentError } from '../core/errors.js';
import { gradientFlow } from './gradient-flow.js';

/** @typedef {import('../network/state.js').CellState} CellState */

/**
 * What one pass over a window gives.
 * @typedef {object} Gradients
 * @property {number} loss
 * @property {number} gradientNorm over all parameters
 * @property {Record<string, Float32Array>} parameters by name, in PyTorch's layouts
 * @property {CellState[]} state of the state before the window, as state() has it
 * @property {Float32Array} [inputs] of vector inputs: (window, batchSize, size); (batchSize, window, size) where
 *   inputs were nested, or their layout 'batch'
 */

export class WindowPass {
  #wasm;
  #table;
  #stateShapes;
  #batch;
  /** There is a window to look at again: see flow. */
  #hasWindow = false;
  /** Of its inputs. @type {import('../network/StepArray.js').Layout} */
  #layout = 'time';
  #inputSize;

  /**
   * @param {import('../network/Batch.js').NetworkHandle} network
   * @param {import('../network/Batch.js').Batch} batch one that can train
   * @param {Float32Array} [classWeights]
   */
  constructor({ wasm, table, stateShapes, config: { input } }, batch, classWeights) {
    this.#wasm = wasm;
    this.#table = table;
    this.#stateShapes = stateShapes;
    this.#batch = batch;
    this.#inputSize = 'size' in input ? input.size : 0;
    if (classWeights) wasm.floats(wasm.exports.lstm_trainer_class_weights(batch.pointer), classWeights.length).set(classWeights);
  }

  /**
   * Puts a window in its place.
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {unknown} options
   */
  load(call, inputs, targets, options) {
    this.#hasWindow = false;
    this.#layout = this.#batch.loader.load(call, inputs, targets, options);
    this.#hasWindow = true;
  }

  /**
   * @param {unknown} inputs
   * @param {unknown} options
   */
  predict(inputs, options) {
    this.#hasWindow = false;
    return this.#batch.predict(this.#batch.loader.loadInputs('predict', inputs, options), 'predict');
  }

  /**
   * @param {unknown} inputs
   * @param {unknown} options
   */
  carry(inputs, options) {
    this.#hasWindow = false;
    this.#batch.loader.loadInputs('carry', inputs, options);
    this.#batch.carry();
  }

  /** The loss of the window that was just computed. */
  get loss() {
    return this.#wasm.exports.lstm_trainer_loss(this.#batch.pointer);
  }

  /** The norm of its gradient, before clipping. */
  get gradientNorm() {
    return this.#wasm.exports.lstm_trainer_gradient_norm(this.#batch.pointer);
  }

  /** The gradients of the window that was just computed. @returns {Gradients} */
  gradients() {
    const { exports } = this.#wasm;
    const { pointer } = this.#batch;
    const inputs = exports.lstm_trainer_dinputs(pointer);
    return {
      loss: this.loss,
      gradientNorm: this.gradientNorm,
      parameters: this.#table.read(exports.lstm_trainer_gradients(pointer)),
      state: this.#batch.stateGradients(),
      ...(inputs !== 0 && { inputs: this.#batch.read(inputs, this.#inputSize, this.#layout, 'gradients') }),
    };
  }

  /**
   * @param {(status: number) => void} assertFinite throws for a status that says otherwise
   * @throws {ArgumentError} where there is no window
   */
  flow(assertFinite) {
    if (!this.#hasWindow) {
      throw new ArgumentError('gradientFlow: needs a window: give one to step, evaluate or gradients just before');
    }
    return gradientFlow(this.#wasm, this.#batch, this.#stateShapes, assertFinite);
  }
}
