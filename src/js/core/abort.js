// abort.js: an AbortSignal ends what waits.

/** Any value. Some signals, of other realms and older engines, have none. @param {AbortSignal} signal @returns {unknown} */
export const abortReasonOf = ({ reason }) =>
  (reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason);

/** @param {AbortSignal | undefined} signal @throws {unknown} its reason, where it is aborted */
export function assertNotAborted(signal) {
  if (signal?.aborted) throw abortReasonOf(signal);
}

/**
 * What `work` resolves to; rejects with the signal's reason as soon as it is aborted. `work` is not begun where it is
 * already, and has to end what it does by itself.
 * @template T
 * @param {AbortSignal | undefined} signal
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function unlessAborted(signal, work) {
  assertNotAborted(signal);
  if (!signal) return work();
  let stop = () => {};
  const stopped = new Promise((_, reject) => {
    stop = () => reject(abortReasonOf(signal));
    signal.addEventListener('abort', stop);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([work(), stopped]));
  } catch (error) {
    // What hears the same signal may fail before it is heard here.
    assertNotAborted(signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
