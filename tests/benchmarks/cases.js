// What is measured, and how many weights each case reads: the one table and the one formula of the benchmark.

export const symbols = 65;
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
  { batch: 64, window: 100 },
  { batch: 1, window: 25 },
];

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {'train' | 'step' | 'step int8'} work
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
  ...['step', 'step int8'].flatMap((work) => sizes.map((size) => /** @type {Case} */ ({
    name: `${work} ${size.layers}x${size.hidden}`, work, ...size, batch: 1, window: 1,
  }))),
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
 * Training: 2 flops a weight forward, 4 backward. Stepping: every weight, 4 bytes or 1, is read for each character.
 * @param {Case} work
 * @param {import('./limits.js').Limits} limits
 * @param {number} seconds to spend on each kernel of the family
 */
export function limitOf(work, limits, seconds) {
  const weights = weightsOf(work);
  if (work.work === 'train') return limits.peak(seconds) / (6 * weights);
  const bytes = work.work === 'step int8' ? weights : 4 * weights;
  return limits.stream(bytes, seconds) / bytes;
}

/**
 * Sets a case up.
 * @param {Case} work
 * @param {any} lstm what load() gave
 * @returns {{ run: () => number, dispose: () => void, f32?: () => number }} run() does a piece of the work and returns
 *   its characters; f32() the same with the weights as they were before they became int8
 */
export function prepare(work, lstm) {
  const net = createNetwork(work, lstm);
  if (work.work === 'train') return prepareTraining(work, net);
  const f32 = prepareStepping(net);
  if (work.work === 'step') return f32;
  const int8 = prepareStepping(net.quantize());
  return {
    run: int8.run,
    f32: f32.run,
    dispose() {
      int8.dispose();
      f32.dispose();
    },
  };
}

/**
 * @param {{ layers: number, hidden: number }} size
 * @param {any} lstm
 */
function createNetwork({ layers, hidden }, lstm) {
  return lstm.createNetwork({
    input: { tokens: symbols },
    layers: Array.from({ length: layers }, () => ({ kind: 'lstm', hiddenSize: hidden })),
    output: { classes: symbols },
    seed: 1,
  });
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
