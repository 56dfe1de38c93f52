import { biasesOf, gatesOf, rowsOf, sumBehind } from './gates.js';

/** @typedef {import('lstm-wasm').Lstm} Lstm */
/** @typedef {ReturnType<Lstm['createNetwork']>} Network */

/**
 * What is held in a layer: for each gate that has rows of its own a value for each unit, NaN where it is not held.
 * @typedef {ReadonlyMap<string, Float64Array>} Held
 */

/** So many copies are kept: a hold and what comes before and after it, for two layers or for another try. */
const MOST_COPIES = 6;

/**
 * Copies of a network in which gates are held, or units are silent. A gate is held by a row of zeros and a bias that
 * gives the value; a unit is silent by columns of zeros for all that reads it (the prediction is made elsewhere). A copy
 * whose gates are held at other values only gets other biases: what a slider does costs nothing.
 */
export class HeldNetworks {
  #lstm;
  #config;
  /** @type {import('./gates.js').Layer[]} */
  #layers;
  #shapes;
  #values;
  /** By what is held, the latest last. @type {Map<string, { network: Network, biases: string }>} */
  #copies = new Map();
  /** What was asked for last: the next character mostly asks for the same. @type {{ held: Held, network: Network } | undefined} */
  #last;

  /**
   * @param {Lstm} lstm
   * @param {Network} network of floats, with biases in all layers
   */
  constructor(lstm, network) {
    this.#lstm = lstm;
    this.#config = /** @type {import('lstm-wasm').NetworkOptions} */ (network.config);
    this.#layers = network.config.layers;
    this.#shapes = network.shapes;
    this.#values = network.parameters();
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
    for (const { network } of this.#copies.values()) network.dispose();
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
    const network = found?.network ?? this.#free();
    network.setParameters(found ? writing.written : { ...this.#values, ...writing.written });
    this.#copies.delete(key);
    this.#copies.set(key, { network, biases });
    return network;
  }

  /** A network to be written over: a new one, or the one that was not asked for for longest. */
  #free() {
    if (this.#copies.size < MOST_COPIES) return this.#lstm.createNetwork(this.#config);
    const [[key, { network }]] = this.#copies;
    this.#copies.delete(key);
    return network;
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
    const readers = layer.projection ? [`weight_hr_l${l}`] : [`weight_hh_l${l}`, `weight_ih_l${l + 1}`];
    for (const reader of readers) for (const unit of silenced) writing.clearColumns(reader, unit, layer.hiddenSize);
  }
}

/** @param {Float64Array} units */
const heldUnits = (units) => [...units.keys()].filter((unit) => !Number.isNaN(units[unit]));

/** Parameters that are copied before they are written. */
class Writing {
  /** @type {Record<string, Float32Array>} */
  written = {};
  #values;
  #shapes;

  /** @param {Record<string, Float32Array>} values @param {Record<string, number[]>} shapes */
  constructor(values, shapes) {
    this.#values = values;
    this.#shapes = shapes;
  }

  /** Row n of a matrix, or number n of a vector, to be written. @param {string} name @param {number} n */
  row(name, n) {
    const [, columns = 1] = this.#shapes[name];
    return this.#copy(name).subarray(n * columns, (n + 1) * columns);
  }

  /**
   * @param {string} name of a matrix that may not be there
   * @param {number} column
   * @param {number} stride units of the layer: all columns, or those of a step of a tdnn, which sees the steps before too
   */
  clearColumns(name, column, stride) {
    if (!this.#shapes[name]) return;
    const values = this.#copy(name);
    for (let at = column; at < values.length; at += stride) values[at] = 0;
  }

  /** @param {string} name */
  #copy(name) {
    return (this.written[name] ??= this.#values[name].slice());
  }
}
