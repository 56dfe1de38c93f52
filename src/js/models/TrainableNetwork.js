// TrainableNetwork.js: a network that can be trained too.
import { refuse } from '../core/check.js';
import { networkTask } from './network-task.js';
import { PredictingNetwork } from './PredictingNetwork.js';
import { runWindow } from '../network/run-window.js';
import { PairTrainer } from '../training/PairTrainer.js';
import { Trainer } from '../training/Trainer.js';
import { withTraining } from './with-training.js';

/** @typedef {import('../training/read-sequences.js').TrainingData} TrainingData */
/** @typedef {import('../training/train-options.js').RunReport} RunReport */
/** @typedef {import('../training/train-options.js').RunOptions<TrainingData | { data: TrainingData }>} NetworkTrainOptions How a network is trained. */
/** @typedef {NetworkTrainOptions & { onReport?: (report: RunReport) => unknown }} NetworkFitOptions `onReport` gets each report; a promise is waited for */

const Base = withTraining(PredictingNetwork);

/** A network of any layers over tokens or vectors, which runs, predicts and makes a trainer. */
export class TrainableNetwork extends Base {
  /**
   * @internal use lstm.createNetwork
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {import('../network/network-options.js').NetworkConfig} config checked
   * @param {string} where the call, for messages
   */
  constructor(wasm, config, where) {
    super(wasm, config, where);
    this.trainsBy(networkTask(this));
  }

  /** How many updates train and fit made in its life, as far as it or its checkpoint knows. @returns {number} */
  get steps() {
    return super.steps;
  }

  /**
   * Trains on sequences of any length, in batches, in another order each time that all are read. Where each step has a
   * target, those longer than the window are read window by window, with the state carried on; other windows are of whole
   * sequences, of about the same length.
   *
   *     for (const { loss } of network.train({ inputs, targets }, { epochs: 20, validation: 0.2, keepBest: true })) …
   *
   * Yields a report now and then; leaving the loop stops. Calling train again goes on: the optimizer's moments are kept, and
   * with the same data, batchSize, window and seed also the place. The first train of an opened checkpoint goes on with its
   * run: options that are not given are the run's own, and without a budget it is the rest of its own.
   * @param {TrainingData} data
   * @param {NetworkTrainOptions} [options]
   * @returns {Generator<RunReport, void, void>}
   * @throws {import('../core/errors.js').ArgumentError} at once, for wrong options or data
   * @throws {import('../core/errors.js').OutOfMemoryError} when the first report is asked for; the network is as before
   * @throws {import('../core/errors.js').DivergedError} from the loop, where going back did not help: see recoveries. The
   *   network is as it was at the last good point
   */
  train(data, options = {}) {
    return super.train(data, options);
  }

  /**
   * train without a loop: what else waits has its turn every 16 ms, or after a step that is longer. The same bits as train's.
   * @param {TrainingData} data
   * @param {NetworkFitOptions} [options]
   * @returns {Promise<RunReport | undefined>} the last report; undefined where another training ended it before its first
   * @throws {import('../core/errors.js').ArgumentError | import('../core/errors.js').DivergedError} what train throws; what
   *   onReport throws ends the training, as if its loop had been left; the reason of the signal
   */
  async fit(data, options = {}) {
    return super.fit(data, options);
  }

  /**
   * The network with all that its training needs to go on bit for bit: a file like save()'s. Changes nothing.
   * lstm.openNetwork opens it, and what it opens predicts as this network does now.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  checkpoint() {
    return super.checkpoint();
  }

  /**
   * Its training is that of a checkpoint.
   * @internal
   * @param {import('../files/checkpoint-file.js').Checkpoint} checkpoint
   */
  goOnFrom(checkpoint) {
    this.trainsBy(networkTask(this), checkpoint);
  }

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
