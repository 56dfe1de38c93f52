// PairTrainer.js: trains an encoder and its decoder as one.
import { object } from '../core/check.js';
import { ArgumentError, DisposedError, DivergedError } from '../core/errors.js';
import { Owned } from '../core/Owned.js';
import { Batch } from '../network/Batch.js';
import { checkDropout } from './dropout-options.js';
import { Dropout } from './Dropout.js';
import { Optimizer } from './Optimizer.js';
import { readRate } from './optimizer-options.js';
import { readPairOptions } from './pair-options.js';
import { checkPair } from './pair-networks.js';
import { readClipNorm, readClipValue } from './trainer-options.js';
import { pairCheckpoint, readPair, withNames } from './pair-checkpoint.js';

/** @typedef {import('../network/Batch.js').WindowOptions} WindowOptions */
/** @typedef {import('../network/StepArray.js').Steps} Steps */
/** @typedef {import('../network/Network.js').Network} Network */

/**
 * What is read: the encoder's inputs, and the decoder's, which are its targets one step late (teacher forcing).
 * @typedef {object} PairInputs
 * @property {Steps} source as Trainer.step takes inputs
 * @property {Steps} target
 * @property {ArrayLike<number>} [lengths] the steps of each source, where they are not nested
 */

/**
 * The gradients of both networks.
 * @typedef {object} PairGradients
 * @property {number} loss
 * @property {number} gradientNorm over all parameters of both
 * @property {Record<string, Float32Array>} parameters by name, behind 'encoder.' or 'decoder.'
 */

/**
 * Trains an encoder and a decoder as one (Cho et al. 2014; Sutskever, Vinyals & Le 2014): the encoder reads the sources, the
 * decoder is given its outputs and its last state, and the gradients of both are clipped by the norm of all. A step updates
 * both, or neither. Every window is of whole sequences.
 */
export class PairTrainer extends Owned {
  #networks;
  #wasm;
  #encoder;
  #decoder;
  /** @type {Optimizer[]} */
  #optimizers;
  /** @type {Dropout[]} */
  #dropouts = [];
  #options;
  #steps = 0;

  /**
   * @internal use decoder.createPairTrainer
   * @param {Network} encoder
   * @param {Network} decoder
   * @param {import('./pair-options.js').PairTrainerOptions} options
   */
  constructor(encoder, decoder, options) {
    const where = 'createPairTrainer';
    const { optimizer, others } = readPairOptions(where, options);
    checkPair(where, encoder, decoder);
    checkDropout(where, others, decoder.handle.config);
    const { batchSize, window, sourceWindow, precision } = others;
    const first = new Batch(encoder.handle, { batchSize, window: sourceWindow, canTrain: true, precision }, where);
    /** @type {Batch} */
    let second;
    try {
      second = new Batch(decoder.handle, { batchSize, window, memorySteps: sourceWindow, canTrain: true, precision }, where);
    } catch (error) {
      first.free();
      throw error;
    }
    super('PairTrainer', () => {
      first.free();
      second.free();
    });
    this.#networks = [encoder, decoder];
    this.#wasm = decoder.handle.wasm;
    this.#encoder = first;
    this.#decoder = second;
    this.#options = others;
    this.#optimizers = [encoder, decoder].map(({ handle }, i) => (
      new Optimizer(handle, [first, second][i].pointer, { ...optimizer, numbers: { ...optimizer.numbers } })));
    try {
      this.#dropouts = [first, second].map(({ pointer }) => new Dropout(this.#wasm, pointer, others, where));
    } catch (error) {
      this.dispose();
      throw error;
    }
    encoder.lendTo(this);
    decoder.lendTo(this);
  }

  /** B, how many pairs are trained side by side. */
  get batchSize() {
    return this.#options.batchSize;
  }

  /** The steps of the longest target. */
  get window() {
    return this.#options.window;
  }

  /** The steps of the longest source. */
  get sourceWindow() {
    return this.#options.sourceWindow;
  }

  /** Of the products of the cells. */
  get precision() {
    return this.#options.precision;
  }

  /** How many updates were made. */
  get steps() {
    return this.#steps;
  }

  /** The name of the optimizer. */
  get optimizer() {
    return this.#optimizers[1].name;
  }

  /** Set it at any time, as a schedule does; from 0. */
  get learningRate() {
    return this.#optimizers[1].learningRate;
  }

  set learningRate(value) {
    const rate = readRate(value, 'PairTrainer.learningRate');
    for (const optimizer of this.#optimizers) optimizer.learningRate = rate;
  }

  /** The largest norm of the gradient of both; longer ones are scaled down to it. */
  get clipNorm() {
    return this.#options.clipNorm;
  }

  set clipNorm(value) {
    this.#options.clipNorm = readClipNorm(value, 'PairTrainer.clipNorm');
  }

  /** The largest magnitude of a gradient's numbers; larger ones are cut to it. */
  get clipValue() {
    return this.#options.clipValue;
  }

  set clipValue(value) {
    this.#options.clipValue = readClipValue(value, 'PairTrainer.clipValue');
  }

  /**
   * Trains on one batch of pairs: forward, backward, clip, one update of both networks.
   * @param {PairInputs} inputs
   * @param {Steps} targets of the decoder
   * @param {WindowOptions} [options] of the decoder
   * @returns {{ loss: number, gradientNorm: number }}
   * @throws {ArgumentError}
   * @throws {DivergedError} where the loss or gradient is not finite; neither network has changed then
   */
  step(inputs, targets, options = {}) {
    this.assertUsable('step');
    this.#load('step', inputs, targets, options);
    const { clipNorm, clipValue } = this.#options;
    const words = [...this.#optimizers[1].words, clipNorm, clipValue];
    this.#assertFinite('step', this.#wasm.exports.lstm_trainer_pair_step(this.#encoder.pointer, this.#decoder.pointer, ...words));
    for (const { handle } of this.#networks) {
      handle.memory.expire();
      handle.changes += 1;
    }
    this.#steps += 1;
    return { loss: this.#loss, gradientNorm: this.#gradientNorm };
  }

  /**
   * The loss of a batch of pairs. Changes nothing.
   * @param {PairInputs} inputs
   * @param {Steps} targets
   * @param {WindowOptions} [options]
   * @returns {{ loss: number }}
   */
  evaluate(inputs, targets, options = {}) {
    this.assertUsable('evaluate');
    this.#load('evaluate', inputs, targets, options);
    this.#assertFinite('evaluate', this.#wasm.exports.lstm_trainer_pair_forward(this.#encoder.pointer, this.#decoder.pointer));
    return { loss: this.#loss };
  }

  /**
   * The gradients of the loss, unclipped. Changes nothing.
   * @param {PairInputs} inputs
   * @param {Steps} targets
   * @param {WindowOptions} [options]
   * @returns {PairGradients}
   */
  gradients(inputs, targets, options = {}) {
    this.assertUsable('gradients');
    this.#load('gradients', inputs, targets, options);
    this.#assertFinite('gradients', this.#wasm.exports.lstm_trainer_pair_backward(this.#encoder.pointer, this.#decoder.pointer));
    const { lstm_trainer_gradients } = this.#wasm.exports;
    const [first, second] = [this.#encoder, this.#decoder].map(({ pointer }, i) => (
      this.#networks[i].handle.table.read(lstm_trainer_gradients(pointer))));
    return { loss: this.#loss, gradientNorm: this.#gradientNorm, parameters: withNames(first, second) };
  }

  /** There is no state from one window to the next. @internal @returns {import('../network/state.js').CellState[]} */
  state() {
    return [];
  }

  /** @internal */
  setState() {}

  /** @internal */
  resetState() {}

  /** @internal */
  begin() {}

  /** @internal */
  carry() {}

  /**
   * The optimizer with its moments, as Trainer.checkpoint gives them, by the names that gradients() has.
   * @returns {import('./trainer-checkpoint.js').TrainerCheckpoint}
   */
  checkpoint() {
    this.assertUsable('checkpoint');
    return pairCheckpoint(this.#steps, this.#optimizers, this.#dropouts[1]);
  }

  /**
   * Goes on from a checkpoint of a trainer with the same optimizer, of networks like these.
   * @param {import('./trainer-checkpoint.js').TrainerCheckpoint} checkpoint
   * @throws {ArgumentError} where it is not whole or does not fit; nothing has changed then
   */
  restore(checkpoint) {
    this.assertUsable('restore');
    const { random, optimizers } = readPair(object(checkpoint, 'restore: checkpoint'), this.#optimizers, this.#dropouts[1]);
    this.assertUsable('restore');
    if (random) this.#dropouts[1].random = random;
    [this.#steps] = optimizers.map((read, i) => this.#optimizers[i].goOn(read));
  }

  /**
   * Goes on with the optimizer's state of another trainer of the same networks, where that has the same optimizer.
   * @internal
   * @param {PairTrainer} other
   */
  continueFrom(other) {
    if (other.optimizer !== this.optimizer) return;
    this.#wasm.exports.lstm_trainer_copy_optimizer(this.#encoder.pointer, other.#encoder.pointer);
    this.#wasm.exports.lstm_trainer_copy_optimizer(this.#decoder.pointer, other.#decoder.pointer);
    this.#steps = other.#steps;
  }

  /**
   * @param {string} call
   * @protected
   */
  assertUsable(call) {
    if (this.#networks.some(({ disposed }) => disposed)) {
      throw new DisposedError(`PairTrainer.${call}: a Network of this PairTrainer was disposed`);
    }
    super.assertUsable(call);
  }

  get #loss() {
    return this.#wasm.exports.lstm_trainer_loss(this.#decoder.pointer);
  }

  get #gradientNorm() {
    return this.#wasm.exports.lstm_trainer_gradient_norm(this.#decoder.pointer);
  }

  /**
   * @param {string} call
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {unknown} options
   */
  #load(call, inputs, targets, options) {
    const { source, target, lengths } = object(inputs, `${call}: inputs`);
    this.#decoder.loader.load(`${call}: target`, target, targets, options);
    const { layout } = /** @type {WindowOptions} */ (options);
    this.#encoder.loader.loadInputs(`${call}: source`, source, { lengths, layout });
  }

  /**
   * @param {string} call
   * @param {number} status
   */
  #assertFinite(call, status) {
    if (status === 0) return;
    const what = status === 2
      ? `the gradient's norm ${this.#gradientNorm} is too large: set clipNorm, or use sgd`
      : `${status === 3 ? 'the update' : 'the loss or its gradient'} is not finite: a lower learningRate (now ${this.learningRate}) may help`;
    throw new DivergedError(`PairTrainer.${call}: at step ${this.#steps + 1} ${what}; nothing was updated`);
  }
}
