// beam-search.js: the most probable continuations, found by following the best beginnings side by side.
import { allocate } from '../core/allocate.js';
import { copyState } from '../network/state.js';
import { ranked } from './ranked.js';

/**
 * A sequence that may follow, and how likely it is.
 * @template Sequence
 * @typedef {object} Ended
 * @property {Sequence} sequence without the stop
 * @property {number} logProbability of what it has, and of the stop, in nats
 * @property {string} [stop] what ended it
 */

/**
 * A beginning that is followed.
 * @typedef {object} Beginning
 * @property {any} sequence
 * @property {number} logProbability
 * @property {import('../network/state.js').CellState[]} state before the last token
 * @property {number} token the last
 * @property {any} states where in the pattern
 */

/**
 * How sequences grow, and where they end.
 * @template Sequence
 * @typedef {{ readonly size: number, readonly empty: Sequence, append(sequence: Sequence, token: number): Sequence,
 *   endOf(sequence: Sequence, stops: readonly string[]): { before: Sequence, stop: string } | undefined }} Growing
 */

/**
 * @template Sequence
 * @param {{ readonly sampler: import('./Sampler.js').Sampler }} network
 * @param {Growing<Sequence>} vocabulary
 * @param {{ state: import('../network/state.js').CellState[], token: number }} start
 * @param {{ beams: number, length: number, stops: readonly string[], allowed?: Uint8Array,
 *   pattern?: import('./text-pattern.js').TextPattern }} options
 * @returns {import('../core/pieces.js').Pieces<Ended<Sequence>[]>}
 * @throws {import('../core/errors.js').DivergedError} where logits are not finite
 */
export function* beamSearch(network, vocabulary, start, { beams, length, stops, allowed, pattern }) {
  const { empty, size } = vocabulary;
  /** @type {Ended<Sequence>[]} */
  let ended = [];
  /** @type {Beginning[]} */
  let open = [{ ...start, sequence: empty, logProbability: 0, states: pattern?.start() }];
  if (pattern?.isWhole(open[0].states)) ended.push({ sequence: empty, logProbability: 0 });
  for (let left = length; left > 0 && open.length > 0; left--) {
    const logs = allocate(Float64Array, open.length * size, 'complete').fill(-Infinity);
    for (const [i, { state, token, logProbability, states }] of open.entries()) {
      const fitting = pattern ? pattern.mask(states, left) : allowed;
      if (pattern && !fitting) continue;
      network.sampler.next('complete', state, token).scores.forEach((logP, next) => {
        if (next < size && fitting?.[next] !== 0) logs[i * size + next] = logProbability + logP;
      });
      yield;
    }

    const followed = open;
    open = [];
    for (const place of ranked(logs)) {
      if (open.length === beams) break;
      const logProbability = logs[place];
      const from = followed[Math.floor(place / size)];
      const token = place % size;
      const sequence = vocabulary.append(from.sequence, token);
      const end = vocabulary.endOf(sequence, stops);
      if (end) {
        ended.push({ sequence: end.before, logProbability, stop: end.stop });
        continue;
      }
      const states = pattern?.after(from.states, token);
      if (states ? pattern?.isWhole(states) : left === 1) ended.push({ sequence, logProbability });
      open.push({ sequence, logProbability, state: copyState(from.state), token, states });
    }
    ended = ended.sort((a, b) => b.logProbability - a.logProbability).slice(0, beams);
    // A longer one is never more probable.
    const best = open[0]?.logProbability ?? -Infinity;
    if (ended.length === beams && ended[beams - 1].logProbability >= best) break;
  }
  return ended;
}
