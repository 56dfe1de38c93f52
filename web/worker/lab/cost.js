import { planOf, UNTOUCHED } from './plan.js';

/** @typedef {import('./OpenNetwork.js').OpenNetwork} OpenNetwork */
/** @typedef {import('../../model/cell/types.js').Cost} Cost */

/** A part of a book, and no whole one: characters. */
const LONGEST = 20_000;

/** So many characters are told, with so many before each. */
const COSTLIEST = 12;
const BEFORE = 24;

/**
 * The last text of each network, which many tamperings are tried on.
 *
 * @type {WeakMap<OpenNetwork, { text: string, found: Float64Array }>}
 */
const untouched = new WeakMap();

/**
 * What a tampering costs over a long text: nats a character more than without, and where most.
 *
 * @param {OpenNetwork} network
 * @param {{ text: string, layer?: number, tampering?: unknown }} asked
 * @returns {Generator<void, Cost>}
 */
export function* cost(network, { text, layer: l = 0, tampering }) {
  const plan = planOf(tampering, l, network.layer(l), network.untouchable);
  const characters = network.siftAll(text).known.slice(0, LONGEST);
  if (characters.length === 0) throw new Error('The network knows no character of this text.');
  const tokens = network.tokensOf(characters);
  const read = characters.join('');
  const former = untouched.get(network);
  const own = former?.text === read ? former.found : yield* score(network, tokens, UNTOUCHED);
  untouched.set(network, { text: read, found: own });
  const found = plan === UNTOUCHED ? own : yield* score(network, tokens, plan);
  const mean = (/** @type {Float64Array} */ all) => all.reduce((sum, p) => sum - p, 0) / all.length;
  const costs = own.map((p, t) => p - found[t]);
  const order = [...costs.keys()].filter((t) => costs[t] > 0).sort((a, b) => costs[b] - costs[a]);
  return {
    untouched: mean(own), tampered: mean(found), length: tokens.length,
    costliest: order.slice(0, COSTLIEST).map((at) => {
      const before = characters.slice(Math.max(0, at - BEFORE), at).join('');
      return { at, char: characters[at], before, untouched: own[at], tampered: found[at] };
    }),
  };
}

/**
 * @param {OpenNetwork} network
 * @param {readonly number[]} tokens
 * @param {import('./plan.js').Plan} plan
 * @returns {Generator<void, Float64Array>} log p of each
 */
function* score(network, tokens, plan) {
  const walk = network.walk(network.start(plan).state, plan);
  const found = new Float64Array(tokens.length);
  for (let t = 0; t < tokens.length; t++) {
    found[t] = walk.logProbabilities()[tokens[t]];
    walk.feed(tokens[t], t);
    yield;
  }
  return found;
}
