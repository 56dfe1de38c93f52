// Random numbers of the race and of the experiments: 32 bits of state, the same everywhere.

/** The mulberry32 generator. */
export class Random {
  #state;

  /** @param {...number} seed whole numbers; different lists give different streams */
  constructor(...seed) {
    this.#state = 0x9e3779b9;
    for (const number of seed) {
      this.#state = Math.imul(this.#state ^ number, 0x85ebca6b) ^ (this.#state >>> 13);
      this.next();
    }
  }

  /** In [0, 1). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** In [low, high). @param {number} low @param {number} high */
  uniform(low, high) {
    return low + (high - low) * this.next();
  }

  /** A whole number, low to high inclusive. @param {number} low @param {number} high */
  integer(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** @template T @param {ArrayLike<T>} list @returns {T} */
  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  /** In place (Fisher & Yates). @template T @param {T[]} list */
  shuffle(list) {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }
}
