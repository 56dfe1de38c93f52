/** Which units of a network track what: the correlation of each unit's memory with features of a text. */
import { FEATURES } from '../../model/book/features.js';

/** A part of this many characters is read, and counted, at a time. */
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

  /** The root of the mean square of each unit. */
  get amounts() {
    return this.#squares.map((square) => Math.sqrt(square / Math.max(1, this.#count)));
  }
}

/**
 * A unit that may track something.
 *
 * @typedef {object} Finding
 * @property {number} layer
 * @property {number} unit
 * @property {number} r
 * @property {number} [amount] of its h: root mean square; where each number of h is a unit's
 * @property {number} [usual] the amount of the unit in the middle of its layer
 */

/** @typedef {{ feature: string, units: Finding[] }} Found */

/**
 * Reads a text, and finds the units that track each feature best. Features that never change in the text are left out,
 * such as quotation marks in a script without them.
 *
 * @param {Pick<import('./OpenNetwork.js').OpenNetwork, 'model'>} network
 * @param {{ text: string, count?: number }} asked count: how many units of each feature
 * @returns {Generator<void, Found[]>} the best first
 */
export function* findUnits({ model }, { text, count = 8 }) {
  const alphabet = new Set(model.alphabet);
  const characters = [...text].filter((char) => alphabet.has(char));
  const features = FEATURES.map(({ label, measure }) => ({ label, values: measure(characters) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
  const measures = features.map(({ values }) => values);
  /** @type {{ memories: Correlations, outputs?: Correlations }[]} */
  const layers = [];
  const reading = model.read();
  for (let at = 0; at < characters.length; at += PART) {
    const part = characters.slice(at, at + PART).join('');
    reading.trace(part).layers.forEach(({ c, h, hiddenSize, start }, l) => {
      layers[l] ??= {
        memories: new Correlations(measures, hiddenSize),
        ...(start.h.length === hiddenSize && { outputs: new Correlations([], hiddenSize) }),
      };
      // The cell state itself, not its tanh: units that count do so in the cell state.
      layers[l].memories.add(c ?? h);
      layers[l].outputs?.add(h);
    });
    reading.push(part);
    yield;
  }
  const amounts = layers.map(({ outputs }) => outputs?.amounts);
  const usual = amounts.map((of) => of && of.slice().sort()[of.length >> 1]);
  return features.map(({ label }, f) => ({
    feature: label,
    units: layers
      .flatMap(({ memories }, layer) => Array.from(memories.of(f), (r, unit) => (
        { layer, unit, r, ...(amounts[layer] && { amount: amounts[layer][unit], usual: usual[layer] }) })))
      .sort((a, b) => Math.abs(b.r) - Math.abs(a.r))
      .slice(0, count),
  }));
}
