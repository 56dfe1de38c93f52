// What is measured, and how many weights each case reads: the one table and the one formula of the benchmark.

const symbols = 65;
const learningRate = 2e-3;
/** Characters of one generate() call. */
const generated = 256;
/** Different windows that a training case goes round in. */
const windows = 4;

const sizes = [
  { layers: 1, hidden: 128 },
  { layers: 2, hidden: 256 },
  { layers: 2, hidden: 512 },
];
const shapes = [
  { batch: 32, window: 50 },
  { batch: 1, window: 25 },
];

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {'train' | 'step'} work
 * @property {number} layers
 * @property {number} hidden
 * @property {number} batch
 * @property {number} window
 */

/** @type {Case[]} */
export const cases = [
  ...shapes.flatMap((shape) => sizes.map((size) => /** @type {Case} */ ({
    name: `train ${size.layers}x${size.hidden} (${shape.batch}, ${shape.window})`, work: 'train', ...size, ...shape,
  }))),
  ...sizes.map((size) => /** @type {Case} */ ({
    name: `step ${size.layers}x${size.hidden}`, work: 'step', ...size, batch: 1, window: 1,
  })),
];

/**
 * Weights that take part in a matrix product for each character: W_hh (4H, H) of every layer, W_ih (4H, H) of every
 * layer above the first, and the head (V, H). The first layer's W_ih is not among them: a token picks a row of it.
 * @param {{ layers: number, hidden: number }} size
 */
export function weightsOf({ layers, hidden }) {
  return 4 * hidden * hidden * (2 * layers - 1) + symbols * hidden;
}

/**
 * The most characters a second that the machine allows.
 * Training: 2 flops a weight forward, 4 backward. Stepping: every weight, 4 bytes, is read for each character.
 * @param {Case} work
 * @param {import('./limits.js').Limits} limits
 * @param {number} seconds to spend on each kernel of the family
 */
export function limitOf(work, limits, seconds) {
  const weights = weightsOf(work);
  if (work.work === 'train') return limits.peak(seconds) / (6 * weights);
  return limits.stream(4 * weights, seconds) / (4 * weights);
}

/**
 * Sets a case up.
 * @param {Case} work
 * @param {any} lstm what load() gave
 * @returns {{ run: () => number, dispose: () => void }} run() does a piece of the work and returns its characters
 */
export function prepare(work, lstm) {
  const net = lstm.createNetwork({
    input: { tokens: symbols },
    layers: Array.from({ length: work.layers }, () => ({ kind: 'lstm', hiddenSize: work.hidden })),
    output: { classes: symbols },
    seed: 1,
  });
  return work.work === 'train' ? prepareTraining(work, net) : prepareStepping(net);
}

/**
 * @param {Case} work
 * @param {any} net
 */
function prepareTraining({ batch, window }, net) {
  const trainer = net.createTrainer({ optimizer: 'adam', learningRate, batchSize: batch, window });
  const length = batch * window;
  const inputs = Array.from({ length: windows }, (_, i) => randomTokens(length, 2 * i + 1));
  const targets = Array.from({ length: windows }, (_, i) => randomTokens(length, 2 * i + 2));
  let steps = 0;
  return {
    run() {
      const i = steps++ % windows;
      const { loss } = trainer.step(inputs[i], targets[i]);
      if (!Number.isFinite(loss)) throw new Error(`the benchmark's loss became ${loss} in step ${steps}`);
      return length;
    },
    dispose() {
      trainer.dispose();
      net.dispose();
    },
  };
}

/** @param {any} net */
function prepareStepping(net) {
  const state = net.initialState();
  let token = 0;
  let seed = 1;
  return {
    run() {
      const tokens = net.generate({ state, token, length: generated, temperature: 1, seed: seed++ });
      token = tokens[generated - 1];
      return generated;
    },
    dispose: () => net.dispose(),
  };
}

/**
 * Tokens that any machine draws alike (a linear congruential generator, Numerical Recipes' constants).
 * @param {number} length
 * @param {number} seed
 */
function randomTokens(length, seed) {
  const tokens = new Uint32Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    tokens[i] = Math.floor((state / 2 ** 32) * symbols);
  }
  return tokens;
}
