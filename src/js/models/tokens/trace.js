// trace.js: what happens inside a network while it reads, token by token.
import { integer, optional } from '../../core/check.js';
import { allocate } from '../../core/allocate.js';
import { copyState } from '../../network/state.js';

/** @typedef {import('../../network/state.js').CellState} CellState */

/**
 * @typedef {{ layer?: number } & import('../../core/pieces.js').Stoppable} TraceOptions `layer`: only this one, 0 the first;
 *   default all
 */

/**
 * What happened in a layer: arrays are (T, H), what unit k did at token t is at t * H + k.
 * @typedef {object} LayerTrace
 * @property {number} layer 0 the first
 * @property {import('../../network/cell-options.js').CellKindName} kind
 * @property {number} hiddenSize H
 * @property {{ h: Float32Array, c?: Float32Array }} start h and c before the first token: c_prev of its equations
 * @property {Record<string, Float32Array>} gates by name: see Cell.gates(); none for kinds without gates
 * @property {Float32Array} h the hidden state after each token; (T, P) where it is projected
 * @property {Float32Array} [c] the cell state after each token; for the kinds that have one, lstm and four-gate
 */

/**
 * What happened while T tokens were read. Copies, the caller's to keep.
 * @typedef {object} TokenTrace
 * @property {Float64Array} logProbabilities T: log p of each, after all before it, in nats: what score() gives
 * @property {LayerTrace[]} layers the first layer first
 */

/** How the option is read. @param {import('../PredictingNetwork.js').PredictingNetwork} network */
export const layerOption = (network) => optional(integer(0, network.config.layers.length - 1));

/**
 * @param {{ readonly network: import('../PredictingNetwork.js').PredictingNetwork }} held of tokens, one-way
 * @param {readonly CellState[]} before the state before the first token; it stays as it is
 * @param {Int32Array} tokens the one before the sequence, and the sequence's
 * @param {string} what the tokens are: 'characters'
 * @param {number} [layer] all without it
 * @returns {import('../../core/pieces.js').Pieces<TokenTrace>}
 * @throws {import('../../core/errors.js').OutOfMemoryError | import('../../core/errors.js').DivergedError}
 */
export function* traceTokens(held, before, tokens, what, layer) {
  const state = copyState(before);
  const score = new Float64Array(1);
  // The score of a pair of tokens takes one step, which feeds the first.
  const feed = (/** @type {number} */ t) => {
    held.network.sampler.score('trace', Int32Array.of(tokens[t], tokens[t + 1] ?? 0), state, score);
  };

  feed(0);
  const { layers } = held.network.config;
  const wanted = layer === undefined ? [...layers.keys()] : [layer];
  const length = tokens.length - 1;
  const logProbabilities = new Float64Array(length);
  const traces = wanted.map((l) => startLayer(held.network, { ...layers[l], layer: l }, state[l], { length, what }));
  for (let t = 0; t < length; t++) {
    [logProbabilities[t]] = score;
    feed(t + 1);
    for (const trace of traces) setRow(trace, t, state[trace.layer], held.network.gates(trace.layer));
    yield;
  }
  return { logProbabilities, layers: traces };
}

/**
 * A layer's arrays, to be filled.
 * @param {import('../PredictingNetwork.js').PredictingNetwork} network after a step
 * @param {{ layer: number } & import('../../network/cell-options.js').LayerConfig} config
 * @param {CellState} state
 * @param {{ length: number, what: string }} tokens T of them
 * @returns {LayerTrace}
 * @throws {import('../../core/errors.js').OutOfMemoryError}
 */
function startLayer(network, { layer, kind, hiddenSize }, { h, c }, { length, what }) {
  const start = { h: h.slice(), ...(hasCellState(kind) && { c: c.slice(0, hiddenSize) }) };
  const rows = (/** @type {number} */ size) =>
    allocate(Float32Array, length * size, 'trace', `${length} ${what} of ${size} numbers`);
  const names = Object.keys(network.gates(layer));
  const gates = Object.fromEntries(names.map((name) => [name, rows(hiddenSize)]));
  return { layer, kind, hiddenSize, start, gates, h: rows(h.length), ...(start.c && { c: rows(hiddenSize) }) };
}

/**
 * @param {LayerTrace} trace
 * @param {number} t
 * @param {CellState} state after token t
 * @param {Record<string, Float32Array>} gates of it
 */
function setRow(trace, t, state, gates) {
  for (const [name, values] of Object.entries(gates)) trace.gates[name].set(values, t * values.length);
  trace.h.set(state.h, t * state.h.length);
  // With fullGateRecurrence the gates stand behind c.
  trace.c?.set(state.c.subarray(0, trace.hiddenSize), t * trace.hiddenSize);
}

/** What a tdnn keeps in its c are inputs. @param {import('../../network/cell-options.js').CellKindName} kind */
function hasCellState(kind) {
  return kind === 'lstm' || kind === 'four-gate';
}
