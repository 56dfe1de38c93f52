// PartSums.js: what the sequences of a part sum to, in the memory of the module, and the sums of all parts. Of one trainer, or of
// the two of an encoder and its decoder: first all nodes of the encoder, then all of the decoder.

/** @typedef {import('./Exchange.js').Sums} Sums */

export class PartSums {
  #wasm;
  #trainers;
  /** Where what others sum to is put: a block of memory of the module; 0: there is none. */
  #room = 0;

  /**
   * @param {import('../../core/Wasm.js').Wasm} wasm
   * @param {readonly number[]} trainers their addresses
   */
  constructor(wasm, trainers) {
    this.#wasm = wasm;
    this.#trainers = trainers;
  }

  /**
   * @param {number} nodes of the tree, that other parts have
   * @returns {boolean} false: there is not enough memory
   */
  makeRoom(nodes) {
    if (nodes === 0) return true;
    this.#room = this.#wasm.exports.lstm_allocate(nodes * this.#trainers.reduce((sum, trainer) => sum + this.#bytesOf(trainer), 0));
    return this.#room !== 0;
  }

  free() {
    if (this.#room !== 0) this.#wasm.exports.lstm_free(this.#room);
    this.#room = 0;
  }

  /** After a pass. @returns {Sums} in the memory of the module, until anything else is done with it */
  get own() {
    const nodes = this.#trainers.flatMap((trainer) => this.#nodesOf(trainer));
    return {
      nodes: nodes.map(({ pointer, bytes }) => this.#wasm.floats(pointer, bytes / 4)),
      leaves: nodes.map(({ leaves }) => leaves),
    };
  }

  /**
   * The sums become those of all parts.
   * @param {readonly (Sums & { part: number })[]} told by the others, from left to right
   * @param {number} own which part is here
   */
  add(told, own) {
    if (told.length === 0) return;
    let at = this.#room;
    this.#trainers.forEach((trainer, side) => {
      const bytes = this.#bytesOf(trainer);
      const others = told.flatMap(({ nodes, leaves, part }) => {
        const [first, end] = [side, side + 1].map((n) => (n * nodes.length) / this.#trainers.length);
        return nodes.slice(first, end).map((node, k) => {
          const pointer = at;
          this.#wasm.floats(pointer, bytes / 4).set(node);
          at += bytes;
          return { part, pointer, leaves: leaves[first + k] };
        });
      });
      const here = this.#nodesOf(trainer).map((node) => ({ ...node, part: own }));
      this.#sum(trainer, [...others, ...here].sort((a, b) => a.part - b.part));
    });
  }

  /**
   * @param {number} trainer
   * @param {{ pointer: number, leaves: number }[]} nodes from left to right
   */
  #sum(trainer, nodes) {
    const count = nodes.length;
    this.#wasm.withWords(2 * count, 'train', (pointer) => {
      this.#wasm.ints(pointer, count).set(nodes.map((node) => node.pointer));
      this.#wasm.ints(pointer + 4 * count, count).set(nodes.map(({ leaves }) => leaves));
      this.#wasm.exports.lstm_trainer_sum(trainer, pointer, pointer + 4 * count, count);
    });
  }

  /** The largest nodes of the tree that lie in the part, from left to right. @param {number} trainer */
  #nodesOf(trainer) {
    const { lstm_trainer_node_count, lstm_trainer_node, lstm_trainer_node_leaves } = this.#wasm.exports;
    const bytes = this.#bytesOf(trainer);
    return Array.from({ length: lstm_trainer_node_count(trainer) }, (_, k) => (
      { pointer: lstm_trainer_node(trainer, k), leaves: lstm_trainer_node_leaves(trainer, k), bytes }));
  }

  /** Of a node: whole floats, and doubles lie right in each of several. @param {number} trainer */
  #bytesOf(trainer) {
    return Math.ceil(this.#wasm.exports.lstm_trainer_node_bytes(trainer) / 8) * 8;
  }
}
