// Layers of every kind and option, small, for tests that go through all of them.

/** Without their hidden size. @type {Record<string, any>} */
export const layers = {
  rnn: { kind: 'rnn' },
  'rnn, relu': { kind: 'rnn', activation: 'relu' },
  'rnn, clipped': { kind: 'rnn', clip: 0.5 },
  lstm: { kind: 'lstm' },
  'lstm without bias': { kind: 'lstm', bias: false },
  'lstm, forget bias': { kind: 'lstm', forgetBias: -2 },
  'lstm, diagonal peepholes': { kind: 'lstm', peephole: 'diagonal' },
  'lstm, full peepholes': { kind: 'lstm', peephole: 'full' },
  'lstm, coupled': { kind: 'lstm', coupled: true },
  'lstm without input gate': { kind: 'lstm', inputGate: false },
  'lstm without forget gate': { kind: 'lstm', forgetGate: false },
  'lstm without output gate': { kind: 'lstm', outputGate: false },
  'lstm without input activation': { kind: 'lstm', inputActivation: false },
  'lstm without output activation': { kind: 'lstm', outputActivation: false },
  'lstm, full gate recurrence': { kind: 'lstm', fullGateRecurrence: true },
  'lstm, layer norm': { kind: 'lstm', layerNorm: true },
  'lstm, its products normalised': { kind: 'lstm', layerNorm: 'products' },
  'lstm, multiplicative': { kind: 'lstm', multiplicative: 'diagonal' },
  'lstm, its products normalised, multiplicative': {
    kind: 'lstm', layerNorm: 'products', initialGain: 0.25, multiplicative: 'diagonal', trainableState: true,
  },
  'lstm, projected': { kind: 'lstm', projection: 4 },
  'lstm, clipped': { kind: 'lstm', clip: 0.5 },
  'lstm, much at once': {
    kind: 'lstm', peephole: 'full', coupled: true, fullGateRecurrence: true, layerNorm: true, projection: 5, clip: 3,
    outputActivation: false, trainableState: true,
  },
  gru: { kind: 'gru' },
  'gru, reset after': { kind: 'gru', resetAfter: true },
  'gru, clipped': { kind: 'gru', clip: 0.5, trainableState: true },
  'four-gate': { kind: 'four-gate' },
  'four-gate without bias': { kind: 'four-gate', bias: false, trainableState: true },
  'four-gate, forget bias': { kind: 'four-gate', forgetBias: 0.5 },
  feedforward: { kind: 'feedforward' },
  'feedforward, relu': { kind: 'feedforward', activation: 'relu' },
  tdnn: { kind: 'tdnn', delays: 3 },
  'tdnn, relu': { kind: 'tdnn', delays: 5, activation: 'relu' },
};

/** @param {ArrayLike<number>} got @param {ArrayLike<number>} expected @param {number} [tolerance] */
export function near(got, expected, tolerance = 1e-5) {
  return got.length === expected.length
    && Array.from(got).every((value, i) => Math.abs(value - expected[i]) <= tolerance * (1 + Math.abs(expected[i])));
}

/**
 * Numbers in [-1, 1) that any machine draws alike.
 * @param {number} length
 * @param {number} [seed]
 */
export function numbers(length, seed = 1) {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/**
 * An object with each of its values mapped.
 * @template T, U
 * @param {Record<string, T>} values
 * @param {(value: T, name: string, i: number) => U} change
 * @returns {Record<string, U>}
 */
export const mapped = (values, change) =>
  Object.fromEntries(Object.entries(values).map(([name, value], i) => [name, change(value, name, i)]));

/** @param {number} length @param {number} size @param {number} [seed] */
export const tokens = (length, size, seed) =>
  Array.from(numbers(length, seed), (value) => Math.floor(((value + 1) / 2) * size));
