// hash.js: tells data apart: 53 bits, by the mixing steps of MurmurHash3 on two halves. One word that changes always changes
// it, for each step is a bijection of either half.

export class Hash {
  #a = 0x9e3779b9;
  #b = 0x85ebca6b;

  /** @param {Int32Array} words */
  add(words) {
    let [a, b] = [this.#a, this.#b];
    for (const word of words) {
      a = Math.imul(a ^ word, 0xcc9e2d51);
      b = Math.imul(b ^ word, 0x1b873593);
      a ^= a >>> 15;
      b ^= b >>> 13;
    }
    this.#a = a;
    this.#b = b;
    return this;
  }

  /** 14 hexadecimal digits. */
  get digits() {
    return ((this.#a >>> 0) * 2 ** 21 + (this.#b >>> 11)).toString(16).padStart(14, '0');
  }
}

/** @param {Int32Array} words */
export const hashOf = (words) => new Hash().add(words).digits;
