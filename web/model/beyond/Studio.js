import { LibraryHost } from '../LibraryHost.js';

/** The Worker of this section: it starts when a first network is asked for, and anew after it was lost. Knows no DOM. */
export class Studio extends LibraryHost {
  /** @type {Promise<void> | undefined} */
  #opening;
  /** @type {unknown} */
  #reason;

  /** @returns {Promise<import('lstm-wasm/worker').WorkerLstm>} */
  async library() {
    if (!this.lstm) await (this.#opening ??= this.open().finally(() => { this.#opening = undefined; }));
    if (!this.lstm) throw this.#reason;
    return this.lstm;
  }

  /** @param {unknown} reason @override @protected */
  lose(reason) {
    this.#reason = reason;
    super.lose(reason);
  }
}
