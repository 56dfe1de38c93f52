// The message that travels back: the gradient of one error, made at the last step of a tape, at every step before.
import { gatesSet } from './gates.js';
import { reachOf } from './racers.js';
import { drawBatch, randomNumbers } from './tasks/remember.js';

/** Steps of the tape before the one at which the error is made. */
export const STEPS = 24;

/** The networks whose messages are shown, as large as in the race: about as many weights each. */
export const lanes = Object.freeze([
  { name: 'RNN', layer: /** @type {const} */ ({ kind: 'rnn', hiddenSize: 50 }) },
  { name: 'GRU', layer: /** @type {const} */ ({ kind: 'gru', hiddenSize: 28 }) },
  { name: 'LSTM', layer: /** @type {const} */ ({ kind: 'lstm', hiddenSize: 24 }) },
]);

const SEED = 1;
const BATCH_SIZE = 8;

/**
 * How much of the message is left 0 to STEPS steps back, measured in untrained networks.
 *
 * @param {import('./racers.js').Lstm} lstm
 * @param {number} gate   0 to 1: how far the forget gate of the LSTM and the update gate of the GRU are open, before they see
 *   anything; the input gate of the LSTM is open as far as this one is not
 * @returns {Promise<Float64Array[]>} of each lane
 */
export function messageFlow(lstm, gate) {
  const { inputs, targets, mask } = drawBatch(STEPS, BATCH_SIZE, randomNumbers(SEED, 5));
  return Promise.all(lanes.map(async ({ layer }) => {
    const network = await lstm.createNetwork({ input: { size: 2 }, layers: [layer], output: { values: 1 }, seed: SEED });
    try {
      await network.setParameters(gatesSet(await network.parameters(), layer, () => Math.log(gate / (1 - gate))));
      const trainer = await network.createTrainer({ batchSize: BATCH_SIZE, window: STEPS + 1 });
      await trainer.evaluate(inputs, targets, { mask });
      return reachOf(await trainer.gradientFlow()).slice(0, STEPS + 1);
    } finally {
      await network.dispose();
    }
  }));
}
