// beam-search.js: the most probable continuations, found by following the best beginnings side by side.
import { copyState } from '../network/state.js';

/**
 * A beginning of a text. Where `ended`, it is a whole one.
 * @typedef {object} Beginning
 * @property {string} text
 * @property {number} logProbability
 * @property {import('../network/state.js').CellState[]} state before the last token
 * @property {number} token the last
 * @property {any} states where in the pattern
 */

/**
 * A text that may follow, and how likely it is.
 * @typedef {object} Completion
 * @property {string} text without the stop string
 * @property {number} logProbability of its characters and those of the stop string, in nats
 * @property {string} [stop] the stop string that ended it
 */

/**
 * @param {{ readonly sampler: import('./Sampler.js').Sampler }} network
 * @param {import('./Alphabet.js').Alphabet} alphabet
 * @param {{ state: import('../network/state.js').CellState[], token: number }} start
 * @param {{ beams: number, length: number, stops: readonly string[], allowed?: Uint8Array,
 *   pattern?: import('./text-pattern.js').TextPattern }} options
 * @returns {import('../core/pieces.js').Pieces<Completion[]>}
 * @throws {import('../core/errors.js').DivergedError} where logits are not finite
 */
export function* beamSearch(network, { characters }, start, { beams, length, stops, allowed, pattern }) {
  /** @type {Completion[]} */
  let ended = [];
  /** @type {Beginning[]} */
  let open = [{ ...start, text: '', logProbability: 0, states: pattern?.start() }];
  if (pattern?.isWhole(open[0].states)) ended.push({ text: '', logProbability: 0 });
  for (let left = length; left > 0 && open.length > 0; left--) {
    const size = characters.length;
    const logs = new Float64Array(open.length * size).fill(-Infinity);
    for (const [i, { state, token, logProbability, states }] of open.entries()) {
      const fitting = pattern ? pattern.mask(states, left) : allowed;
      if (pattern && !fitting) continue;
      network.sampler.next('complete', state, token).scores.forEach((logP, next) => {
        if (next < size && fitting?.[next] !== 0) logs[i * size + next] = logProbability + logP;
      });
      yield;
    }
    // Of equals the first comes first.
    const ranked = Uint32Array.from(logs, (_, place) => place).sort((a, b) => logs[b] - logs[a]);

    const followed = open;
    open = [];
    for (const place of ranked) {
      const logProbability = logs[place];
      if (open.length === beams || logProbability === -Infinity) break;
      const from = followed[Math.floor(place / size)];
      const token = place % size;
      const text = from.text + characters[token];
      const stop = longest(stops.filter((each) => text.endsWith(each)));
      if (stop) {
        ended.push({ text: text.slice(0, -stop.length), logProbability, stop });
        continue;
      }
      const states = pattern?.after(from.states, token);
      if (states ? pattern?.isWhole(states) : left === 1) ended.push({ text, logProbability });
      open.push({ text, logProbability, state: copyState(from.state), token, states });
    }
    ended = ended.sort((a, b) => b.logProbability - a.logProbability).slice(0, beams);
    // A longer text is never more probable.
    const best = open[0]?.logProbability ?? -Infinity;
    if (ended.length === beams && ended[beams - 1].logProbability >= best) break;
  }
  return ended;
}

/** @param {string[]} list */
const longest = (list) => list.reduce((best, each) => (each.length > best.length ? each : best), '');
