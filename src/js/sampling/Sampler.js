// Sampler.js: draws tokens and scores them, step by step in the module.

/** @typedef {import('../network/state.js').CellState} CellState */

/**
 * How tokens are drawn: what network/sampling.h says, with temperature, topK and topP checked.
 * @typedef {object} Sampling
 * @property {number} temperature
 * @property {number} topK
 * @property {number} topP
 * @property {Uint8Array} [allowed] not 0 for the tokens that may be drawn, at least one; without it all may
 * @property {Int32Array} [random] a generator's four words, which go on; without it the network's own goes on
 */

// Tokens go in and out in pieces of this many, so that no text needs more memory than that.
const CHUNK = 4096;

export class Sampler {
  #wasm;
  #pointer;
  #sequence;
  #vocabulary;

  /**
   * @param {import('../network/Batch.js').NetworkHandle} network with token input and as many classes, one-way
   * @param {import('../network/Sequence.js').Sequence} sequence
   */
  constructor({ wasm, pointer, outputSize }, sequence) {
    this.#wasm = wasm;
    this.#pointer = pointer;
    this.#sequence = sequence;
    this.#vocabulary = outputSize;
  }

  /**
   * A generator of this seed, apart from the network's own.
   * @param {number} seed
   */
  generator(seed) {
    const own = this.#random.slice();
    this.#wasm.exports.lstm_network_seed(this.#pointer, seed);
    const random = this.#random.slice();
    this.#random.set(own);
    return random;
  }

  /**
   * Feeds a token, draws the next, feeds that, and so on, until `tokens` is full.
   * @param {Uint32Array} tokens filled
   * @param {CellState[]} state becomes the state in which feeding the last token goes on
   * @param {number} token fed first
   * @param {Sampling} sampling
   */
  draw(tokens, state, token, { temperature, topK, topP, allowed, random }) {
    this.#sequence.setState(state, 'generate: state');
    const own = random && this.#random.slice();
    if (random) this.#random.set(random);
    const chunk = Math.min(tokens.length, CHUNK);
    const size = this.#vocabulary;
    // The tokens, the ranks, the mask.
    this.#wasm.withWords(chunk + size + Math.ceil(size / 4), 'generate', (words) => {
      const order = words + 4 * chunk;
      const mask = allowed ? order + 4 * size : 0;
      if (allowed) this.#wasm.bytes(mask, size).set(allowed);
      for (let done = 0; done < tokens.length; done += chunk) {
        const count = Math.min(chunk, tokens.length - done);
        const first = done === 0 ? token : tokens[done - 1];
        this.#wasm.exports.lstm_network_generate(
          words, this.#pointer, first, count, temperature, topK, topP, mask, order);
        tokens.set(this.#wasm.ints(words, count), done);
      }
    });
    if (random && own) {
      random.set(this.#random);
      this.#random.set(own);
    }
    this.#sequence.readState(state);
  }

  /**
   * Feeds all tokens but the last.
   * @param {Int32Array} tokens at least one, each in range
   * @param {CellState[]} state becomes the state before the last token
   * @param {Float64Array} [scores] one less than tokens: becomes log p, in nats, of each token but the first
   * @returns {number} the sum of -log p
   */
  score(tokens, state, scores) {
    this.#sequence.setState(state, 'score: state');
    const last = tokens.length - 1;
    const chunk = Math.min(last, CHUNK);
    let loss = 0;
    // The scores, two words each, and the tokens.
    this.#wasm.withWords(3 * chunk + 1, 'score', (words) => {
      const fed = words + 8 * chunk;
      for (let done = 0; done < last; done += chunk) {
        const count = Math.min(chunk, last - done);
        this.#wasm.ints(fed, count + 1).set(tokens.subarray(done, done + count + 1));
        loss += this.#wasm.exports.lstm_network_score(words, this.#pointer, fed, count + 1);
        scores?.set(this.#wasm.doubles(words, count), done);
      }
    });
    this.#sequence.readState(state);
    return loss;
  }

  /**
   * Feeds a token.
   * @param {CellState[]} state becomes the state after it
   * @param {number} token
   * @returns {Float64Array} log p, in nats, of each token that may come next
   */
  next(state, token) {
    const { exports } = this.#wasm;
    this.#sequence.setState(state, 'next: state');
    const logSum = exports.lstm_network_step(this.#pointer, token);
    this.#sequence.readState(state);
    const logits = this.#wasm.floats(exports.lstm_network_logits(this.#pointer), this.#vocabulary);
    return Float64Array.from(logits, (logit) => logit - logSum);
  }

  get #random() {
    return this.#wasm.ints(this.#wasm.exports.lstm_network_random(this.#pointer), 4);
  }
}
