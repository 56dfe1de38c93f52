/**
 * What a network predicts from the h of its last layer, in double: softmax(W h + b). The library's own softmax cannot be
 * asked about an h that was edited, and what is compared has to come from one and the same.
 */
export class Head {
  #weight;
  #bias;

  /** @param {Record<string, Float32Array>} values the network's parameters by name */
  constructor(values) {
    this.#weight = values['head.weight'] ?? values['embedding.weight']; // the embedding where it is tied
    this.#bias = values['head.bias'];
  }

  /**
   * @param {Float32Array} h
   * @returns {Float64Array} log p of each character
   */
  logProbabilities(h) {
    const logits = Float64Array.from(this.#bias);
    const W = this.#weight;
    const size = h.length;
    // Four rows at a time: no sum waits for another, and each is added up in the same order as alone.
    for (let k = 0; k < logits.length; k += 4) {
      const rows = Math.min(4, logits.length - k);
      const [a, b, c, d] = [0, 1, 2, 3].map((row) => (k + Math.min(row, rows - 1)) * size);
      let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
      for (let j = 0; j < size; j++) {
        const h_j = h[j];
        sumA += W[a + j] * h_j;
        sumB += W[b + j] * h_j;
        sumC += W[c + j] * h_j;
        sumD += W[d + j] * h_j;
      }
      [sumA, sumB, sumC, sumD].slice(0, rows).forEach((sum, row) => { logits[k + row] += sum; });
    }
    const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const norm = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    return logits.map((logit) => logit - norm);
  }
}
