import { openWorker } from 'lstm-wasm/worker';
import { Emitter } from './Emitter.js';
import { findModule } from './module.js';
import { startWorker } from './start-worker.js';

/** @typedef {import('lstm-wasm/worker').WorkerLstm} WorkerLstm */
/** @typedef {import('lstm-wasm/worker').WorkerCharModel} WorkerCharModel */

/**
 * The owner of a Worker with a model in it. Knows no DOM; the views listen.
 *
 * Events: `state` when `state` changes, `lost` with an Error as `detail` when the Worker is gone.
 */
export class LibraryHost extends Emitter {
  /** @type {'starting' | 'ready' | 'training' | 'pausing' | 'lost'} */
  state = 'starting';
  /** @type {WorkerCharModel | undefined} */
  model;
  /** undefined before it is open, and after it was lost. @type {WorkerLstm | undefined} @protected */
  lstm;

  /** Starts the Worker and begins; where it was lost, with a new one. */
  async open() {
    this.setState('starting');
    try {
      const wasm = await findModule();
      // 'repeatable', so that a link repeats a run on every machine.
      const lstm = await openWorker({ worker: () => startWorker('library'), wasm, variant: 'repeatable' });
      this.lstm = lstm;
      lstm.closed.then((reason) => {
        if (this.lstm === lstm) this.lose(reason);
      });
    } catch (error) {
      this.lose(error);
      return;
    }
    this.setState('ready');
    await this.begin();
  }

  /** What a new Worker does first. @protected */
  async begin() {}

  /** @param {unknown} reason @protected */
  lose(reason) {
    this.lstm = undefined;
    this.model = undefined;
    this.setState('lost');
    this.emit('lost', reason);
  }

  /** @param {LibraryHost['state']} state @protected */
  setState(state) {
    this.state = state;
    this.emit('state');
  }
}
