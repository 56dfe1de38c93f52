import { gatesOf, squashed } from './gates.js';
import { checkPlace, checkUnit, planOf, show } from './plan.js';

/** @typedef {import('../../model/cell/types.js').GateSum} GateSum */
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
 * @returns {GateSum}
 */
export function terms(network, { text, layer: l = 0, unit, at, gate: name, tampering }) {
  const layer = network.layer(l);
  const plan = planOf(tampering, l, layer, network.untouchable);
  const { tokens } = network.sift(text);
  checkUnit(unit, layer);
  if (checkPlace(at, 'A gate is looked at at') >= tokens.length) throw new Error(`The text has the characters 0 to ${tokens.length - 1}, got ${at}.`);
  const gates = sumsOf(layer);
  const gate = Object.hasOwn(gates, name) ? gates[name] : undefined;
  if (!gate) throw new Error(`This layer has no sum ${show(name)}: it has ${Object.keys(gates).join(', ') || 'none'}.`);

  const steps = network.read(tokens, plan);
  const seen = seenBy({ network, l, layer, name, before: steps[at], here: steps[at + 1], silenced: plan.silenced });
  const { products, constant, nameless } = new Sum(network.values, l, layer, gate, unit).over(seen);
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
 * What a sum is made over.
 *
 * @typedef {object} Seen
 * @property {ArrayLike<number>} x
 * @property {(n: number) => Pick<Term, 'char' | 'unit'>} nameX
 * @property {ArrayLike<number>} h before, 0 of what is silent
 * @property {ArrayLike<number>} [c] that peepholes see
 * @property {ArrayLike<number>} [gatesBefore] with fullGateRecurrence
 * @property {ArrayLike<number>} [kept] f · c′
 * @property {ArrayLike<number>} [reset]
 */

/**
 * @param {{ network: OpenNetwork, l: number, layer: Layer, name: string, before: Step, here: Step, silenced: readonly number[] }} place
 * @returns {Seen}
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
    ...(l > 0 ? { x: here.state[l - 1].h, nameX: (unit) => ({ unit }) } : { x: network.input(here.token), nameX: () => ({ char }) }),
    h, c, kept, reset: gates.reset,
    ...(layer.fullGateRecurrence && { gatesBefore: before.state[l].c.subarray(H) }),
  };
}

/** The sum behind a gate of a unit. */
class Sum {
  /** @type {Term[]} */
  #products = [];
  #constant = 0;
  #nameless = 0;
  #values;
  #l;
  #layer;
  #gate;
  #unit;

  /** @param {Record<string, Float32Array>} values @param {number} l @param {Layer} layer @param {import('./gates.js').Gate} gate @param {number} unit */
  constructor(values, l, layer, gate, unit) {
    this.#values = values;
    this.#l = l;
    this.#layer = layer;
    this.#gate = gate;
    this.#unit = unit;
  }

  /** @param {Seen} seen */
  over({ x, nameX, h, c, gatesBefore, kept, reset }) {
    const { row, peephole, isUse } = this.#gate;
    const here = row + this.#unit;
    const isCandidate = reset && row === 2 * this.#layer.hiddenSize;
    if (isUse) {
      this.#add('fc', 'weight_uc', here, /** @type {ArrayLike<number>} */ (kept));
      this.#constant += this.#number('bias_u', here);
    } else {
      const r = isCandidate ? reset[this.#unit] : 1;
      const isAfter = this.#layer.resetAfter; // r · (W h′ + b) there, else W (r · h′) + b
      const inside = isCandidate && !isAfter ? Array.from(h, (h_j, j) => reset[j] * h_j) : h;
      this.#add('x', 'weight_ih', here, x, { name: nameX, norm: 'norm_ih_weight' });
      this.#add('h', 'weight_hh', here, inside, { norm: 'norm_hh_weight', times: isAfter ? r : 1 });
      this.#constant += this.#number('bias_ih', here) + (isAfter ? r : 1) * this.#number('bias_hh', here);
    }
    if (peephole !== undefined) this.#peep(peephole + this.#unit, c, gatesBefore);
    return { products: this.#products, constant: this.#constant, nameless: this.#nameless };
  }

  /** @param {number} row @param {ArrayLike<number>} [c] @param {ArrayLike<number>} [gatesBefore] */
  #peep(row, c, gatesBefore) {
    const { peephole } = this.#layer;
    if (peephole === 'full') this.#add('c', 'weight_ch', row, /** @type {ArrayLike<number>} */ (c));
    if (peephole === 'diagonal') this.#push('c', this.#number('weight_ch', row), Number(c?.[this.#unit]), { unit: this.#unit });
    for (let j = 0; gatesBefore && j < gatesBefore.length; j++) this.#nameless += this.#number('weight_gh', row * gatesBefore.length + j) * gatesBefore[j];
  }

  /**
   * Row `row` of a matrix times a vector. Layer normalisation w (a − mean) / deviation is a product too, of weights
   * w W / deviation, and − w mean / deviation is added to it.
   *
   * @param {Term['of']} of
   * @param {string} matrix
   * @param {number} row
   * @param {ArrayLike<number>} vector
   * @param {{ name?: (n: number) => Pick<Term, 'char' | 'unit'>, norm?: string, times?: number }} [how]
   */
  #add(of, matrix, row, vector, { name = (unit) => ({ unit }), norm, times = 1 } = {}) {
    const weights = this.#values[`${matrix}_l${this.#l}`];
    if (!weights) return;
    const size = vector.length;
    let scale = times;
    if (this.#layer.layerNorm && norm) {
      const all = Array.from({ length: weights.length / size }, (_, r) => {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += weights[r * size + k] * vector[k];
        return sum;
      });
      const mean = all.reduce((sum, a) => sum + a, 0) / all.length;
      const variance = all.reduce((sum, a) => sum + (a - mean) ** 2, 0) / all.length;
      scale *= this.#number(norm, row) / Math.sqrt(variance + 1e-5);
      this.#constant -= scale * mean;
    }
    const named = [];
    for (let k = 0; k < size; k++) if (vector[k] !== 0) named.push({ weight: scale * weights[row * size + k], value: vector[k], name: name(k) });
    const isOneCharacter = named.length > 0 && named[0].name.char !== undefined;
    if (isOneCharacter) this.#push(of, named.reduce((sum, { weight, value }) => sum + weight * value, 0), 1, named[0].name);
    else for (const { weight, value, name: own } of named) this.#push(of, weight, value, own);
  }

  /** @param {Term['of']} of @param {number} weight @param {number} value @param {Pick<Term, 'char' | 'unit'>} name */
  #push(of, weight, value, name) {
    this.#products.push({ of, ...name, weight, value, product: weight * value });
  }

  /** @param {string} name @param {number} n */
  #number(name, n) {
    return this.#values[`${name}_l${this.#l}`]?.[n] ?? 0;
  }
}
