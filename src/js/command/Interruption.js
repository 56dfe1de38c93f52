// Ctrl-C and its relatives: the first asks the work to stop and save, a second one leaves at once.

import { constants } from 'node:os';

// Package runners pass on the Ctrl-C that the terminal has already sent to everyone: that is not a second one.
const echoMilliseconds = 250;

/** Those that this system has: Ctrl-Break is of Windows. */
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'])
  .filter((signal) => signal in constants.signals);
const sliceMilliseconds = 20;

/** @typedef {typeof signals[number]} Signal */

export class Interruption {
  /** What asked to stop. @type {Signal | 'broken pipe' | undefined} */
  reason;
  #at = 0;
  #lastTurn = performance.now();
  /** @type {() => void} */
  #onLeave;
  /** @type {[Signal, () => void][]} */
  #listeners;

  /** @param {() => void} onLeave cleans up before a second signal ends the process */
  constructor(onLeave) {
    this.#onLeave = onLeave;
    this.#listeners = signals.map((signal) => [signal, () => this.#receive(signal)]);
    for (const [signal, listener] of this.#listeners) process.on(signal, listener);
  }

  /** As a shell counts: 128 and the signal's number; 0 where there was none. */
  get exitCode() {
    return this.reason && this.reason !== 'broken pipe' ? 128 + constants.signals[this.reason] : 0;
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

  /** @param {Signal} signal */
  #receive(signal) {
    const now = performance.now();
    if (!this.reason || this.reason === 'broken pipe') {
      this.reason = signal;
      this.#at = now;
    } else if (signal !== 'SIGHUP' && now - this.#at > echoMilliseconds) {
      // A terminal that closes says so twice, by its shell and by the system: a hangup is nobody who insists.
      this.#onLeave();
      this.end();
      process.kill(process.pid, signal);
    }
  }
}
