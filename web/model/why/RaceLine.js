import { openWorker } from 'lstm-wasm/worker';
import { Emitter } from '../Emitter.js';
import { findModule } from '../module.js';
import { startWorker } from '../start-worker.js';

/** @typedef {import('lstm-wasm/worker').WorkerLstm} WorkerLstm */

/**
 * The library in the Worker of the race, which computes the messages that travel back, too. It starts with the first use, and
 * anew with the first after it was lost.
 *
 * Events: `lost` with an Error when it is gone.
 */
export class RaceLine extends Emitter {
  /** @type {Promise<WorkerLstm> | undefined} */
  #library;

  /**
   * What fails ends the Worker, save where it is wanted no more.
   *
   * @param {(lstm: WorkerLstm) => Promise<unknown>} work
   * @param {() => boolean} isWanted
   */
  async use(work, isWanted) {
    const library = (this.#library ??= this.#open());
    try {
      await work(await library);
    } catch (error) {
      if (this.#library === library && isWanted()) this.close(/** @type {Error} */ (error).message);
    }
  }

  /** Ends the Worker. @param {string} reason */
  close(reason) {
    this.#library?.then((lstm) => lstm.terminate(), () => {});
    this.#library = undefined;
    this.emit('lost', new Error(reason));
  }

  #open() {
    const library = findModule().then((wasm) =>
      openWorker({ worker: startWorker('library'), wasm, variant: 'repeatable' }));
    const hear = async () => {
      const { message } = await (await library).closed;
      if (this.#library === library) this.close(message);
    };
    hear().catch(() => {}); // who uses it is told
    return library;
  }
}
