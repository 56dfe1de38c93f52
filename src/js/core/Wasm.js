// Wasm.js: one instance of the module, its memory and its functions.
import { LstmError, messageOf, OutOfMemoryError } from './errors.js';
import { guarded } from './guarded.js';
import { VERSION } from './version.js';

/**
 * The builds of the module. scalar and simd give the same bits; relaxed is the fastest.
 * @typedef {'scalar' | 'simd' | 'relaxed'} Variant
 */

/**
 * The functions of src/exports/. Pointers are numbers.
 * @typedef {Record<string, (...args: number[]) => number>} Exports
 */

/**
 * Throws where a module does not look like one of this library, before any of it runs.
 * @param {WebAssembly.Module} module
 */
function assertOwn(module) {
  /** @type {WebAssembly.ModuleExportDescriptor[]} */
  let exports = [];
  try {
    exports = WebAssembly.Module.exports(module);
  } catch {
    // It only says that it is a module.
  }
  const kindOf = (/** @type {string} */ wanted) => exports.find(({ name }) => name === wanted)?.kind;
  const isOwn = kindOf('memory') === 'memory' && kindOf('lstm_network_create') === 'function';
  if (!isOwn) throw new LstmError('load: the WebAssembly module is not one of lstm-wasm');
  if (kindOf('lstm_version') !== 'function') refuseModule('that of an older version, which does not say which');
}

/**
 * @param {string} got
 * @returns {never}
 */
function refuseModule(got) {
  throw new LstmError(`load: the WebAssembly module must be that of lstm-wasm ${VERSION}, as the JavaScript is, got ${got}`);
}

export class Wasm {
  /** @type {WebAssembly.Memory} */
  #memory;

  /**
   * @param {WebAssembly.Module} module
   * @throws {LstmError} where it is not of this version of the library
   */
  constructor(module) {
    assertOwn(module);
    /** @type {any} */
    let exports;
    try {
      ({ exports } = new WebAssembly.Instance(module));
    } catch (cause) {
      // Engines say so with an error of their own.
      if (/** @type {any} */ (cause)?.name === 'RangeError') {
        throw new OutOfMemoryError(`load: not enough memory for an instance of the WebAssembly module, 16 MB to begin with: ${messageOf(cause)}`, { cause });
      }
      throw new LstmError(`load: the WebAssembly module cannot be instantiated: ${messageOf(cause)}`, { cause });
    }
    this.#memory = exports.memory;
    exports = guarded(exports);
    /** @type {Exports} */
    this.exports = exports;
    const version = this.text(exports.lstm_version());
    if (version !== VERSION) refuseModule(`that of lstm-wasm ${version}`);
    exports._initialize();
    /** What it was built for, as it says itself. */
    this.variant = /** @type {Variant} */ (this.text(exports.lstm_variant()));
    /** Kinds of cell in the order of their numbers. */
    this.kinds = this.#readKinds();
  }

  /** Size of the module's memory in bytes. It grows and never shrinks. */
  get memoryBytes() {
    return this.#memory.buffer.byteLength;
  }

  // A view into memory is good until the next call of a function that allocates, since growing memory leaves it behind: use it
  // and let it go.

  /**
   * @param {number} pointer
   * @param {number} length
   */
  floats(pointer, length) {
    return new Float32Array(this.#memory.buffer, pointer >>> 0, length);
  }

  /**
   * @param {number} pointer
   * @param {number} length
   */
  ints(pointer, length) {
    return new Int32Array(this.#memory.buffer, pointer >>> 0, length);
  }

  /**
   * @param {number} pointer
   * @param {number} length
   */
  bytes(pointer, length) {
    return new Uint8Array(this.#memory.buffer, pointer >>> 0, length);
  }

  /**
   * @param {number} pointer
   * @param {number} length
   */
  doubles(pointer, length) {
    return new Float64Array(this.#memory.buffer, pointer >>> 0, length);
  }

  /**
   * The text of a C string (ASCII).
   * @param {number} pointer
   */
  text(pointer) {
    const bytes = new Uint8Array(this.#memory.buffer, pointer >>> 0);
    return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
  }

  /**
   * Runs `use` with `count` 32-bit words of memory.
   * @template T
   * @param {number} count
   * @param {string} where the call, for the message
   * @param {(pointer: number) => T} use
   * @returns {T}
   */
  withWords(count, where, use) {
    // An address has 32 bits.
    const pointer = count < 2 ** 30 ? this.exports.lstm_allocate(count * 4) : 0;
    if (pointer === 0) throw new OutOfMemoryError(`${where}: not enough memory for ${count * 4} bytes`);
    try {
      return use(pointer);
    } finally {
      this.exports.lstm_free(pointer);
    }
  }

  #readKinds() {
    const { lstm_cell_kinds, lstm_cell_name, lstm_cell_gates, lstm_cell_gate_name } = this.exports;
    return Array.from({ length: lstm_cell_kinds() }, (_, kind) => ({
      name: this.text(lstm_cell_name(kind)),
      gates: Array.from({ length: lstm_cell_gates(kind) }, (_, gate) => this.text(lstm_cell_gate_name(kind, gate))),
    }));
  }
}
