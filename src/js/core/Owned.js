/// <reference lib="esnext.disposable" preserve="true" />
// Owned.js: a JavaScript object that owns memory of the module.
import { nameDisposal } from './disposal.js';
import { DisposedError } from './errors.js';

/**
 * How long an object's memory lasts, apart from the object, which may be forgotten. No WeakRef: what one was made of stays
 * until the turn ends, and a loop that makes trainers may take hours.
 */
class Life {
  /** @type {(() => void) | null} null: it has ended */
  #free;
  /** Lives that end with others, this among them. @type {Set<{ end(): void }>[]} */
  within = [];

  /** @param {() => void} free */
  constructor(free) {
    this.#free = free;
  }

  /** With the rest. @param {() => void} free */
  alsoFree(free) {
    const others = this.#free;
    this.#free = () => {
      free();
      others?.();
    };
  }

  get hasEnded() {
    return this.#free === null;
  }

  end() {
    const free = this.#free;
    if (!free) return;
    this.#free = null;
    for (const lives of this.within) lives.delete(this);
    free();
  }
}

/** @typedef {Life} OwnedLife */

/**
 * Frees what was never disposed, when the garbage collector finds it. A safety net only: it may come late or never.
 * @type {FinalizationRegistry<Life>}
 */
const forgotten = new FinalizationRegistry((life) => life.end());

export class Owned {
  #life;
  #what;

  /**
   * @param {string} what how messages call it: 'Network'
   * @param {() => void} free gives the memory back; must not refer to this object
   * @param {boolean} [isOwner] false where the memory is that of another such object, which may have been handed out and
   *   is freed when nobody holds it either
   */
  constructor(what, free, isOwner = true) {
    this.#what = what;
    this.#life = new Life(free);
    if (isOwner) forgotten.register(this, this.#life, this.#life);
  }

  /** @internal */
  get life() {
    return this.#life;
  }

  /** It is freed with the others of a set. @internal @param {Set<{ end(): void }>} lives */
  endWith(lives) {
    this.#life.within.push(lives);
    lives.add(this.#life);
  }

  /** True after dispose(). */
  get disposed() {
    return this.#life.hasEnded;
  }

  /** Gives the memory back. Any further use throws a DisposedError; disposing again does nothing. */
  dispose() {
    forgotten.unregister(this.#life);
    this.#life.end();
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
    if (this.disposed) throw new DisposedError(`${this.#what}.${call}: this ${this.#what} was disposed`);
  }
}

nameDisposal(Owned, 'dispose');
