/**
 * The task of the race: a number, then `lag` random ones, at the last of which the first is asked for. It has to be
 * kept for `lag` steps. A number and not a symbol: a plain RNN can hold a symbol by running against the ends of tanh,
 * but a number only by weights that are exactly right. After Hochreiter & Schmidhuber 1997, experiment 4.
 */

/** @typedef {import('lstm-wasm').Lstm} Lstm */
/** @typedef {ReturnType<Lstm['createNetwork']>} Network */
/** @typedef {{ lag: number, gates: 'open' | 'usual', seed: number }} RaceSettings */

/** Each with about as many parameters as the others. */
export const racers = Object.freeze([
  { name: 'RNN', layer: /** @type {const} */ ({ kind: 'rnn', hiddenSize: 50 }) },
  { name: 'GRU', layer: /** @type {const} */ ({ kind: 'gru', hiddenSize: 28 }) },
  { name: 'LSTM', layer: /** @type {const} */ ({ kind: 'lstm', hiddenSize: 24 }) },
  { name: 'Peephole LSTM', layer: /** @type {const} */ ({ kind: 'lstm', peephole: 'diagonal', hiddenSize: 24 }) },
]);

/** Sequences that every network learns in one round. */
export const BATCH_SIZE = 16;

/** Root mean square error of the answer 0, whatever was shown: numbers are spread evenly over -1 to 1. */
export const GUESSING_ERROR = Math.sqrt(1 / 3);

/**
 * Numbers from 0 to below 1, the same for the same seeds: mulberry32.
 *
 * @param {...number} seeds whole numbers; different lists give different streams
 * @returns {() => number}
 */
export function randomNumbers(...seeds) {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ seed, 0x85ebca6b) ^ (mixed >>> 13), 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Sequences as a trainer takes them: at each step a number and a mark, which is 1 at the first step only.
 *
 * @param {number} lag the steps are one more
 * @param {number} batchSize
 * @param {() => number} random
 * @param {(b: number) => number} [first] the number that sequence b begins with
 */
export function drawBatch(lag, batchSize, random, first = () => 2 * random() - 1) {
  const inputs = new Float32Array((lag + 1) * batchSize * 2);
  const targets = new Float32Array((lag + 1) * batchSize);
  const mask = new Uint8Array((lag + 1) * batchSize);
  for (let at = 0; at < inputs.length; at += 2) inputs[at] = 2 * random() - 1;
  for (let b = 0; b < batchSize; b++) {
    const shown = first(b);
    inputs.set([shown, 1], 2 * b);
    targets[lag * batchSize + b] = shown;
    mask[lag * batchSize + b] = 1;
  }
  return { inputs, targets, mask };
}

/**
 * @param {Lstm} lstm
 * @param {(typeof racers)[number]} racer
 * @param {RaceSettings} settings
 */
export function createRacer(lstm, { layer }, { lag, gates, seed }) {
  const network = lstm.createNetwork({ input: { size: 2 }, layers: [layer], output: { values: 1 }, seed });
  if (gates === 'open' && layer.kind !== 'rnn') openGates(network, layer, lag, randomNumbers(seed, 1));
  return network;
}

/**
 * Gates that hold for about 1 to `lag` steps, each unit its own (Tallec & Ollivier 2018): b_f = log(U(1, lag - 1)),
 * b_i = -b_f; in a GRU b_z. The rows of an LSTM are i, f, g, o, those of a GRU r, z, n.
 *
 * @param {Network} network
 * @param {{ kind: 'lstm' | 'gru', hiddenSize: number }} layer
 * @param {number} lag
 * @param {() => number} random
 */
function openGates(network, { kind, hiddenSize }, lag, random) {
  const { bias_ih_l0, bias_hh_l0 } = network.parameters();
  const set = (/** @type {number} */ row, /** @type {number} */ value) => {
    bias_ih_l0[row] = value;
    bias_hh_l0[row] = 0;
  };
  for (let unit = 0; unit < hiddenSize; unit++) {
    const bias = Math.log(1 + (lag - 2) * random());
    set(hiddenSize + unit, bias);
    if (kind === 'lstm') set(unit, -bias);
  }
  network.setParameters({ bias_ih_l0, bias_hh_l0 });
}

/**
 * How much of the gradient at the last step is left 0, 1, 2, ... steps before: of the state that carries the memory,
 * which is c where a cell has one, and h elsewhere.
 *
 * @param {ReturnType<ReturnType<Network['createTrainer']>['gradientFlow']>} flow
 */
export function reachOf([{ h, c }]) {
  const norms = c ?? h;
  return norms.map((norm) => (norms[0] > 0 ? norm / norms[0] : 0));
}
