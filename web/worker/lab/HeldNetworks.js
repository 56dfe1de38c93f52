import { DisposedError } from 'lstm-wasm/predict';
import { biasesOf, gatesOf, rowsOf, sumBehind } from './gates.js';
import { Writing } from './Writing.js';

/** @typedef {import('lstm-wasm/predict').CharModel} CharModel */
/** @typedef {CharModel['network']} Network */

/**
 * What is held in a layer: for each gate that has rows of its own a value for each unit, NaN where it is not held.
 * @typedef {ReadonlyMap<string, Float64Array>} Held
 */

/** So many copies are kept, for what is held one after the other and for another try; of a large network fewer. */
const MOST_COPIES = 6;
const FEWEST_COPIES = 2;
const MOST_NUMBERS = 2 ** 23;

/**
 * Copies of a network in which gates are held, or units are silent. A gate is held by a row of zeros and a bias that
 * gives the value; a unit is silent by columns of zeros for all that reads it (the prediction is made elsewhere). A copy
 * whose gates are held at other values only gets other biases: what a slider does costs nothing.
 */
export class HeldNetworks {
  #openAnother;
  /** @type {import('./gates.js').Layer[]} */
  #layers;
  #shapes;
  #values;
  #most;
  /** By what is held, the latest last. @type {Map<string, { network: Network, biases: string }>} */
  #copies = new Map();
  /** Those that nothing is held in yet. @type {Network[]} */
  #free = [];
  /** @type {Promise<void> | undefined} */
  #preparing;
  #isDisposed = false;
  /** What was asked for last: the next character mostly asks for the same. @type {{ held: Held, network: Network } | undefined} */
  #last;

  /**
   * @param {Network} network of floats, with biases in all layers that have gates
   * @param {() => Promise<CharModel>} openAnother a copy of its model
   */
  constructor(network, openAnother) {
    this.#openAnother = openAnother;
    this.#layers = network.config.layers;
    this.#shapes = network.shapes;
    this.#values = network.parameters();
    this.#most = Math.max(FEWEST_COPIES, Math.min(MOST_COPIES, Math.floor(MOST_NUMBERS / network.parameterCount)));
  }

  /** Opens copies for what is held next: a few at a time, up to the most. Two are enough for everything. */
  prepare() {
    this.#preparing ??= this.#open().finally(() => { this.#preparing = undefined; });
    return this.#preparing;
  }

  async #open() {
    while (!this.#isDisposed && this.#free.length < FEWEST_COPIES && this.#copies.size + this.#free.length < this.#most) {
      const { network } = await this.#openAnother();
      if (this.#isDisposed) network.dispose();
      else this.#free.push(network);
    }
  }

  /**
   * @param {number} l the layer
   * @param {Held} held never changed: the same object is the same
   * @param {readonly number[]} silenced units of the layer, of one `held` always the same
   */
  get(l, held, silenced) {
    if (this.#last?.held === held) return this.#last.network;
    const network = this.#find(l, held, silenced);
    this.#last = { held, network };
    return network;
  }

  dispose() {
    this.#isDisposed = true;
    for (const network of [...this.#free, ...[...this.#copies.values()].map((copy) => copy.network)]) network.dispose();
    this.#free = [];
    this.#copies.clear();
    this.#last = undefined;
  }

  /** @param {number} l @param {Held} held @param {readonly number[]} silenced */
  #find(l, held, silenced) {
    const key = `${l}|${silenced}|${[...held].map(([gate, units]) => `${gate}:${heldUnits(units)}`).join('|')}`;
    const biases = [...held.values()].join('|');
    const found = this.#copies.get(key);
    if (found?.biases === biases) {
      this.#copies.delete(key);
      this.#copies.set(key, found);
      return found.network;
    }
    const writing = new Writing(this.#values, this.#shapes);
    this.#setBiases(writing, l, held);
    if (!found) this.#clear(writing, l, held, silenced);
    const network = found?.network ?? this.#take();
    network.setParameters(found ? writing.written : { ...this.#values, ...writing.written });
    this.#copies.delete(key);
    this.#copies.set(key, { network, biases });
    return network;
  }

  /** A network to be written over: one that is free, or the one that was not asked for for longest. */
  #take() {
    const network = this.#free.pop();
    if (network) return network;
    const [oldest] = this.#copies;
    if (!oldest) throw this.#isDisposed ? new DisposedError('this network was closed') : new Error('Nothing can be held yet: prepare() has to end first.');
    this.#copies.delete(oldest[0]);
    return oldest[1].network;
  }

  /** @param {Writing} writing @param {number} l @param {Held} held */
  #setBiases(writing, l, held) {
    const gates = gatesOf(this.#layers[l]);
    for (const [name, units] of held) {
      const gate = gates[name];
      const [first, ...others] = biasesOf(gate, l);
      units.forEach((value, unit) => {
        if (Number.isNaN(value)) return;
        writing.row(first, gate.row + unit)[0] = sumBehind(gate.squash, value);
        for (const other of others) writing.row(other, gate.row + unit)[0] = 0;
      });
    }
  }

  /** @param {Writing} writing @param {number} l @param {Held} held @param {readonly number[]} silenced */
  #clear(writing, l, held, silenced) {
    const layer = this.#layers[l];
    const gates = gatesOf(layer);
    for (const [name, units] of held) {
      for (const [parameter, first] of rowsOf(gates[name], layer, l)) {
        if (!this.#shapes[parameter]) continue;
        for (const unit of heldUnits(units)) writing.row(parameter, first + unit).fill(0);
      }
    }
    // Where h is projected, it is made of all units: a silent one is no part of it.
    const readers = layer.projection ? [`weight_hr_l${l}`] : [`weight_hh_l${l}`, `weight_ih_l${l + 1}`, `weight_mx_l${l + 1}`];
    for (const reader of readers) for (const unit of silenced) writing.clearColumns(reader, unit, layer.hiddenSize);
  }
}

/** @param {Float64Array} units */
const heldUnits = (units) => [...units.keys()].filter((unit) => !Number.isNaN(units[unit]));
