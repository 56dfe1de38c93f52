/**
 * Where `lstm-wasm/worker` looks for a Worker's script where it is given no Worker: a file, which Vite has built, else the
 * copy in the package. The package's own file, as it is, is what visitors take with them.
 *
 * @param {import('vite').Rollup.OutputChunk | import('vite').Rollup.OutputAsset} file
 */
const isOtherScript = (file) => /\/lstm-worker-[\w-]+\.js$/.test(file.fileName) && !(file.type === 'asset' && file.originalFileNames.length);

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
        const others = Object.values(bundle).filter(isOtherScript).map(({ fileName }) => fileName);
        if (others.length !== 2) throw new Error(`expected the Worker's script of the package and its copy, got ${others.join()}`);
        for (const file of others) delete bundle[file];
      },
    },
  };
}
