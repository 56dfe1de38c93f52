import { Reading } from './Reading.js';

/** A way through a reading: through the parts of a character, then to the next one; by hand, or by itself. */
export class Walk extends Reading {
  #speed = 1.5;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * Goes to a place.
   *
   * @param {{ at?: number, part?: number }} place
   * @returns {unknown}
   */
  choose(place) {
    return Object.assign(this, place);
  }

  get canStep() {
    return this.at < this.length - 1 || (this.run !== undefined && this.part < this.parts - 1);
  }

  get canGoBack() {
    return this.run !== undefined && (this.at > 0 || this.part > 0);
  }

  step() {
    if (!this.canStep) return;
    const isLast = this.part >= this.parts - 1;
    this.choose(isLast ? { at: this.at + 1, part: 0 } : { part: this.part + 1 });
  }

  back() {
    if (!this.canGoBack) return;
    this.choose(this.part > 0 ? { part: this.part - 1 } : { at: this.at - 1, part: this.parts - 1 });
  }

  get isPlaying() {
    return this.#timer !== undefined;
  }

  /** Steps on by itself until the end; at the end, from the beginning. */
  play() {
    if (this.isPlaying || !this.run) return;
    if (!this.canStep) this.choose({ at: 0, part: 0 });
    this.#wait();
    this.emit('playing');
  }

  pause() {
    if (!this.isPlaying) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.emit('playing');
  }

  /** Steps a second. */
  get speed() {
    return this.#speed;
  }

  set speed(steps) {
    if (!(steps > 0 && steps < Infinity)) throw new RangeError(`speed: expected steps a second above 0, got ${steps}`);
    this.#speed = steps;
    if (this.isPlaying) this.#wait();
    this.emit('playing');
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.step();
      if (this.canStep) this.#wait();
      else this.pause();
    }, 1000 / this.#speed);
  }
}
