import { load } from 'lstm-wasm/serve';

/**
 * The module that the page compiles once for all its Workers and sends to each; undefined where it has none.
 *
 * @type {Promise<WebAssembly.Module | undefined>}
 */
const given = new Promise((resolve) => {
  addEventListener('message', ({ data }) => {
    if (isModule(data)) resolve(data.wasm);
  });
});

/** Is this the message with the page's module? @param {any} data */
export const isModule = (data) => 'wasm' in data && Object.keys(data).length === 1;

/**
 * The library, in a build that gives the same bits on every machine, so that a link shows the same everywhere. Where the
 * module's file is missing, it is loaded once more, from `lstm-wasm`, which has a copy of the module inside.
 *
 * @returns {Promise<import('lstm-wasm').Lstm>}
 */
export async function loadLibrary() {
  const options = /** @type {const} */ ({ variant: 'repeatable' });
  try {
    return await load({ ...options, wasm: await given });
  } catch (error) {
    const whole = await import('lstm-wasm').catch(() => undefined);
    if (!whole) throw error;
    return whole.load(options);
  }
}
