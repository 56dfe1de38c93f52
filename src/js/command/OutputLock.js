// OutputLock.js: one training at a time writes a model: a file beside it says which process it is.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CommandError } from './errors.js';
import { isAlive } from './OutputFile.js';
import { tell } from './stdout.js';

export class OutputLock {
  #path;
  #isHeld = false;

  /**
   * @param {import('./OutputFile.js').OutputFile} output
   * @throws {CommandError} where another training that still runs is going to write it
   */
  constructor({ path, target }) {
    this.#path = join(dirname(target), `.${basename(target)}.lock`);
    for (let tries = 0; tries < 3 && !this.#isHeld && this.#mayTake(path); tries++) {
      // What was left by a process that was killed was removed; a folder in which nothing can be made has no locks.
      try {
        writeFileSync(this.#path, `${process.pid} ${hostname()}`, { flag: 'wx' });
        this.#isHeld = true;
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') break;
      }
    }
    process.once('exit', () => this.release());
  }

  release() {
    if (this.#isHeld) rmSync(this.#path, { force: true });
    this.#isHeld = false;
  }

  /** @param {string} path as given */
  #mayTake(path) {
    let holder = '';
    try {
      holder = readFileSync(this.#path, 'utf8');
    } catch {
      return true;
    }
    const [, pid, host] = holder.match(/^(\d+) (.*)$/) ?? [];
    if (host !== undefined && host !== hostname()) {
      tell(`'${path}' may also be written by process ${pid} on ${host}: the last to write it wins`);
      return false;
    }
    if (pid && isAlive(Number(pid))) {
      throw new CommandError(`--output: '${path}' is going to be written by process ${pid}, which trains: wait for it, or give another file. `
        + `If that is no training, remove '${this.#path}'`);
    }
    rmSync(this.#path, { force: true });
    return true;
  }
}
