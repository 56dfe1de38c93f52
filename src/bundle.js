// bundle.js OUTPUT: makes what the package ships of src/js and of the modules in dist, into the folder OUTPUT.
//
//   index.js, worker.js, predict.js   the entries: ES modules, minified, what they share in chunks, so that an error's class
//                                     is the same whichever entry it came through
//   serve.js                          an entry too, for the script of a Worker of one's own, and therefore one file that imports
//                                     nothing, as
//   lstm-worker.js                    the Worker's script. Vite 5 to 7 build Workers as classic scripts, which cannot be split,
//                                     and service workers forbid import()
//   copies/*.js                       the modules, deflated and in base64, and the Worker's script once more, as strings: for
//                                     where a bundler or a server has not put the files. Loaded by import() only then
//
// A source map names the sources in src/js, which are shipped too.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

const root = fileURLToPath(new URL('..', import.meta.url));
const [output] = process.argv.slice(2);
/** A name that no project has for a file of its own, which may come to lie beside what a bundler makes of the package. */
const WORKER = 'lstm-worker';
const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * Sources reach dist by '../../../dist/'; what is bundled lies in dist itself.
 * @type {import('esbuild').Plugin}
 */
const inDist = {
  name: 'in-dist',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/dist\/copies\/[\w-]+\.js$/ }, ({ path }) => ({ path: `./copies/${basename(path)}`, external: true }));
    onLoad({ filter: /src\/js\/.*\.js$/ }, ({ path, pluginData }) => ({
      pluginData,
      // As long as before: the columns of the source map stay right.
      contents: readFileSync(path, 'utf8')
        .replace(/(new URL\()'(\.\.\/)+dist\/([\w.-]+)'/g, (whole, start, _, file) => `${start}'./${file}'`.padEnd(whole.length))
        .replaceAll("'./worker-main.js'", `'./${WORKER}.js'`),
    }));
  },
};

/**
 * What only the whole library and a page's end of a Worker share is little, and would be one more chunk, for which all their
 * pages had to ask. It is written twice.
 * @param {string[]} files relative to the root
 * @returns {import('esbuild').Plugin}
 */
const twice = (files) => ({
  name: 'twice',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, importer, resolveDir, pluginData }) => {
      const file = join(resolveDir, path);
      const forWorker = pluginData === WORKER || importer.startsWith(join(root, 'src/js/worker/'));
      return forWorker && files.includes(relative(root, file)) ? { path: file, suffix: '?worker', pluginData: WORKER } : undefined;
    });
  },
});

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  banner: { js: `/*! ${name} ${version} | ${license} */` },
  plugins: [inDist],
  logLevel: 'warning',
};

// Where the maps lead from: the sources beside dist.
const dist = join(root, 'dist');

/** @param {import('esbuild').BuildOptions} options @param {boolean} inline as of `smaller` */
async function bundle(options, inline) {
  const { outputFiles = [] } = await build({ ...shared, sourcemap: true, sourcesContent: false, outdir: dist, ...options, write: false });
  for (const { path, text } of outputFiles.filter((file) => file.path.endsWith('.js'))) {
    const file = basename(path);
    const map = outputFiles.find((one) => one.path === `${path}.map`)?.text;
    const { code, map: ownMap } = await smaller(text, { filename: file, content: map, url: `${file}.map` }, inline);
    writeFileSync(join(output, file), code);
    writeFileSync(join(output, `${file}.map`), ownMap);
  }
}

/**
 * What esbuild has minified, once more: its bundles are the smaller ones, and Terser's expressions, by 4 % with gzip.
 * @param {string} text
 * @param {import('terser').SourceMapOptions} [sourceMap]
 * @param {boolean} [inline] functions that are called in one place are written there. In what bundlers take up this is more,
 *   by 1.5 % with gzip, in the Worker's script less, by 0.5 %
 */
async function smaller(text, sourceMap, inline = true) {
  const compress = { ecma: /** @type {const} */ (2020), passes: 2, keep_fargs: false, reduce_funcs: inline };
  // What is no module says itself that it is strict.
  const module = sourceMap !== undefined;
  const { code, map } = await minify(text, { module, ecma: 2020, compress, format: { comments: /^!/ }, sourceMap });
  return { code: /** @type {string} */ (code), map: /** @type {string} */ (map) };
}

/** @param {string} file @param {string} text */
function writeCopy(file, text) {
  writeFileSync(join(output, 'copies', `${file}.js`), `export default ${JSON.stringify(text)}\n`);
  // For the types of src/js, which reach it; not shipped.
  writeFileSync(join(output, 'copies', `${file}.d.ts`), 'declare const copy: string;\nexport default copy;\n');
}

/** @param {string} entry @returns {Promise<Set<string>>} all that it reaches, relative to the root */
async function reach(entry) {
  const { metafile } = await build({ ...shared, entryPoints: [entry], format: 'esm', outdir: dist, metafile: true, write: false });
  return new Set(Object.keys(metafile.inputs));
}

mkdirSync(join(output, 'copies'), { recursive: true });
const entryPoints = ['src/js/index.js', 'src/js/worker.js', 'src/js/predict.js'];
const [whole, page, predict] = await Promise.all(entryPoints.map(reach));
const both = [...page].filter((file) => whole.has(file) && !predict.has(file));
const plugins = [twice(both), inDist];
await bundle({ entryPoints, plugins, format: 'esm', splitting: true, chunkNames: 'chunk-[hash]' }, false);
const worker = { [WORKER]: 'src/js/worker/worker-main.js' };
await bundle({ entryPoints: { ...worker, serve: 'src/js/serve.js' }, format: 'esm' }, true);
// A classic script has no import.meta.
const define = { 'import.meta.url': 'undefined' };
const { outputFiles: [script] } = await build({ ...shared, entryPoints: worker, format: 'iife', define, write: false });
writeCopy(WORKER, (await smaller(script.text)).code);
for (const file of readdirSync(dist).filter((file) => file.endsWith('.wasm'))) {
  writeCopy(basename(file, '.wasm'), deflateRawSync(readFileSync(join(dist, file)), { level: 9 }).toString('base64'));
}
