import { Emitter } from '../Emitter.js';

/** @typedef {import('./storage.js').Run} Run */

/**
 * The run that was thrown away last, by Reset, another text or a model: it can be had back until the next one is.
 *
 * Events: `change` when `run` is another one.
 */
export class Undo extends Emitter {
  /** @type {Run | undefined} */
  run;
  #session;
  #samples;
  #isGoingBack = false;

  /**
   * @param {import('./Session.js').Session} session
   * @param {import('./Samples.js').Samples} samples
   * @param {(run: Run) => void} keep   is told of each, so that it outlives a visit
   */
  constructor(session, samples, keep) {
    super();
    this.#session = session;
    this.#samples = samples;
    session.addEventListener('thrown', (event) => {
      const captured = /** @type {CustomEvent<import('./capture.js').Capture>} */ (event).detail;
      const run = { ...captured, samples: samples.blocks, savedAt: Date.now() };
      this.offer(run);
      keep(run);
    });
  }

  /** @param {Run | undefined} run */
  offer(run) {
    this.run = run;
    this.emit('change');
  }

  /** Goes back to it; the run that stands in its place is what can be had back then. */
  async undo() {
    const { run } = this;
    if (!run || this.#isGoingBack) return;
    this.#isGoingBack = true;
    const isBack = await this.#session.restore(run);
    this.#isGoingBack = false;
    if (!isBack) return;
    this.#samples.replace(run.samples);
    if (this.run === run) this.offer(undefined);
  }
}
