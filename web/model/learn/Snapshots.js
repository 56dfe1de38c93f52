/** While the network learns, a snapshot is taken this often: milliseconds. */
const EVERY = 1000;

/**
 * Sends model files of the network that the visitor trains to a follower: one at once, then about one a second while it
 * learns, and one whenever it pauses or is replaced.
 */
export class Snapshots {
  #session;
  /** @type {((bytes: Uint8Array) => void) | undefined} */
  #follower;
  #last = 0;

  /** @param {import('./Session.js').Session} session */
  constructor(session) {
    this.#session = session;
    session.addEventListener('model', () => this.#take());
    session.addEventListener('state', () => {
      if (session.state === 'ready') this.#take();
    });
    session.addEventListener('report', () => {
      if (performance.now() - this.#last > EVERY) this.#take();
    });
  }

  /** @param {((bytes: Uint8Array) => void) | undefined} follower   undefined: nobody */
  follow(follower) {
    this.#follower = follower;
    this.#take();
  }

  async #take() {
    const session = this.#session;
    const { model } = session;
    if (!this.#follower || !model) return;
    this.#last = performance.now();
    try {
      const bytes = await model.save();
      if (session.model === model) this.#follower?.(bytes);
    } catch (error) {
      if (session.model === model) session.emit('problem', error);
    }
  }
}
