/** Steps on by itself, until the end. */
export class Playback {
  #player;
  #speed = 1.5;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import('./Player.js').Player} player */
  constructor(player) {
    this.#player = player;
  }

  get isPlaying() {
    return this.#timer !== undefined;
  }

  /** Steps a second. */
  get speed() {
    return this.#speed;
  }

  set speed(steps) {
    if (!(steps > 0 && steps < Infinity)) throw new RangeError(`speed: expected steps a second above 0, got ${steps}`);
    this.#speed = steps;
    if (this.isPlaying) this.#wait();
    this.#player.emit('playing');
  }

  play() {
    const player = this.#player;
    if (this.isPlaying || !player.run) return;
    if (!player.canStep) player.choose({ at: 0, part: 0 });
    this.#wait();
    player.emit('playing');
  }

  pause() {
    if (!this.isPlaying) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#player.emit('playing');
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#player.step();
      if (this.#player.canStep) this.#wait();
      else this.pause();
    }, 1000 / this.#speed);
  }
}
