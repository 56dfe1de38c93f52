// Translator.js: a translator that can be trained.
import { NetworkPair } from '../../training/NetworkPair.js';
import { withTraining } from '../with-training.js';
import { PredictingTranslator } from './PredictingTranslator.js';
import { translatorTask } from './translator-task.js';

/** @typedef {import('../TrainableNetwork.js').TrainableNetwork} TrainableNetwork */
/** @typedef {import('../../core/errors.js').ArgumentError} ArgumentError */
/** @typedef {import('../../training/train-options.js').RunReport} RunReport */
/** @typedef {import('./pairs.js').Pair} Pair */
/**
 * As every model's: `batchSize` is of pairs, default 32, the window is the longest target, and `validation` a share of the pairs,
 * their last, or pairs of their own.
 * @typedef {import('../../training/train-options.js').RunOptions<Iterable<Pair> | { pairs: Iterable<Pair> }>} TranslatorTrainOptions
 */
/** @typedef {TranslatorTrainOptions & { onReport?: (report: RunReport) => unknown }} TranslatorFitOptions `onReport` gets each report; a promise is waited for */

const Trained = withTraining(/** @type {typeof PredictingTranslator<TrainableNetwork>} */ (PredictingTranslator));

/** An encoder and a decoder that learn pairs of a source and its target. */
export class Translator extends Trained {
  /**
   * @internal use lstm.createTranslator
   * @param {{ encoder: TrainableNetwork, decoder: TrainableNetwork }} networks owned by the model from now on
   * @param {import('./translator-options.js').Knowledge} sides
   * @param {(pair: NetworkPair) => import('../../files/checkpoint-file.js').Checkpoint} [checkpointOf] to go on from
   */
  constructor(networks, sides, checkpointOf) {
    super(networks, sides);
    const pair = new NetworkPair(networks.encoder, networks.decoder);
    this.trainsBy(translatorTask({ network: pair }, sides), checkpointOf?.(pair));
  }

  /**
   * Trains on pairs [source, target], over and over, in an order that `seed` says. Yields a report now and then; leaving the
   * loop stops. Calling train again goes on; the first train of a checkpoint goes on with its run.
   * @param {Iterable<Pair>} pairs
   * @param {TranslatorTrainOptions} [options]
   * @returns {Generator<RunReport, void, void>} what is `read` are symbols of targets
   * @throws {ArgumentError} at once, for wrong options or pairs with symbols that it does not know
   * @throws {import('../../core/errors.js').DivergedError} from the loop; neither network has changed by the step that diverged
   */
  train(pairs, options = {}) {
    return super.train(pairs, options);
  }

  /**
   * train without a loop: what else waits has its turn every 16 ms. The same bits as train's.
   * @param {Iterable<Pair>} pairs
   * @param {TranslatorFitOptions} [options]
   * @returns {Promise<RunReport | undefined>} the last report; undefined where another training ended it before its first
   * @throws {ArgumentError | import('../../core/errors.js').DivergedError}
   */
  async fit(pairs, options = {}) {
    return super.fit(pairs, options);
  }

  /** How many updates were made in its life, as far as it or its checkpoint knows. @returns {number} */
  get steps() {
    return super.steps;
  }

  /**
   * The model with all that its training needs to go on bit for bit: a safetensors file like save()'s. Changes nothing.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  checkpoint() {
    return super.checkpoint();
  }
}
