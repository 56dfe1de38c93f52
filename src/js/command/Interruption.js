// Ctrl-C and its relatives: the first asks the work to stop and save, a second one leaves at once.

// Package runners pass on the Ctrl-C that the terminal has already sent to everyone: that is not a second one.
const echoMilliseconds = 250;

const exitCodes = { SIGINT: 130, SIGTERM: 143 };
const sliceMilliseconds = 20;

export class Interruption {
  /** What asked to stop. @type {'SIGINT' | 'SIGTERM' | 'broken pipe' | undefined} */
  reason;
  #at = 0;
  #lastTurn = performance.now();
  /** @type {() => void} */
  #onLeave;
  /** @type {[keyof typeof exitCodes, () => void][]} */
  #listeners;

  /** @param {() => void} onLeave cleans up before a second signal ends the process */
  constructor(onLeave) {
    this.#onLeave = onLeave;
    this.#listeners = /** @type {(keyof typeof exitCodes)[]} */ (Object.keys(exitCodes)).map((signal) =>
      [signal, () => this.#receive(signal)]);
    for (const [signal, listener] of this.#listeners) process.on(signal, listener);
  }

  get exitCode() {
    return this.reason && this.reason !== 'broken pipe' ? exitCodes[this.reason] : 0;
  }

  /** Training is synchronous: signals arrive only when it gives the event loop a turn, which this does now and then. */
  async turn() {
    if (performance.now() - this.#lastTurn < sliceMilliseconds) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastTurn = performance.now();
  }

  /** Signals do again what they do by default. */
  end() {
    for (const [signal, listener] of this.#listeners) process.off(signal, listener);
  }

  /** @param {keyof typeof exitCodes} signal */
  #receive(signal) {
    const now = performance.now();
    if (!this.reason) {
      this.reason = signal;
      this.#at = now;
    } else if (now - this.#at > echoMilliseconds) {
      this.#onLeave();
      this.end();
      process.kill(process.pid, signal);
    }
  }
}
