/**
 * Lets the browser fetch the script of the first screen, web/first.js, together with the one that asks for it.
 *
 * @returns {import('vite').Plugin}
 */
export function preloadFirst() {
  return {
    name: 'lstm-wasm-preload-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const first = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === 'first');
        if (first?.type !== 'chunk') throw new Error('expected a chunk of web/first.js in the build');
        return [first.fileName, ...first.imports].map((file) => ({
          tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${file}` }, injectTo: /** @type {const} */ ('head'),
        }));
      },
    },
  };
}
