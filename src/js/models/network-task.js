// network-task.js: what is special of training a network alone.
import { ArgumentError } from '../core/errors.js';
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
      read: (/** @type {unknown} */ own) => readSequences('train: validation', own, network.handle),
    };
    return planSequences(readSequences('train: data', data, network.handle), given, model, now);
  },
});
