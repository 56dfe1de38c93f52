// sequence-loss.js: the loss of a network over sequences that it does not learn.
import { fillWindow } from './SequenceReader.js';

/** @typedef {import('./Sequences.js').Sequences} Sequences */

/**
 * The mean over all targets that count, by their weights. Each sequence starts from the initial state; those of a length
 * are side by side.
 * @param {{ readonly network: any }} held asked for its network when it begins
 * @param {Sequences} data
 * @param {{ batchSize: number, window: number, canCut: boolean }} options
 * @returns {import('../core/pieces.js').Pieces<number>}
 */
export function* lossInPieces({ network }, data, { batchSize: B, window, canCut }) {
  const T = Math.min(window, data.longest);
  const { inputs, inputSize, targets, targetSize } = data.parts;
  const arrays = {
    inputs: inputs instanceof Int32Array ? new Int32Array(B * T * inputSize) : new Float32Array(B * T * inputSize),
    targets: targets instanceof Int32Array ? new Int32Array(B * T * targetSize) : new Float32Array(B * T * targetSize),
    weights: new Float32Array(B * T),
    lengths: new Int32Array(B),
  };
  const name = data.isMasked ? 'mask' : 'weights';
  const order = [...data.lengths.keys()].sort((i, j) => data.lengths[j] - data.lengths[i] || i - j);
  const trainer = network.createTrainer({ batchSize: B, window: T, carryState: canCut });
  try {
    let [sum, all] = [0, 0];
    for (let from = 0; from < order.length; from += B) {
      const some = Int32Array.from({ length: B }, (_, b) => order[from + b] ?? -1);
      trainer.resetState();
      for (let place = 0; place < data.lengths[some[0]]; place += T) {
        const count = fillWindow(data, some, new Int32Array(B).fill(place), { ...arrays, batchSize: B, window: T });
        const { lengths, weights } = arrays;
        if (count > 0) {
          const { loss } = trainer.evaluate(arrays.inputs, arrays.targets, { lengths, [name]: weights });
          const weight = weights.reduce((total, each) => total + each, 0);
          sum += loss * weight;
          all += weight;
        }
        if (place + T < data.lengths[some[0]]) trainer.carry(arrays.inputs, { lengths });
        yield;
      }
    }
    return sum / all;
  } finally {
    trainer.dispose();
  }
}
