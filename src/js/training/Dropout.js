// Dropout.js: what a trainer leaves out at random, and the generator that draws it, in the memory of the module.
import { copyIntegers, refuse } from '../core/check.js';
import { OutOfMemoryError } from '../core/errors.js';

export class Dropout {
  #wasm;
  #trainer;

  /**
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {number} trainer its address
   * @param {Required<import('./dropout-options.js').DropoutOptions>} options checked
   * @param {string} where the call, for messages
   * @throws {OutOfMemoryError}
   */
  constructor(wasm, trainer, { dropout, recurrentDropout, weightDrop, seed }, where) {
    this.#wasm = wasm;
    this.#trainer = trainer;
    /** Whether anything is left out. */
    this.isUsed = dropout > 0 || recurrentDropout > 0 || weightDrop > 0;
    if (wasm.exports.lstm_trainer_use_dropout(trainer, dropout, recurrentDropout, weightDrop, seed) === 0) {
      throw new OutOfMemoryError(`${where}: not enough memory for dropout`);
    }
  }

  /** The generator's four words. */
  get random() {
    return [...this.#words()];
  }

  set random(words) {
    this.#words().set(words);
  }

  /**
   * Checks the words of a checkpoint: those to go on with, where there is dropout.
   * @param {unknown} given
   * @param {string} path
   */
  readRandom(given, path) {
    if (!this.isUsed) return undefined;
    const words = new Int32Array(4);
    copyIntegers(words, given, [-(2 ** 31), 2 ** 31 - 1], path);
    if (words.every((word) => word === 0)) refuse(path, 'words that are not all 0', given);
    return [...words];
  }

  #words() {
    return this.#wasm.ints(this.#wasm.exports.lstm_trainer_random(this.#trainer), 4);
  }
}
