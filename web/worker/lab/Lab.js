import { OpenNetwork } from './OpenNetwork.js';
import { show } from './plan.js';

/** @typedef {import('../../model/cell/types.js').Subject} Subject */

/** The networks that are open, by their ids. */
export class Lab {
  #lstm;
  /** @type {Map<string, OpenNetwork>} */
  #open = new Map();

  /** @param {import('lstm-wasm').Lstm} lstm */
  constructor(lstm) {
    this.#lstm = lstm;
  }

  /**
   * Opens a model file. What was open under this id is closed then; where the file cannot be opened, it stays.
   *
   * @param {string} id
   * @param {Uint8Array} bytes
   * @returns {Subject}
   */
  open(id, bytes) {
    if (typeof id !== 'string' || id === '') throw new Error(`A network is opened under a name, not ${show(id)}.`);
    const network = new OpenNetwork(this.#lstm, bytes);
    this.#open.get(id)?.dispose();
    this.#open.set(id, network);
    const { alphabet, layers, untouchable } = network;
    return { id, alphabet, layers: /** @type {Subject['layers']} */ (layers), ...(untouchable && { untouchable }) };
  }

  /**
   * One training step of a network that need not be open: its file has what its training needs.
   *
   * @param {{ bytes: Uint8Array, text: string, learningRate: number }} asked
   */
  async slowStep({ bytes, ...asked }) {
    const { slowStep } = await import('./slow-step.js'); // most visits never ask for it
    return slowStep(this.#lstm, bytes, asked);
  }

  /** @param {string} id @returns {OpenNetwork} */
  get(id) {
    const network = this.#open.get(id);
    if (network) return network;
    throw new Error(`No network is open as ${show(id)}: open are ${[...this.#open.keys()].join(', ') || 'none'}.`);
  }
}
