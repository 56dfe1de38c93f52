// Patience.js: how long it is waited for others, who may be gone without a word: pages are not told of a Worker that was ended. Who
// was only slow is missed, and is wrongly taken for gone: the bits are the same.

/** At least so long, and longer where steps are: milliseconds. */
const LEAST = 4000;
const TIMES = 20;
/** So much longer at first, when others make what they train. */
const BEGINNING = 30_000;
/** In so many ticks, so that a machine that slept meanwhile counts as one. */
const TICKS = 10;

export class Patience {
  #left = TICKS;
  #timer;

  /**
   * @param {number} took what the same work took here: milliseconds
   * @param {boolean} isFirst step of them
   * @param {() => void} end when it is at its end
   */
  constructor(took, isFirst, end) {
    this.#timer = setInterval(() => {
      if (--this.#left > 0) return;
      this.end();
      end();
    }, (LEAST + TIMES * took + (isFirst ? BEGINNING : 0)) / TICKS);
  }

  end() {
    clearInterval(this.#timer);
  }
}
