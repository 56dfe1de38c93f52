/** @typedef {{ kind: string, hiddenSize: number, forgetGate?: boolean }} Layer */
/** @typedef {Record<string, Float32Array>} Parameters */

/**
 * The biases with which the gates of a network's one layer begin open: b_f, and b_i = -b_f; in a GRU b_z. The rows of an LSTM
 * are i, f, g, o, those of a GRU r, z, n. One without forget gate holds for ever: its input gates begin closed. A plain RNN has
 * none.
 *
 * @param {Parameters} parameters of the network
 * @param {Layer} layer
 * @param {() => number} bias   of each unit
 * @returns {Parameters} for setParameters
 */
export function gatesSet({ bias_ih_l0, bias_hh_l0 }, { kind, hiddenSize, forgetGate = true }, bias) {
  if (kind !== 'lstm' && kind !== 'gru') return {};
  const set = (/** @type {number} */ row, /** @type {number} */ value) => {
    bias_ih_l0[row] = value;
    bias_hh_l0[row] = 0;
  };
  for (let unit = 0; unit < hiddenSize; unit++) {
    const value = bias();
    if (forgetGate) set(hiddenSize + unit, value);
    if (kind === 'lstm') set(unit, -value);
  }
  return { bias_ih_l0, bias_hh_l0 };
}

/**
 * Gates that hold for about 1 to `memory` steps, each unit its own: b_f = log(U(1, memory - 1)), Tallec & Ollivier 2018.
 *
 * @param {Parameters} parameters of the network
 * @param {Layer} layer
 * @param {number} memory   steps
 * @param {() => number} random   from 0 to below 1
 * @returns {Parameters} for setParameters
 */
export function gatesOpen(parameters, layer, memory, random) {
  return gatesSet(parameters, layer, () => Math.log(1 + (memory - 2) * random()));
}
