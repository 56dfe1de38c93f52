// A peer on one case: a process of its own, told line by line what to do, see serve.js.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';


export class Peer {
  #process;
  #lines;
  #failure = '';
  #patienceSeconds;

  /**
   * @param {string[]} command program and arguments
   * @param {number} [patienceSeconds] longer than any piece of work takes: a peer that says nothing for so long has failed
   */
  constructor([program, ...args], patienceSeconds = 120) {
    this.#patienceSeconds = patienceSeconds;
    this.#process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.on('error', (error) => { this.#failure = error.message; });
    this.#process.stdin.on('error', () => {}); // it has ended: its output says so
    this.#process.stderr.on('data', (text) => { this.#failure = String(text).trim().split('\n').at(-1) ?? ''; });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Its next answer.
   * @throws {Error} with the reason where there is none
   * @returns {Promise<any>}
   */
  async answer() {
    const timer = setTimeout(() => {
      this.#failure = `no answer in ${this.#patienceSeconds} s`;
      this.stop();
    }, 1000 * this.#patienceSeconds);
    try {
      for (;;) {
        const { value, done } = await this.#lines.next();
        if (done) throw new Error(this.#failure || 'ended without an answer');
        if (!value.startsWith('{')) continue;
        const message = JSON.parse(value);
        if (message.reason) throw new Error(message.reason);
        return message;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Does the work for at least so long.
   * @param {number} seconds
   * @returns {Promise<{ chars: number, seconds: number }>}
   */
  async run(seconds) {
    this.#process.stdin.write(`${seconds}\n`);
    return this.answer();
  }

  stop() {
    this.#process.kill();
  }
}
