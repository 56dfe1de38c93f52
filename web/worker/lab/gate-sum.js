import { gatesOf, squashed } from './gates.js';
import { GateSum } from './GateSum.js';
import { checkPlace, checkUnit, planOf, show } from './plan.js';

/** @typedef {import('../../model/cell/types.js').Term} Term */
/** @typedef {import('../../model/cell/types.js').Tampering} Tampering */
/** @typedef {import('./OpenNetwork.js').OpenNetwork} OpenNetwork */
/** @typedef {import('./OpenNetwork.js').Step} Step */
/** @typedef {import('./gates.js').Layer} Layer */

/** So many terms are told apart. */
const LARGEST = 5;

/**
 * The sum that a gate squashes, in double: what it would say where it is held at another value.
 *
 * @param {OpenNetwork} network
 * @param {{ text: string, layer?: number, unit: number, at: number, gate: string, tampering?: Partial<Tampering> }} asked
 * @returns {import('../../model/cell/types.js').GateSum}
 */
export function terms(network, { text, layer: l = 0, unit, at, gate: name, tampering }) {
  const layer = network.layer(l);
  const plan = planOf(tampering, l, layer, network.untouchable);
  const { tokens } = network.sift(text);
  checkUnit(unit, layer);
  if (checkPlace(at, 'A gate is looked at at') >= tokens.length) {
    throw new Error(`The text has ${tokens.length} characters that the network knows, 0 the first, got ${at}.`);
  }
  const gates = sumsOf(layer);
  const gate = Object.hasOwn(gates, name) ? gates[name] : undefined;
  if (!gate) throw new Error(`This layer has no sum ${show(name)}: it has ${Object.keys(gates).join(', ') || 'none'}.`);

  const steps = network.read(tokens, plan);
  const seen = seenBy({ network, l, layer, name, before: steps[at], here: steps[at + 1], silenced: plan.silenced });
  const { products, constant, nameless } = new GateSum(network.values, l, layer, gate, unit).over(seen);
  // f = 1 - i = sigmoid(-z_i)
  const sign = gate.complementOf ? -1 : 1;
  const all = products.map((term) => ({ ...term, weight: sign * term.weight, product: sign * term.product }));
  all.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const total = (/** @type {Term[]} */ some) => some.reduce((sum, { product }) => sum + product, 0);
  const bias = sign * constant;
  const others = total(all.slice(LARGEST)) + sign * nameless;
  const largest = all.slice(0, LARGEST);
  const sum = bias + total(largest) + others;
  const { clip = Infinity } = layer;
  const value = squashed(gate.squash, Math.max(-clip, Math.min(sum, clip)));
  const held = plan.held(at).get(gate.complementOf ?? name)?.[unit] ?? NaN;
  return {
    gate: name, squash: gate.squash, value, sum, bias, terms: largest, others,
    ...(!Number.isNaN(held) && { held: gate.complementOf ? 1 - held : held }),
  };
}

/** What weights decide in a layer: its gates, and where it has none the h itself. @param {Layer} layer */
function sumsOf(layer) {
  if (layer.kind !== 'rnn' && layer.kind !== 'feedforward') return gatesOf(layer);
  /** @type {Record<string, import('./gates.js').Gate>} */
  const own = { hidden: { squash: layer.activation === 'relu' ? 'relu' : 'tanh', row: 0 } };
  return own;
}

/**
 * @param {object} place
 * @param {OpenNetwork} place.network
 * @param {number} place.l
 * @param {Layer} place.layer
 * @param {string} place.name
 * @param {Step} place.before
 * @param {Step} place.here
 * @param {readonly number[]} place.silenced
 * @returns {import('./GateSum.js').Seen}
 */
function seenBy({ network, l, layer, name, before, here, silenced }) {
  const { hiddenSize: H } = layer;
  const h = before.state[l].h.slice();
  if (!layer.projection) for (const unit of silenced) h[unit] = 0;
  const { gates: { [l]: gates } } = here;
  const cBefore = before.state[l].c?.subarray(0, H);
  const kept = gates.forget && cBefore?.map((c, j) => gates.forget[j] * c);
  // As the gates had it: afterwards it may have been edited.
  const c = name === 'output' ? kept?.map((k, j) => k + gates.input[j] * gates.candidate[j]) : cBefore;
  const char = network.alphabet[here.token];
  return {
    x: l > 0 ? here.state[l - 1].h : network.input(here.token),
    nameX: (unit) => (l > 0 ? { unit } : { char }),
    h, c, kept, reset: gates.reset,
    ...(layer.fullGateRecurrence && { gatesBefore: before.state[l].c.subarray(H) }),
  };
}
