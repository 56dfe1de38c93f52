// Accumulation.js: how many windows make an update of a trainer, and those that wait for theirs.
import { ArgumentError, OutOfMemoryError } from '../core/errors.js';

export class Accumulation {
  #exports;
  #trainer;
  #windows;
  #kept = 0; // windows that wait for an update

  /**
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {number} trainer its address
   * @param {number} windows of an update
   * @param {string} where the call, for messages
   * @throws {OutOfMemoryError}
   */
  constructor({ exports }, trainer, windows, where) {
    this.#exports = exports;
    this.#trainer = trainer;
    this.#windows = windows;
    if (windows > 1 && exports.lstm_trainer_use_accumulation(trainer) === 0) {
      throw new OutOfMemoryError(`${where}: not enough memory for accumulate`);
    }
  }

  /**
   * The window that is loaded: kept for its update or, as the last of one, that update.
   * @param {number[]} words what an update is given
   * @param {number} carry 1: the state behind the window is the start of the next
   * @returns {{ status: number, isUpdate: boolean }} the status 0 where all is finite; else nothing is kept either
   */
  step(words, carry) {
    const isUpdate = this.#kept + 1 >= this.#windows;
    let status;
    if (isUpdate) {
      status = this.#exports.lstm_trainer_step(this.#trainer, ...words, carry);
    } else {
      this.#exports.lstm_trainer_pass(this.#trainer);
      status = this.#exports.lstm_trainer_accumulate(this.#trainer, carry);
    }
    this.#kept += 1;
    if (isUpdate || status !== 0) this.drop();
    return { status, isUpdate };
  }

  /**
   * @param {string} call
   * @throws {ArgumentError} where windows wait
   */
  assertWhole(call) {
    if (this.#kept === 0) return;
    throw new ArgumentError(`${call}: needs a whole update: ${this.#kept} of ${this.#windows} windows of one were given to step`);
  }

  /** The next window is the first of an update. */
  drop() {
    if (this.#windows > 1) this.#exports.lstm_trainer_use_accumulation(this.#trainer);
    this.#kept = 0;
  }
}
