// Trainer.js: truncated backpropagation through time over windows of a batch of sequences.
import { Batch } from '../network/Batch.js';
import { copyIntegers, object, readOptions, refuse } from '../core/check.js';
import { checkDropout } from './dropout-options.js';
import { ArgumentError, DisposedError, DivergedError, OutOfMemoryError } from '../core/errors.js';
import { gradientFlow } from './gradient-flow.js';
import { Optimizer, readRate } from './Optimizer.js';
import { Owned } from '../core/Owned.js';
import { readState } from '../network/state.js';
import { readClipNorm, readClipValue, readTrainerOptions } from './trainer-options.js';

/** @typedef {import('../network/state.js').CellState} CellState */
/** @typedef {import('../network/Batch.js').WindowOptions} WindowOptions */
/** @typedef {import('./gradient-flow.js').GradientFlow} GradientFlow */

/** @typedef {import('./trainer-options.js').TrainerOptions} TrainerOptions */

/**
 * All that a trainer's next update depends on beside the parameters and its options; plain data, and copies.
 * @typedef {object} TrainerCheckpoint
 * @property {number} steps
 * @property {boolean} isFresh the state is the one that sequences start from
 * @property {import('./optimizer-options.js').OptimizerConfig} optimizer
 * @property {Record<string, Float32Array>[]} moments each by the parameters' names, in PyTorch's layouts: those of the
 *   gradient, where there are such, then those of its square
 * @property {CellState[]} state
 * @property {number[]} [random] where there is dropout: its generator's four words
 */

/**
 * @typedef {object} Gradients
 * @property {number} loss
 * @property {number} gradientNorm over all parameters
 * @property {Record<string, Float32Array>} parameters by name, in PyTorch's layouts
 * @property {CellState[]} state of the state before the window, as state() has it
 * @property {Float32Array} [inputs] of vector inputs: (window, batchSize, size)
 */

export class Trainer extends Owned {
  #network;
  #wasm;
  #table;
  #stateShapes;
  #batch;
  #optimizer;
  #options;
  #steps = 0;
  /** There is a window to look at again: see gradientFlow. */
  #hasWindow = false;

  /**
   * @internal use network.createTrainer
   * @param {import('../network/Network.js').Network} network
   * @param {import('../network/Batch.js').NetworkHandle} handle of the network
   * @param {TrainerOptions} options
   */
  constructor(network, handle, options) {
    const isBidirectional = handle.config.layers.some(({ bidirectional }) => bidirectional);
    const { optimizer, others } = readTrainerOptions('createTrainer', options, isBidirectional);
    checkDropout('createTrainer', others, handle.config);
    const batch = new Batch(handle, { ...others, canTrain: true }, 'createTrainer');
    super('Trainer', () => batch.free());
    this.#network = network;
    this.#wasm = handle.wasm;
    this.#table = handle.table;
    this.#stateShapes = handle.stateShapes;
    this.#batch = batch;
    this.#optimizer = new Optimizer(handle, batch.pointer, optimizer);
    this.#options = others;
    const { dropout, recurrentDropout, weightDrop, seed } = others;
    const { lstm_trainer_use_dropout: use } = this.#wasm.exports;
    if (use(batch.pointer, dropout, recurrentDropout, weightDrop, seed) === 0) {
      this.dispose();
      throw new OutOfMemoryError('createTrainer: not enough memory for dropout');
    }
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

  /** The probabilities of what is left out. */
  get dropout() {
    return this.#options.dropout;
  }

  get recurrentDropout() {
    return this.#options.recurrentDropout;
  }

  get weightDrop() {
    return this.#options.weightDrop;
  }

  /** How many updates were made. */
  get steps() {
    return this.#steps;
  }

  /** The name of the optimizer. */
  get optimizer() {
    return this.#optimizer.name;
  }

  /** Set it at any time, as a schedule does; from 0. */
  get learningRate() {
    return this.#optimizer.learningRate;
  }

  set learningRate(value) {
    this.#optimizer.learningRate = readRate(value, 'Trainer.learningRate');
  }

  get clipNorm() {
    return this.#options.clipNorm;
  }

  set clipNorm(value) {
    this.#options.clipNorm = readClipNorm(value, 'Trainer.clipNorm');
  }

  get clipValue() {
    return this.#options.clipValue;
  }

  set clipValue(value) {
    this.#options.clipValue = readClipValue(value, 'Trainer.clipValue');
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
   * @throws {import('../core/errors.js').ArgumentError} where an array has a wrong length or content
   * @throws {DivergedError} where the loss or gradient is not finite; nothing has changed then
   */
  step(inputs, targets, options = {}) {
    this.#load('step', inputs, targets, options);
    const { clipNorm, clipValue, carryState } = this.#options;
    const words = [...this.#optimizer.words, clipNorm, clipValue, carryState ? 1 : 0];
    this.#assertFinite('step', this.#wasm.exports.lstm_trainer_step(this.#pointer, ...words));
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
   * @throws {import('../core/errors.js').ArgumentError}
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
    const assertFinite = (/** @type {number} */ status) => this.#assertFinite('gradientFlow', status);
    return gradientFlow(this.#wasm, this.#batch, this.#stateShapes, assertFinite);
  }

  /** Copies of the state before the next window, one object a layer (or a direction): (batchSize, length) each. */
  state() {
    this.assertUsable('state');
    return this.#batch.state();
  }

  /**
   * @param {CellState[]} state as state() gives it
   * @throws {import('../core/errors.js').ArgumentError}
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
   * The optimizer with its moments, and the state. With the network's parameters and the same options, a trainer that
   * this is restored to goes on as this one does, bit for bit.
   * @returns {TrainerCheckpoint}
   */
  checkpoint() {
    this.assertUsable('checkpoint');
    return {
      steps: this.#steps,
      isFresh: this.#wasm.exports.lstm_trainer_is_fresh(this.#pointer) === 1,
      ...this.#optimizer.checkpoint(),
      state: this.#batch.state(),
      ...(this.#hasDropout && { random: [...this.#random()] }),
    };
  }

  /**
   * Goes on from a checkpoint of a trainer with the same optimizer and batchSize, of a network like this one. The
   * optimizer's options become those of the checkpoint.
   * @param {TrainerCheckpoint} checkpoint
   * @throws {ArgumentError} where it is not whole or does not fit; nothing has changed then
   */
  restore(checkpoint) {
    this.assertUsable('restore');
    const given = /** @type {TrainerCheckpoint} */ (object(checkpoint, 'restore: checkpoint'));
    if (typeof given.isFresh !== 'boolean') refuse('restore: isFresh', 'true or false', given.isFresh);
    readState(given.state, this.#stateShapes, 'restore: state', () => {}, this.batchSize);
    const random = this.#random().slice();
    if (this.#hasDropout) copyIntegers(random, given.random, [-(2 ** 31), 2 ** 31 - 1], 'restore: random');
    if (random.every((word) => word === 0)) refuse('restore: random', 'words that are not all 0', given.random);
    this.#steps = this.#optimizer.restore(given, 'restore');
    this.#batch.setState(given.state, 'restore: state');
    this.#random().set(random);
    if (given.isFresh) this.resetState();
  }

  /**
   * Goes on with the optimizer's state of another trainer of the same network, where that has the same optimizer.
   * @internal
   * @param {Trainer} other
   */
  continueFrom(other) {
    if (other.optimizer !== this.optimizer) return;
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

  /** The words of the generator of dropout, where they lie. */
  #random() {
    return this.#wasm.ints(this.#wasm.exports.lstm_trainer_random(this.#pointer), 4);
  }

  get #hasDropout() {
    const { dropout, recurrentDropout, weightDrop } = this.#options;
    return dropout > 0 || recurrentDropout > 0 || weightDrop > 0;
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
        `A lower learningRate (now ${this.learningRate}) may help`,
    );
  }
}
