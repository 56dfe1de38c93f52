// Standard output as the place of a model: its bytes and nothing else.

import { CommandError, reasonOf, UsageError } from './errors.js';
import { STANDARD } from './files.js';

export class StandardOutput {
  #stream;

  /** @param {NodeJS.WritableStream & { isTTY?: boolean }} [stream] */
  constructor(stream = process.stdout) {
    if (stream.isTTY) {
      throw new UsageError("-o, --output: expected a file, or - with stdout into a file or a pipe, got - and a terminal");
    }
    this.#stream = stream;
  }

  get path() {
    return STANDARD;
  }

  get isReplaced() {
    return false;
  }

  /** @param {Uint8Array} bytes */
  async write(bytes) {
    try {
      await new Promise((resolve, reject) =>
        this.#stream.write(bytes, (error) => (error ? reject(error) : resolve(undefined))));
    } catch (error) {
      throw new CommandError(`--output: cannot write to stdout: ${reasonOf(error)}`);
    }
  }

  /** What was written cannot be taken back. */
  abandon() {}
}
