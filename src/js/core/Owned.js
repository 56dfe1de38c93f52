/// <reference lib="esnext.disposable" preserve="true" />
// Owned.js: a JavaScript object that owns memory of the module.
import { nameDisposal } from './disposal.js';
import { DisposedError } from './errors.js';

/**
 * Frees what was never disposed, when the garbage collector finds it. A safety net only: it may come late or never.
 * @type {FinalizationRegistry<() => void>}
 */
const forgotten = new FinalizationRegistry((free) => free());

export class Owned {
  /** @type {(() => void) | null} */
  #free;
  #what;

  /**
   * @param {string} what how messages call it: 'Network'
   * @param {() => void} free gives the memory back; must not refer to this object
   * @param {boolean} [isOwner] false where the memory is that of another such object, which may have been handed out and
   *   is freed when nobody holds it either
   */
  constructor(what, free, isOwner = true) {
    this.#what = what;
    this.#free = free;
    if (isOwner) forgotten.register(this, free, this);
  }

  /** True after dispose(). */
  get disposed() {
    return this.#free === null;
  }

  /** Gives the memory back. Any further use throws a DisposedError; disposing again does nothing. */
  dispose() {
    const free = this.#free;
    if (!free) return;
    this.#free = null;
    forgotten.unregister(this);
    free();
  }

  /** The same as dispose(), for `using`. */
  [Symbol.dispose]() {
    this.dispose();
  }

  /**
   * @param {string} call
   * @protected
   */
  assertUsable(call) {
    if (this.#free === null) throw new DisposedError(`${this.#what}.${call}: this ${this.#what} was disposed`);
  }
}

nameDisposal(Owned, 'dispose');
