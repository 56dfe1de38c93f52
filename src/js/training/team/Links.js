// Links.js: a Worker's lines to the others of its team: one MessagePort to each.

/** What is said on them: `trainer` is the number of the one that it is for. @typedef {{ type: string, trainer: number, epoch?: number } & Record<string, any>} Message */

/**
 * @typedef {object} Listener
 * @property {(message: Message, from: number) => void} take
 * @property {(id: number) => void} lost the other is gone
 */

export class Links {
  /** By the numbers of the others. @type {Map<number, MessagePort>} */
  #ports = new Map();
  #listener;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  /** The numbers of the others that are there. */
  get ids() {
    return [...this.#ports.keys()].sort((a, b) => a - b);
  }

  /** @param {number} id */
  has(id) {
    return this.#ports.has(id);
  }

  /**
   * @param {number} id
   * @param {MessagePort} port
   */
  add(id, port) {
    this.#ports.set(id, port);
    port.addEventListener('message', ({ data }) => { if (this.#ports.get(id) === port) this.#listener.take(data, id); });
    // Of a message that could not be read nobody knows what it was.
    port.addEventListener('messageerror', () => this.lose(id));
    // Where engines tell it; else whoever has started the Worker does.
    port.addEventListener('close', () => this.lose(id));
    port.start();
  }

  /**
   * To one that is gone nothing is said.
   * @param {number} id
   * @param {Message} message
   * @param {Transferable[]} [moved]
   */
  send(id, message, moved = []) {
    this.#ports.get(id)?.postMessage(message, moved);
  }

  /** The other is gone, or has to be taken for it. @param {number} id */
  lose(id) {
    const port = this.#ports.get(id);
    if (!port) return;
    this.#ports.delete(id);
    port.close();
    this.#listener.lost(id);
  }

  close() {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }
}
