/** Which units of a network track what: the correlation of each unit's activation with features of a text. */

/** A part of this many characters is read, and counted, at a time: neither Worker nor page is held up. */
const PART = 128;

/**
 * Pearson's correlation of each unit with each feature, over activations that come in parts.
 */
export class Correlations {
  #features;
  #units;
  #count = 0;
  #sums;
  #squares;
  /** For each feature, the sums of its products with each unit. */
  #products;

  /**
   * @param {readonly Float32Array[]} features   each (T)
   * @param {number} units   how many
   */
  constructor(features, units) {
    this.#features = features;
    this.#units = units;
    this.#sums = new Float64Array(units);
    this.#squares = new Float64Array(units);
    this.#products = features.map(() => new Float64Array(units));
  }

  /**
   * The activations at the next characters.
   *
   * @param {Float32Array} values   (n, units)
   */
  add(values) {
    const units = this.#units;
    for (let at = 0; at < values.length; at += units, this.#count++) {
      for (let k = 0; k < units; k++) {
        this.#sums[k] += values[at + k];
        this.#squares[k] += values[at + k] ** 2;
      }
      this.#features.forEach((feature, f) => {
        const weight = feature[this.#count];
        const products = this.#products[f];
        if (weight !== 0) for (let k = 0; k < units; k++) products[k] += weight * values[at + k];
      });
    }
  }

  /**
   * @param {number} f   which feature
   * @returns {Float64Array}   r of each unit, from -1 to 1; 0 for what never changes
   */
  of(f) {
    const n = this.#count;
    const feature = this.#features[f].subarray(0, n);
    const sum = feature.reduce((total, x) => total + x, 0);
    const spread = n * feature.reduce((total, x) => total + x * x, 0) - sum * sum;
    return this.#products[f].map((product, k) => {
      const own = n * this.#squares[k] - this.#sums[k] ** 2;
      // The variance of a constant is not 0 after rounding.
      return spread * own > 1e-12 * n ** 4 ? (n * product - sum * this.#sums[k]) / Math.sqrt(spread * own) : 0;
    });
  }
}

/** @typedef {{ layer: number, unit: number, r: number }} Finding */

/**
 * Reads a text, and finds the units that track each feature best.
 *
 * @param {import('lstm-wasm/worker').WorkerCharModel} model
 * @param {string} text   of characters that the model knows
 * @param {readonly import('./features.js').Feature[]} features
 * @param {number} count   how many units of each
 * @returns {Promise<Finding[][]>}   for each feature, the best first
 */
export async function findUnits(model, text, features, count) {
  const characters = [...text];
  const measures = features.map(({ measure }) => measure(characters));
  /** @type {Correlations[]} */
  const layers = [];
  const reading = await model.read();
  try {
    for (let at = 0; at < characters.length; at += PART) {
      const part = characters.slice(at, at + PART).join('');
      const [trace] = await Promise.all([reading.trace(part), reading.push(part)]);
      trace.layers.forEach((layer, l) => {
        // The cell state itself, not its tanh: units that count do so in the cell state.
        const memory = layer.c ?? layer.h;
        layers[l] ??= new Correlations(measures, memory.length / trace.characters.length);
        layers[l].add(memory);
      });
    }
  } finally {
    await reading.dispose();
  }
  return features.map((_, f) => layers
    .flatMap((correlations, layer) => Array.from(correlations.of(f), (r, unit) => ({ layer, unit, r })))
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r))
    .slice(0, count));
}
