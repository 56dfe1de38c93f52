// Trainer.js: truncated backpropagation through time over windows of a batch of sequences.
import { Accumulation } from './Accumulation.js';
import { Batch } from '../network/Batch.js';
import { Dropout } from './Dropout.js';
import { checkDropout } from './dropout-options.js';
import { DisposedError } from '../core/errors.js';
import { Optimizer } from './Optimizer.js';
import { readRate } from './optimizer-options.js';
import { Owned } from '../core/Owned.js';
import { checkpointOf, goOnFrom, readCheckpoint } from './trainer-checkpoint.js';
import { assertFinite } from './trainer-status.js';
import { readClipNorm, readClipValue, readTrainerOptions } from './trainer-options.js';
import { WindowPass } from './WindowPass.js';

/** @typedef {import('../network/state.js').CellState} CellState */
/** @typedef {import('../network/Batch.js').WindowOptions} WindowOptions */
/** @typedef {import('../network/StepArray.js').Steps} Steps */
/** @typedef {import('./gradient-flow.js').GradientFlow} GradientFlow */
/** @typedef {import('./trainer-checkpoint.js').TrainerCheckpoint} TrainerCheckpoint */
/** @typedef {import('./trainer-options.js').TrainerOptions} TrainerOptions */
/** @typedef {import('./WindowPass.js').Gradients} Gradients */

/** Trains a network by truncated backpropagation through time over windows of a batch of sequences. */
export class Trainer extends Owned {
  #network;
  #wasm;
  #batch;
  #pass;
  #optimizer;
  #dropout;
  #options;
  #steps = 0;
  #accumulation;

  /**
   * @internal use network.createTrainer
   * @param {import('../network/Network.js').Network} network
   * @param {TrainerOptions} options
   * @param {import('../network/Batch.js').Part} [part] of the batch, where others have the rest of it
   */
  constructor(network, options, part) {
    const { handle } = network;
    const { optimizer, others } = readTrainerOptions('createTrainer', options, handle.config);
    checkDropout('createTrainer', others, handle.config);
    const batch = new Batch(handle, { ...others, canTrain: true, part }, 'createTrainer');
    super('Trainer', () => batch.free());
    this.#network = network;
    this.#wasm = handle.wasm;
    this.#batch = batch;
    this.#pass = new WindowPass(handle, batch, others.classWeights);
    this.#optimizer = new Optimizer(handle, batch.pointer, optimizer);
    this.#options = others;
    try {
      this.#dropout = new Dropout(handle.wasm, batch.pointer, others, 'createTrainer');
      this.#accumulation = new Accumulation(handle.wasm, [batch.pointer], others.accumulate, 'createTrainer');
    } catch (error) {
      this.dispose();
      throw error;
    }
    network.lendTo(this);
  }

  /** B, how many sequences are trained side by side. */
  get batchSize() { return this.#options.batchSize; }

  /** T, through how many steps a gradient flows back. */
  get window() { return this.#options.window; }

  /** Whether the state behind a window is the start of the next. */
  get carryState() { return this.#options.carryState; }

  /** How many windows there are to an update. */
  get accumulate() { return this.#options.accumulate; }

  /** The probabilities of what is left out. */
  get dropout() { return this.#options.dropout; }

  /** The probability with which h is left out on its way to the next step. */
  get recurrentDropout() { return this.#options.recurrentDropout; }

  /** The probability with which recurrent weights are left out. */
  get weightDrop() { return this.#options.weightDrop; }

  /** Of the products of the cells. */
  get precision() { return this.#options.precision; }

  /** How many updates were made. */
  get steps() {
    return this.#steps;
  }

  /** The name of the optimizer. */
  get optimizer() { return this.#optimizer.name; }

  /** Set it at any time, as a schedule does; from 0. */
  get learningRate() {
    return this.#optimizer.learningRate;
  }

  set learningRate(value) {
    this.#optimizer.learningRate = readRate(value, 'Trainer.learningRate');
  }

  /** The largest norm of the gradient; longer ones are scaled down to it. */
  get clipNorm() {
    return this.#options.clipNorm;
  }

  set clipNorm(value) {
    this.#options.clipNorm = readClipNorm(value, 'Trainer.clipNorm');
  }

  /** The largest magnitude of a gradient's numbers; larger ones are cut to it. */
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
   * Arrays are nested, one a sequence: [sequence][step] of tokens and classes, [sequence][step][number] of vectors, where
   * sequences may be shorter than the window; or flat and time-major, as PyTorch's default: what sequence b gets at step
   * t is at index t * batchSize + b; or flat and batch-first: see the option layout.
   * @param {Steps} inputs tokens, or vectors
   * @param {Steps} targets classes, or vectors, for each step; or one for each sequence: [sequence], or
   *   [sequence][number], which counts at its last step
   * @param {WindowOptions} [options] lengths, mask, weights and layout
   * @returns {{ loss: number, gradientNorm: number }} the mean loss of the window before the update (cross-entropy or
   *   -log density in nats, or squared error), and the norm of its gradient before clipping, or of its update's windows
   * @throws {import('../core/errors.js').ArgumentError} where an array has a wrong length or content
   * @throws {import('../core/errors.js').DivergedError} where the loss or gradient is not finite; nothing has changed then, and
   *   windows that wait for their update are dropped
   */
  step(inputs, targets, options = {}) {
    this.assertUsable('step');
    this.#pass.load('step', inputs, targets, options);
    this.#accumulation.pass();
    this.#network.handle.changes += 1;
    return this.end();
  }

  /** What comes behind the pass of a window. @internal */
  end() {
    const { clipNorm, clipValue, carryState } = this.#options;
    const { status, isUpdate } = this.#accumulation.end([...this.#optimizer.words, clipNorm, clipValue], carryState ? 1 : 0);
    this.#assertFinite('step', status);
    if (isUpdate) this.#steps += 1;
    return { loss: this.#pass.loss, gradientNorm: this.#pass.gradientNorm };
  }

  /**
   * The loss of a window, from the trainer's state. Changes nothing.
   * @param {Steps} inputs as for step
   * @param {Steps} targets
   * @param {WindowOptions} [options]
   * @returns {{ loss: number }}
   */
  evaluate(inputs, targets, options = {}) {
    this.assertUsable('evaluate');
    this.#pass.load('evaluate', inputs, targets, options);
    this.#assertFinite('evaluate', this.#wasm.exports.lstm_trainer_forward(this.#batch.pointer));
    return { loss: this.#pass.loss };
  }

  /**
   * The gradients of the mean loss of a window, unclipped. Changes nothing.
   * @param {Steps} inputs as for step
   * @param {Steps} targets
   * @param {WindowOptions} [options]
   * @returns {Gradients}
   */
  gradients(inputs, targets, options = {}) {
    this.assertUsable('gradients');
    this.#pass.load('gradients', inputs, targets, options);
    this.#assertFinite('gradients', this.#wasm.exports.lstm_trainer_backward(this.#batch.pointer));
    return this.#pass.gradients();
  }

  /**
   * The outputs of a window, from the trainer's state. Changes nothing.
   * @param {Steps} inputs as for step
   * @param {Pick<WindowOptions, 'lengths' | 'layout'>} [options]
   * @returns {Float32Array} (window, batchSize, V), or (batchSize, window, V) where inputs are nested or the layout is
   *   'batch': the probability of each class or label; or the values, or a mixture's weights, means and deviations; or the
   *   last h. What is behind the end of a sequence means nothing
   * @throws {import('../core/errors.js').ArgumentError}
   */
  predict(inputs, options = {}) {
    this.assertUsable('predict');
    return this.#pass.predict(inputs, options);
  }

  /**
   * How far the gradient reaches back: the norms, over the batch, of dLoss/dh and dLoss/dc at each lag, where Loss is
   * the mean over the batch of the loss at the last step. Lag 0 is the state after the last step of the longest sequence,
   * the lag of its steps that before the window; behind that there are zeros, up to lag `window`. A gradient is the whole one: that of h through the layers above too, that of c through h of the same step
   * too. It is that of the window which step, evaluate or gradients was last given, computed again with the parameters
   * of now and the state that it started from. Steps that its mask leaves out stay out. Changes nothing.
   * @returns {GradientFlow[]} one a layer, or one a direction of it; the lags of a direction that reads from the end
   *   count from the start
   * @throws {import('../core/errors.js').ArgumentError} where there was no such window, or predict came after it
   * @throws {import('../core/errors.js').DivergedError} where a norm is not finite
   */
  gradientFlow() {
    this.assertUsable('gradientFlow');
    return this.#pass.flow((status) => this.#assertFinite('gradientFlow', status));
  }

  /**
   * Reads a window and learns nothing: the state behind it is the start of the next.
   * @internal
   * @param {Steps} inputs as for step
   * @param {Pick<WindowOptions, 'lengths' | 'layout'>} [options]
   */
  carry(inputs, options = {}) {
    this.assertUsable('carry');
    this.#pass.carry(inputs, options);
  }

  /** Copies of the state before the next window, one object a layer (or a direction): (batchSize, length) each. */
  state() {
    this.assertUsable('state');
    return this.#batch.state();
  }

  /**
   * The state from which the next window goes on.
   * @param {readonly import('../network/state.js').CellStateLike[]} state as state() gives it
   * @throws {import('../core/errors.js').ArgumentError}
   */
  setState(state) {
    this.assertUsable('setState');
    this.#batch.setState(state, 'setState: state');
  }

  /** Every sequence starts anew, from network.initialState(). */
  resetState() {
    this.assertUsable('resetState');
    this.#batch.resetState();
  }

  /**
   * Sequence b of the batch starts anew, from the initial state; the others go on.
   * @internal
   * @param {number} b
   */
  begin(b) {
    this.assertUsable('begin');
    this.#batch.begin(b);
  }

  /**
   * The optimizer with its moments, and the state. With the network's parameters and the same options, a trainer that
   * this is restored to goes on as this one does, bit for bit.
   * @returns {TrainerCheckpoint}
   * @throws {import('../core/errors.js').ArgumentError} where windows wait for the others of their update (accumulate)
   */
  checkpoint() {
    this.assertUsable('checkpoint');
    this.assertWhole();
    return checkpointOf(this.#steps, this.parts);
  }

  /**
   * Goes on from a checkpoint of a trainer with the same optimizer and batchSize, of a network like this one. The
   * optimizer's options become those of the checkpoint.
   * @param {TrainerCheckpoint} checkpoint
   * @throws {import('../core/errors.js').ArgumentError} where it is not whole or does not fit; nothing has changed then
   */
  restore(checkpoint) {
    this.assertUsable('restore');
    const read = readCheckpoint(checkpoint, this.parts);
    this.assertUsable('restore');
    this.#steps = goOnFrom(read, this.parts);
  }

  /**
   * Goes on with the optimizer's state of another trainer of the same network, where that has the same optimizer.
   * @internal @param {Trainer} other
   */
  continueFrom(other) {
    if (other.optimizer !== this.optimizer) return;
    this.#wasm.exports.lstm_trainer_copy_optimizer(this.#batch.pointer, other.parts.batch.pointer);
    this.#steps = other.steps;
  }

  /** @param {string} call @protected */
  assertUsable(call) {
    if (this.#network.disposed) throw new DisposedError(`Trainer.${call}: the Network of this Trainer was disposed`);
    super.assertUsable(call);
  }

  /** The next window is the first of an update: those that wait for one are dropped. @internal */
  beginUpdate() { this.#accumulation.drop(); }

  /** @internal @throws {import('../core/errors.js').ArgumentError} where windows wait */
  assertWhole() { this.#accumulation.assertWhole('checkpoint'); }

  /** What it is made of. @internal */
  get parts() {
    const [batch, optimizer, dropout, accumulation] = [this.#batch, this.#optimizer, this.#dropout, this.#accumulation];
    return { trainers: [batch.pointer], batch, optimizer, dropout, accumulation, pass: this.#pass, options: this.#options };
  }

  /** @param {string} call @param {number} status */
  #assertFinite(call, status) {
    const { gradientNorm } = this.#pass;
    assertFinite(`Trainer.${call}`, status, { steps: this.#steps, gradientNorm, learningRate: this.learningRate });
  }
}
