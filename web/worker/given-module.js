/**
 * The module that the page compiles once for its Workers and sends to each; undefined where it has none.
 *
 * @type {Promise<WebAssembly.Module | undefined>}
 */
export const givenModule = new Promise((resolve) => {
  addEventListener('message', ({ data }) => {
    if (isModule(data)) resolve(data.wasm);
  });
});

/** Is this the message with the page's module? @param {any} data */
export const isModule = (data) => 'wasm' in data && Object.keys(data).length === 1;

/** A build that gives the same bits on every machine, so that a link shows the same everywhere. */
export const variant = /** @type {const} */ ('repeatable');
