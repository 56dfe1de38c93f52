// EnsembleNetwork.js: several networks of as many tokens as one, whose probabilities are the mean of theirs.
import { Owned } from '../../core/Owned.js';
import { Sampler } from '../../sampling/Sampler.js';

/** @typedef {import('../PredictingNetwork.js').PredictingNetwork} PredictingNetwork */
/** @typedef {import('../../network/state.js').CellState} CellState */

/** The name that the network of this number has in files. @param {number} m */
export const memberName = (m) => `member.${m}`;

/**
 * Networks side by side: what stands in a model for its one network. Its layers, and its state, are theirs, one network's after
 * the other's.
 */
export class EnsembleNetwork extends Owned {
  #networks;
  #sampler;

  /**
   * @internal
   * @param {readonly PredictingNetwork[]} networks of one module, at least one, with token input and as many classes, one-way;
   *   owned by this from now on
   */
  constructor(networks) {
    super('EnsembleNetwork', () => networks.forEach((network) => network.dispose()), false);
    this.#networks = networks;
    this.#sampler = new Sampler(/** @type {any} */ (networks));
  }

  /** The networks, in their order: to step through and look at. dispose() of the model disposes them too. */
  get networks() {
    this.assertUsable('networks');
    return [...this.#networks];
  }

  /** By their names in files. @internal @returns {Record<string, PredictingNetwork>} */
  get named() {
    return Object.fromEntries(this.networks.map((network, m) => [memberName(m), network]));
  }

  /** What each network is, and together the layers of all and the seed of each. */
  get config() {
    const networks = this.#networks.map(({ config }) => config);
    return { networks, layers: networks.flatMap(({ layers }) => layers), seed: networks.map(({ seed }) => seed) };
  }

  /** How many numbers there are in all. */
  get parameterCount() {
    return this.#networks.reduce((sum, { parameterCount }) => sum + parameterCount, 0);
  }

  /** True where the weights of all have 8 bits. */
  get isQuantized() {
    return this.#networks.every(({ isQuantized }) => isQuantized);
  }

  /** The shape of each parameter by its name in the file: member.0.weight_ih_l0. @returns {Record<string, number[]>} */
  get shapes() {
    return Object.fromEntries(Object.entries(this.named).flatMap(([name, { shapes }]) =>
      Object.entries(shapes).map(([parameter, shape]) => [`${name}.${parameter}`, shape])));
  }

  /** @internal */
  get handle() {
    return { stateShapes: this.#networks.flatMap(({ handle }) => handle.stateShapes) };
  }

  /** Draws and scores, unchecked. @internal */
  get sampler() {
    this.assertUsable('sampler');
    return this.#sampler;
  }

  /** The state that sequences start from. @returns {CellState[]} */
  initialState() {
    return this.networks.flatMap((network) => network.initialState());
  }

  /**
   * The gates of a layer of all in the last step: see Network.gates.
   * @param {number} layer
   * @returns {Record<string, Float32Array>}
   */
  gates(layer) {
    let l = layer;
    const network = this.networks.find(({ config: { layers } }) => l < layers.length || ((l -= layers.length), false));
    return /** @type {PredictingNetwork} */ (network).gates(l);
  }

  /**
   * Copies for predicting, with 8 bits a weight.
   * @returns {EnsembleNetwork}
   * @throws {import('../../core/errors.js').OutOfMemoryError}
   */
  quantize() {
    return EnsembleNetwork.of(this.networks, (network) => network.quantize());
  }

  /**
   * One of what is made of each; where one cannot be made, those before it are given back.
   * @internal
   * @template T
   * @param {readonly T[]} list
   * @param {(one: T) => PredictingNetwork} make
   */
  static of(list, make) {
    /** @type {PredictingNetwork[]} */
    const made = [];
    try {
      for (const one of list) made.push(make(one));
      return new EnsembleNetwork(made);
    } catch (error) {
      for (const network of made) network.dispose();
      throw error;
    }
  }
}
