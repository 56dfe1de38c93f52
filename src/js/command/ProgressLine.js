// One line on a terminal, redrawn in place and erased at the end; elsewhere a plain line now and then.

const redrawSeconds = 0.1;
const plainSeconds = 10;

export class ProgressLine {
  /** @type {NodeJS.WriteStream | { isTTY?: boolean, columns?: number, write: (text: string) => unknown }} */
  #stream;
  /** @type {() => number} */
  #clock;
  #last = -Infinity;
  #drawn = false;

  /**
   * @param {NodeJS.WriteStream | { isTTY?: boolean, columns?: number, write: (text: string) => unknown }} stream
   * @param {() => number} [clock] seconds
   */
  constructor(stream, clock = () => performance.now() / 1000) {
    this.#stream = stream;
    this.#clock = clock;
  }

  /** @param {() => string} text called only when it is time to show it */
  update(text) {
    const seconds = this.#clock();
    const { isTTY, columns } = this.#stream;
    if (seconds - this.#last < (isTTY ? redrawSeconds : plainSeconds)) return;
    this.#last = seconds;
    this.#drawn = true;
    if (isTTY) this.#stream.write(`\r${text().slice(0, (columns || 80) - 1)}\x1b[K`);
    else this.#stream.write(`${text()}\n`);
  }

  /** Erases the line, so that whatever comes next starts on a clean one. */
  end() {
    if (this.#drawn && this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    this.#drawn = false;
    this.#last = -Infinity;
  }
}

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
