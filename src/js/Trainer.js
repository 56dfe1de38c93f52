// Trainer.js: truncated backpropagation through time over windows of a batch of sequences.
import { Batch } from './Batch.js';
import { integer, number, oneOf, readOptions, refuse } from './check.js';
import { ArgumentError, DisposedError, DivergedError } from './errors.js';
import { Owned } from './Owned.js';

/** @typedef {import('./state.js').CellState} CellState */
/** @typedef {import('./Batch.js').WindowOptions} WindowOptions */

/**
 * @typedef {object} TrainerOptions
 * @property {'adam'} [optimizer] default 'adam' (Kingma & Ba 2015, as torch.optim.Adam)
 * @property {number} [learningRate] above 0; default 0.002
 * @property {number} [beta1] decay of the first moment, 0 to below 1; default 0.9
 * @property {number} [beta2] decay of the second moment, 0 to below 1; default 0.999
 * @property {number} [epsilon] above 0; default 1e-8
 * @property {number} [clipNorm] gradients are scaled down to this global norm, as torch's clip_grad_norm_; Infinity: off;
 *   default 5
 * @property {number} [batchSize] B, sequences side by side, 1 to 65536; default 32
 * @property {number} [window] T, steps that a gradient flows back through, 1 to 1048576; default 50
 * @property {boolean} [carryState] true: the state behind a window is the start of the next, as in a long text; false:
 *   each step() leaves the initial state, for windows that are whole sequences. Has to be false where a layer is
 *   bidirectional; default: true, and false there
 */

/**
 * @typedef {object} Gradients
 * @property {number} loss
 * @property {number} gradientNorm over all parameters
 * @property {Record<string, Float32Array>} parameters by name, in PyTorch's layouts
 * @property {CellState[]} state of the state before the window, as state() has it
 * @property {Float32Array} [inputs] of vector inputs: (window, batchSize, size)
 */

/**
 * Norms for the lags 0 to T; c only for kinds with a cell state.
 * @typedef {{ h: Float64Array, c?: Float64Array }} GradientFlow
 */

/** @param {number} fallback */
export const learningRate = (fallback) => number(0, Infinity, fallback, { above: true, below: true });
export const readClipNorm = number(0, Infinity, 5, { above: true });
export const readBatchSize = integer(1, 2 ** 16, 32);
export const readWindow = integer(1, 2 ** 20, 50);

/** @param {boolean} isBidirectional */
const fieldsFor = (isBidirectional) => ({
  optimizer: oneOf(/** @type {const} */ (['adam']), 'adam'),
  learningRate: learningRate(2e-3),
  beta1: number(0, 1, 0.9, { below: true }),
  beta2: number(0, 1, 0.999, { below: true }),
  epsilon: number(0, Infinity, 1e-8, { above: true, below: true }),
  clipNorm: readClipNorm,
  batchSize: readBatchSize,
  window: readWindow,
  /** @type {import('./check.js').Reader<boolean>} */
  carryState(value, path) {
    if (value !== undefined && typeof value !== 'boolean') refuse(path, 'true or false', value);
    if (value && isBidirectional) refuse(path, 'false for a network that is bidirectional', value);
    return value ?? !isBidirectional;
  },
});

export class Trainer extends Owned {
  #network;
  #wasm;
  #table;
  #stateShapes;
  #batch;
  #options;
  #steps = 0;
  /** There is a window to look at again: see gradientFlow. */
  #hasWindow = false;

  /**
   * @internal use network.createTrainer
   * @param {import('./Network.js').Network} network
   * @param {import('./Batch.js').NetworkHandle} handle of the network
   * @param {TrainerOptions} options
   */
  constructor(network, handle, options) {
    const isBidirectional = handle.config.layers.some(({ bidirectional }) => bidirectional);
    const checked = readOptions('createTrainer', options, fieldsFor(isBidirectional));
    const batch = new Batch(handle, { ...checked, canTrain: true }, 'createTrainer');
    super('Trainer', () => batch.free());
    this.#network = network;
    this.#wasm = handle.wasm;
    this.#table = handle.table;
    this.#stateShapes = handle.stateShapes;
    this.#batch = batch;
    this.#options = checked;
  }

  /** B, how many sequences are trained side by side. */
  get batchSize() {
    return this.#options.batchSize;
  }

  /** T, through how many steps a gradient flows back. */
  get window() {
    return this.#options.window;
  }

  /** Whether the state behind a window is the start of the next. */
  get carryState() {
    return this.#options.carryState;
  }

  /** How many updates were made. */
  get steps() {
    return this.#steps;
  }

  get learningRate() {
    return this.#options.learningRate;
  }

  set learningRate(value) {
    this.#options.learningRate = learningRate(2e-3)(value, 'Trainer.learningRate');
  }

  get clipNorm() {
    return this.#options.clipNorm;
  }

  set clipNorm(value) {
    this.#options.clipNorm = readClipNorm(value, 'Trainer.clipNorm');
  }

  /**
   * Trains on one window: forward, backward, clip, one update of the parameters. Where carryState is true, the state
   * behind the window is the start of the next.
   *
   * Arrays are time-major, as PyTorch's default: what sequence b gets at step t is at index t * batchSize + b.
   * @param {ArrayLike<number>} inputs (window, batchSize) tokens or (window, batchSize, size) numbers
   * @param {ArrayLike<number>} targets (window, batchSize) classes or (window, batchSize, values) numbers
   * @param {WindowOptions} [options] lengths and mask
   * @returns {{ loss: number, gradientNorm: number }} the mean loss of the window before the update (cross-entropy in
   *   nats, or squared error), and the norm of its gradient before clipping
   * @throws {import('./errors.js').ArgumentError} where an array has a wrong length or content
   * @throws {DivergedError} where the loss or gradient is not finite; nothing has changed then
   */
  step(inputs, targets, options = {}) {
    this.#load('step', inputs, targets, options);
    const { learningRate, beta1, beta2, epsilon, clipNorm, carryState } = this.#options;
    const { lstm_trainer_step } = this.#wasm.exports;
    const carry = carryState ? 1 : 0;
    this.#assertFinite('step', lstm_trainer_step(this.#pointer, learningRate, beta1, beta2, epsilon, clipNorm, carry));
    this.#steps += 1;
    return { loss: this.#loss(), gradientNorm: this.#gradientNorm() };
  }

  /**
   * The loss of a window, from the trainer's state. Changes nothing.
   * @param {ArrayLike<number>} inputs as for step
   * @param {ArrayLike<number>} targets
   * @param {WindowOptions} [options]
   * @returns {{ loss: number }}
   */
  evaluate(inputs, targets, options = {}) {
    this.#load('evaluate', inputs, targets, options);
    this.#assertFinite('evaluate', this.#wasm.exports.lstm_trainer_forward(this.#pointer));
    return { loss: this.#loss() };
  }

  /**
   * The gradients of the mean loss of a window, unclipped. Changes nothing.
   * @param {ArrayLike<number>} inputs as for step
   * @param {ArrayLike<number>} targets
   * @param {WindowOptions} [options]
   * @returns {Gradients}
   */
  gradients(inputs, targets, options = {}) {
    this.#load('gradients', inputs, targets, options);
    const { exports } = this.#wasm;
    this.#assertFinite('gradients', exports.lstm_trainer_backward(this.#pointer));
    const inputGradients = exports.lstm_trainer_dinputs(this.#pointer);
    return {
      loss: this.#loss(),
      gradientNorm: this.#gradientNorm(),
      parameters: this.#table.read(exports.lstm_trainer_gradients(this.#pointer)),
      state: this.#batch.stateGradients(),
      ...(inputGradients !== 0 && { inputs: this.#wasm.floats(inputGradients, inputs.length).slice() }),
    };
  }

  /**
   * The outputs of a window, from the trainer's state. Changes nothing.
   * @param {ArrayLike<number>} inputs as for step
   * @param {Pick<WindowOptions, 'lengths'>} [options]
   * @returns {Float32Array} (window, batchSize, V): the probability of each class; or the values; or the last h. What
   *   is behind the end of a sequence means nothing
   * @throws {import('./errors.js').ArgumentError}
   */
  predict(inputs, options = {}) {
    this.assertUsable('predict');
    this.#hasWindow = false;
    const { lengths } = readOptions('predict', options, { lengths: (value) => value });
    this.#batch.setInputs(inputs, 'predict');
    this.#batch.setExtent(/** @type {WindowOptions} */ ({ lengths }), 'predict');
    return this.#batch.predict();
  }

  /**
   * How far the gradient reaches back: the norms, over the batch, of dLoss/dh and dLoss/dc at each lag, where Loss is
   * the mean over the batch of the loss at the last step. Lag 0 is the state after the last step, lag T that before the
   * window. A gradient is the whole one: that of h through the layers above too, that of c through h of the same step
   * too. It is that of the window which step, evaluate or gradients was last given, computed again with the parameters
   * of now and the state that it started from. Steps that its mask leaves out stay out. Changes nothing.
   * @returns {GradientFlow[]} one a layer, or one a direction of it; the lags of a direction that reads from the end
   *   count from the start
   * @throws {ArgumentError} where there was no such window, or predict came after it
   * @throws {DivergedError} where a norm is not finite
   */
  gradientFlow() {
    this.assertUsable('gradientFlow');
    if (!this.#hasWindow) {
      throw new ArgumentError('gradientFlow: needs a window: give one to step, evaluate or gradients just before');
    }
    const lags = this.window + 1;
    const count = 2 * this.#stateShapes.length * lags;
    return this.#wasm.withWords(2 * count, 'gradientFlow', (words) => {
      const status = this.#wasm.exports.lstm_trainer_gradient_flow(this.#pointer, words);
      this.#assertFinite('gradientFlow', status);
      const norms = this.#wasm.doubles(words, count);
      return this.#stateShapes.map(({ c }, l) => {
        const [h, ofC] = [2 * l, 2 * l + 1].map((row) => norms.slice(row * lags, (row + 1) * lags));
        return c > 0 ? { h, c: ofC } : { h };
      });
    });
  }

  /** Copies of the state before the next window, one object a layer (or a direction): (batchSize, length) each. */
  state() {
    this.assertUsable('state');
    return this.#batch.state();
  }

  /**
   * @param {CellState[]} state as state() gives it
   * @throws {import('./errors.js').ArgumentError}
   */
  setState(state) {
    this.assertUsable('setState');
    this.#batch.setState(state, 'setState: state');
  }

  /** Every sequence starts anew, from network.initialState(). */
  resetState() {
    this.assertUsable('resetState');
    this.#wasm.exports.lstm_trainer_reset(this.#pointer);
  }

  /**
   * Goes on with the optimiser's state of another trainer of the same network.
   * @internal
   * @param {Trainer} other
   */
  continueFrom(other) {
    this.#wasm.exports.lstm_trainer_copy_optimizer(this.#pointer, other.#pointer);
    this.#steps = other.#steps;
  }

  /**
   * @param {string} call
   * @protected
   */
  assertUsable(call) {
    if (this.#network.disposed) {
      throw new DisposedError(`Trainer.${call}: the Network of this Trainer was disposed`);
    }
    super.assertUsable(call);
  }

  get #pointer() {
    return this.#batch.pointer;
  }

  /**
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {WindowOptions} options
   */
  #load(call, inputs, targets, options) {
    this.assertUsable(call);
    this.#hasWindow = false;
    this.#batch.setInputs(inputs, call);
    this.#batch.setTargets(targets, call);
    this.#batch.setExtent(options, call);
    this.#hasWindow = true;
  }

  #loss() {
    return this.#wasm.exports.lstm_trainer_loss(this.#pointer);
  }

  #gradientNorm() {
    return this.#wasm.exports.lstm_trainer_gradient_norm(this.#pointer);
  }

  /**
   * @param {string} call
   * @param {number} status
   */
  #assertFinite(call, status) {
    if (status === 0) return;
    throw new DivergedError(
      `Trainer.${call}: the loss or its gradient is not finite at step ${this.#steps + 1}; nothing was updated. ` +
        `A lower learningRate (now ${this.#options.learningRate}) may help`,
    );
  }
}
