import { Emitter } from '../Emitter.js';
import { startWorker } from '../start-worker.js';

/** @typedef {import('../../worker/race/race.js').Command} Command */

/**
 * The line to the Worker of the race, which computes the messages that travel back, too. It starts with the first command,
 * and anew with the first after it was lost.
 *
 * Events: `answer` with what the Worker tells as `detail`, `lost` with an Error when it is gone.
 */
export class RaceLine extends Emitter {
  /** @type {Worker | undefined} */
  #worker;

  /** @param {Command} command */
  tell(command) {
    this.#worker ??= this.#open();
    this.#worker.postMessage(command);
  }

  /** Ends the Worker. @param {string} reason */
  close(reason) {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.emit('lost', new Error(reason));
  }

  #open() {
    const worker = startWorker('race');
    worker.addEventListener('message', ({ data }) => {
      if (this.#worker === worker) this.emit('answer', data);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault(); // it is told on the page
      if (this.#worker === worker) this.close(event.message || 'its script could not be loaded');
    });
    return worker;
  }
}
