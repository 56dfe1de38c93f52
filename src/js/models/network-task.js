// network-task.js: what is special of training a network alone.
import { ArgumentError } from '../core/errors.js';
import { ownDataOf } from '../training/own-data.js';
import { readSequences } from '../training/read-sequences.js';
import { planSequences } from '../training/sequence-plan.js';

/**
 * @param {import('./TrainableNetwork.js').TrainableNetwork} network
 * @returns {import('../training/plan.js').Task}
 */
export const networkTask = (network) => ({
  model: 'Network',
  source: 'data',
  held: { network },
  plan(data, given, now) {
    if (network.config.memory) throw new ArgumentError('train: a network with a memory is trained with its encoder: see createPairTrainer');
    const model = {
      held: { network },
      read(/** @type {any} */ own) {
        const { data: others, path } = ownDataOf(own, 'data', (given) => !('data' in given));
        return readSequences(path, others, network.handle);
      },
    };
    return planSequences(readSequences('train: data', data, network.handle), given, model, now);
  },
});
