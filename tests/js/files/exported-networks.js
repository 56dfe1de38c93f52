// exported-networks.js: networks that are exported, with what they compute here. All numbers are drawn, none of them 0.

/** @typedef {import('lstm-wasm').NetworkOptions} NetworkOptions */

const H = 6;
const values = { input: { size: 3 }, output: { values: 2 } };
const lstm = (/** @type {object} */ options = {}) => ({ kind: /** @type {const} */ ('lstm'), hiddenSize: H, ...options });
const gru = (/** @type {object} */ options = {}) => ({ kind: /** @type {const} */ ('gru'), hiddenSize: 5, ...options });
const rnn = (/** @type {object} */ options = {}) => ({ kind: /** @type {const} */ ('rnn'), hiddenSize: 4, ...options });
const dense = (/** @type {object} */ options = {}) => ({ kind: /** @type {const} */ ('feedforward'), hiddenSize: 5, ...options });

/** What ONNX has. @type {Record<string, NetworkOptions>} */
export const inOnnx = {
  lstm: { ...values, layers: [lstm()] },
  'no-bias': { ...values, layers: [lstm({ bias: false }), gru({ bias: false }), rnn({ bias: false })] },
  peepholes: { input: { tokens: 7 }, layers: [lstm({ peephole: 'diagonal' }), lstm({ peephole: 'diagonal', coupled: true })], output: { classes: 7 } },
  'peepholes-no-bias': { input: { tokens: 7 }, layers: [lstm({ peephole: 'diagonal', bias: false, trainableState: true })], output: { classes: 7 } },
  'coupled-tied': { input: { tokens: 7, embedding: 4 }, layers: [lstm({ coupled: true }), lstm({ hiddenSize: 4 })], output: { classes: 7, tied: true } },
  clipped: { input: { size: 3 }, layers: [lstm({ clip: 0.8 }), gru({ clip: 0.7 }), rnn({ clip: 0.9 })], output: { labels: 3 } },
  'clipped-variants': {
    input: { size: 3 }, layers: [lstm({ clip: 0.8, coupled: true, peephole: 'diagonal' }), gru({ clip: 0.7, resetAfter: true }), rnn({ clip: 0.9, activation: 'relu' })],
  },
  bidirectional: {
    input: { size: 3 }, output: { classes: 4 },
    layers: [lstm({ bidirectional: true, trainableState: true, peephole: 'diagonal' }), gru({ bidirectional: true }), rnn({ bidirectional: true, activation: 'relu' })],
  },
  'gru-and-dense': {
    input: { tokens: 9, embedding: 3 }, output: { labels: 2 },
    layers: [gru(), gru({ resetAfter: true, trainableState: true }), dense(), dense({ hiddenSize: 3, activation: 'relu', bias: false })],
  },
  mixture: { input: { size: 2 }, layers: [lstm()], output: { values: 2, mixture: 3 } },
  'dense-first': { input: { size: 2 }, layers: [dense(), rnn({ trainableState: true })], output: { values: 1 } },
};

/** What only PyTorch's files have, which write cells out. @type {Record<string, NetworkOptions>} */
export const inTorchOnly = {
  'all-of-lstm': {
    ...values,
    layers: [
      lstm({ peephole: 'full', trainableState: true }), lstm({ layerNorm: true }), lstm({ layerNorm: 'products', initialGain: 0.25, multiplicative: 'diagonal' }), lstm({ fullGateRecurrence: true, trainableState: true, clip: 1.5 }),
      lstm({ inputGate: false, outputActivation: false }), lstm({ forgetGate: false, inputActivation: false }), lstm({ outputGate: false, peephole: 'diagonal' }),
      lstm({ coupled: true, projection: 3, peephole: 'diagonal', fullGateRecurrence: true }), lstm({ projection: 8 }),
    ],
  },
  projected: { ...values, layers: [lstm({ projection: 4, bidirectional: true, trainableState: true }), lstm({ projection: 2 })] },
  'both-ways': {
    ...values,
    layers: [lstm({ bidirectional: true, layerNorm: true }), { kind: 'tdnn', hiddenSize: 4, delays: 3, bidirectional: true }, dense({ bidirectional: true })],
  },
  others: {
    input: { tokens: 5 }, output: { classes: 5 },
    layers: [{ kind: 'tdnn', hiddenSize: 6, delays: 3, activation: 'relu' }, { kind: 'four-gate', hiddenSize: 4, trainableState: true, bidirectional: true }, { kind: 'four-gate', hiddenSize: 4, bias: false }],
  },
};

/** Those of the networks that Keras has too, and some. @type {Record<string, NetworkOptions>} */
export const inKeras = {
  lstm: inOnnx.lstm,
  'no-bias': { ...values, layers: [lstm({ bias: false }), gru({ bias: false }), gru({ bias: false, resetAfter: true }), rnn({ bias: false })] },
  tied: { input: { tokens: 7, embedding: 6 }, layers: [lstm({ hiddenSize: 4 }), lstm()], output: { classes: 7, tied: true } },
  bidirectional: {
    input: { tokens: 8 }, output: { classes: 4 },
    layers: [lstm({ bidirectional: true }), gru({ bidirectional: true }), rnn({ bidirectional: true, activation: 'relu' }), dense()],
  },
  'gru-and-dense': { input: { tokens: 9, embedding: 3 }, output: { labels: 2 }, layers: [gru({ resetAfter: true }), gru(), dense({ activation: 'relu', bias: false })] },
  'last-h': { input: { tokens: 5 }, layers: [rnn()] },
};

/** Numbers from -1 to 1, the same each time. */
export function drawn() {
  let seed = 1;
  return () => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647) * 2 - 1;
  };
}

/**
 * A network with drawn numbers.
 * @param {import('lstm-wasm').Lstm} library
 * @param {NetworkOptions} options
 */
export function networkOf(library, options) {
  const network = library.createNetwork({ ...options, seed: 5 });
  const draw = drawn();
  network.setParameters(Object.fromEntries(Object.entries(network.parameters()).map(([name, all]) => [name, all.map(() => 0.7 * draw())])));
  return network;
}

/**
 * Sequences for it: [B][T] of tokens or vectors.
 * @param {NetworkOptions} options
 * @param {number} B
 * @param {number} T
 */
export function sequencesFor({ input }, B, T) {
  const draw = drawn();
  const one = () => ('tokens' in input ? Math.floor(Math.abs(draw()) * input.tokens) : Array.from({ length: input.size }, draw));
  return Array.from({ length: B }, () => Array.from({ length: T }, one));
}
