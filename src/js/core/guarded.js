// guarded.js: the module's functions, until one of them traps: its memory is then not what it should be.
import { messageOf, TrappedError } from './errors.js';

/**
 * The same functions. Behind a trap, or another end that they did not come to by themselves, each of them throws instead of
 * running, and what frees does nothing: finalizers call it, and what they throw ends a process.
 * @template {Record<string, any>} T
 * @param {T} exports
 * @returns {T}
 */
export function guarded(exports) {
  /** What ended it. @type {{ cause: unknown } | undefined} */
  let end;
  const refuse = () => {
    throw new TrappedError(
      `the WebAssembly module has stopped, and what it made cannot be used any more: load() it anew (${messageOf(end?.cause)})`, end);
  };
  const entries = Object.entries(exports).map(([name, run]) => {
    if (typeof run !== 'function') return [name, run];
    const after = name.endsWith('_free') ? () => 0 : refuse;
    const stop = (/** @type {unknown} */ cause) => {
      end ??= { cause };
      return after();
    };
    // What there are more arguments of than it takes is not looked at.
    const few = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ c, /** @type {number} */ d) => {
      if (end) return after();
      try {
        return run(a, b, c, d);
      } catch (cause) {
        return stop(cause);
      }
    };
    const many = (/** @type {number[]} */ ...all) => {
      if (end) return after();
      try {
        return run(...all);
      } catch (cause) {
        return stop(cause);
      }
    };
    return [name, run.length > 4 ? many : few];
  });
  return Object.fromEntries(entries);
}
