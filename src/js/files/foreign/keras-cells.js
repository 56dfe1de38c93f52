// keras-cells.js: the weights of Keras's layers in PyTorch's layouts. Kernels are (inputs, gates x units); the gates are i, f, c, o
// of an LSTM, as PyTorch's, and z, r, h of a GRU, PyTorch's being r, z, n. A bias is one, of a GRU with reset_after two.
import { nameOf } from '../../core/quote.js';

/** @typedef {import('./Weight.js').Weight} Weight */
/** @typedef {import('./ByteReader.js').Fail} Fail */

export const GATES = { lstm: 4, gru: 3, rnn: 1 };

/**
 * @param {string} name of the layer, for messages
 * @param {'lstm' | 'gru' | 'rnn'} kind
 * @param {Weight[]} weights
 * @param {Fail} fail
 * @returns {import('./assemble.js').Direction}
 */
export function directionOf(name, kind, weights, fail) {
  const [kernel, recurrent, bias] = weights;
  const rows = recurrent?.rows * GATES[kind];
  const fits = weights.length <= 3 && kernel?.shape.length === 2 && recurrent?.shape.length === 2
    && kernel.columns === rows && recurrent.columns === rows && (!bias || [`${rows}`, `2,${rows}`].includes(bias.shape.join()));
  if (!fits) {
    fail(`${nameOf(name)}: the weights of ${kind === 'rnn' ? 'a SimpleRNN' : `an ${kind.toUpperCase()}`} do not have its shapes: `
      + `${weights.map(({ shape }) => shape.join(' x ')).join(', ') || 'none'}`);
  }
  const turned = (/** @type {Weight} */ weight) => (kind === 'gru' ? weight.reordered([1, 0, 2]) : weight);
  const isTwo = bias?.shape.length === 2;
  return {
    weight_ih: turned(kernel.transposed),
    weight_hh: turned(recurrent.transposed),
    ...(bias && { bias_ih: turned(isTwo ? bias.item(0) : bias) }),
    ...(isTwo && { bias_hh: turned(bias.item(1)) }),
  };
}

/**
 * @param {string} name
 * @param {Weight[]} weights
 * @param {Fail} fail
 */
export function denseOf(name, weights, fail) {
  const [kernel, bias] = weights;
  if (weights.length > 2 || kernel?.shape.length !== 2 || (bias && bias.shape.join() !== String(kernel.columns))) {
    fail(`${nameOf(name)}: the weights of a Dense do not have its shapes: ${weights.map(({ shape }) => shape.join(' x ')).join(', ') || 'none'}`);
  }
  return { weight: kernel.transposed, bias };
}
