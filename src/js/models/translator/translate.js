// translate.js: what a decoder writes from what its encoder has read, symbol by symbol: the most probable of all that are
// followed side by side (beam search; of one, the most probable symbol each time).
import { copyState } from '../../network/state.js';

/**
 * An output that is being written.
 * @typedef {object} Output
 * @property {number[]} tokens
 * @property {number} logProbability
 * @property {import('../../network/state.js').CellState[]} state
 * @property {Float32Array[]} attention of each token; of one that is whole, of the end too
 * @property {boolean} isWhole has it come to its end?
 */

/** @typedef {import('../PredictingNetwork.js').PredictingNetwork} PredictingNetwork */

/**
 * Lets the encoder read a source, and gives the decoder what it made of it.
 * @param {{ encoder: PredictingNetwork, decoder: PredictingNetwork }} networks
 * @param {Int32Array} source
 * @returns what the decoder's setMemory takes
 */
function encode({ encoder, decoder }, source) {
  const { outputs, state } = encoder.run([source]);
  const { attention, summary } = decoder.handle.config.memory ?? {};
  return {
    ...(attention && { values: outputs }),
    ...(summary && { summary: summaryOf(encoder, state) }),
  };
}

/**
 * The states side by side, as network/bridge.h has them: what a tdnn remembers are inputs, and no state of its own.
 * @param {import('../../network/Network.js').Network} encoder
 * @param {readonly import('../../network/state.js').CellState[]} state
 */
export function summaryOf(encoder, state) {
  const kinds = encoder.handle.config.layers.flatMap(({ kind, bidirectional }) => (bidirectional ? [kind, kind] : [kind]));
  return Float32Array.from(state.flatMap(({ h, c }, d) => [...h, ...(c && kinds[d] !== 'tdnn' ? c : [])]));
}

/**
 * @param {{ encoder: PredictingNetwork, decoder: PredictingNetwork }} networks
 * @param {string} call for messages
 * @param {Int32Array} source
 * @param {{ beam: number, length: number, end: number }} options
 * @returns {import('../../core/pieces.js').Pieces<Output[]>} at most `beam`: those that are whole, the most probable first, and behind
 *   them those that `length` cuts off
 * @throws {import('../../core/errors.js').DivergedError}
 */
export function* translateTokens(networks, call, source, { beam, length, end }) {
  const { decoder } = networks;
  const { memory } = decoder.handle;
  decoder.setMemory(encode(networks, source));
  const { current } = memory;
  /** @type {Output[]} */
  let open = [{ tokens: [], logProbability: 0, state: decoder.initialState(), attention: [], isWhole: false }];
  /** @type {Output[]} */
  let ended = [];
  for (let t = 0; t <= length && open.length > 0; t++) {
    /** @type {(Output & { next: number, before: Output })[]} */
    const all = [];
    for (const output of open) {
      yield;
      // Between two pieces another translation may have been made, or the decoder disposed.
      const { sampler } = decoder;
      memory.use(current);
      const { scores } = sampler.next(call, output.state, output.tokens[output.tokens.length - 1] ?? end);
      const attention = [...output.attention, decoder.memoryWeights()];
      for (const next of bestOf(scores, beam + 1)) {
        all.push({ ...output, attention, next, before: output, logProbability: output.logProbability + scores[next] });
      }
    }
    all.sort((a, b) => b.logProbability - a.logProbability);
    open = [];
    for (const { next, before, ...output } of all) {
      if (open.length === beam) break;
      if (next === end) ended.push({ ...output, isWhole: true });
      // Nothing is written any more: it is as probable as what there is of it.
      else if (t === length) open.push(before);
      else open.push({ ...output, tokens: [...output.tokens, next], state: copyState(output.state) });
    }
    ended = ended.sort((a, b) => b.logProbability - a.logProbability).slice(0, beam);
    // A longer output is never more probable.
    if (ended.length > 0 && ended[0].logProbability >= (open[0]?.logProbability ?? -Infinity)) break;
  }
  // The probability of a beginning is that of all that begin so: it is not compared with a whole output's.
  return ended.length === beam ? ended : [...ended, ...new Set(open)].slice(0, beam);
}

/** The places of the `count` largest, the largest first. @param {Float64Array} scores @param {number} count */
function bestOf(scores, count) {
  const places = Array.from(scores, (_, place) => place);
  if (count === 1) return [places.reduce((best, place) => (scores[place] > scores[best] ? place : best), 0)];
  return places.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, count);
}
