// Exchange.js: what the parts of a batch tell each other in a step: each sends all others what its own leaves sum to.
//
// Buffers are handed over and not copied on their way; those that came are used again for what is sent next. Where memory may
// be shared, what is sent lies in one of two blocks in turns: who writes the one of step k + 2 has finished step k + 1, for which
// all others have sent what they could only sum after they had read step k.

/**
 * What a part sums to.
 * @typedef {object} Sums
 * @property {Float32Array[]} nodes of the tree over the sequences, the largest that lie in it, from left to right: the gradients,
 *   and what else is summed, as bytes that look like floats
 * @property {number[]} leaves how many each is of
 */

/** @typedef {Sums & { epoch: number, step: number, part: number, extra?: any }} Told `extra`: for the first part alone */

export class Exchange {
  #links;
  #trainer;
  #epoch = 0;
  /** Who has which part, from left to right. @type {readonly number[]} */
  #ids = [];
  #own = 0;
  /** By 'epoch step'. @type {Map<string, (Told | undefined)[]>} */
  #told = new Map();
  /** Which step is waited for. @type {{ step: number, then: () => void } | undefined} */
  #waiting;
  /** To be used again. @type {Float32Array[]} */
  #pool = [];
  /** @type {Float32Array[][]} */
  #shared = [];

  /**
   * @param {import('./Links.js').Links} links
   * @param {number} trainer its number
   */
  constructor(links, trainer) {
    this.#links = links;
    this.#trainer = trainer;
  }

  /**
   * What was told before is void.
   * @param {number} epoch
   * @param {readonly number[]} ids
   * @param {number} own which part is here
   */
  begin(epoch, ids, own) {
    this.#epoch = epoch;
    this.#ids = ids;
    this.#own = own;
    this.#waiting = undefined;
    for (const key of this.#told.keys()) if (Number(key.split(' ')[0]) < epoch) this.#told.delete(key);
  }

  /**
   * To all others.
   * @param {number} step
   * @param {Sums} sums in memory that may change when this returns
   * @param {any} extra for the first part
   */
  send(step, { nodes, leaves }, extra) {
    const shared = this.#share(step, nodes);
    this.#ids.forEach((id, part) => {
      if (part === this.#own) return;
      const copies = shared ?? nodes.map((node) => this.#copyOf(node));
      this.#links.send(id, {
        type: 'sums', trainer: this.#trainer, epoch: this.#epoch, step, part: this.#own, nodes: copies, leaves,
        ...(part === 0 && { extra }),
      }, shared ? [] : copies.map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)));
    });
  }

  /** @param {any} told by another */
  take(told) {
    const { epoch, step, part } = /** @type {Told} */ (told);
    if (epoch < this.#epoch) return;
    const key = `${epoch} ${step}`;
    const all = this.#told.get(key) ?? [];
    all[part] = told;
    this.#told.set(key, all);
    const waiting = this.#waiting;
    if (waiting && this.isThere(waiting.step)) this.stop();
  }

  /** The parts that have not told of this step. @param {number} step */
  missing(step) {
    const all = this.#told.get(`${this.#epoch} ${step}`) ?? [];
    return [...this.#ids.keys()].filter((part) => part !== this.#own && all[part] === undefined);
  }

  /** Have all others told of this step? @param {number} step */
  isThere(step) {
    return this.missing(step).length === 0;
  }

  /**
   * When all others have told of this step, or it is not waited for any more.
   * @param {number} step
   * @param {() => void} then
   */
  wait(step, then) {
    this.#waiting = { step, then };
  }

  /** It is not waited any more. */
  stop() {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.then();
  }

  /**
   * What all others have told, from left to right.
   * @param {number} step
   * @returns {Told[]}
   */
  all(step) {
    const key = `${this.#epoch} ${step}`;
    const all = this.#told.get(key) ?? [];
    this.#told.delete(key);
    return /** @type {Told[]} */ (all.filter((told) => told !== undefined));
  }

  /** Their memory is used for what is sent next. @param {readonly Told[]} told */
  giveBack(told) {
    for (const { nodes } of told) for (const node of nodes) if (node.buffer instanceof ArrayBuffer) this.#pool.push(node);
  }

  /** @param {Float32Array} node */
  #copyOf(node) {
    const at = this.#pool.findIndex(({ length }) => length === node.length);
    const copy = at < 0 ? new Float32Array(node.length) : this.#pool.splice(at, 1)[0];
    copy.set(node);
    return copy;
  }

  /**
   * @param {number} step
   * @param {Float32Array[]} nodes
   * @returns {Float32Array[] | undefined} where memory cannot be shared, or is for one other alone
   */
  #share(step, nodes) {
    if (this.#ids.length < 3 || !canShare()) return undefined;
    const turn = step % 2;
    const former = this.#shared[turn];
    const fits = former?.length === nodes.length && nodes.every(({ length }, k) => former[k].length === length);
    const blocks = fits ? former : nodes.map(({ length }) => new Float32Array(new SharedArrayBuffer(4 * length)));
    this.#shared[turn] = blocks;
    nodes.forEach((node, k) => blocks[k].set(node));
    return blocks;
  }
}

/** In Node, and in pages that are isolated. */
const canShare = () => typeof SharedArrayBuffer === 'function' && /** @type {any} */ (globalThis).crossOriginIsolated !== false;
