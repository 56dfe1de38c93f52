import { OpenNetwork } from './OpenNetwork.js';
import { show } from './plan.js';

/** @typedef {import('../../model/cell/types.js').Subject} Subject */
/** @typedef {import('lstm-wasm/predict').Predictor} Predictor */

/** The networks that are open, by their ids. */
export class Lab {
  #predictor;
  /** @type {Map<string, OpenNetwork>} */
  #open = new Map();
  /** The networks open one after the other, in the order in which they were asked for. @type {Promise<unknown>} */
  #opening = Promise.resolve();

  /** @param {Predictor} predictor */
  constructor(predictor) {
    this.#predictor = predictor;
  }

  /** Settled when all is open that was asked for. */
  get opened() {
    return this.#opening;
  }

  /**
   * Opens a model file. What was open under this id is closed then; where the file cannot be opened, it stays.
   *
   * @param {string} id
   * @param {Uint8Array} bytes
   * @returns {Promise<Subject>}
   */
  open(id, bytes) {
    const opening = this.#opening.then(() => this.#openNext(id, bytes));
    this.#opening = opening.catch(() => {});
    return opening;
  }

  /** @param {string} id @param {Uint8Array} bytes @returns {Promise<Subject>} */
  async #openNext(id, bytes) {
    if (typeof id !== 'string' || id === '') throw new Error(`A network is opened under a name, not ${show(id)}.`);
    const network = await OpenNetwork.open(this.#predictor, bytes);
    this.#open.get(id)?.dispose();
    this.#open.set(id, network);
    const { alphabet, layers, untouchable } = network;
    return { id, alphabet, layers: /** @type {Subject['layers']} */ (layers), ...(untouchable && { untouchable }) };
  }

  /** @param {string} id @returns {OpenNetwork} */
  get(id) {
    const network = this.#open.get(id);
    if (network) return network;
    throw new Error(`No network is open as ${show(id)}: open are ${[...this.#open.keys()].join(', ') || 'none'}.`);
  }
}
