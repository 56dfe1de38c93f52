import { load } from 'lstm-wasm/serve';

/**
 * The library, in a build that gives the same bits on every machine, so that a link shows the same everywhere. Where the
 * module's file is missing, it is loaded once more, from `lstm-wasm`, which has a copy of the module inside.
 *
 * @returns {Promise<import('lstm-wasm').Lstm>}
 */
export async function loadLibrary() {
  const options = /** @type {const} */ ({ variant: 'repeatable' });
  try {
    return await load(options);
  } catch (error) {
    const whole = await import('lstm-wasm').catch(() => undefined);
    if (!whole) throw error;
    return whole.load(options);
  }
}
