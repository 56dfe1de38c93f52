/** @typedef {import('../../model/cell/types.js').Term} Term */

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

/** The sum behind a gate of a unit. */
export class GateSum {
  /** @type {Term[]} */
  #products = [];
  #constant = 0;
  #nameless = 0;
  #values;
  #l;
  #layer;
  #gate;
  #unit;

  /**
   * @param {Record<string, Float32Array>} values
   * @param {number} l
   * @param {import('./gates.js').Layer} layer
   * @param {import('./gates.js').Gate} gate
   * @param {number} unit
   */
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
      const inside = isCandidate && !isAfter ? Array.from(h, (h_j, j) => reset[j] * h_j) : this.#multiplied(h, x);
      this.#add('x', 'weight_ih', here, x, { name: nameX, norm: 'norm_ih_weight' });
      this.#add('h', 'weight_hh', here, inside, { norm: 'norm_hh_weight', times: isAfter ? r : 1 });
      this.#constant += this.#number('bias_ih', here) + (isAfter ? r : 1) * this.#number('bias_hh', here);
    }
    if (peephole !== undefined) this.#peep(peephole + this.#unit, c, gatesBefore);
    return { products: this.#products, constant: this.#constant, nameless: this.#nameless };
  }

  /** h · (1 + W_mx x), where the cell is multiplicative. @param {ArrayLike<number>} h @param {ArrayLike<number>} x */
  #multiplied(h, x) {
    const weights = this.#values[`weight_mx_l${this.#l}`];
    if (!weights) return h;
    return Array.from(h, (h_j, j) => {
      let sum = 0;
      for (let k = 0; k < x.length; k++) sum += weights[j * x.length + k] * x[k];
      return h_j * (1 + sum);
    });
  }

  /** @param {number} row @param {ArrayLike<number>} [c] @param {ArrayLike<number>} [gatesBefore] */
  #peep(row, c, gatesBefore) {
    const { peephole } = this.#layer;
    if (peephole === 'full') this.#add('c', 'weight_ch', row, /** @type {ArrayLike<number>} */ (c));
    if (peephole === 'diagonal') this.#push('c', this.#number('weight_ch', row), Number(c?.[this.#unit]), { unit: this.#unit });
    const size = gatesBefore?.length ?? 0;
    for (let j = 0; gatesBefore && j < size; j++) this.#nameless += this.#number('weight_gh', row * size + j) * gatesBefore[j];
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
    for (let k = 0; k < size; k++) {
      if (vector[k] !== 0) named.push({ weight: scale * weights[row * size + k], value: vector[k], name: name(k) });
    }
    // A character's embedding is one thing.
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
