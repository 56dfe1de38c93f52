// PartTrainer.js: a trainer that has some sequences of a batch, whose sums are added to those of others before it updates.
import { OutOfMemoryError } from '../../core/errors.js';
import { Trainer } from '../Trainer.js';

/** @typedef {import('../../network/state.js').CellState} CellState */
/** @typedef {import('./Exchange.js').Sums} Sums */

export class PartTrainer extends Trainer {
  #wasm;
  #carries;
  /** Where what others sum to is put: a block of memory of the module. */
  #room;

  /**
   * @param {import('../../network/Network.js').Network} network
   * @param {any} options as createTrainer takes them, with the batchSize of the whole batch
   * @param {import('./parts.js').Part} part
   */
  constructor(network, options, part) {
    super(network, options, part);
    this.#wasm = network.handle.wasm;
    this.#carries = options.carryState === true;
    const room = new Room(this.#wasm, part.nodes * this.#nodeBytes);
    this.#room = room;
    this.life.alsoFree(() => room.free());
    if (part.nodes > 0 && this.#room.pointer === 0) {
      this.dispose();
      throw new OutOfMemoryError(`createTrainer: not enough memory for ${part.nodes} sums of others`);
    }
  }

  get #pointer() {
    return this.parts.batch.pointer;
  }

  /** Whole floats, and doubles lie right in each of several. */
  get #nodeBytes() {
    return Math.ceil(this.#wasm.exports.lstm_trainer_node_bytes(this.#pointer) / 8) * 8;
  }

  /** The words of the random generator, where there is dropout. */
  get random() {
    const { dropout } = this.parts;
    return dropout.isUsed ? dropout.random : undefined;
  }

  /** @param {unknown} random @param {string} path @returns {number[] | undefined} checked */
  readRandom(random, path) {
    const { dropout } = this.parts;
    return dropout.readRandom(random, path);
  }

  /**
   * From which the next window goes on.
   * @param {import('./TeamState.js').Extra} extra
   */
  place({ state, random }) {
    this.setState(state);
    if (random) this.parts.dropout.random = random;
  }

  /**
   * Goes through a window.
   * @param {import('./parts.js').Window} window
   * @param {readonly boolean[]} fresh which sequences start anew
   * @param {boolean} learns false: it is only read
   * @returns {Sums} in the memory of the module, until anything else is done with it
   */
  pass({ inputs, targets, options }, fresh, learns) {
    if (fresh.every(Boolean)) this.resetState();
    else fresh.forEach((isFresh, b) => { if (isFresh) this.begin(b); });
    if (!learns) {
      this.carry(inputs, options);
      return { nodes: [], leaves: [] };
    }
    this.parts.pass.load('step', inputs, targets, options);
    this.#wasm.exports.lstm_trainer_pass(this.#pointer);
    const nodes = this.#nodes();
    return {
      nodes: nodes.map(({ pointer }) => this.#wasm.floats(pointer, this.#nodeBytes / 4)),
      leaves: nodes.map(({ leaves }) => leaves),
    };
  }

  /** The state of the sequences here from which the window behind goes on. @returns {CellState[]} */
  get next() {
    return this.#carries ? this.parts.batch.endState() : this.state();
  }

  /**
   * Adds what the others sum to, and updates.
   * @param {readonly (Sums & { part: number })[]} told from left to right
   * @param {number} own which part is here
   * @returns {{ loss: number, gradientNorm: number }}
   */
  finish(told, own) {
    const { exports } = this.#wasm;
    const bytes = this.#nodeBytes;
    let at = this.#room.pointer;
    const parts = told.map(({ nodes, leaves, part }) => ({ part, nodes: nodes.map((node, k) => {
      const pointer = at;
      this.#wasm.floats(pointer, bytes / 4).set(node);
      at += bytes;
      return { pointer, leaves: leaves[k] };
    }) }));
    if (told.length > 0) {
      const all = [...parts, { part: own, nodes: this.#nodes() }].sort((a, b) => a.part - b.part).flatMap(({ nodes }) => nodes);
      this.#wasm.withWords(2 * all.length, 'train', (pointer) => {
        this.#wasm.ints(pointer, all.length).set(all.map((node) => node.pointer));
        this.#wasm.ints(pointer + 4 * all.length, all.length).set(all.map(({ leaves }) => leaves));
        exports.lstm_trainer_sum(this.#pointer, pointer, pointer + 4 * all.length, all.length);
      });
    }
    const { optimizer, options } = this.parts;
    const { clipNorm, clipValue, carryState } = options;
    return this.ended(exports.lstm_trainer_finish(this.#pointer, ...optimizer.words, clipNorm, clipValue, carryState ? 1 : 0), true);
  }

  /** The largest nodes of the tree that lie in it, from left to right. */
  #nodes() {
    const { lstm_trainer_node_count, lstm_trainer_node, lstm_trainer_node_leaves } = this.#wasm.exports;
    const count = lstm_trainer_node_count(this.#pointer);
    return Array.from({ length: count }, (_, k) => (
      { pointer: lstm_trainer_node(this.#pointer, k), leaves: lstm_trainer_node_leaves(this.#pointer, k) }));
  }
}

/** A block of the module's memory. */
class Room {
  #exports;
  /** 0: there is none */
  pointer;

  /**
   * @param {import('../../core/Wasm.js').Wasm} wasm
   * @param {number} bytes
   */
  constructor({ exports }, bytes) {
    this.#exports = exports;
    this.pointer = bytes === 0 ? 0 : exports.lstm_allocate(bytes);
  }

  free() {
    if (this.pointer !== 0) this.#exports.lstm_free(this.pointer);
    this.pointer = 0;
  }
}
