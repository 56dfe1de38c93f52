import { load } from 'lstm-wasm/serve';
import { givenModule, variant } from './given-module.js';

/**
 * The library. Where the module's file is missing, it is loaded once more, from `lstm-wasm`, which has a copy of the module
 * inside.
 *
 * @returns {Promise<import('lstm-wasm').Lstm>}
 */
export async function loadLibrary() {
  try {
    return await load({ variant, wasm: await givenModule });
  } catch (error) {
    const whole = await import('lstm-wasm').catch(() => undefined);
    if (!whole) throw error;
    return whole.load({ variant });
  }
}
