// Translator.js: a translator that can be trained.
import { withTraining } from '../with-training.js';
import { NetworkPair } from './NetworkPair.js';
import { PredictingTranslator } from './PredictingTranslator.js';
import { translatorTask } from './translator-task.js';

/** @typedef {import('../TrainableNetwork.js').TrainableNetwork} TrainableNetwork */

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
   * loop stops. Options are those of CharModel.train; `batchSize` is of pairs, the window is the longest target, and
   * `validation` a share of the pairs, or { pairs }.
   * @param {Iterable<import('./pairs.js').Pair>} pairs
   * @param {any} [options]
   * @returns {Generator<any, void, void>}
   * @throws {import('../../core/errors.js').ArgumentError} at once, for wrong options or pairs with symbols that it does not know
   * @throws {import('../../core/errors.js').DivergedError} from the loop; neither network has changed by the step that diverged
   */
  train(pairs, options = {}) {
    return super.train(pairs, options);
  }
}
