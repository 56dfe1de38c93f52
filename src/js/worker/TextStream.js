/** It writes this long, or one character if that is longer, before other requests are served: milliseconds. */
const SLICE = 8;

/** What writes a text in the Worker: a slice of time each time it is asked. */
export class TextStream {
  /** @type {Generator<string | string[] | undefined, void, void> | undefined} */
  #generator;
  /** @type {{ error: unknown } | undefined} */
  #failure;
  /** Of characters; else a list of tokens. */
  #isText = true;

  /**
   * @param {(...args: any[]) => Generator<string | string[] | undefined, void, void>} stream of the model or reading, in parts
   * @param {unknown[]} args
   */
  constructor(stream, args) {
    this.#generator = stream(...args);
  }

  /**
   * @returns {string | string[] | undefined} what was written in a slice of time, which may be nothing; undefined after the end
   */
  next() {
    if (this.#failure) throw this.#failure.error;
    const until = performance.now() + SLICE;
    /** @type {string[]} */
    const parts = [];
    const written = () => (this.#isText ? parts.join('') : parts);
    try {
      do {
        const { done, value } = this.#generator?.next() ?? { done: true, value: undefined };
        if (done) return parts.length > 0 ? written() : undefined;
        if (Array.isArray(value)) {
          this.#isText = false;
          parts.push(...value);
        } else if (value) {
          parts.push(value);
        }
      } while (performance.now() < until);
    } catch (error) {
      // What was written before comes first.
      this.#failure = { error };
      if (parts.length === 0) throw error;
    }
    return written();
  }

  dispose() {
    this.#generator?.return(undefined);
    this.#generator = undefined;
  }

  /**
   * Ends it; its reader gets this error.
   *
   * @param {unknown} error
   */
  fail(error) {
    this.#failure ??= { error };
    this.dispose();
  }
}
