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
    const size = h.length;
    for (let k = 0, at = 0; k < logits.length; k++) {
      let sum = 0;
      for (let j = 0; j < size; j++, at++) sum += this.#weight[at] * h[j];
      logits[k] += sum;
    }
    const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const norm = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    return logits.map((logit) => logit - norm);
  }
}
