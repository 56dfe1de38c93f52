// What this engine on this machine can do at best, measured by limits.c (its head says what and why).
// Nothing here knows Node: a page can run it too.

import { now, secondsOf } from './measure.js';

const bytesPerPage = 65536;
const vectorColumns = 512;
const panelRows = 16;

/**
 * @typedef {object} LimitsExports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} [_initialize]
 * @property {() => number} limits_peak_kernels
 * @property {(kernel: number) => number} limits_peak_flops
 * @property {(kernel: number, steps: number) => number} limits_peak
 * @property {() => number} limits_stream_kernels
 * @property {(kernel: number, y: number, weight: number, x: number, rows: number, columns: number, repeats: number)
 *   => number} limits_stream
 */

export class Limits {
  /** @type {LimitsExports} */
  #exports;
  /** Where the streaming kernels work: x, y, then the weights; beyond everything the module itself uses. */
  #base = 0;
  #bytes = 0;
  /** Depends on every result, so that none can be left out. */
  #sum = 0;

  /** @param {LimitsExports} exports of a limits-*.wasm */
  constructor(exports) {
    this.#exports = exports;
  }

  /**
   * @param {BufferSource} bytes of build/limits-simd.wasm or build/limits-relaxed.wasm
   * @returns {Promise<Limits>}
   */
  static async load(bytes) {
    const { instance } = await WebAssembly.instantiate(bytes);
    const exports = /** @type {LimitsExports} */ (/** @type {unknown} */ (instance.exports));
    exports._initialize?.();
    return new Limits(exports);
  }

  /**
   * Floating point operations a second from registers and L1: the best kernel of the family.
   * @param {number} seconds to spend on each kernel
   */
  peak(seconds) {
    return Math.max(...this.peaks(seconds));
  }

  /**
   * The same for every kernel of the family, in the order of limits.c.
   * @param {number} seconds to spend on each kernel
   */
  peaks(seconds) {
    const { limits_peak_kernels, limits_peak_flops, limits_peak } = this.#exports;
    const results = [];
    for (let kernel = 0; kernel < limits_peak_kernels(); kernel++) {
      const run = (/** @type {number} */ steps) => {
        this.#sum += limits_peak(kernel, steps);
      };
      results.push(limits_peak_flops(kernel) * rate(run, seconds));
    }
    return results;
  }

  /**
   * Bytes a second of a matrix-vector product over a matrix of about `bytes`: the best kernel of the family.
   * @param {number} bytes
   * @param {number} seconds to spend on each kernel
   */
  stream(bytes, seconds) {
    return Math.max(...this.streams(bytes, seconds));
  }

  /**
   * The same for every kernel of the family, in the order of limits.c.
   * @param {number} bytes
   * @param {number} seconds to spend on each kernel
   */
  streams(bytes, seconds) {
    const { limits_stream_kernels, limits_stream } = this.#exports;
    const columns = vectorColumns;
    const rows = Math.max(panelRows, Math.round(bytes / (4 * columns * panelRows)) * panelRows);
    const x = this.#reserve(4 * (columns + rows + rows * columns));
    const y = x + 4 * columns;
    const weight = y + 4 * rows;
    this.#fill(x, weight, rows * columns);
    const results = [];
    for (let kernel = 0; kernel < limits_stream_kernels(); kernel++) {
      const run = (/** @type {number} */ repeats) => {
        this.#sum += limits_stream(kernel, y, weight, x, rows, columns, repeats);
      };
      results.push(4 * rows * columns * rate(run, seconds));
    }
    if (!Number.isFinite(this.#sum)) throw new Error(`limits: expected a finite sum, got ${this.#sum}`);
    return results;
  }

  /** @param {number} bytes */
  #reserve(bytes) {
    const { memory } = this.#exports;
    if (this.#bytes < bytes) {
      const pages = Math.ceil(bytes / bytesPerPage);
      this.#base = memory.grow(pages) * bytesPerPage;
      this.#bytes = pages * bytesPerPage;
    }
    return this.#base;
  }

  /**
   * Values whose products stay small: neither denormal nor infinite, however often y feeds back into x.
   * @param {number} x address of the vector
   * @param {number} weight address of the matrix
   * @param {number} weights
   */
  #fill(x, weight, weights) {
    const { buffer } = this.#exports.memory;
    new Float32Array(buffer, x, vectorColumns).fill(0.5);
    new Float32Array(buffer, weight, weights).fill(1 / vectorColumns);
  }
}

/**
 * Repetitions a second, the best of three. A count that takes less than a quarter of the time given is doubled: clocks of
 * pages are coarse.
 * @param {(count: number) => void} run
 * @param {number} seconds
 */
function rate(run, seconds) {
  let count = 1;
  let best = 0;
  for (let measured = 0; measured < 3; ) {
    const start = now();
    run(count);
    const spent = secondsOf(start);
    if (spent < seconds / 4) {
      count *= 2;
      continue;
    }
    best = Math.max(best, count / spent);
    measured += 1;
  }
  return best;
}
