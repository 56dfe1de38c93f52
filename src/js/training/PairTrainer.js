// PairTrainer.js: trains an encoder and its decoder as one.
import { object } from '../core/check.js';
import { DisposedError } from '../core/errors.js';
import { Owned } from '../core/Owned.js';
import { Batch } from '../network/Batch.js';
import { Accumulation } from './Accumulation.js';
import { checkDropout } from './dropout-options.js';
import { Dropout } from './Dropout.js';
import { Optimizer } from './Optimizer.js';
import { readRate } from './optimizer-options.js';
import { readPairOptions } from './pair-options.js';
import { checkPair } from './pair-networks.js';
import { PairPass } from './PairPass.js';
import { readClipNorm, readClipValue } from './trainer-options.js';
import { assertFinite } from './trainer-status.js';
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
  #pass;
  /** @type {Accumulation} */
  #accumulation;
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
   * @param {import('../network/Batch.js').Part} [part] of the batch, where others have the rest of it
   */
  constructor(encoder, decoder, options, part) {
    const where = 'createPairTrainer';
    const { optimizer, others } = readPairOptions(where, options);
    checkPair(where, encoder, decoder);
    checkDropout(where, others, decoder.handle.config);
    const { batchSize, window, sourceWindow, precision } = others;
    const shape = { batchSize, canTrain: true, precision, part };
    const first = new Batch(encoder.handle, { ...shape, window: sourceWindow }, where);
    /** @type {Batch} */
    let second;
    try {
      second = new Batch(decoder.handle, { ...shape, window, memorySteps: sourceWindow }, where);
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
    this.#pass = new PairPass(this.#wasm, first, second);
    this.#options = others;
    this.#optimizers = [encoder, decoder].map(({ handle }, i) => (
      new Optimizer(handle, [first, second][i].pointer, { ...optimizer, numbers: { ...optimizer.numbers } })));
    try {
      this.#dropouts = [first, second].map(({ pointer }) => new Dropout(this.#wasm, pointer, others, where));
      this.#accumulation = new Accumulation(this.#wasm, [first.pointer, second.pointer], others.accumulate, where);
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

  /** How many windows there are to an update. */
  get accumulate() {
    return this.#options.accumulate;
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
   * @returns {{ loss: number, gradientNorm: number }} as Trainer.step
   * @throws {import('../core/errors.js').ArgumentError}
   * @throws {import('../core/errors.js').DivergedError} where the loss or gradient is not finite; neither network has changed then,
   *   and batches that wait for their update are dropped
   */
  step(inputs, targets, options = {}) {
    this.assertUsable('step');
    this.#pass.load('step', inputs, targets, options);
    this.#accumulation.pass();
    for (const { handle } of this.#networks) handle.changes += 1;
    return this.end();
  }

  /** What comes behind the pass of a batch. @internal */
  end() {
    const { clipNorm, clipValue } = this.#options;
    const { status, isUpdate } = this.#accumulation.end([...this.#optimizers[1].words, clipNorm, clipValue]);
    this.#assertFinite('step', status);
    if (isUpdate) {
      for (const { handle } of this.#networks) handle.memory.expire();
      this.#steps += 1;
    }
    return { loss: this.#pass.loss, gradientNorm: this.#pass.gradientNorm };
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
    this.#pass.load('evaluate', inputs, targets, options);
    this.#assertFinite('evaluate', this.#wasm.exports.lstm_trainer_pair_forward(this.#encoder.pointer, this.#decoder.pointer));
    return { loss: this.#pass.loss };
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
    this.#pass.load('gradients', inputs, targets, options);
    this.#assertFinite('gradients', this.#wasm.exports.lstm_trainer_pair_backward(this.#encoder.pointer, this.#decoder.pointer));
    const { lstm_trainer_gradients } = this.#wasm.exports;
    const [first, second] = [this.#encoder, this.#decoder].map(({ pointer }, i) => (
      this.#networks[i].handle.table.read(lstm_trainer_gradients(pointer))));
    return { loss: this.#pass.loss, gradientNorm: this.#pass.gradientNorm, parameters: withNames(first, second) };
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
   * @throws {import('../core/errors.js').ArgumentError} where batches wait for the others of their update (accumulate)
   */
  checkpoint() {
    this.assertUsable('checkpoint');
    this.assertWhole();
    return pairCheckpoint(this.#steps, this.#optimizers, this.#dropouts[1]);
  }

  /**
   * Goes on from a checkpoint of a trainer with the same optimizer, of networks like these.
   * @param {import('./trainer-checkpoint.js').TrainerCheckpoint} checkpoint
   * @throws {import('../core/errors.js').ArgumentError} where it is not whole or does not fit; nothing has changed then
   */
  restore(checkpoint) {
    this.assertUsable('restore');
    const { random, optimizers } = readPair(object(checkpoint, 'restore: checkpoint'), this.#optimizers, this.#dropouts[1]);
    this.assertUsable('restore');
    if (random) this.#dropouts[1].random = random;
    [this.#steps] = optimizers.map((read, i) => this.#optimizers[i].goOn(read));
    this.#accumulation.drop();
  }

  /**
   * Goes on with the optimizer's state of another trainer of the same networks, where that has the same optimizer.
   * @internal
   * @param {Pick<PairTrainer, 'optimizer' | 'steps' | 'parts'>} other
   */
  continueFrom(other) {
    if (other.optimizer !== this.optimizer) return;
    const { trainers } = other.parts;
    this.parts.trainers.forEach((trainer, i) => this.#wasm.exports.lstm_trainer_copy_optimizer(trainer, trainers[i]));
    this.#steps = other.steps;
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

  /** The next batch is the first of an update: those that wait for one are dropped. @internal */
  beginUpdate() {
    this.#accumulation.drop();
  }

  /** @internal @throws {import('../core/errors.js').ArgumentError} where batches wait */
  assertWhole() {
    this.#accumulation.assertWhole('checkpoint');
  }

  /** What it is made of. @internal */
  get parts() {
    const trainers = [this.#encoder.pointer, this.#decoder.pointer];
    const [optimizer, dropout, accumulation] = [this.#optimizers[1], this.#dropouts[1], this.#accumulation];
    return { trainers, optimizer, dropout, accumulation, pass: this.#pass, options: this.#options };
  }

  /**
   * @param {string} call
   * @param {number} status
   */
  #assertFinite(call, status) {
    const { gradientNorm } = this.#pass;
    assertFinite(`PairTrainer.${call}`, status, { steps: this.#steps, gradientNorm, learningRate: this.learningRate });
  }
}
