// Accumulation.js: what a trainer does of a window, or an encoder's and its decoder's together: a step, or a part of an update of
// several windows, some of which wait for the others.
import { ArgumentError, OutOfMemoryError } from '../core/errors.js';

export class Accumulation {
  #exports;
  #trainers;
  #windows;
  #calls;
  #kept = 0; // windows that wait for an update

  /**
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {readonly number[]} trainers its address; or the encoder's and the decoder's
   * @param {number} windows of an update
   * @param {string} where the call, for messages
   * @throws {OutOfMemoryError}
   */
  constructor({ exports }, trainers, windows, where) {
    this.#exports = exports;
    this.#trainers = trainers;
    this.#windows = windows;
    this.#calls = trainers.length === 1
      ? { pass: exports.lstm_trainer_pass, finish: exports.lstm_trainer_finish, keep: exports.lstm_trainer_accumulate }
      : { pass: exports.lstm_trainer_pair_pass, finish: exports.lstm_trainer_pair_finish, keep: exports.lstm_trainer_pair_accumulate };
    if (windows > 1 && trainers.some((trainer) => exports.lstm_trainer_use_accumulation(trainer) === 0)) {
      throw new OutOfMemoryError(`${where}: not enough memory for accumulate`);
    }
  }

  /** No window waits for others. */
  get isWhole() {
    return this.#kept === 0;
  }

  /** The window that is loaded, forward and backward. */
  pass() {
    this.#calls.pass(...this.#trainers);
  }

  /**
   * What comes behind pass, and behind the sum of all parts: the window is kept for its update or, as the last of one, that update.
   * @param {number[]} words what an update is given
   * @param {...number} carry of one trainer; 1: the state behind the window is the start of the next
   * @returns {{ status: number, isUpdate: boolean }} the status 0 where all is finite; else nothing is kept either
   */
  end(words, ...carry) {
    const isUpdate = this.#kept + 1 >= this.#windows;
    const status = isUpdate ? this.#calls.finish(...this.#trainers, ...words, ...carry) : this.#calls.keep(...this.#trainers, ...carry);
    this.#kept += 1;
    if (isUpdate || status !== 0) this.drop();
    return { status, isUpdate };
  }

  /**
   * @param {string} call
   * @throws {ArgumentError} where windows wait
   */
  assertWhole(call) {
    if (this.isWhole) return;
    throw new ArgumentError(`${call}: needs a whole update: ${this.#kept} of ${this.#windows} windows of one were given to step`);
  }

  /** The next window is the first of an update. */
  drop() {
    if (this.#windows > 1) for (const trainer of this.#trainers) this.#exports.lstm_trainer_use_accumulation(trainer);
    this.#kept = 0;
  }
}
