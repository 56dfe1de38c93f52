import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const source = new URL('../offline/service-worker.js', import.meta.url);

/**
 * What visitors take with them is the package as it is, by names of its own; copies are for where a file is missing, and so
 * are the modules that are kept deflated.
 *
 * @param {import('vite').Rollup.OutputChunk | import('vite').Rollup.OutputAsset} file
 */
function isLeftOut(file) {
  if (file.type === 'chunk') return file.facadeModuleId?.includes('/dist/copies/');
  return file.fileName === 'THIRD-PARTY-NOTICES.txt' || /-copy-[\w-]{8}\.js$|(lstm|predict)-simd-[\w-]{8}\.wasm$/.test(file.fileName) || file.originalFileNames.some((original) => /\bdist\/[\w-]+\.js$/.test(original));
}

/**
 * Writes the service worker beside index.html, with the names of all files of the build at its head, but those that
 * the page can do without.
 *
 * @returns {import('vite').Plugin}
 */
export function serviceWorker() {
  return {
    name: 'lstm-wasm-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const { 'index.html': index, ...others } = bundle;
        if (index?.type !== 'asset') throw new Error('expected index.html in the build');
        const files = Object.keys(others).filter((file) => !isLeftOut(others[file])).sort();
        const id = createHash('sha256').update(files.join()).update(index.source).digest('hex').slice(0, 12);
        const head = `globalThis.BUILD = ${JSON.stringify({ id, files })};\n`;
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: head + readFileSync(source, 'utf8') });
      },
    },
  };
}
