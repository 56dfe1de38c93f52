// Sampler.js: draws tokens and scores them, step by step in the module: of one network, or of several by the mean of their
// probabilities, whose state is their states one after the other.
import { refuseNotFinite } from '../network/finite.js';

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

/**
 * @typedef {{ readonly handle: import('../network/Batch.js').NetworkHandle,
 *   readonly sequence: import('../network/Sequence.js').Sequence }} SampledNetwork
 */

// Tokens go in and out in pieces of this many, so that no text needs more memory than that.
const CHUNK = 4096;
// What is asked for in pieces has so many multiplications in each, at most: a few milliseconds.
const WORK = 2 ** 24;

export class Sampler {
  #wasm;
  #networks;

  /**
   * @param {readonly [SampledNetwork, ...SampledNetwork[]]} networks with token input and as many classes, one-way; the first
   *   one's generator draws
   */
  constructor(networks) {
    const weights = networks.reduce((sum, { handle: { table } }) => sum + table.valueCount, 0);
    /** How many tokens a piece has. */
    this.pieceLength = Math.max(1, Math.min(CHUNK, Math.floor(WORK / weights)));
    this.#wasm = networks[0].handle.wasm;
    this.#networks = networks;
  }

  /**
   * A generator of this seed, apart from the network's own.
   * @param {number} seed
   */
  generator(seed) {
    const own = this.#random.slice();
    this.#wasm.exports.lstm_network_seed(this.#networks[0].handle.pointer, seed);
    const random = this.#random.slice();
    this.#random.set(own);
    return random;
  }

  /**
   * Feeds a token, draws the next, feeds that, and so on, until `tokens` is full.
   * @param {string} call for messages
   * @param {Uint32Array} tokens filled
   * @param {CellState[]} state becomes the state in which feeding the last token goes on
   * @param {number} token fed first
   * @param {Sampling} sampling
   * @throws {DivergedError} where logits, or the state, are not finite; state and generators are as before
   */
  draw(call, tokens, state, token, { temperature, topK, topP, allowed, random }) {
    this.#setState(call, state);
    // What the network's own generator goes on from.
    let own = this.#random.slice();
    if (random) this.#random.set(random);
    try {
      this.#drawAll(call, tokens, token, { temperature, topK, topP, allowed });
      this.#readState(call, state);
      if (random) random.set(this.#random);
      else own = this.#random.slice();
    } finally {
      this.#random.set(own);
    }
  }

  /**
   * @param {string} call
   * @param {Uint32Array} tokens
   * @param {number} token
   * @param {Sampling} sampling
   */
  #drawAll(call, tokens, token, { temperature, topK, topP, allowed }) {
    const chunk = Math.min(tokens.length, CHUNK);
    const size = this.#vocabulary;
    // The tokens, the ranks, the mask.
    this.#withWords(chunk + size + Math.ceil(size / 4), call, (words, networks, members) => {
      const order = words + 4 * chunk;
      const mask = allowed ? order + 4 * size : 0;
      // A mask of before the alphabet grew says nothing of the new ones.
      if (allowed) this.#wasm.bytes(mask, size).fill(0).set(allowed);
      for (let done = 0; done < tokens.length; done += chunk) {
        const count = Math.min(chunk, tokens.length - done);
        const first = done === 0 ? token : tokens[done - 1];
        const drawn = this.#wasm.exports.lstm_network_generate(
          words, networks, members, first, count, temperature, topK, topP, mask, order);
        if (drawn < count) refuseNotFinite(call, 'logits are');
        tokens.set(this.#wasm.ints(words, count), done);
      }
    });
  }

  /**
   * How probable tokens are, each after those before it. Feeds all but the last.
   * @param {string} call for messages
   * @param {Int32Array} tokens at least one, each in range
   * @param {CellState[]} state becomes the state before the last token
   * @param {Float64Array} [scores] one less than tokens: becomes log p, in nats, of each token but the first
   * @returns {number} the sum of -log p
   * @throws {DivergedError} where logits, or the state, are not finite; the state is as before
   */
  score(call, tokens, state, scores) {
    const loss = this.#lossOf(call, tokens, state, scores);
    if (Number.isNaN(loss)) refuseNotFinite(call, 'logits are');
    this.#readState(call, state);
    return loss;
  }

  /**
   * Feeds all tokens but the last.
   * @param {string} call for messages
   * @param {Int32Array} tokens at least one, each in range
   * @param {CellState[]} state becomes the state before the last token
   * @throws {DivergedError} where the state is not finite; it is as before
   */
  feed(call, tokens, state) {
    this.#lossOf(call, tokens, state);
    this.#readState(call, state);
  }

  /**
   * score without a check.
   * @param {string} call for messages
   * @param {Int32Array} tokens at least one, each in range
   * @param {CellState[]} state before the first; it stays as it is
   * @param {Float64Array} [scores] NaN where logits are not finite
   * @returns {number} the sum of -log p; NaN where logits are not finite
   */
  #lossOf(call, tokens, state, scores) {
    this.#setState(call, state);
    const last = tokens.length - 1;
    const chunk = Math.min(last, CHUNK);
    let loss = 0;
    // The scores, two words each, and the tokens.
    this.#withWords(3 * chunk + 1, call, (words, networks, members) => {
      const fed = words + 8 * chunk;
      for (let done = 0; done < last; done += chunk) {
        const count = Math.min(chunk, last - done);
        this.#wasm.ints(fed, count + 1).set(tokens.subarray(done, done + count + 1));
        loss += this.#wasm.exports.lstm_network_score(words, networks, members, fed, count + 1);
        scores?.set(this.#wasm.doubles(words, count), done);
      }
    });
    return loss;
  }

  /**
   * Feeds a token.
   * @param {string} call for messages
   * @param {CellState[]} state becomes the state after it
   * @param {number} token
   * @returns {{ probabilities: Float32Array, scores: Float64Array }} p, and log p in nats, of each token that may come next
   * @throws {DivergedError} where logits, or the state, are not finite; the state is as before
   */
  next(call, state, token) {
    this.#setState(call, state);
    const scores = this.#withWords(2 * this.#vocabulary, call, (words, networks, members) => {
      this.#wasm.exports.lstm_network_next(words, networks, members, token);
      return this.#wasm.doubles(words, this.#vocabulary).slice();
    });
    if (Number.isNaN(scores[0])) refuseNotFinite(call, 'logits are');
    this.#readState(call, state);
    return { probabilities: this.#networks[0].sequence.output(), scores };
  }

  /**
   * @param {string} call
   * @param {CellState[]} state of the networks, one after the other
   */
  #setState(call, state) {
    let at = 0;
    for (const { handle, sequence } of this.#networks) {
      sequence.setState(state.slice(at, (at += handle.stateShapes.length)), `${call}: state`);
    }
  }

  /**
   * @param {string} call
   * @param {CellState[]} state becomes the state after the last step
   */
  #readState(call, state) {
    if (!this.#networks.every(({ sequence }) => sequence.isFinite)) refuseNotFinite(call, 'state is');
    let at = 0;
    for (const { handle, sequence } of this.#networks) sequence.readState(state.slice(at, (at += handle.stateShapes.length)));
  }

  /**
   * @template T
   * @param {number} count 32-bit words
   * @param {string} call
   * @param {(words: number, networks: number, members: number) => T} use `networks`: the list of the networks' pointers, and
   *   how many there are
   * @returns {T}
   */
  #withWords(count, call, use) {
    const { length } = this.#networks;
    return this.#wasm.withWords(count + length, call, (words) => {
      const list = words + 4 * count;
      this.#wasm.ints(list, length).set(this.#networks.map(({ handle }) => handle.pointer));
      return use(words, list, length);
    });
  }

  get #vocabulary() {
    return this.#networks[0].handle.outputSize;
  }

  get #random() {
    return this.#wasm.ints(this.#wasm.exports.lstm_network_random(this.#networks[0].handle.pointer), 4);
  }
}
