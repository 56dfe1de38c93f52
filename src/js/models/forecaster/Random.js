// Random.js: random numbers of a seed. Generator: sfc32 (Chris Doty-Humphrey's PractRand), 128 bits of state.

export class Random {
  #words;
  /** The other of two normal numbers, once. @type {number | undefined} */
  #spare;

  /** @param {...number} seeds whole numbers */
  constructor(...seeds) {
    const [a = 0, b = 0, c = 0] = seeds;
    this.#words = Int32Array.of(a, b, c, 1);
    for (let i = 0; i < 15; i++) this.#word();
  }

  #word() {
    const [a, b, c, counter] = this.#words;
    const word = (a + b + counter) | 0;
    this.#words.set([b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + word) | 0, (counter + 1) | 0]);
    return word >>> 0;
  }

  /** In [0, 1), 32 bits. */
  uniform() {
    return this.#word() / 2 ** 32;
  }

  /** A whole number in [0, n). @param {number} n */
  below(n) {
    return Math.floor(this.uniform() * n);
  }

  /** Mean 0, variance 1 (Box and Muller 1958). */
  normal() {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
