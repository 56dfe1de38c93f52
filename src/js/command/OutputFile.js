// A file that is only ever replaced by a whole one: written beside its place, flushed to the disk, then renamed.

import {
  accessSync, closeSync, constants, openSync, readdirSync, readFileSync, realpathSync, rmSync, statSync,
} from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError, reasonOf } from './errors.js';

export class OutputFile {
  /** As given, for messages. @type {string} */
  path;
  /** Where it really is, behind symbolic links. @type {string} */
  #target;
  /** The file it is written to first; empty for a device or a pipe, which cannot be replaced. @type {string} */
  #beside;
  /** @type {number | undefined} */
  #mode;

  /**
   * Finds out whether the file can be written, before any work is done for it. Changes nothing.
   * @param {string} path
   */
  constructor(path) {
    this.path = path;
    try {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory()) throw new Error('it is a directory');
      if (stats) accessSync(path, constants.W_OK);
      this.#target = stats ? realpathSync(path) : path;
      this.#mode = stats && stats.mode & 0o777;
      this.#beside = stats && !stats.isFile()
        ? '' : join(dirname(this.#target), `.${basename(this.#target)}.${process.pid}.tmp`);
      if (this.#beside) {
        closeSync(openSync(this.#beside, 'w'));
        rmSync(this.#beside);
        this.#tidy();
      }
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Where it really is. */
  get target() {
    return this.#target;
  }

  /** Is it a file? A device or a pipe is only written to. */
  get isReplaced() {
    return this.#beside !== '';
  }

  /** @param {Uint8Array} bytes */
  async write(bytes) {
    try {
      const file = await open(this.#beside || this.#target, 'w', this.#mode);
      try {
        await file.writeFile(bytes);
        if (this.#beside) await file.sync();
      } finally {
        await file.close();
      }
      if (this.#beside) await this.#replace();
    } catch (error) {
      this.abandon();
      throw this.#failure(error);
    }
  }

  /** Removes what a write() that was cut short has left. */
  abandon() {
    if (!this.#beside) return;
    // In a folder that is gone, or can no longer be written, nothing can be removed.
    try {
      rmSync(this.#beside, { force: true });
    } catch {}
  }

  /** Is this already what is in the file? @param {Uint8Array} bytes */
  holds(bytes) {
    try {
      return this.isReplaced && readFileSync(this.#target).equals(bytes);
    } catch {
      return false;
    }
  }

  /** Removes what processes that were killed while they wrote this file have left, where the folder can be read. */
  #tidy() {
    const folder = dirname(this.#target);
    const start = `.${basename(this.#target)}.`;
    try {
      for (const name of readdirSync(folder)) {
        const [, pid] = name.startsWith(start) ? name.slice(start.length).match(/^(\d+)\.tmp$/) ?? [] : [];
        if (pid && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
      }
    } catch {}
  }

  async #replace() {
    await rename(this.#beside, this.#target);
    // The new name is on the disk when the folder is. It is in its place also where a folder cannot be opened: on
    // Windows, or one that may be written and not read.
    try {
      const folder = await open(dirname(this.#target), 'r');
      await folder.sync().finally(() => folder.close());
    } catch {}
  }

  /** @param {unknown} error */
  #failure(error) {
    return new CommandError(`--output: cannot write '${this.path}': ${reasonOf(error)}`);
  }
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH';
  }
}
