// TrainableNetwork.js: a network that can be trained too.
import { refuse } from '../core/check.js';
import { PredictingNetwork } from './PredictingNetwork.js';
import { runWindow } from '../network/run-window.js';
import { PairTrainer } from '../training/PairTrainer.js';
import { Trainer } from '../training/Trainer.js';

/** A network of any layers over tokens or vectors, which runs, predicts and makes a trainer. */
export class TrainableNetwork extends PredictingNetwork {
  /**
   * A trainer of this network: truncated backpropagation through time with Adam, or another of torch.optim's.
   * @param {import('../training/Trainer.js').TrainerOptions} [options]
   * @returns {Trainer}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createTrainer(options = {}) {
    this.assertUsable('createTrainer');
    this.assertFloat('createTrainer');
    return new Trainer(this, options);
  }

  /**
   * A trainer of this network, a decoder, together with its encoder: a network without output, whose outputs and last state
   * the option memory of this one takes.
   * @param {TrainableNetwork} encoder
   * @param {import('../training/pair-options.js').PairTrainerOptions} [options]
   * @returns {PairTrainer}
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').OutOfMemoryError}
   */
  createPairTrainer(encoder, options = {}) {
    this.assertUsable('createPairTrainer');
    if (!(encoder instanceof TrainableNetwork)) refuse('createPairTrainer: encoder', 'a network', encoder);
    encoder.assertUsable('createPairTrainer');
    for (const network of [encoder, this]) network.assertFloat('createPairTrainer');
    return new PairTrainer(encoder, this, options);
  }

  /**
   * @internal
   * @param {unknown} inputs
   * @param {import('../network/run.js').Run} run
   */
  compute(inputs, run) {
    return runWindow(this.handle, inputs, run);
  }

  /**
   * One for so many tokens and as many classes, but like this one, with its random generator, and not yet its parameters.
   * @internal
   * @param {number} tokens
   * @param {string} where the call, for messages
   * @throws {import('../core/errors.js').OutOfMemoryError}
   */
  resized(tokens, where) {
    const { config } = this;
    const sizes = { input: { ...config.input, tokens }, output: { ...config.output, classes: tokens } };
    const network = new TrainableNetwork(this.handle.wasm, { ...config, ...sizes }, where);
    network.random = this.random;
    return network;
  }
}
