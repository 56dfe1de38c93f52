// NetworkPair.js: an encoder and its decoder as one that is trained.
import { apart, withNames } from './pair-checkpoint.js';

/** One that can be trained, with a `createPairTrainer`. @typedef {Omit<import('../network/Network.js').Network, 'assertUsable'> & Record<string, any>} TrainableNetwork */

export class NetworkPair {
  /**
   * @param {TrainableNetwork} encoder
   * @param {TrainableNetwork} decoder
   */
  constructor(encoder, decoder) {
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** What those need who train both: no state goes from one window to the next. */
  get handle() {
    const [first, second] = this.#both.map(({ handle }) => handle);
    return { wasm: second.wasm, stateShapes: [], changes: first.changes + second.changes };
  }

  get #both() {
    return [this.encoder, this.decoder];
  }

  get disposed() {
    return this.#both.some(({ disposed }) => disposed);
  }

  get isFinite() {
    return this.#both.every(({ isFinite }) => isFinite);
  }

  get parameterCount() {
    return this.#both.reduce((sum, { parameterCount }) => sum + parameterCount, 0);
  }

  /** What defaults and checkpoints go by. */
  get config() {
    return this.decoder.config;
  }

  get shapes() {
    return withNames(this.encoder.shapes, this.decoder.shapes);
  }

  parameters() {
    return withNames(this.encoder.parameters(), this.decoder.parameters());
  }

  /** @param {Record<string, Float32Array>} values all of them */
  setParameters(values) {
    const before = this.encoder.parameters();
    const [first, second] = apart(values);
    this.encoder.setParameters(first);
    try {
      this.decoder.setParameters(second);
    } catch (error) {
      this.encoder.setParameters(before);
      throw error;
    }
  }

  /** @returns {import('../network/state.js').CellState[]} */
  initialState() {
    return [];
  }

  get random() {
    return this.decoder.random;
  }

  set random(words) {
    this.decoder.random = words;
  }

  /** @param {string} call @param {string} [what] */
  assertFloat(call, what) {
    for (const network of this.#both) network.assertFloat(call, what);
  }

  /** @param {string} call */
  assertUsable(call) {
    for (const network of this.#both) network.assertUsable(call);
  }

  /** @param {any} trainer is kept as long as it, and ends with it */
  lendTo(trainer) {
    for (const network of this.#both) network.lendTo(trainer);
  }

  /** @param {any} options */
  createTrainer({ carryState, ...options }) {
    return this.decoder.createPairTrainer(this.encoder, options);
  }

  dispose() {
    for (const network of this.#both) network.dispose();
  }
}
