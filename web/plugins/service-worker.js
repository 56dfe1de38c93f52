import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const source = new URL('../offline/service-worker.js', import.meta.url);

/** @param {import('vite').Rollup.OutputChunk | import('vite').Rollup.OutputAsset} file */
const isCopy = (file) => file.type === 'chunk' && file.facadeModuleId?.includes('/dist/copies/');

/**
 * Writes the service worker beside index.html, with the names of all files of the build at its head, but the library's
 * copies of its own files: those are here.
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
        const files = Object.keys(others).filter((file) => !isCopy(others[file])).sort();
        const id = createHash('sha256').update(files.join()).update(index.source).digest('hex').slice(0, 12);
        const head = `globalThis.BUILD = ${JSON.stringify({ id, files })};\n`;
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: head + readFileSync(source, 'utf8') });
      },
    },
  };
}
