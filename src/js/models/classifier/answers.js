// answers.js: what a network answers for sequences, many side by side.
//
// The answer for a whole sequence, from the outputs y_t of its steps:
//
//   the last layer reads one way     y_T: only the last state has read all of it
//   it is bidirectional              the mean of both ends, of log y_1 and log y_T (classes, normalized again) or of their
//                                    logits (labels that hold at once): at the last step the direction that reads from the
//                                    start has read all of it, at the first the other one
//
// tests/experiments/classification/RESULTS.md compares.
import { DivergedError } from '../../core/errors.js';

/** @typedef {import('../../network/state.js').CellState} CellState */
/** @typedef {{ inputs: import('./StepEncoder.js').Steps, steps: number }} Encoded */
/** @typedef {import('../PredictingNetwork.js').PredictingNetwork} PredictingNetwork */

/** So many sequences are run side by side, of so many steps together: what is waited for between two pieces. */
const BATCH = 64;
const PIECE_STEPS = 4096;

/** @param {import('../../network/network-options.js').NetworkConfig} config */
export const isBidirectional = ({ layers }) => layers.some(({ bidirectional }) => bidirectional);

/** Is a sequence's answer the mean of both its ends? @param {import('../../network/network-options.js').NetworkConfig} config */
export const isMeanOfEnds = ({ layers }) => layers[layers.length - 1].bidirectional === true;

/** A float's smallest above 0, and nearest below 1. */
const [LEAST, MOST] = [2 ** -149, 1 - 2 ** -25];

/** @param {number} p */
const logit = (p) => Math.log(Math.min(Math.max(p, LEAST), MOST) / (1 - Math.min(Math.max(p, LEAST), MOST)));

/**
 * The mean of the answers at both ends, as probabilities again.
 * @param {Float32Array} first
 * @param {Float32Array} last
 * @param {boolean} several
 * @returns {Float64Array}
 */
function meanOf(first, last, several) {
  if (several) return Float64Array.from(first, (p, i) => 1 / (1 + Math.exp(-(logit(p) + logit(last[i])) / 2)));
  const roots = Float64Array.from(first, (p, i) => Math.sqrt(Math.max(p, LEAST)) * Math.sqrt(Math.max(last[i], LEAST)));
  const sum = roots.reduce((a, b) => a + b);
  return roots.map((root) => root / sum);
}

/**
 * The answers for sequences, in their order: labels' probabilities, (labels) of each, or (steps, labels).
 * @param {{ readonly network: PredictingNetwork }} held
 * @param {readonly Encoded[]} sequences
 * @param {{ every: 'sequence' | 'step', several: boolean }} how
 * @param {string} call for messages
 * @returns {import('../../core/pieces.js').Pieces<Float64Array[]>}
 * @throws {DivergedError} where outputs are not finite
 */
export function* answersInPieces(held, sequences, how, call) {
  /** @type {Float64Array[]} */
  const answers = Array(sequences.length);
  const order = sequences.map((_, i) => i).sort((a, b) => sequences[a].steps - sequences[b].steps);
  for (let at = 0; at < order.length;) {
    if (at > 0) yield;
    const indices = [order[at++]];
    const fits = () => indices.length < BATCH && (indices.length + 1) * sequences[order[at]].steps <= PIECE_STEPS;
    while (at < order.length && fits()) indices.push(order[at++]);
    const gather = indices.map((i) => gatherer(sequences[i].steps, held.network, how, call));
    const long = sequences[indices[0]];
    if (indices.length === 1 && long.steps > PIECE_STEPS && !isBidirectional(held.network.config)) {
      yield* runLong(held, long, gather[0].take);
    } else {
      runBatch(held.network, indices.map((i) => sequences[i]), gather.map(({ take }) => take));
    }
    indices.forEach((i, b) => (answers[i] = gather[b].answer()));
  }
  return answers;
}

/** @typedef {(outputs: Float32Array, from: number, steps: number) => void} Take */

/**
 * @param {number} steps of the sequence
 * @param {PredictingNetwork} network
 * @param {{ every: 'sequence' | 'step', several: boolean }} how
 * @param {string} call
 */
function gatherer(steps, network, { every, several }, call) {
  const { handle: { outputSize: size }, config } = network;
  const assert = (/** @type {ArrayLike<number>} */ output, /** @type {number} */ from) => {
    for (let i = from; i < from + size; i++) {
      if (!Number.isFinite(output[i])) throw new DivergedError(`${call}: the network answers with ${output[i]}, expected probabilities: the training has diverged`);
    }
  };
  if (every === 'step') {
    const all = new Float64Array(steps * size);
    let at = 0;
    /** @type {Take} */
    const take = (outputs, from, count) => {
      for (let t = 0; t < count; t++) assert(outputs, (from + t) * size);
      all.set(outputs.subarray(from * size, (from + count) * size), at);
      at += count * size;
    };
    return { take, answer: () => all };
  }
  /** @type {Float64Array} */
  let answer;
  /** @type {Take} */
  const take = (outputs, from, count) => {
    const at = (/** @type {number} */ t) => outputs.subarray((from + t) * size, (from + t + 1) * size);
    const isMean = isMeanOfEnds(config);
    assert(at(count - 1), 0);
    if (isMean) assert(at(0), 0);
    answer = isMean ? meanOf(at(0), at(count - 1), several) : Float64Array.from(at(count - 1));
  };
  return { take, answer: () => answer };
}

/**
 * @param {PredictingNetwork} network
 * @param {Encoded[]} sequences
 * @param {Take[]} takes
 */
function runBatch(network, sequences, takes) {
  const window = Math.max(...sequences.map(({ steps }) => steps));
  const width = sequences[0].inputs.length / sequences[0].steps;
  const Kind = /** @type {Float32ArrayConstructor} */ (sequences[0].inputs.constructor);
  const inputs = new Kind(sequences.length * window * width);
  sequences.forEach((sequence, b) => inputs.set(sequence.inputs, b * window * width));
  const lengths = sequences.map(({ steps }) => steps);
  const { outputs } = network.run(inputs, { batchSize: sequences.length, lengths, layout: 'batch' });
  takes.forEach((take, b) => take(outputs, b * window, lengths[b]));
}

/**
 * @param {{ readonly network: PredictingNetwork }} held
 * @param {Encoded} sequence
 * @param {Take} take
 */
function* runLong(held, { inputs, steps }, take) {
  const width = inputs.length / steps;
  /** @type {CellState[] | undefined} */
  let state;
  for (let t = 0; t < steps; t += PIECE_STEPS) {
    if (t > 0) yield;
    const part = inputs.subarray(t * width, (t + PIECE_STEPS) * width);
    const result = held.network.run(part, { ...(state && { state }) });
    state = result.state;
    take(result.outputs, 0, part.length / width);
  }
}
