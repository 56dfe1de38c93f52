/** @typedef {import('lstm-wasm/worker').WorkerCharModel} WorkerCharModel */
/** @typedef {import('lstm-wasm/worker').WorkerReading} WorkerReading */
/** @typedef {import('lstm-wasm/worker').Prediction} Prediction */

/** So much is read of a text that is not known yet: characters. */
const CONTEXT = 400;

/** A completion is some words: characters. */
const LONGEST = 44;

/** Low enough for words and sentences, high enough not to go round in circles. */
const TEMPERATURE = 0.3;

/** Reads along with somebody who types: only what was added is read. */
export class Typing {
  /** @type {WorkerCharModel | undefined} */
  #model;
  /** @type {WorkerReading | undefined} */
  #reading;
  #read = '';

  /**
   * What comes after the text.
   *
   * @param {WorkerCharModel} model
   * @param {string} text   in the model's alphabet, at least one character
   * @returns {Promise<Prediction[]>}   best first
   */
  async predict(model, text) {
    const added = model === this.#model && text.startsWith(this.#read) ? text.slice(this.#read.length) : undefined;
    if (!this.#reading || added === undefined) await this.#begin(model, text);
    else if (added) await this.#push(this.#reading, added);
    this.#read = text;
    return /** @type {WorkerReading} */ (this.#reading).predict();
  }

  /**
   * Continues the text that was read last, up to the end of a word. The same text gives the same completion.
   *
   * @returns {Promise<string>}
   */
  async complete() {
    const read = this.#read;
    const stop = this.#model?.alphabet.includes('\n') ? { stop: '\n' } : {};
    const options = { length: LONGEST, temperature: TEMPERATURE, seed: read.length, ...stop };
    const text = await this.#reading?.generate(options) ?? '';
    return wholeWords(text);
  }

  /**
   * After a failure nobody knows how far it has read: the next text is read from its beginning.
   *
   * @param {WorkerReading} reading
   * @param {string} added
   */
  async #push(reading, added) {
    try {
      await reading.push(added);
    } catch (error) {
      this.#reading = undefined;
      reading.dispose().catch(() => {});
      throw error;
    }
  }

  /**
   * @param {WorkerCharModel} model
   * @param {string} text
   */
  async #begin(model, text) {
    const former = this.#reading;
    this.#reading = undefined;
    this.#model = model;
    former?.dispose().catch(() => {});
    this.#reading = await model.read([...text].slice(-CONTEXT).join(''));
  }
}

/**
 * Cuts a completion at the end of its first sentence, or else before a word that may be incomplete.
 *
 * @param {string} text
 */
function wholeWords(text) {
  const sentence = /^.{3,}?[.!?]["'”’)]*(?=\s|$)/u.exec(text);
  if (sentence) return sentence[0];
  if (text.length < LONGEST) return text.trimEnd();
  const words = text.replace(/\s+\S*$/u, '');
  return words.trim() ? words : text;
}
