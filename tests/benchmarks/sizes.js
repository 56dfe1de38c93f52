// npm run bench -- --sizes: what a page loads of this library and of other packages: their JavaScript, bundled whole and
// minified by esbuild, as far as it loads at once, and the WebAssembly module that an engine with SIMD takes, all with gzip.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { installPeers, peersFolder } from './peers-install.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * imports: what the package's own documentation imports; wasm: the module's file in its package, where it has one.
 * @type {{ name: string, imports: string[], from: string, wasm?: string }[]}
 */
const packages = [
  { name: 'lstm-wasm', imports: ['lstm-wasm'], from: root, wasm: 'dist/lstm-simd.wasm' },
  { name: 'lstm-wasm/predict', imports: ['lstm-wasm/predict'], from: root, wasm: 'dist/predict-simd.wasm' },
  { name: 'jax-js wasm', imports: ['@jax-js/jax'], from: peersFolder },
  {
    name: 'tfjs wasm',
    imports: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
    from: peersFolder,
    wasm: 'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
  },
  { name: 'brain.js', imports: ['brain.js/browser.min.js'], from: peersFolder },
  {
    name: 'onnxruntime-web',
    imports: ['onnxruntime-web/wasm'],
    from: peersFolder,
    wasm: 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  },
];

/** @param {Uint8Array} bytes */
const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Leaves out what is loaded only where a file is missing. @type {import('esbuild').Plugin} */
const withoutCopies = {
  name: 'without copies',
  setup({ onResolve }) {
    onResolve({ filter: /\/copies\// }, ({ path }) => ({ path, external: true }));
  },
};

/** @param {typeof packages[number]} which @returns {Promise<{ name: string, javascript: number, wasm: number }>} bytes */
async function sizeOf({ name, imports, from, wasm }) {
  const used = imports.map((specifier, i) => `import * as all${i} from '${specifier}'; console.log(all${i});`);
  const { outputFiles, metafile: { outputs } } = await build({
    stdin: { contents: used.join('\n'), resolveDir: from },
    bundle: true, minify: true, format: 'esm', platform: 'browser', write: false, splitting: true, outdir: 'out', metafile: true,
    // What only Node would load.
    external: ['node:*', 'fs', 'os', 'path', 'util', 'crypto', 'worker_threads', 'perf_hooks'],
    plugins: [withoutCopies],
    logLevel: 'error',
  });
  // What import() loads when it is asked for does not count.
  const atOnce = new Set([Object.keys(outputs).find((file) => outputs[file].entryPoint === '<stdin>') ?? '']);
  for (const file of atOnce) {
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') atOnce.add(path);
  }
  const names = new Set([...atOnce].map((file) => basename(file)));
  const javascript = outputFiles.filter(({ path }) => names.has(basename(path))).reduce((sum, { contents }) => sum + gzipped(contents), 0);
  return { name, javascript, wasm: wasm ? gzipped(readFileSync(`${from}/${wasm}`)) : 0 };
}

/** @param {{ json: boolean }} options */
export async function compareSizes({ json }) {
  installPeers();
  const kB = (/** @type {number} */ bytes) => String(Math.round(bytes / 1000));
  if (!json) console.log('kB with gzip, `npm run bench -- --sizes`.\n\n| | JavaScript | wasm | together |\n|---|---:|---:|---:|');
  for (const which of packages) {
    const size = await sizeOf(which);
    const { name, javascript, wasm } = size;
    console.log(json ? JSON.stringify(size) : `| ${name} | ${kB(javascript)} | ${kB(wasm)} | ${kB(javascript + wasm)} |`);
  }
}
