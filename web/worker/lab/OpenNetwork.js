import { FileFormatError, inspect } from 'lstm-wasm/predict';
import { gatesOf } from './gates.js';
import { Head } from './head.js';
import { HeldNetworks } from './HeldNetworks.js';
import { hasCellState, show, UNTOUCHED } from './plan.js';
import { writeModel } from './write-model.js';

/** @typedef {import('lstm-wasm/predict').Predictor} Predictor */
/** @typedef {import('lstm-wasm/predict').CharModel} CharModel */
/** @typedef {import('lstm-wasm/predict').CellState} CellState */
/** @typedef {import('./plan.js').Plan} Plan */

/**
 * What happened as a character was read. Never changed: readings share what they begin with.
 *
 * @typedef {object} Step
 * @property {number} token
 * @property {string} key what was done at it: see Plan
 * @property {CellState[]} state after it, of all layers, edits and swaps included
 * @property {Record<string, Float32Array>[]} gates of all layers
 * @property {Float64Array} logProbabilities of each character, to be the next
 * @property {Float32Array} probabilities
 */

/** So much of a text is read: characters. Of a longer one its end, which begins anew every so many characters. */
export const LONGEST = 400;
const SKIP = 100;

/** So many readings are kept, to go on from what they have in common with the next. */
const MOST_READINGS = 8;

/** The token of a start that is no character of a text. */
const START = -1;

/**
 * A network that is looked at. One of 8 bits a weight is looked at as what its weights stand for, in floats, tampered with
 * or not: what differs then comes of the tampering alone, and the sums behind its gates are those of its weights.
 */
export class OpenNetwork {
  /** @readonly */
  model;
  /** Its parameters by name. */
  values;
  /** As the file has them. @type {import('./gates.js').Layer[]} */
  layers;
  /** @type {string[]} */
  alphabet;
  /** Why no gate can be held. @type {string | undefined} */
  untouchable;
  #tokens;
  #head;
  #held;
  /** The latest last. @type {Step[][]} */
  #readings = [];

  /**
   * @param {CharModel} model of floats, with biases where holds need them
   * @param {import('./gates.js').Layer[]} layers as the file has them
   * @param {() => Promise<CharModel>} openAnother
   */
  constructor(model, layers, openAnother) {
    const { network, alphabet } = model;
    this.model = model;
    this.layers = layers;
    this.alphabet = alphabet;
    this.#tokens = new Map(alphabet.map((char, token) => [char, token]));
    this.values = network.parameters();
    this.#head = new Head(this.values);
    this.#held = new HeldNetworks(network, openAnother);
    if (this.layers.every((layer) => Object.keys(gatesOf(layer)).length === 0)) {
      const kinds = [...new Set(this.layers.map(({ kind }) => kind))].join(', ');
      this.untouchable = `No gate can be held: this network (${kinds}) has none.`;
    }
  }

  /**
   * @param {Predictor} predictor
   * @param {Uint8Array} bytes a model file
   */
  static async open(predictor, bytes) {
    const { kind } = await inspect(bytes);
    if (kind !== 'characters') throw new FileFormatError(`The lab looks at character models; the file is of another kind, ${show(kind)}.`);
    const opened = /** @type {CharModel} */ (await predictor.open(bytes));
    const { layers } = opened.network.config;
    const file = writeModel(opened.alphabet, opened.network);
    opened.dispose();
    const open = async () => /** @type {CharModel} */ (await predictor.open(file));
    return new OpenNetwork(await open(), layers, open);
  }

  /** Opens what another tampering needs. Without it nothing is held. */
  prepare() {
    return this.#held.prepare();
  }

  get isDisposed() {
    return this.model.disposed;
  }

  dispose() {
    this.#held.dispose();
    this.#readings = [];
    this.model.dispose();
  }

  /**
   * What of a text is read.
   *
   * @param {unknown} text
   */
  sift(text) {
    const { known, unknown } = this.siftAll(text);
    const skipped = Math.ceil(Math.max(0, known.length - LONGEST) / SKIP) * SKIP;
    const characters = known.slice(skipped);
    return { characters, unknown, skipped, tokens: this.tokensOf(characters) };
  }

  /** However long it is. @param {unknown} text */
  siftAll(text) {
    if (typeof text !== 'string') throw new Error(`The lab reads a text, not ${show(text)}.`);
    const all = [...text];
    const known = all.filter((char) => this.#tokens.has(char));
    const unknown = [...new Set(all)].filter((char) => !this.#tokens.has(char));
    return { known, unknown };
  }

  /** What the first layer is given for a character: one-hot, or its embedding. @param {number} token */
  input(token) {
    const table = this.values['embedding.weight'];
    const size = table ? table.length / this.alphabet.length : this.alphabet.length;
    return table?.subarray(token * size, (token + 1) * size) ?? new Float32Array(size).fill(1, token, token + 1);
  }

  /** @param {readonly string[]} characters all known */
  tokensOf(characters) {
    return characters.map((char) => /** @type {number} */ (this.#tokens.get(char)));
  }

  /** @param {unknown} l @returns {import('./gates.js').Layer} */
  layer(l) {
    const layer = Number.isInteger(l) ? this.layers[/** @type {number} */ (l)] : undefined;
    if (!layer) throw new Error(`The network has the layers 0 to ${this.layers.length - 1}, got ${show(l)}.`);
    return layer;
  }

  /**
   * Reads tokens from the beginning, as far as they differ from what was read before.
   *
   * @param {readonly number[]} tokens
   * @param {Plan} [plan]
   * @returns {Step[]} one more: first what stands before the first token, which is what model.trace starts from
   */
  read(tokens, plan = UNTOUCHED) {
    const keys = tokens.map((_, t) => plan.key(t));
    let steps = /** @type {Step[]} */ ([]);
    for (const reading of this.#readings) {
      let same = 0;
      while (same < tokens.length && reading[same + 1]?.token === tokens[same] && reading[same + 1].key === keys[same]) same++;
      if (same + 1 > steps.length && reading[0].key === startKey(plan)) steps = reading.slice(0, same + 1);
    }
    if (steps.length === 0) steps = [this.start(plan)];
    for (let t = steps.length - 1; t < tokens.length; t++) steps.push(this.step(steps[t].state, tokens[t], plan, t));
    this.#readings = [...this.#readings.slice(1 - MOST_READINGS), steps];
    return steps;
  }

  /**
   * What stands before a text: a line's end, or else the first character of the alphabet, was read.
   *
   * @param {Plan} plan
   * @returns {Step}
   */
  start(plan) {
    const token = this.#tokens.get('\n') ?? 0;
    const state = this.model.network.initialState();
    const network = this.#feed(state, token, plan, new Map());
    return { token: START, key: startKey(plan), state, gates: this.#gates(network), ...this.#guess(state, plan) };
  }

  /**
   * @param {readonly CellState[]} before it stays as it is
   * @param {number} token
   * @param {Plan} plan
   * @param {number} t its place in the text
   * @returns {Step}
   */
  step(before, token, plan, t) {
    const state = before.map(copyState);
    const held = plan.held(t);
    const network = this.#feed(state, token, plan, held);
    const gates = this.#gates(network);
    for (const [name, units] of held) showHeld(gates[plan.layer], name, units, gatesOf(this.layers[plan.layer]));
    this.#change(state, plan, t);
    return { token, key: plan.key(t), state, gates, ...this.#guess(state, plan) };
  }

  /**
   * A way through a text that keeps nothing but where it is.
   *
   * @param {readonly CellState[]} from it stays as it is
   * @param {Plan} [plan]
   */
  walk(from, plan = UNTOUCHED) {
    const state = from.map(copyState);
    return {
      feed: (/** @type {number} */ token, t = 0) => {
        this.#feed(state, token, plan, plan.held(t));
        this.#change(state, plan, t);
      },
      logProbabilities: () => this.#predict(state, plan),
    };
  }

  /** All layers' memories after a text that nobody tampered with. @param {string} text */
  memoriesAfter(text) {
    const { tokens } = this.sift(text);
    if (tokens.length === 0) throw new Error(`The network knows no character of the other text, ${show(text)}.`);
    return this.read(tokens)[tokens.length].state;
  }

  /**
   * @param {CellState[]} state becomes that after it
   * @param {number} token
   * @param {Plan} plan
   * @param {import('./HeldNetworks.js').Held} held
   */
  #feed(state, token, plan, held) {
    const network = this.#network(plan, held);
    try {
      network.step(token, state);
    } catch (cause) {
      if (/** @type {Error} */ (cause).name !== 'DivergedError') throw cause;
      throw new Error('The numbers of this network grow beyond all bounds on this text: its weights are too large, as after a '
        + 'training that has diverged.', { cause });
    }
    return network;
  }

  /** Edits and swaps. @param {CellState[]} state @param {Plan} plan @param {number} t */
  #change(state, plan, t) {
    const own = state[plan.layer];
    for (const { memory, unit, value } of plan.edits(t)) own[memory][unit] = value;
    for (const { unit, text } of plan.swaps(t)) {
      const other = this.memoriesAfter(text)[plan.layer];
      own.h[unit] = other.h[unit];
      if (hasCellState(this.layers[plan.layer])) own.c[unit] = other.c[unit];
    }
  }

  /** @param {Plan} plan @param {import('./HeldNetworks.js').Held} held */
  #network({ layer, silenced }, held) {
    const isOwn = held.size === 0 && silenced.length === 0;
    return isOwn ? this.model.network : this.#held.get(layer, held, silenced);
  }

  /** Once for all runs that have the step in common. @param {readonly CellState[]} state @param {Plan} plan */
  #guess(state, plan) {
    const logProbabilities = this.#predict(state, plan);
    return { logProbabilities, probabilities: new Float32Array(logProbabilities.map(Math.exp)) };
  }

  /** @param {readonly CellState[]} state @param {Plan} plan */
  #predict(state, plan) {
    const last = this.layers.length - 1;
    let { h } = state[last];
    if (plan.layer === last && plan.silenced.length > 0 && !this.layers[last].projection) {
      h = h.slice();
      for (const unit of plan.silenced) h[unit] = 0;
    }
    return this.#head.logProbabilities(h);
  }

  /** @param {CharModel['network']} network */
  #gates(network) {
    return this.layers.map((_, l) => network.gates(l));
  }
}

/** Nothing is done at the start, but units are silent in it. @param {Plan} plan */
const startKey = ({ layer, silenced }) => (silenced.length > 0 ? `${layer}|${silenced}` : '');

/** @param {CellState} state @returns {CellState} */
const copyState = ({ h, c }) => /** @type {CellState} */ (c ? { h: h.slice(), c: c.slice() } : { h: h.slice() });

/**
 * Writes the value that a gate is held at where a sigmoid only comes as near to it as floats do.
 *
 * @param {Record<string, Float32Array>} gates
 * @param {string} name
 * @param {Float64Array} units
 * @param {Record<string, import('./gates.js').Gate>} known
 */
function showHeld(gates, name, units, known) {
  const complements = Object.keys(known).filter((other) => known[other].complementOf === name);
  units.forEach((value, unit) => {
    if (Number.isNaN(value)) return;
    gates[name][unit] = value;
    for (const other of complements) gates[other][unit] = 1 - value;
  });
}
