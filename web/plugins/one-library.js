/** Where `lstm-wasm/worker` looks for a Worker's script where it is given no Worker: a file, else the copy in the package. */
const isOtherScript = (/** @type {string} */ file) => /\/lstm-worker-[\w-]+\.js$/.test(file);

/**
 * Leaves out of the build what bundlers see in `lstm-wasm/worker` and the page never asks for: its Workers are all of the
 * page's own script, which has the library in it.
 *
 * @returns {import('vite').Plugin}
 */
export function oneLibrary() {
  return {
    name: 'lstm-wasm-one-library',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const others = Object.keys(bundle).filter(isOtherScript);
        if (others.length !== 2) throw new Error(`expected the Worker's script of the package and its copy, got ${others.join()}`);
        for (const file of others) delete bundle[file];
      },
    },
  };
}
