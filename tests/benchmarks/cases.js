// What is measured, and how many weights each case reads: the one table of the benchmark.

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

/** Trained with products of integers, in turn with the same of floats. */
const integerSizes = [
  { layers: 1, hidden: 192, batch: 16, window: 32 },
  { layers: 1, hidden: 256, batch: 16, window: 32 },
  { layers: 2, hidden: 512, batch: 32, window: 50 },
];

/**
 * Kinds of cell beside the plain lstm, by name. Two layers where one would have no product: a token picks a column of
 * its weights.
 * @type {[name: string, options: any, layers?: number][]}
 */
const kinds = [
  ['rnn', { kind: 'rnn' }],
  ['gru', { kind: 'gru' }],
  ['gru reset-after', { kind: 'gru', resetAfter: true }],
  ['four-gate', { kind: 'four-gate' }],
  ['lstm peephole', { kind: 'lstm', peephole: 'diagonal' }],
  ['lstm full-peephole', { kind: 'lstm', peephole: 'full' }],
  ['lstm coupled', { kind: 'lstm', coupled: true }],
  ['lstm gate-recurrence', { kind: 'lstm', fullGateRecurrence: true }],
  ['lstm projected', { kind: 'lstm', projection: 64 }],
  ['lstm layer-norm', { kind: 'lstm', layerNorm: true }],
  ['lstm products-multiplicative', { kind: 'lstm', layerNorm: 'products', multiplicative: 'diagonal' }],
  ['lstm products-multiplicative', { kind: 'lstm', layerNorm: 'products', multiplicative: 'diagonal' }],
  ['lstm both-ways', { kind: 'lstm', bidirectional: true }],
  ['feedforward', { kind: 'feedforward' }, 2],
  ['tdnn', { kind: 'tdnn', delays: 4 }, 2],
];

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {'train' | 'train int' | 'step' | 'step int8' | 'kind'} work
 * @property {number} layers
 * @property {number} hidden
 * @property {number} batch
 * @property {number} window
 * @property {any} [layer] the options of each layer, but for its size; a plain lstm without it
 * @property {'int16' | 'int8'} [precision] float32 without it
 */

/**
 * @typedef {object} Prepared
 * @property {() => number} run does a piece of the work and returns its characters
 * @property {() => void} dispose
 * @property {number} weights that take part in a matrix product for each character
 */

/** @type {Case[]} */
export const cases = [
  ...shapes.flatMap((shape) => sizes.map((size) => /** @type {Case} */ ({
    name: `train ${size.layers}x${size.hidden} (${shape.batch}, ${shape.window})`, work: 'train', ...size, ...shape,
  }))),
  ...(/** @type {const} */ (['int16', 'int8'])).flatMap((precision) => integerSizes.map((size) => /** @type {Case} */ ({
    name: `train ${precision} ${size.layers}x${size.hidden} (${size.batch}, ${size.window})`, work: 'train int', ...size, precision,
  }))),
  ...['step', 'step int8'].flatMap((work) => sizes.map((size) => /** @type {Case} */ ({
    name: `${work} ${size.layers}x${size.hidden}`, work, ...size, batch: 1, window: 1,
  }))),
  ...kinds.map(([name, layer, layers = 1]) => /** @type {Case} */ ({
    name: `kind ${name} ${layers}x${sizes[0].hidden} (${shapes[0].batch}, ${shapes[0].window})`,
    work: 'kind', layers, hidden: sizes[0].hidden, ...shapes[0], layer,
  })),
];

/**
 * Weights that take part in a matrix product for each character: all matrices but the W_ih of the first layer, of which
 * a token picks a column.
 * @param {any} net
 */
function weightsIn(net) {
  const matrices = Object.entries(/** @type {Record<string, number[]>} */ (net.shapes))
    .filter(([name, shape]) => shape.length === 2 && !/^weight_ih_l0/.test(name));
  return matrices.reduce((sum, [, [rows, columns]]) => sum + rows * columns, 0);
}

/**
 * The most characters a second that the machine allows.
 * Training: 2 flops a weight forward, 4 backward; the peak is that of floats, which integers may pass. Stepping: every weight, 4 bytes or 1, is read for each character.
 * @param {Case} work
 * @param {number} weights
 * @param {import('./limits.js').Limits} limits
 * @param {number} seconds to spend on each kernel of the family
 */
export function limitOf(work, weights, limits, seconds) {
  if (work.work === 'train' || work.work === 'train int' || work.work === 'kind') return limits.peak(seconds) / (6 * weights);
  const bytes = work.work === 'step int8' ? weights : 4 * weights;
  return limits.stream(bytes, seconds) / bytes;
}

/**
 * Sets a case up.
 * @param {Case} work
 * @param {any} lstm what load() gave
 * @returns {Prepared & { other?: Prepared }} and what it is compared with: the same with the weights as they were
 *   before they became int8, trained with products of floats, or with plain lstms
 */
export function prepare(work, lstm) {
  const net = createNetwork(work, lstm);
  if (work.work === 'train') return prepareTraining(work, net);
  if (work.work === 'train int') {
    return comparing(prepareTraining(work, net), prepareTraining({ ...work, precision: undefined }, createNetwork(work, lstm)));
  }
  if (work.work === 'kind') {
    const plain = createNetwork({ ...work, layer: undefined }, lstm);
    return comparing(prepareTraining(work, net), prepareTraining(work, plain));
  }
  const f32 = prepareStepping(net);
  return work.work === 'step' ? f32 : comparing(prepareStepping(net.quantize()), f32);
}

/** @param {Prepared} work @param {Prepared} other */
function comparing(work, other) {
  return {
    ...work,
    other,
    dispose() {
      work.dispose();
      other.dispose();
    },
  };
}

/**
 * @param {{ layers: number, hidden: number, layer?: any }} size
 * @param {any} lstm
 */
function createNetwork({ layers, hidden, layer = { kind: 'lstm' } }, lstm) {
  return lstm.createNetwork({
    input: { tokens: symbols },
    layers: Array.from({ length: layers }, () => ({ ...layer, hiddenSize: hidden })),
    output: { classes: symbols },
    seed: 1,
  });
}

/**
 * @param {Case} work
 * @param {any} net
 * @returns {Prepared}
 */
function prepareTraining({ batch, window, precision }, net) {
  const trainer = net.createTrainer({
    optimizer: 'adam', learningRate, batchSize: batch, window, carryState: true, ...(precision && { precision }),
  });
  const length = batch * window;
  const inputs = Array.from({ length: windows }, (_, i) => randomTokens(length, 2 * i + 1));
  const targets = Array.from({ length: windows }, (_, i) => randomTokens(length, 2 * i + 2));
  let steps = 0;
  return {
    weights: weightsIn(net),
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

/** @param {any} net @returns {Prepared} */
function prepareStepping(net) {
  const state = net.initialState();
  let token = 0;
  let seed = 1;
  return {
    weights: weightsIn(net),
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
